"""partition_positions: how far each partition has been read, and why one stands still.

In:   slices that are written, troubles, the log's end
Out:  rows of `positions`, alarms
Holds: a position moves only from where it was expected, so a second projector cannot write twice
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from projections.engine.ledger_slices import LedgerSlice, Trouble
from services.runtime.errors import OperatingFailure


class PositionMoved(OperatingFailure):
    """Somebody else has written: another projector, or a rebuild that took over."""

    may_pass = True

    def __init__(self, schema: str, partitions: Iterable[int]) -> None:
        super().__init__(
            f"Another projector writes the same books: partitions {sorted(partitions)} of schema "
            f"{schema} have moved.",
            "Nothing was written twice. Run one projector for one database.",
        )


class ReadPosition(NamedTuple):
    """How far one partition has been read."""

    next: int
    last_offset: int | None
    last_id: str | None
    known: datetime | None


async def read_positions(
    connection: asyncpg.Connection, schema: str, topic: str, partitions: Sequence[int]
) -> dict[int, ReadPosition]:
    """Tell where each partition stands; one never read before stands at its beginning."""
    await connection.execute(
        f"INSERT INTO {schema}.positions (topic, partition) "
        "SELECT $1, unnest($2::smallint[]) ON CONFLICT DO NOTHING",
        topic,
        list(partitions),
    )
    rows = await connection.fetch(
        f"SELECT partition, next, last_offset, last_id::text, known "  # noqa: S608
        f"FROM {schema}.positions WHERE topic = $1 AND partition = ANY($2)",
        topic,
        list(partitions),
    )
    return {row["partition"]: ReadPosition(*row[1:]) for row in rows}


async def move(
    connection: asyncpg.Connection, schema: str, topic: str, slices: Sequence[LedgerSlice]
) -> None:
    """Move each partition from where its slice begins to where it ends.

    Raises: PositionMoved when one does not stand there any more
    """
    moved = await connection.fetch(
        f"""
        UPDATE {schema}.positions AS p SET
            next = u.next,
            last_offset = COALESCE(u.last_offset, p.last_offset),
            last_id = COALESCE(u.last_id, p.last_id),
            known = GREATEST(u.known, p.known),
            log_end = GREATEST(u.next, p.log_end),
            checked_at = now(),
            stopped = NULL
        FROM unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[],
                    $7::timestamptz[])
            AS u (partition, expected, next, last_offset, last_id, known)
        WHERE p.topic = $1 AND p.partition = u.partition AND p.next = u.expected
        RETURNING p.partition
        """,  # noqa: S608
        topic,
        [piece.partition for piece in slices],
        [piece.start for piece in slices],
        [piece.end for piece in slices],
        [piece.facts[-1].offset if piece.facts else None for piece in slices],
        [UUID(piece.facts[-1].fact.id) if piece.facts else None for piece in slices],
        [piece.known for piece in slices],
    )
    if len(moved) != len(slices):
        missed = {piece.partition for piece in slices} - {row["partition"] for row in moved}
        raise PositionMoved(schema, missed)


async def note_log_ends(
    connection: asyncpg.Connection, schema: str, topic: str, ends: dict[int, int]
) -> None:
    """Note where the log ends, so that a page can tell how far behind it is."""
    await connection.execute(
        f"UPDATE {schema}.positions AS p "  # noqa: S608
        "SET log_end = GREATEST(p.next, u.log_end), checked_at = now() "
        "FROM unnest($2::smallint[], $3::bigint[]) AS u (partition, log_end) "
        "WHERE p.topic = $1 AND p.partition = u.partition",
        topic,
        list(ends),
        list(ends.values()),
    )


async def note_stop(
    connection: asyncpg.Connection,
    schema: str,
    topic: str,
    partition: int,
    expected: int,
    trouble: Trouble,
) -> None:
    """Write down that a partition stands still, and raise the alarm once.

    Raises: PositionMoved when another has written meanwhile: then the trouble may be our own
    """
    async with connection.transaction():
        stands = await connection.fetchval(
            f"UPDATE {schema}.positions SET stopped = $4 "  # noqa: S608
            "WHERE topic = $1 AND partition = $2 AND next = $3 RETURNING true",
            topic,
            partition,
            expected,
            f"{trouble.code} at {trouble.offset}: {trouble.text}",
        )
        if not stands:
            raise PositionMoved(schema, [partition])
        await connection.execute(
            f"""
            INSERT INTO control.projector_alarms
                (generation, topic, partition, ledger_offset, code, text)
            SELECT m.generation, $1::text, $2::integer, $3::bigint, $4::text, $5::text
            FROM (SELECT generation FROM {schema}.read_models LIMIT 1) AS m
            WHERE NOT EXISTS (
                SELECT FROM control.projector_alarms AS a
                WHERE a.generation = m.generation AND a.topic = $1 AND a.partition = $2
                    AND a.ledger_offset = $3 AND a.cleared_at IS NULL
            )
            """,  # noqa: S608
            topic,
            partition,
            trouble.offset,
            trouble.code,
            trouble.text,
        )


async def close_alarms(connection: asyncpg.Connection, schema: str) -> None:
    """Close the alarms of partitions that have gone on past them, or of books that are gone."""
    await connection.execute(
        f"""
        UPDATE control.projector_alarms AS a SET cleared_at = now()
        WHERE a.cleared_at IS NULL AND (
            a.generation < (SELECT generation FROM {schema}.read_models LIMIT 1)
            OR EXISTS (
                SELECT FROM {schema}.positions AS p
                WHERE p.topic = a.topic AND p.partition = a.partition AND p.next > a.ledger_offset
            )
        )
        """  # noqa: S608
    )
