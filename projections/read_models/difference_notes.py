"""Difference notes: what people have said of the differences between books and bank.

In:    the facts of READS
Holds: a note is never changed; whether a difference still stands is asked of the matching alone
Asked: difference_notes
"""

from collections.abc import Iterator

from events.differences import DifferenceAssigned, DifferenceEntryProposed, DifferenceExplained
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByAccount
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

DIFFERENCE_NOTES = Table(
    "difference_notes",
    "Every note about a difference between books and bank",
    (
        Column("number", "text", "number of the difference"),
        Column("note", "integer", "number of the note, from 1"),
        Column("bank_account", "text", "alias of the city's account"),
        Column("movement", "text", "id of its first fact of the books, or empty"),
        Column("month", "text", "yyyy-mm of its first line of the bank, or empty"),
        Column("line", "text", "id of that line, or empty"),
        Column("kind", "text", "kind of the difference when the note was written"),
        Column("amount_fen", "bigint", "bank less books when the note was written", "fen"),
        Column("since", "date", "day since which it stands"),
        Column("what", "text", "assigned, explained or entry"),
        Column("owner", "text", "who is to find out, where assigned"),
        Column("reason", "text", "in words"),
        Column("evidence", "text", "SHA-256 of a file in the vault, or empty"),
        Column("expected_on", "date", "day by which both sides are to agree"),
        Column("entry", "text", "what would make both sides equal, where proposed"),
        Column("fund", "text", "for which fund, where proposed"),
        Column("district", "text", "for which district, where proposed"),
        Column("operator", "text", "who wrote it"),
        Column("noted_at", "timestamptz", "when it was recorded", "UTC"),
        Column("known_on", "date", "day on which it became known"),
    ),
    scoping=ByAccount(),
    key=("number", "note"),
    indexes=("(bank_account)",),
)
TABLES = (DIFFERENCE_NOTES,)
READS = (DifferenceAssigned, DifferenceExplained, DifferenceEntryProposed)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Write one note down."""
    body = located.fact.body
    if not isinstance(body, READS):
        return
    seen = body.seen
    said: dict[str, object] = {
        "what": "",
        "owner": "",
        "evidence": "",
        "expected_on": None,
        "entry": "",
        "fund": "",
        "district": "",
    }
    match body:
        case DifferenceAssigned():
            said |= {"what": "assigned", "owner": body.owner}
        case DifferenceExplained():
            said |= {
                "what": "explained",
                "evidence": body.evidence,
                "expected_on": body.expected_on,
            }
        case DifferenceEntryProposed():
            said |= {
                "what": "entry",
                "entry": body.entry,
                "fund": body.fund,
                "district": body.district,
            }
    yield Upsert(
        DIFFERENCE_NOTES,
        (body.number, body.after + 1),
        {
            "bank_account": seen.account,
            "movement": seen.movement,
            "month": seen.month,
            "line": seen.line,
            "kind": seen.kind,
            "amount_fen": seen.amount,
            "since": seen.since,
            **said,
            "reason": body.reason,
            "operator": body.operator,
            "noted_at": located.recorded_at,
            "known_on": located.known_on,
        },
    )
