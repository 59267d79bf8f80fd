"""last_sequence_numbers: the last sequence number of every stream, so that a missing fact is noticed.

Holds: a stream that is not in memory is looked up in the mirror; one that begins at 1 need not be,
       because the mirror's unique index on (stream, seq) refuses a second beginning.
"""

from collections.abc import Iterable

import asyncpg

from events.invariants import BrokenInvariant

KEPT = 400_000
"""Streams kept in memory; beyond, all are forgotten and looked up again."""


class LastSequenceNumbers:
    """The heads of the streams of all partitions that one projector reads."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._seq: dict[str, int] = {}

    @property
    def are_many(self) -> bool:
        """Tell that it is time to forget, once everything read is written."""
        return len(self._seq) > KEPT

    def forget(self) -> None:
        """Know nothing: what was read was not written."""
        self._seq.clear()

    async def look_up(
        self, connection: asyncpg.Connection, streams: Iterable[bytes | None]
    ) -> None:
        """Find the heads of the streams that are about to be read."""
        known = self._seq
        missing = sorted({name for raw in streams if raw and (name := raw.decode()) not in known})
        if not missing:
            return
        rows = await connection.fetch(
            f"""
            SELECT s.stream, f.seq FROM unnest($1::text[]) AS s (stream)
            CROSS JOIN LATERAL (
                SELECT seq FROM {self._schema}.facts AS f
                WHERE f.stream = s.stream ORDER BY seq DESC LIMIT 1
            ) AS f
            """,  # noqa: S608
            missing,
        )
        known.update(dict.fromkeys(missing, 0))
        known.update((row["stream"], row["seq"]) for row in rows)

    def advance(self, stream: str, seq: int) -> None:
        """Take the next fact of a stream.

        Raises: BrokenInvariant when it is not the next
        """
        head = self._seq.get(stream, 0)
        if seq != head + 1:
            raise BrokenInvariant(f"{stream}: fact {seq} came after fact {head}")
        self._seq[stream] = seq
