"""Projector: folds a ledger into one schema, partition by partition, each at its own pace.

In:   committed records of `ledger`
Out:  rows and positions of one schema; alarms
Holds: a fact is written once, in its stream's order, with its partition's position, and only when
       the checkpoint behind it is verified; a record that the desk has not written is left out and
       noted; a fact that cannot be stops its partition, and the others go on.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import asyncpg
import structlog

from events.invariants import BrokenInvariant
from projections.engine import books, match_keeping, partition_positions, payment_summing
from projections.engine.desk_configurations import DeskConfigurations
from projections.engine.folding import Folded, folded_from
from projections.engine.foreign_records import note_foreign_commands, note_foreign_records
from projections.engine.last_sequence_numbers import LastSequenceNumbers
from projections.engine.ledger_reader import DamagedRecord, LedgerReader
from projections.engine.ledger_slices import LedgerSlice, Trouble, read
from projections.engine.partition_checking import chain_of, difference_of
from projections.engine.partition_writer import PartitionWriter
from projections.engine.record_verification import VerifiedRecords, verify
from services.runtime.seals.chain import Chain, ForeignRecord, LoggedRecord
from services.runtime.seals.ledger_seals import LedgerKeys

log = structlog.get_logger(__name__)

MOST_RECORDS = 4_000
LOOK_SECONDS = 1.0
WAIT_SECONDS = 0.2

Progress = Callable[[int, int], None]
"""Called with the records read and the records to be read."""


class Projector:
    """One writer of one schema; open it before use."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        side: asyncpg.Connection,
        reader: LedgerReader,
        schema: str,
        keys: LedgerKeys,
    ) -> None:
        """`connection` writes, `side` looks up what the next slices need meanwhile."""
        self._keys = keys
        self._chains: dict[int, Chain] = {}
        self._connection = connection
        self._side = side
        self._reader = reader
        self._schema = schema
        self._heads = LastSequenceNumbers(schema)
        self._limits: Mapping[int, int] = {}
        self._looked_at = 0.0
        self._ahead: dict[int, int] = {}
        self._writing: asyncio.Task[None] | None = None
        self._writer = PartitionWriter(connection, reader, schema)
        self._desks = DeskConfigurations(connection)
        self.generation = 0

    @property
    def next(self) -> dict[int, int]:
        """Up to where each partition is written."""
        return self._writer.next

    @property
    def stopped(self) -> dict[int, Trouble]:
        """Which partitions stand still, and why."""
        return self._writer.stopped

    def derive_later(self) -> None:
        """Fold without matching and summing payments, until `derive` is called, as a rebuild does."""
        self._writer.deriving = False

    async def derive(self) -> None:
        """Match and sum up all that is folded, and from now on whatever comes.

        Raises: PositionMoved
        """
        await self.settle()
        if not self._writer.deriving:
            await match_keeping.keep_whole(self._connection, self._schema)
            await payment_summing.sum_whole(self._connection, self._schema)
            self._writer.deriving = True

    async def open(self) -> None:
        """Stand where the books stand, after checking that they are of this very ledger.

        Raises: ShapeDiffers
        """
        self.generation = await books.check(self._connection, self._schema)
        self._heads.forget()
        self.stopped.clear()
        positions = await partition_positions.read_positions(
            self._connection, self._schema, books.LEDGER, self._reader.partitions
        )
        spans = await self._reader.span()
        for partition, position in positions.items():
            self.next[partition] = self._ahead[partition] = position.next
            first, end = spans[partition]
            trouble = await difference_of(self._reader, partition, position, first, end)
            if trouble is None:
                chain = await chain_of(self._reader, partition, first, position.next, self._keys)
                if isinstance(chain, Trouble):
                    trouble = chain
                else:
                    self._chains[partition] = chain
            self._reader.seek(partition, position.next)
            if trouble is not None:
                await self._writer.stop(partition, trouble)
            else:
                self._reader.resume(partition)

    async def step(self, wait_seconds: float = WAIT_SECONDS) -> int:
        """Read once, and write it while the next step reads; the number of records is returned.

        Raises: PositionMoved (from the step before)
        """
        try:
            found = await self._reader.read(MOST_RECORDS, wait_seconds)
        except DamagedRecord as damaged:
            await self.settle()
            await self._writer.stop(
                damaged.partition, Trouble(damaged.offset, "Damaged", damaged.what)
            )
            return 0
        slices, foreign = await self._understood(found)
        try:
            folded = await folded_from(slices)
        except BrokenInvariant:
            folded = None  # which partition is to blame is found when each is written apart
        await self.settle()
        self._writing = asyncio.create_task(self._write(slices, folded, foreign))
        return sum(map(len, found.values()))

    async def settle(self) -> None:
        """Wait until everything read is written.

        Raises: PositionMoved
        """
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing

    async def _understood(
        self, found: Mapping[int, Sequence[LoggedRecord]]
    ) -> tuple[list[LedgerSlice], list[ForeignRecord]]:
        verified: dict[int, VerifiedRecords] = {}
        for partition in {*found, *(p for p, chain in self._chains.items() if chain.has_waiting)}:
            if partition not in self.stopped:
                verified[partition] = await verify(
                    self._chains[partition],
                    partition,
                    self._ahead[partition],
                    found.get(partition, ()),
                    self._reader,
                    self._limits.get(partition),
                )
        if self._heads.are_many:
            await self.settle()
            self._heads.forget()
        await self._heads.look_up(
            self._side, (fact.key for piece in verified.values() for fact in piece.facts)
        )
        slices, foreign = [], []
        for partition, piece in verified.items():
            start = self._ahead[partition]
            made = await read(partition, start, piece.records, self._heads)
            if made.trouble is None:
                made = made._replace(end=max(made.end, piece.end), trouble=piece.trouble)
            self._ahead[partition] = made.end
            slices.append(made)
            foreign += piece.foreign
        return slices, foreign

    async def _write(
        self, slices: Sequence[LedgerSlice], folded: Folded | None, foreign: Sequence[ForeignRecord]
    ) -> None:
        wanted = [piece for piece in slices if piece.end > piece.start]
        going = [piece for piece in wanted if piece.partition not in self.stopped]
        # what was read of a partition before its last write stopped it is not written
        await note_foreign_records(self._connection, self._reader.topic, foreign)
        await self._writer.write(going, folded if len(going) == len(wanted) else None)
        await note_foreign_commands(self._connection, going)
        for piece in slices:
            if piece.trouble is not None and piece.partition not in self.stopped:
                await self._writer.stop(piece.partition, piece.trouble)
        await self._look()

    async def _look(self) -> None:
        """Note now and then where the log ends."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        ends = self._reader.ends()
        for partition, end in ends.items():
            if await self._reader.next_offset(partition) >= end and partition not in self.stopped:
                ends[partition] = self.next[partition]  # what is left are markers, no records
        await partition_positions.note_log_ends(self._connection, self._schema, books.LEDGER, ends)
        if self._schema == books.LIVE and all(self.next[at] >= end for at, end in ends.items()):
            await self._desks.note(self._chains)  # on the way there they name what is long past

    async def fold_to(self, targets: Mapping[int, int], progress: Progress | None = None) -> None:
        """Read up to these offsets and not past them, or to where a partition stops."""
        await self.settle()
        self._limits = targets
        for partition, at in self.next.items():
            if partition not in self.stopped:
                self._reader.seek(partition, at)
                self._reader.resume(partition)
                self._ahead[partition] = at
                self._chains[partition].forget_waiting()
        begun = dict(self.next)
        total = sum(max(0, end - begun[p]) for p, end in targets.items())
        while waiting := await self._waiting(targets):
            await self.step()
            if progress is not None:
                left = sum(targets[p] - self.next[p] for p in waiting)
                progress(max(0, total - max(0, left)), total)
        await self.settle()
        self._limits = {}
        if progress is not None:
            progress(total, total)

    async def _waiting(self, targets: Mapping[int, int]) -> list[int]:
        return [
            partition
            for partition, end in targets.items()
            if partition not in self.stopped
            and self._ahead[partition] < end
            and await self._reader.next_offset(partition) < end
        ]

    async def follow(self, stop: asyncio.Event) -> None:
        """Fold what comes until told to stop; go over to rebuilt books when they take over.

        Raises: PositionMoved when a second projector writes the same books
        """
        await self.open()
        await partition_positions.close_alarms(self._connection, self._schema)
        while not stop.is_set():
            try:
                await self.step()
                if stop.is_set():
                    await self.settle()
            except partition_positions.PositionMoved:
                former = self.generation
                if await books.check(self._connection, self._schema) == former:
                    raise
                log.info("the books were rebuilt; going on with the new ones")
                await self.open()
