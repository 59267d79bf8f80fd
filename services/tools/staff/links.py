"""Links: say that two people are one, or judge it, from a terminal, as the page does.

In:   two applications, one of each document; books
Out:  ProposeLink or JudgeLink on the history that leads
"""

from typing import NamedTuple

from events import streams
from events.links import JudgeLink, ProposeLink, Verdict
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send

_WHOSE = "SELECT beneficiary FROM books.applications WHERE application = $1"
_LIST = """SELECT lead, other, state, document, reason, maker, coalesce(checker, '') AS checker
           FROM books.links ORDER BY told_at"""


class NobodysApplication(OperatingFailure):
    """No such application of a person."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有自然人的申请 {application}。", "申请号写作 来源:申请编号，可用 trace 查看。"
        )


class Linked(NamedTuple):
    """Two people, and what was said of them."""

    lead: str
    other: str
    state: str
    document: str
    reason: str
    maker: str
    checker: str


async def listed(dsn: str) -> list[Linked]:
    """Every link."""
    async with books(dsn) as connection:
        rows = await connection.fetch(_LIST)
    return [Linked(**dict(row)) for row in rows]


async def propose(
    settings: Settings, application: str, other: str, document: str, reason: str, maker: str
) -> None:
    """Say that the people of two applications are one."""
    lead, follower = sorted(await _people(settings.postgres_dsn, application, other))
    body = ProposeLink(
        other=streams.beneficiary(follower), document=document, reason=reason, maker=maker
    )
    await send(settings, [asked_by_staff(streams.beneficiary(lead), maker, body)])


async def judge(
    settings: Settings, application: str, other: str, verdict: Verdict, reason: str, checker: str
) -> None:
    """Agree that they are, or not."""
    lead, follower = sorted(await _people(settings.postgres_dsn, application, other))
    body = JudgeLink(
        other=streams.beneficiary(follower), checker=checker, verdict=verdict, reason=reason
    )
    await send(settings, [asked_by_staff(streams.beneficiary(lead), checker, body)])


async def _people(dsn: str, *applications: str) -> list[str]:
    found = []
    async with books(dsn) as connection:
        for application in applications:
            token = await connection.fetchval(_WHOSE, application)
            if token is None or not token.startswith("p"):
                raise NobodysApplication(application)
            found.append(str(token))
    return found
