"""Set aside: list the streams that wait for an operator, and let one go on.

In:   what was set aside, from the books; a stream's name
Out:  ResumeStream and, behind it, every command set aside, in the order in which they stood
Holds: all go in one sending to one partition, so nothing of the stream can come in between;
       deciding a command twice changes nothing, so resuming twice does no harm
"""

from events.control import RejectCommand, ResumeStream
from events.envelope import Asked
from projections.queries import set_aside
from projections.queries.set_aside import SetAsideCommand
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send


class NothingSetAside(OperatingFailure):
    """The stream has nothing that waits."""

    def __init__(self, stream: str) -> None:
        super().__init__(
            f"流 {stream} 没有搁置的命令。", "用 `benefit-ledger set-aside list` 查看搁置清单。"
        )


class TooLongToResend(OperatingFailure):
    """A command was too long to be kept beside its fact."""

    def __init__(self, stream: str, places: list[str]) -> None:
        super().__init__(
            f"流 {stream} 有命令过长，未随事实保存：{'、'.join(places)}。",
            "原文仍在 commands 主题的上述位置；请先由开发人员取出处理。",
        )


async def waiting(dsn: str, stream: str | None = None) -> list[SetAsideCommand]:
    """List what waits, by stream and order."""
    async with books(dsn) as connection:
        return await set_aside.waiting(connection, stream)


async def resume(settings: Settings, stream: str, operator: str, reason: str) -> int:
    """Let a stream go on and send again what was set aside.

    Shape:  how many commands were sent again
    Raises: NothingSetAside, TooLongToResend, DatabaseAway, BrokerAway, NotAcknowledged
    """
    found = await waiting(settings.postgres_dsn, stream)
    if not found:
        raise NothingSetAside(stream)
    going_on = asked_by_staff(stream, operator, ResumeStream(operator=operator, reason=reason))
    return await _send_again(settings, stream, found, [going_on])


async def reject(
    settings: Settings, stream: str, command_id: str, operator: str, reason: str
) -> int:
    """Give up one command that was set aside, and let its stream go on with the others.

    Shape:  how many others were sent again
    Raises: NothingSetAside, TooLongToResend, DatabaseAway, BrokerAway, NotAcknowledged
    """
    found = await waiting(settings.postgres_dsn, stream)
    if not any(one.command_id == command_id for one in found):
        raise NothingSetAside(f"{stream} {command_id}")
    others = [one for one in found if one.command_id != command_id]
    body = RejectCommand(rejects=command_id, operator=operator, reason=reason)
    first = [asked_by_staff(stream, operator, body)]
    if others:
        resume_body = ResumeStream(operator=operator, reason=reason)
        first.append(asked_by_staff(stream, operator, resume_body))
    return await _send_again(settings, stream, others, first)


async def _send_again(
    settings: Settings, stream: str, found: list[SetAsideCommand], first: list[Asked]
) -> int:
    if missing := [one.place for one in found if not one.raw]:
        raise TooLongToResend(stream, missing)
    await send(settings, first, *((stream, one.raw.encode()) for one in found))
    return len(found)
