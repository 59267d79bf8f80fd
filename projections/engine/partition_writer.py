"""partition_writer: writes slices, and finds the one fact that the database refuses.

In:   slices of different partitions, and what they fold to
Out:  how far each partition is written, and why it stopped
Holds: a fact that cannot be stops its partition; all before it and beside it is written
"""

from collections.abc import Sequence

import asyncpg
import structlog

from events.invariants import BrokenInvariant
from projections.engine import partition_positions, row_writing
from projections.engine.books import LEDGER
from projections.engine.folding import Folded, folded_from
from projections.engine.ledger_reader import LedgerReader
from projections.engine.ledger_slices import LedgerSlice, Trouble

log = structlog.get_logger(__name__)


class PartitionWriter:
    """Knows up to where each partition of the ledger is written, and which ones stand still."""

    def __init__(self, connection: asyncpg.Connection, reader: LedgerReader, schema: str) -> None:
        self._connection = connection
        self._reader = reader
        self._schema = schema
        self.next: dict[int, int] = {}
        self.stopped: dict[int, Trouble] = {}
        self.deriving = True

    async def write(self, slices: Sequence[LedgerSlice], folded: Folded | None = None) -> None:
        """Write slices together; where the database refuses, each apart.

        Raises: PositionMoved
        """
        if not slices:
            return
        try:
            folded = folded or await folded_from(slices)
            await row_writing.write(
                self._connection, self._schema, slices, folded, deriving=self.deriving
            )
        except (row_writing.ConstraintViolated, BrokenInvariant) as violation:
            await self._write_apart(slices, violation)
            return
        for piece in slices:
            self.next[piece.partition] = piece.end

    async def _write_apart(self, slices: Sequence[LedgerSlice], violation: Exception) -> None:
        """Find the fact that the database refuses; write all before it and beside it."""
        if len(slices) > 1:
            for piece in slices:
                await self.write([piece])
            return
        [piece] = slices
        if len(piece.facts) > 1:
            first, second = piece.halves()
            await self.write([first])
            if piece.partition not in self.stopped:
                await self.write([second])
            return
        offset = piece.facts[0].offset if piece.facts else piece.start
        await self.stop(piece.partition, Trouble(offset, "Violation", str(violation)))

    async def stop(self, partition: int, trouble: Trouble) -> None:
        """Let a partition stand still, and raise the alarm.

        Raises: PositionMoved
        """
        self.stopped[partition] = trouble
        self._reader.pause(partition)
        await partition_positions.note_stop(
            self._connection, self._schema, LEDGER, partition, self.next[partition], trouble
        )
        log.error(
            "partition stopped",
            schema=self._schema,
            partition=partition,
            offset=trouble.offset,
            code=trouble.code,
            text=trouble.text,
        )
