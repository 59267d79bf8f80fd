"""Manual matches: what two people have matched by hand, and undone, with every member.

In:    the facts of READS
Holds: a member says what was stated of it; whether books and bank have it so is asked of the
       matching, which takes a match by hand only whole
Asked: manual_matches
"""

from collections.abc import Iterator

from events.manual_matches import ManualMatchMade, ManualMatchUndone
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByAccount
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

MANUAL_MATCHES = Table(
    "manual_matches",
    "Every match by hand",
    (
        Column("bank_account", "text", "alias of the city's account"),
        Column("number", "integer", "its number, counted through the account"),
        Column("movements", "integer", "members of the books"),
        Column("lines", "integer", "members of the bank"),
        Column("amount_fen", "bigint", "what either side sums to; came in where positive", "fen"),
        Column("reason", "text", "why they belong together"),
        Column(
            "made_seq", "integer", "number of the fact in its history; the one before confirms it"
        ),
        Column("made_at", "timestamptz", "when it was recorded", "UTC"),
        Column("made_on", "date", "legal day"),
        Column("undone_reason", "text", "why it was undone"),
        Column("undone_seq", "integer", "number of that fact"),
        Column("undone_at", "timestamptz", "when that was recorded", "UTC"),
        Column("undone_on", "date", "legal day it was undone"),
    ),
    scoping=ByAccount(),
    key=("bank_account", "number"),
    indexes=("(made_on)",),
)
MANUAL_MATCH_MEMBERS = Table(
    "manual_match_members",
    "Every movement and line that a match by hand names",
    (
        Column("bank_account", "text", "alias of the city's account"),
        Column("number", "integer", "number of the match"),
        Column("member", "text", "id of the movement, or month/id of the line"),
        Column("movement", "text", "id of the fact of the books; null for a line"),
        Column("month", "text", "yyyy-mm of the line; null for a movement"),
        Column("line", "text", "id of the line; null for a movement"),
        Column("amount_fen", "bigint", "amount that was stated of it", "fen"),
        Column("known_on", "date", "day on which the match became known"),
        Column("undone_on", "date", "day on which it became known that it is undone"),
    ),
    scoping=ByAccount(),
    key=("bank_account", "number", "member"),
    indexes=(
        "(movement) WHERE movement IS NOT NULL",
        "(bank_account, month, line) WHERE line IS NOT NULL",
    ),
)
TABLES = (MANUAL_MATCHES, MANUAL_MATCH_MEMBERS)
READS = (ManualMatchMade, ManualMatchUndone)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one match by hand."""
    body = located.fact.body
    if not isinstance(body, READS):
        return
    key = (body.bank_account, body.number)
    if isinstance(body, ManualMatchUndone):
        undone = {
            "undone_reason": body.reason,
            "undone_seq": located.fact.seq,
            "undone_at": located.recorded_at,
            "undone_on": located.on,
        }
        yield Upsert(MANUAL_MATCHES, key, undone)
        for name, _ in _members(body):
            yield Upsert(MANUAL_MATCH_MEMBERS, (*key, name), {"undone_on": located.known_on})
        return
    yield Upsert(
        MANUAL_MATCHES,
        key,
        {
            "movements": len(body.movements),
            "lines": len(body.lines),
            "amount_fen": sum(one.amount for one in body.movements),
            "reason": body.reason,
            "made_seq": located.fact.seq,
            "made_at": located.recorded_at,
            "made_on": located.on,
        },
    )
    for name, stated in _members(body):
        yield Upsert(MANUAL_MATCH_MEMBERS, (*key, name), stated | {"known_on": located.known_on})


def _members(
    body: ManualMatchMade | ManualMatchUndone,
) -> Iterator[tuple[str, dict[str, object]]]:
    for one in body.movements:
        yield one.movement, {"movement": one.movement, "amount_fen": one.amount}
    for line in body.lines:
        stated: dict[str, object] = {"month": line.month, "line": line.line}
        yield f"{line.month}/{line.line}", stated | {"amount_fen": line.amount}
