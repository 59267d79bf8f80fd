"""Projector: folds a ledger into one schema, partition by partition, each at its own pace.

In:   committed records of `ledger`
Out:  rows and positions of one schema; alarms
Holds: a fact is written once, in its stream's order, with its partition's position, and only when
       the checkpoint behind it is verified; a record that the desk has not written is left out and
       noted; a fact that cannot be stops its partition, and the others go on.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import asyncpg
import orjson
import structlog
from aiokafka import TopicPartition

from events.control import CommandRefused
from events.invariants import BrokenInvariant
from projections.engine import books, store
from projections.engine.folding import Folded, folded_from
from projections.engine.last_sequence_numbers import LastSequenceNumbers
from projections.engine.ledger_reader import DamagedRecord, LedgerReader
from projections.engine.ledger_slices import LedgerSlice, Trouble, read
from services.runtime.postgres import violations
from services.runtime.seals.chain import Chain, ChainBroken, ForeignRecord, LoggedRecord
from services.runtime.seals.chain_at_offset import chain_at
from services.runtime.seals.ledger_seals import LedgerKeys

log = structlog.get_logger(__name__)

MOST_RECORDS = 4_000
LOOK_SECONDS = 1.0
WAIT_SECONDS = 0.2
COMMANDS = "commands"
_FOREIGN = "foreign/"
"""Streams on which the desk records what was not its sender's to send."""

Progress = Callable[[int, int], None]
"""Called with the records read and the records to be read."""


class _Verified(NamedTuple):
    """What came of one partition's records; `end` is set where all that is left is foreign."""

    records: list[LoggedRecord]
    facts: list[LoggedRecord]
    foreign: list[ForeignRecord]
    end: int
    trouble: Trouble | None


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
        self.generation = 0
        self.next: dict[int, int] = {}
        self.stopped: dict[int, Trouble] = {}

    async def open(self) -> None:
        """Stand where the books stand, after checking that they are of this very ledger.

        Raises: ShapeDiffers
        """
        self.generation = await books.check(self._connection, self._schema)
        self._heads.forget()
        self.stopped.clear()
        standing = await store.positions(
            self._connection, self._schema, books.LEDGER, self._reader.partitions
        )
        spans = await self._reader.span()
        for partition, position in standing.items():
            self.next[partition] = self._ahead[partition] = position.next
            first, end = spans[partition]
            trouble = await self._differs(partition, position, first, end)
            if trouble is None:
                trouble = await self._chained(partition, first, position.next)
            self._reader.seek(partition, position.next)
            if trouble is not None:
                await self._stop(partition, trouble)
            else:
                self._reader.resume(partition)

    async def _chained(self, partition: int, first: int, at: int) -> Trouble | None:
        """Find the chain where the books stand; say why that cannot be, if so."""
        place = TopicPartition(self._reader.topic, partition)
        try:
            self._chains[partition] = await chain_at(
                self._reader.consumer, place, first, at, self._keys
            )
        except ChainBroken as broken:
            return Trouble(broken.offset, "ChainBroken", str(broken))
        return None

    async def _differs(
        self, partition: int, position: store.ReadPosition, first: int, end: int
    ) -> Trouble | None:
        """Say why the books cannot be of this log, if so."""
        at = position.next
        if at > end:
            return Trouble(
                at, "LogTooShort", f"the books have read up to {at}, the log ends at {end}"
            )
        if at < first:
            return Trouble(at, "LogTruncated", f"the log begins at {first}")
        if position.last_offset is None:
            return None
        record = await self._reader.record_at(partition, position.last_offset)
        found = orjson.loads(record.value).get("id") if record and record.value else None
        if found != position.last_id:
            return Trouble(
                position.last_offset,
                "LogDiffers",
                f"the books hold fact {position.last_id} there, the log {found}",
            )
        return None

    async def step(self, wait_seconds: float = WAIT_SECONDS) -> int:
        """Read once, and write it while the next step reads; the number of records is returned.

        Raises: PositionMoved (from the step before)
        """
        try:
            found = await self._reader.read(MOST_RECORDS, wait_seconds)
        except DamagedRecord as damaged:
            await self.settle()
            await self._stop(damaged.partition, Trouble(damaged.offset, "Damaged", damaged.what))
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
        verified: dict[int, _Verified] = {}
        for partition in {*found, *(p for p, chain in self._chains.items() if chain.has_waiting)}:
            if partition not in self.stopped:
                verified[partition] = await self._verified(partition, found.get(partition, ()))
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

    async def _verified(self, partition: int, records: Sequence[LoggedRecord]) -> "_Verified":
        """Keep what the desk has written, batch by batch; the rest waits, or is left out."""
        chain, start = self._chains[partition], self._ahead[partition]
        limit = self._limits.get(partition)
        if limit is not None and records and records[-1].offset >= limit:
            records = [record for record in records if record.offset < limit]
            self._reader.pause(partition)
        kept: list[LoggedRecord] = []
        facts: list[LoggedRecord] = []
        trouble, end = None, start
        try:
            for record in records:
                batch = chain.add(record)
                if batch is not None:  # a batch that was cut in two by an older code is read anew
                    fresh = [fact for fact in batch.facts if fact.offset >= start]
                    facts += fresh
                    kept += [*fresh, batch.record]
        except ChainBroken as broken:
            trouble = Trouble(broken.offset, "ChainBroken", str(broken))
        if trouble is None and chain.has_waiting and limit is None:
            stable = self._reader.ends().get(partition)
            standing = await self._reader.standing(partition)
            if stable is not None and standing >= stable:
                chain.leave_out_waiting()
                end = standing
        return _Verified(kept, facts, chain.take_foreign(), end, trouble)

    async def _write(
        self, slices: Sequence[LedgerSlice], folded: Folded | None, foreign: Sequence[ForeignRecord]
    ) -> None:
        wanted = [piece for piece in slices if piece.end > piece.start]
        going = [piece for piece in wanted if piece.partition not in self.stopped]
        # what was read of a partition before its last write stopped it is not written
        await self._note(foreign)
        await self._store(going, folded if len(going) == len(wanted) else None)
        await violations.note(self._connection, _foreign_commands(going))
        for piece in slices:
            if piece.trouble is not None and piece.partition not in self.stopped:
                await self._stop(piece.partition, piece.trouble)
        await self._look()

    async def _note(self, foreign: Sequence[ForeignRecord]) -> None:
        for one in foreign:
            log.critical(
                "foreign record left out",
                topic=self._reader.topic,
                partition=one.partition,
                offset=one.offset,
                why=one.why,
            )
        await violations.note(
            self._connection,
            [
                violations.Violation(
                    "foreign_record",
                    books.LEDGER,
                    one.partition,
                    one.offset,
                    1,
                    one.why,
                    "projector",
                )
                for one in foreign
            ],
        )

    async def _store(self, slices: Sequence[LedgerSlice], folded: Folded | None = None) -> None:
        if not slices:
            return
        try:
            folded = folded or await folded_from(slices)
            await store.write(self._connection, self._schema, slices, folded)
        except (store.ConstraintViolated, BrokenInvariant) as violation:
            await self._store_apart(slices, violation)
            return
        for piece in slices:
            self.next[piece.partition] = piece.end

    async def _store_apart(self, slices: Sequence[LedgerSlice], violation: Exception) -> None:
        """Find the fact that the database refuses; write all before it and beside it."""
        if len(slices) > 1:
            for piece in slices:
                await self._store([piece])
            return
        [piece] = slices
        if len(piece.facts) > 1:
            first, second = piece.halves()
            await self._store([first])
            if piece.partition not in self.stopped:
                await self._store([second])
            return
        offset = piece.facts[0].offset if piece.facts else piece.start
        await self._stop(piece.partition, Trouble(offset, "Violation", str(violation)))

    async def _stop(self, partition: int, trouble: Trouble) -> None:
        self.stopped[partition] = trouble
        self._reader.pause(partition)
        await store.stop(
            self._connection, self._schema, books.LEDGER, partition, self.next[partition], trouble
        )
        log.error(
            "partition stopped",
            schema=self._schema,
            partition=partition,
            offset=trouble.offset,
            code=trouble.code,
            text=trouble.text,
        )

    async def _look(self) -> None:
        """Note now and then where the log ends."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        ends = self._reader.ends()
        for partition, end in ends.items():
            if await self._reader.standing(partition) >= end and partition not in self.stopped:
                ends[partition] = self.next[partition]  # what is left are markers, no records
        await store.look(self._connection, self._schema, books.LEDGER, ends)

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
            and await self._reader.standing(partition) < end
        ]

    async def follow(self, stop: asyncio.Event) -> None:
        """Fold what comes until told to stop; go over to rebuilt books when they take over.

        Raises: PositionMoved when a second projector writes the same books
        """
        await self.open()
        await store.clear(self._connection, self._schema)
        while not stop.is_set():
            try:
                await self.step()
                if stop.is_set():
                    await self.settle()
            except store.PositionMoved:
                former = self.generation
                if await books.check(self._connection, self._schema) == former:
                    raise
                log.info("the books were rebuilt; going on with the new ones")
                await self.open()


def _foreign_commands(slices: Sequence[LedgerSlice]) -> list[violations.Violation]:
    """What the desk has refused because it was not its sender's to send."""
    return [
        violations.Violation(
            "foreign_command",
            COMMANDS,
            located.fact.at.partition,
            located.fact.at.offset,
            1,
            located.fact.body.text,
            "desk",
        )
        for piece in slices
        for located in piece.facts
        if located.fact.stream.startswith(_FOREIGN)
        and isinstance(located.fact.body, CommandRefused)
    ]
