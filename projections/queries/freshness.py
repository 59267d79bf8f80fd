"""freshness: up to when the read models know the ledger."""

from datetime import datetime
from typing import NamedTuple

from projections.queries.connection import Db


async def last_fact_at(db: Db) -> datetime | None:
    """When the latest fact that was read had been recorded; None in empty books."""
    last: datetime | None = await db.fetchval(
        "SELECT max(known) FROM books.positions WHERE topic = 'ledger'"
    )
    return last


async def vector(db: Db) -> tuple[tuple[int, int], ...]:
    """How far every partition of the ledger has been read, and which building of the books it is."""
    rows = await db.fetch(
        """SELECT partition, next FROM books.positions WHERE topic = 'ledger'
           UNION ALL
           SELECT -1, coalesce(max(generation), 0) FROM control.generations
           WHERE live_since IS NOT NULL AND ended_at IS NULL
           ORDER BY 1"""
    )
    return tuple((row[0], row[1]) for row in rows)


class ReadUntil(NamedTuple):
    """How far the books have read one partition of the ledger, and the last fact's place and id."""

    next: int
    last_offset: int | None
    last_id: str | None


async def read_until(db: Db) -> dict[int, ReadUntil]:
    """How far every partition of the ledger has been read, by its number."""
    rows = await db.fetch(
        """SELECT partition, next, last_offset, last_id::text FROM books.positions
           WHERE topic = 'ledger'"""
    )
    return {row["partition"]: ReadUntil(*list(row)[1:]) for row in rows}
