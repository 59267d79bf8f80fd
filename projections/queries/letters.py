"""letters: messages that could not be taken in, how each stands, and what was done about it."""

from datetime import datetime
from typing import NamedTuple

from projections.queries.connection import Db


class LetterRow(NamedTuple):
    """One message, or one of its lines, that was refused; what was in it is not here."""

    letter: str
    state: str
    code: str
    field: str | None
    reason: str
    source: str | None
    event: str | None
    application: str | None
    error: str | None
    received_at: datetime
    letter_offset: int


class LetterAct(NamedTuple):
    """One thing done about a letter."""

    act: str
    operator: str
    reason: str
    recorded_at: datetime


_NAME = "d.source_topic || '/' || d.source_partition || '/' || d.source_offset || '/' || d.line"
_FROM = f"""
    SELECT {_NAME} AS letter, coalesce(s.state, 'open') AS state, d.code, d.field, d.reason,
           d.source, d.event, d.application, d.error, d.received_at, d.letter_offset
    FROM books.dead_letters d LEFT JOIN books.letter_states s ON s.letter = {_NAME}
"""  # noqa: S608 -- a constant expression


async def rows(db: Db, code: str, state: str) -> list[LetterRow]:
    """What could not be taken in, the latest first."""
    found = await db.fetch(
        f"""{_FROM} WHERE ($1 = '' OR d.code = $1) AND ($2 = '' OR coalesce(s.state, 'open') = $2)
            ORDER BY d.received_at DESC, d.source_offset DESC, d.line, letter""",
        code,
        state,
    )
    return [LetterRow(**dict(row)) for row in found]


async def one(db: Db, letter: str) -> LetterRow | None:
    """One letter by its name."""
    row = await db.fetchrow(f"{_FROM} WHERE {_NAME} = $1", letter)
    return LetterRow(**dict(row)) if row else None


async def acts(db: Db, letter: str) -> list[LetterAct]:
    """What was done about a letter, in order."""
    found = await db.fetch(
        """SELECT act, operator, reason, recorded_at FROM books.letter_acts
           WHERE letter = $1 ORDER BY seq""",
        letter,
    )
    return [LetterAct(**dict(row)) for row in found]


async def opened_by(db: Db, letter: str, command: str) -> str | None:
    """Who opened a letter with this command; None where nobody did."""
    who = await db.fetchval(
        """SELECT operator FROM books.letter_acts
           WHERE letter = $1 AND cause = $2::text::uuid AND act = 'read'""",
        letter,
        command,
    )
    return None if who is None else str(who)


async def resubmitted(db: Db, letter: str, digest: str) -> bool:
    """Whether a message of this digest stands in the letter's place."""
    return bool(
        await db.fetchval(
            """SELECT EXISTS (SELECT FROM books.letter_acts
                              WHERE letter = $1 AND digest = $2 AND act = 'resubmitted')""",
            letter,
            digest,
        )
    )


async def codes(db: Db) -> list[tuple[str, int]]:
    """How many letters there are, by code."""
    found = await db.fetch(
        "SELECT code, count(*) AS n FROM books.dead_letters GROUP BY code ORDER BY n DESC, code"
    )
    return [(row["code"], row["n"]) for row in found]


async def refused(db: Db, command: str) -> bool:
    """Whether an act was refused."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM books.refusals WHERE cause = $1::text::uuid)", command
        )
    )


async def listed(
    db: Db, state: str = "all", most: int | None = None, letter: str | None = None
) -> list[LetterRow]:
    """Letters in a state, or in any, the latest first; one alone where it is named."""
    found = await db.fetch(
        f"""{_FROM} WHERE ($1 = 'all' OR coalesce(s.state, 'open') = $1)
              AND ($2::text IS NULL OR $2 = {_NAME})
            ORDER BY d.received_at DESC, letter LIMIT $3""",
        state,
        letter,
        most,
    )
    return [LetterRow(**dict(row)) for row in found]
