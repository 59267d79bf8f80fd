"""statement files: the banks' files that were handed in: how far each has come, which days are proved."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from projections.queries.connection import Db


class StatementFileRow(NamedTuple):
    """One file, by its number."""

    number: str
    state: str
    bank_account: str
    file: str
    layout: str
    file_digest: str
    digest: str
    first: date
    last: date
    opening_fen: int
    closing_fen: int
    lines: int
    in_fen: int
    out_fen: int
    parts: int
    attempt: int | None
    maker: str
    checker: str | None
    reason: str | None
    code: str | None
    about: str | None
    held_at: datetime
    held_on: date
    taken_on: date | None
    reversed_on: date | None


_SELECT = f"SELECT {', '.join(StatementFileRow._fields)} FROM books.statement_files"  # noqa: S608


async def listed(db: Db, accounts: Sequence[str] | None = None) -> list[StatementFileRow]:
    """Files of these accounts, or of all, the latest first."""
    rows = await db.fetch(
        f"{_SELECT} WHERE $1::text[] IS NULL OR bank_account = ANY($1)"
        " ORDER BY held_at DESC, number",
        accounts,
    )
    return [StatementFileRow(**dict(row)) for row in rows]


async def one(db: Db, number: str) -> StatementFileRow | None:
    """One file."""
    row = await db.fetchrow(f"{_SELECT} WHERE number = $1", number)
    return StatementFileRow(**dict(row)) if row else None


class ReleasedStatement(NamedTuple):
    """A file that a second person has taken, and whose parts have to be recorded."""

    number: str
    bank_account: str
    file: str
    layout: str
    file_digest: str
    digest: str
    opening_fen: int
    attempt: int


async def released(db: Db) -> list[ReleasedStatement]:
    """Files that were taken and are not yet on record, in the order in which they were handed in."""
    rows = await db.fetch(
        f"""SELECT {", ".join(ReleasedStatement._fields)} FROM books.statement_files
            WHERE state = 'released' ORDER BY first, held_at, number"""  # noqa: S608
    )
    return [ReleasedStatement(*row) for row in rows]


class ProvedDay(NamedTuple):
    """A day of an account as the latest file that speaks of it has it; fen."""

    day: date
    opening_fen: int
    closing_fen: int
    statement: str


async def proved_days(
    db: Db, account: str, first: date, last: date, known_on: date = date.max
) -> list[ProvedDay]:
    """The days of an account that files prove, the earliest first."""
    rows = await db.fetch(
        """
        SELECT DISTINCT ON (day) day, opening_fen, closing_fen, statement
        FROM books.statement_days
        WHERE bank_account = $1 AND day BETWEEN $2 AND $3 AND known_on <= $4
          AND (reversed_on IS NULL OR reversed_on > $4)
        ORDER BY day, seq DESC
        """,
        account,
        first,
        last,
        known_on,
    )
    return [ProvedDay(*row) for row in rows]


class RecordedLine(NamedTuple):
    """A line on record, as a file that speaks of its day is compared with it; fen."""

    line: str
    day: date
    amount_fen: int
    reference: str
    purpose: str
    statement: str


async def recorded_lines(db: Db, account: str, first: date, last: date) -> list[RecordedLine]:
    """The lines of an account that stand on record for these days, in the order of their names."""
    rows = await db.fetch(
        """
        SELECT line, booked_on, amount_fen, reference, purpose, coalesce(statement, '')
        FROM books.statement_lines
        WHERE bank_account = $1 AND booked_on BETWEEN $2 AND $3 AND reversed_on IS NULL
        ORDER BY booked_on, seq, line
        """,
        account,
        first,
        last,
    )
    return [RecordedLine(*row) for row in rows]
