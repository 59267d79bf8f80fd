"""Authority: a person who has signed in does what the roles allow, where they are granted.

In:    a command that carries its authority, the state of its stream, the cities of the ledger
Out:   a refusal, or None
Holds: pure; by whatever way a command comes, the same is refused. Without an authority a command is
       a machine's or an operator's: of the pages a partition that knows of a user takes none without
Source: docs/adr/0052-what-a-person-may-do-is-decided-by-the-ledger.md
"""

from datetime import timedelta

from events.control import CommandRefused
from events.envelope import Asked
from events.proposals import ProposeAct
from events.users import NoteRefusedVisit
from policies.access import Access, access, covers
from policies.cities import Cities
from services.deciders.stream import Stream
from services.streams import guards
from services.streams.what_it_is_about import act_in, fund_of, region_of

THE_PAGES = "web"
"""Who seals what people ask on the pages."""

CODE_COUNTS_FOR = timedelta(minutes=5)
"""For how long a one-time code stands for the acts that ask for one."""


def refusal(stream: Stream, asked: Asked, cities: Cities) -> CommandRefused | None:
    """Refuse what the asking person's roles do not allow.

    Refuses: NOT_YOUR_ROLE, NOT_YOUR_DISTRICT, NOT_YOUR_FUND, CODE_NEEDED (first match wins)
    """
    if asked.authority is None or isinstance(asked.body, NoteRefusedVisit):
        return None
    table, act = access(), act_in(stream, asked.body)
    permission = permission_of(asked, table)
    held = [one for one in asked.authority.grants if table.may(one.role, permission)]
    if not held:
        return guards.refused(asked, asked.body, "NOT_YOUR_ROLE", _name(table, permission))
    region = region_of(stream, asked.stream, act, cities)
    near = [one for one in held if covers(one, region)]
    if not near:
        return guards.refused(asked, asked.body, "NOT_YOUR_DISTRICT", region)
    fund = fund_of(stream, asked.stream, act, cities)
    if not any(one.covers_fund(fund) for one in near):
        return guards.refused(asked, asked.body, "NOT_YOUR_FUND", fund)
    again = {permission, table.permission_of.get(type(act).__name__, "")} & set(table.code_again)
    if again and not confirmed(asked):
        return guards.refused(asked, asked.body, "CODE_NEEDED")
    return None


def not_signed_in(asked: Asked, producer: str) -> CommandRefused | None:
    """Refuse what the pages send and no session stands behind, where people sign in.

    Refuses: NOT_SIGNED_IN
    """
    if producer != THE_PAGES or (asked.authority is not None and asked.authority.session):
        return None
    return guards.refused(asked, asked.body, "NOT_SIGNED_IN")


def permission_of(asked: Asked, table: Access) -> str:
    """The permission of what is asked; who proposes an act needs the act's own; empty where it has none."""
    body = asked.body
    name = body.act if isinstance(body, ProposeAct) else type(body).__name__
    return table.permission_of.get(name, "")


def _name(table: Access, permission: str) -> str:
    return table.permissions[permission].name if permission else ""


def code_missing(asked: Asked) -> bool:
    """Whether what is asked needs a one-time code that was not given; the desk looks closer still."""
    table = access()
    again = asked.authority is not None and permission_of(asked, table) in table.code_again
    return again and not confirmed(asked)


def confirmed(asked: Asked) -> bool:
    """Whether a one-time code was given in the session, a short while ago."""
    at = asked.authority.confirmed_at if asked.authority else None
    return at is not None and timedelta() <= asked.sent_at - at <= CODE_COUNTS_FOR
