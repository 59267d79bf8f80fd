"""Links: say that two people are one, or judge it, from a terminal, as the page does.

In:   two applications, one of each document; books
Out:  ProposeLink or JudgeLink on the history that leads
"""

from events import streams
from events.links import ConfirmOrReject, JudgeLink, ProposeLink
from projections.queries import links
from projections.queries.links import LinkRow
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send


class NobodysApplication(OperatingFailure):
    """No such application of a person."""

    def __init__(self, application: str) -> None:
        super().__init__(
            f"没有自然人的申请 {application}。", "申请号写作 来源:申请编号，可用 trace 查看。"
        )


async def listed(dsn: str) -> list[LinkRow]:
    """Every link, in the order in which they were told."""
    async with books(dsn) as connection:
        return sorted(await links.rows(connection), key=lambda link: link.told_at)


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
    settings: Settings,
    application: str,
    other: str,
    verdict: ConfirmOrReject,
    reason: str,
    checker: str,
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
            token = await links.beneficiary(connection, application)
            if token is None or not token.startswith("p"):
                raise NobodysApplication(application)
            found.append(token)
    return found
