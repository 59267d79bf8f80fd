"""Letters: follows the topic of dead letters into its table, in step with its positions.

Holds: letters expire, so a beginning that has gone is no fault; a letter that cannot be read is.
"""

import asyncio

import asyncpg

from events.codec import Unreadable
from projections.engine import books, partition_positions, row_writing
from projections.engine.folding import Folded
from projections.engine.ledger_reader import DamagedRecord, LedgerReader
from projections.engine.ledger_slices import LedgerSlice, Trouble
from projections.read_models import dead_letters

MOST_RECORDS = 1_000
WAIT_SECONDS = 1.0


class DeadLetterFollower:
    """One writer of one schema's dead letters; open it before use."""

    def __init__(self, connection: asyncpg.Connection, reader: LedgerReader, schema: str) -> None:
        self._connection = connection
        self._reader = reader
        self._schema = schema
        self.next: dict[int, int] = {}
        self.stopped: dict[int, Trouble] = {}

    async def open(self) -> None:
        """Stand where the books stand."""
        self.stopped.clear()
        positions = await partition_positions.read_positions(
            self._connection, self._schema, books.DEAD_LETTERS, self._reader.partitions
        )
        spans = await self._reader.span()
        for partition, position in positions.items():
            first, end = spans[partition]
            at = self.next[partition] = position.next
            self._reader.seek(partition, min(max(first, at), end))
            self._reader.resume(partition)
            if at > end:
                text = f"the books have read up to {at}, the topic ends at {end}"
                await self._stop(partition, Trouble(at, "LogTooShort", text))

    async def step(self, wait_seconds: float = WAIT_SECONDS) -> None:
        """Read and write once.

        Raises: PositionMoved
        """
        try:
            found = await self._reader.read(MOST_RECORDS, wait_seconds)
        except DamagedRecord as damaged:
            await self._stop(damaged.partition, Trouble(damaged.offset, "Damaged", damaged.what))
            return
        for partition, records in found.items():
            folded = Folded()
            start = end = self.next[partition]
            trouble = None
            for record in records:
                try:
                    received_at, change = dead_letters.change(record.value, record.offset)
                except Unreadable as error:
                    trouble = Trouble(record.offset, "Unreadable", str(error))
                    break
                folded.merge(partition, received_at, change)
                end = record.offset + 1
            if end > start:
                piece = LedgerSlice(partition, start, end, [], [], None)
                await row_writing.write(
                    self._connection, self._schema, [piece], folded, books.DEAD_LETTERS
                )
                self.next[partition] = end
            if trouble is not None:
                await self._stop(partition, trouble)
        ends = self._reader.ends()
        await partition_positions.note_log_ends(
            self._connection, self._schema, books.DEAD_LETTERS, ends
        )

    async def _stop(self, partition: int, trouble: Trouble) -> None:
        self.stopped[partition] = trouble
        self._reader.pause(partition)
        at = self.next[partition]
        await partition_positions.note_stop(
            self._connection, self._schema, books.DEAD_LETTERS, partition, at, trouble
        )

    async def fold_to_end(self) -> None:
        """Read what is there now."""
        for partition, (_, end) in (await self._reader.span()).items():
            while partition not in self.stopped and await self._reader.next_offset(partition) < end:
                await self.step()

    async def follow(self, stop: asyncio.Event) -> None:
        """List what comes until told to stop; go over to rebuilt books when they take over.

        Raises: PositionMoved when a second projector writes the same books
        """
        generation = await books.check(self._connection, self._schema)
        await self.open()
        while not stop.is_set():
            try:
                await self.step()
            except partition_positions.PositionMoved:
                now = await books.check(self._connection, self._schema)
                if now == generation:
                    raise
                generation = now
                await self.open()
