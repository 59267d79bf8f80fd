"""Book: one partition of `commands`, decided onto the same partition of `ledger`, once.

In:   packets with their offsets, from whoever feeds it; the two logs themselves
Out:  facts and checkpoints on `ledger`, then follow-ups on `commands`
Holds: every command is decided in the order of the log, by one owner; where it stands is told by
       `ledger` alone, so whatever feeds it may repeat, skip or be late
Source: docs/adr/0001-desk-protocol.md
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog
from aiokafka.client import AIOKafkaClient

from events.codec import CHECKPOINT_KEY
from services.desk import recovery as past
from services.desk.command_runner import (
    Bench,
    Deciding,
    Judge,
    Verdict,
    named,
)
from services.desk.failures import LedgerDiffers
from services.desk.gate import Gate, Packet
from services.desk.limits import Limits
from services.desk.outbox import Outbox
from services.desk.partition_log import log_of
from services.desk.recovery import FollowUps
from services.desk.restart_counter import ALARM, Openings
from services.desk.transaction import LedgerRecord, LedgerWriter
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.packets import PacketSender
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.seals.chain import Chain
from services.runtime.seals.checkpoint import READER, Checkpoint, chained, list_of
from services.runtime.seals.ledger_seals import LedgerKeys, LedgerSeal
from services.runtime.seals.packet_seals import PacketKeys
from services.runtime.topics import Topics

log = structlog.get_logger("desk")


class Keys(NamedTuple):
    """The keys of a desk: it signs the ledger, verifies it, and knows every producer of packets."""

    ledger: LedgerSeal
    ledger_keys: LedgerKeys
    packets: PacketKeys


class Surroundings(NamedTuple):
    """What the books of one process share."""

    bootstrap: str
    topics: Topics
    client: AIOKafkaClient
    sender: PacketSender
    new_judge: Callable[[], Judge]
    follow_ups: FollowUps
    deciding: asyncio.Lock
    """Held by the book that decides: there is one processor, and the others commit meanwhile."""

    openings: Openings
    keys: Keys
    limits: Limits = Limits()


class Book:
    """The single owner of one partition.

    Raises: CannotOpen, LedgerDiffers, Fenced, and other OperatingFailures; after any of them the
            process must end, and the next one finds from the ledger where it stands
    """

    def __init__(self, partition: int, around: Surroundings) -> None:
        self.partition = partition
        self._around = around
        self._turn = asyncio.Lock()
        self._resting = False
        self._closed = False
        self._bench = Bench(
            around.new_judge(),
            partition,
            around.sender.partitions,
            Gate(around.topics.commands, around.keys.packets),
        )
        self._writer = LedgerWriter(
            around.bootstrap,
            around.topics.ledger,
            partition,
            f"desk-{around.topics.prefix}{partition}",
            around.limits,
        )
        self._checkpoint: Checkpoint
        self._outbox = Outbox(around.sender, 0, around.limits.unacknowledged_batches)
        self._end = 0

    @property
    def next(self) -> int:
        """The offset in `commands` that is decided next."""
        return self._checkpoint.next

    @property
    def deciding(self) -> Deciding | None:
        """The command at hand, or the last one when a decider has raised."""
        return self._bench.deciding

    async def open(self) -> None:
        """Take the partition over, fold its past, send what was not sent, decide what waits."""
        async with self._turn:
            if self._closed:
                return  # it was let go before its turn came, and must not end the rightful owner
            around = self._around
            await self._writer.start()
            topic = await topic_id(around.client, around.topics.commands)
            async with log_of(
                around.bootstrap,
                around.topics.ledger,
                self.partition,
                committed=True,
                limits=around.limits,
            ) as ledger:
                opened = await past.fold_ledger(
                    ledger,
                    Chain(around.topics.ledger, self.partition, around.keys.ledger_keys),
                    topic,
                    self._bench.judge,
                    around.follow_ups,
                )
            self._checkpoint, self._end = opened.checkpoint, opened.end
            self._outbox = Outbox(
                around.sender, opened.checkpoint.sent, around.limits.unacknowledged_batches
            )
            self._outbox.put(opened.unsent, opened.end)
            log.info(
                "book opened",
                partition=self.partition,
                facts=opened.facts,
                next=self.next,
                sent_again=len(opened.unsent),
            )
            if not opened.checkpoint.number:
                await self._begin_duty(topic, older=opened.has_checkpoint)
            await self._read_on(topic, opening=True)

    async def decide(self, packets: Sequence[Packet]) -> None:
        """Decide packets, in order; those already decided are dropped, and gaps are read."""
        async with self._turn:
            if self._closed or self._resting:
                return  # what it was fed belongs to the next owner, who reads it from the log
            _ = self._outbox.sent
            fresh = sorted(
                {packet.offset: packet for packet in packets if packet.offset >= self.next}.values()
            )
            if not fresh:
                return
            if fresh[-1].offset - self.next >= len(fresh):  # one in between was not fed
                await self._read_on(None, fresh[-1].offset + 1)
            else:
                await self._decide(fresh)

    async def catch_up(self) -> None:
        """Decide what the log holds and nobody has fed; look after what is under way."""
        async with self._turn:
            if not (self._closed or self._resting):
                _ = self._outbox.sent
                await self._read_on(
                    await topic_id(self._around.client, self._around.topics.commands)
                )

    @property
    def busy(self) -> bool:
        """Whether the book has something in hand."""
        return self._turn.locked()

    def check(self) -> None:
        """See that nothing has gone wrong while nobody waited for it.

        Raises: NotAcknowledged
        """
        _ = self._outbox.sent

    async def rest(self) -> None:
        """End the transaction under way and begin no other, until `resume`."""
        self._resting = True
        async with self._turn:
            pass

    def resume(self) -> None:
        """Go on after a rest; `catch_up` then reads from the log whatever came meanwhile."""
        self._resting = self._closed

    async def idle(self) -> None:
        """Let the partition go, once the transaction under way has ended."""
        self._resting = self._closed = True
        async with self._turn:
            with contextlib.suppress(OperatingFailure, TimeoutError):  # the next owner sends again
                async with asyncio.timeout(2):
                    await self._outbox.empty()
            await self._writer.stop()

    async def _read_on(
        self, topic: str | None, end: int | None = None, *, opening: bool = False
    ) -> None:
        """Decide from the log itself, from where the book stands to its end."""
        around = self._around
        async with log_of(
            around.bootstrap,
            around.topics.commands,
            self.partition,
            committed=False,
            limits=around.limits,
        ) as commands:
            first, written = await commands.bounds()
            past.check_position(
                self._checkpoint, self.partition, topic or self._checkpoint.topic, first, written
            )
            careful = opening and written > self.next and await self._opened_again()
            async for records in commands.read(self.next, written if end is None else end):
                packets = [Packet(r.offset, r.value or b"", r.headers) for r in records]
                if careful:
                    self._alarm(packets[0])
                for some in ([packet] for packet in packets) if careful else (packets,):
                    if self._resting:
                        return
                    await self._decide(some)
                careful = False

    async def _opened_again(self) -> bool:
        """Note this opening; tell whether the same command has ended several desks by now."""
        return await self._around.openings.again(self.partition, self.next) >= ALARM

    def _alarm(self, packet: Packet) -> None:
        """Name the packet that desks may be dying of; it is decided alone, so that the next knows."""
        log.critical(
            "opened again and again at one offset",
            partition=self.partition,
            offset=packet.offset,
            commands=named(packet.raw),
        )

    async def _decide(self, packets: Sequence[Packet]) -> None:
        limits = self._around.limits
        waiting, offset = deque(packets), self.next
        while waiting and not self._resting:
            verdict = Verdict(self._checkpoint.known)
            async with self._around.deciding:
                while waiting and not verdict.is_full(limits):
                    packet = waiting.popleft()
                    offset = packet.offset
                    self._bench.try_packet(packet, verdict, self._checkpoint.macs_from)
                    await asyncio.sleep(0)  # heartbeats and other books' commits have their turn
            await self._commit(verdict, offset + 1)

    async def _commit(self, verdict: Verdict, next_offset: int) -> None:
        """One transaction: the facts, and the checkpoint that says they are decided."""
        await self._outbox.room()
        before, facts = self._checkpoint, [raw for _, raw in verdict.facts]
        checkpoint = before._replace(
            next=next_offset,
            sent=self._outbox.sent,
            decided=before.decided + verdict.commands,
            unchanged=tuple(verdict.unchanged),
            known=verdict.known,
            chain=chained(before.chain, next_offset, facts),
            number=before.number + 1,
            facts=list_of(facts),
        )
        await self._write(verdict, checkpoint)

    async def _begin_duty(self, topic: str, *, older: bool) -> None:
        """Sign where the partition stands: from here on, what is not signed is not the desk's.

        Packets that an older code has sent, and nobody has decided yet, have no MAC.
        """
        before, macs_from = self._checkpoint, 0
        if older:
            async with log_of(
                self._around.bootstrap,
                self._around.topics.commands,
                self.partition,
                committed=False,
                limits=self._around.limits,
            ) as commands:
                first, macs_from = await commands.bounds()
            past.check_position(before, self.partition, topic, first, macs_from)
        checkpoint = before._replace(
            chain=chained(before.chain, before.next, ()),
            unchanged=(),
            min_reader=READER,
            number=1,
            facts="",
            macs_from=macs_from,
        )
        await self._write(Verdict(before.known), checkpoint)

    async def _write(self, verdict: Verdict, checkpoint: Checkpoint) -> None:
        value, around = checkpoint.encoded(), self._around
        headers = around.keys.ledger.headers(around.topics.ledger, self.partition, value)
        facts: list[LedgerRecord] = [(key, raw, []) for key, raw in verdict.facts]
        written = await self._writer.write([*facts, (CHECKPOINT_KEY, value, headers)])
        if 0 <= written.first < self._end:
            raise LedgerDiffers(
                f"ledger partition {self.partition} was at {self._end} and has now written at "
                f"{written.first}: the topic was made anew under a running desk"
            )
        self._checkpoint = checkpoint
        self._end = max(self._end, written.end)
        self._outbox.put(verdict.follow_ups, self._end)
