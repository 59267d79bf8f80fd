"""user_facts: who may do what, as facts of the ledger, asked for from a terminal.

In:   a user's id, roles as people write them, a reason
Out:  a command on the user's stream, and what the ledger answered
Holds: the ledger refuses what may not be granted; nothing here does
"""

from events import streams
from events.authority import RoleGrant
from events.users import AddUser, GrantRoles, ReinstateUser, ResetCredential, SuspendUser
from events.values import Command
from policies.cities import Cities
from projections.queries.command_answers import CommandAnswer
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send_and_wait

_ANSWER_SECONDS = 20.0


class WhichRegion(OperatingFailure):
    """The ledger serves several cities, and nobody says for which one a user works."""

    def __init__(self, cities: Cities) -> None:
        named = "、".join(f"{one.code} {one.name}" for one in cities) or "没有一个城市"
        super().__init__(f"没有写明在哪里工作，本台账有 {named}。", "请加上 --region 区划代码。")


def region_of(cities: Cities, given: str) -> str:
    """For which region somebody works: the one that is given, or that of the only city.

    Raises: WhichRegion
    """
    if given:
        return given
    every = list(cities)
    if len(every) != 1:
        raise WhichRegion(cities)
    return every[0].code


async def add(
    settings: Settings, user: str, region: str, grants: tuple[RoleGrant, ...], by: str
) -> CommandAnswer | None:
    """Ask that somebody may sign in; the ledger's answer, or None where there is none yet."""
    return await _ask(settings, user, by, AddUser(user=user, region=region, grants=grants, by=by))


async def grant(
    settings: Settings, user: str, grants: tuple[RoleGrant, ...], reason: str, by: str
) -> CommandAnswer | None:
    """Ask that somebody has exactly these roles."""
    return await _ask(
        settings, user, by, GrantRoles(user=user, grants=grants, reason=reason, by=by)
    )


async def suspend(settings: Settings, user: str, reason: str, by: str) -> CommandAnswer | None:
    """Ask that somebody may do nothing any more."""
    return await _ask(settings, user, by, SuspendUser(user=user, reason=reason, by=by))


async def reinstate(settings: Settings, user: str, reason: str, by: str) -> CommandAnswer | None:
    """Ask that somebody may do again what they might before."""
    return await _ask(settings, user, by, ReinstateUser(user=user, reason=reason, by=by))


async def note_reset(settings: Settings, user: str, reason: str, by: str) -> CommandAnswer | None:
    """Record that password and device were set anew."""
    answer = None
    for credential in ("password", "code"):
        body = ResetCredential(user=user, credential=credential, reason=reason, by=by)
        answer = await _ask(settings, user, by, body)
        if answer is None or answer.refused:
            break
    return answer


async def _ask(settings: Settings, user: str, by: str, body: Command) -> CommandAnswer | None:
    asked = asked_by_staff(streams.user(user), by, body)
    return await send_and_wait(settings, asked, _ANSWER_SECONDS)
