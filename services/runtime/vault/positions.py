"""Positions: how far the vault knows every topic, kept with it, so that a restore that does not fit
is noticed.

Holds: what is taken from an inbound topic is noted before Kafka hears of it, so that the vault never
       stands behind the group's own position unless it is an older one; `ledger` and `commands` were
       at least as long as noted here.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

_NOTE = """
    INSERT INTO vault.positions AS kept (topic, partition, topic_id, next, done)
    SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::bigint[], $5::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE
        SET next = greatest(kept.next, EXCLUDED.next), done = greatest(kept.done, EXCLUDED.done),
            topic_id = EXCLUDED.topic_id, noted_at = now()
"""
_READ = "SELECT topic, partition, topic_id, next, done FROM vault.positions"


class StoredPosition(NamedTuple):
    """So far the vault knows one partition of a topic; `done` is acknowledged in every respect."""

    topic: str
    partition: int
    topic_id: str
    next: int
    done: int = 0


async def store_positions(connection: Any, known: Iterable[StoredPosition]) -> None:
    """Note positions; none falls."""
    rows = sorted(known)  # one order for everybody, so that nobody waits in a circle
    if rows:
        await connection.execute(_NOTE, *(list(column) for column in zip(*rows, strict=True)))


async def stored_positions(connection: Any) -> list[StoredPosition]:
    """Every position that was noted."""
    return [StoredPosition(*row) for row in await connection.fetch(_READ)]
