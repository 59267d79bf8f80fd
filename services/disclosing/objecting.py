"""Objecting: whom an objection concerns, and how it is named.

In:    the books; a claim, or a debt of it
Out:   the stream of the payee whose payments or debt must wait; the objection's number
"""

from hashlib import sha256

from events import streams
from projections.queries import objections
from projections.queries.connection import Db
from services.runtime.errors import OperatingFailure


class NothingToObjectTo(OperatingFailure):
    """There is no such claim, or no such debt of it."""

    def __init__(self, application: str, clawback: str) -> None:
        what = f"申请 {application}" + (f" 的追回 {clawback}" if clawback else "")
        super().__init__(f"没有找到{what}。", "请核对编号。")


class NoSuchObjection(OperatingFailure):
    """There is no objection of this number, or there are several."""

    def __init__(self, objection: str, number: int) -> None:
        found = f"有 {number} 件，分不清是哪一件" if number else "没有找到"
        super().__init__(
            f"异议 {objection}：{found}。", "用 `benefit-ledger disclosures objections` 查看。"
        )


def objection_number(command: str) -> str:
    """Name an objection after the command that records it: sent again, it is the same one."""
    return f"Y-{sha256(command.encode()).hexdigest()[:10].upper()}"


async def stream_of(db: Db, application: str, clawback: str = "") -> str:
    """The history on which an objection to a claim, or to a debt of it, stands.

    Raises: NothingToObjectTo
    """
    found = await objections.objectionable(db, application, clawback)
    if len(found) != 1:
        raise NothingToObjectTo(application, clawback)
    return streams.payee(found[0].payee)


async def stream_of_objection(db: Db, objection: str) -> str:
    """The history on which an objection stands.

    Raises: NoSuchObjection
    """
    found = await objections.named(db, objection)
    if len(found) != 1:
        raise NoSuchObjection(objection, len(found))
    return streams.payee(found[0].payee)
