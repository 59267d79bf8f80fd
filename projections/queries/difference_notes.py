"""difference notes: what people have said of differences, as known at the end of a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from projections.queries.connection import Db


class DifferenceNote(NamedTuple):
    """One note; `kind`, `amount_fen` and `since` are those of the difference when it was written."""

    number: str
    note: int
    bank_account: str
    movement: str
    month: str
    line: str
    kind: str
    amount_fen: int
    since: date
    what: str
    owner: str
    reason: str
    evidence: str
    expected_on: date | None
    entry: str
    fund: str
    district: str
    operator: str
    noted_at: datetime
    known_on: date


class DifferenceMember(NamedTuple):
    """A movement of the books or a line of the bank that a difference is made of; fen."""

    movement: str | None
    month: str | None
    line: str | None
    day: date
    amount_fen: int
    instruction: str | None
    batch: str | None
    words: str | None


class DifferenceSummary(NamedTuple):
    """What holds of a difference by its notes: the last of each kind."""

    notes: int
    owner: str
    explanation: str
    evidence: str
    expected_on: date | None
    entry: str


NOTHING_SAID = DifferenceSummary(0, "", "", "", None, "")

_SELECT = f"SELECT {', '.join(DifferenceNote._fields)} FROM books.difference_notes"  # noqa: S608


async def of(db: Db, number: str, known_on: date = date.max) -> list[DifferenceNote]:
    """Every note about one difference, the first first."""
    rows = await db.fetch(
        f"{_SELECT} WHERE number = $1 AND known_on <= $2 ORDER BY note", number, known_on
    )
    return [DifferenceNote(*row) for row in rows]


async def summaries(
    db: Db, numbers: Sequence[str], known_on: date = date.max
) -> dict[str, DifferenceSummary]:
    """What holds of each of these differences that somebody has written about."""
    rows = await db.fetch(
        f"{_SELECT} WHERE number = ANY($1::text[]) AND known_on <= $2 ORDER BY number, note",
        numbers,
        known_on,
    )
    found: dict[str, list[DifferenceNote]] = {}
    for row in rows:
        note = DifferenceNote(*row)
        found.setdefault(note.number, []).append(note)
    return {number: summary(notes) for number, notes in found.items()}


def summary(notes: Sequence[DifferenceNote]) -> DifferenceSummary:
    """Take the last note of each kind."""
    last = {note.what: note for note in notes}
    assigned, explained, entry = (last.get(what) for what in ("assigned", "explained", "entry"))
    return DifferenceSummary(
        len(notes),
        assigned.owner if assigned else "",
        explained.reason if explained else "",
        explained.evidence if explained else "",
        explained.expected_on if explained else None,
        entry.entry if entry else "",
    )


async def members(db: Db, account: str, match: str) -> list[DifferenceMember]:
    """The members of a match by all that is known now, the books first."""
    rows = await db.fetch(
        """
        SELECT m.movement, m.month, m.line, m.day, m.amount_fen, m.instruction, m.batch,
               nullif(concat_ws(' ', nullif(l.reference, ''), nullif(l.purpose, '')), '')
        FROM books.matches AS m
        LEFT JOIN books.statement_lines AS l
               ON l.bank_account = m.bank_account AND l.month = m.month AND l.line = m.line
        WHERE m.bank_account = $1 AND m.match = $2
        ORDER BY m.movement IS NULL, m.day, m.member
        """,
        account,
        match,
    )
    return [DifferenceMember(*row) for row in rows]
