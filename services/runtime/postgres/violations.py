"""Violations: what must be seen by a person and stops nobody: foreign records and commands, lost messages.

In:   whoever finds one; a connection to the database
Out:  rows of `control.violations`, shown on the pages and by `doctor` until a person closes them
Holds: found again, by another process or after a restart, a violation is the same row
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

Kind = Literal["foreign_record", "foreign_command", "lost_messages", "damaged"]

_NOTE = """
    INSERT INTO control.violations (kind, topic, partition, first_offset, records, text, found_by)
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::text[],
                         $7::text[])
    ON CONFLICT DO NOTHING
"""
_OPEN = """
    SELECT violation, kind, topic, partition, first_offset, records, text, found_by, found_at
    FROM control.violations WHERE closed_at IS NULL ORDER BY found_at, violation LIMIT $1
"""
_CLOSE = """
    UPDATE control.violations SET closed_at = now(), closed_by = $2, reason = $3
    WHERE violation = $1 AND closed_at IS NULL RETURNING violation
"""


class Violation(NamedTuple):
    """One violation: which records of which partition, and what is wrong with them."""

    kind: Kind
    topic: str
    partition: int
    first_offset: int
    records: int
    text: str
    found_by: str


async def note(connection: Any, found: Sequence[Violation]) -> None:
    """Write down what was found, once."""
    if found:
        await connection.execute(_NOTE, *(list(column) for column in zip(*found, strict=True)))


async def open_ones(connection: Any, most: int = 500) -> list[Any]:
    """Every violation that nobody has closed, the oldest first."""
    return list(await connection.fetch(_OPEN, most))


async def close(connection: Any, violation: int, by: str, reason: str) -> bool:
    """Close one, with a reason; False where there is no such one open."""
    return bool(await connection.fetchval(_CLOSE, violation, by, reason))
