"""Partition owner: one partition of `commands`, decided onto the same partition of `ledger`, once.

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
from services.desk import recovery
from services.desk.command_runner import (
    CommandAtHand,
    CommandRunner,
    PendingTransaction,
    StateMachine,
    names_of_commands,
)
from services.desk.failures import LedgerDiffers
from services.desk.limits import Limits
from services.desk.outbox import Outbox
from services.desk.partition_log import log_of
from services.desk.recovery import FollowUps
from services.desk.restart_counter import RESTARTS_TO_ALARM, RestartCounter
from services.desk.sender_check import Packet, SenderCheck
from services.desk.transaction import LedgerRecord, LedgerWriter
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.packets import PacketSender
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.seals.chain import Chain
from services.runtime.seals.checkpoint import READER_VERSION, Checkpoint, encode_digests, next_chain
from services.runtime.seals.ledger_seals import LedgerKeys, LedgerSeal
from services.runtime.seals.packet_seals import PacketKeys
from services.runtime.topics import Topics

log = structlog.get_logger("desk")


class Keys(NamedTuple):
    """The keys of a desk: it signs the ledger, verifies it, and knows every producer of packets."""

    ledger: LedgerSeal
    ledger_keys: LedgerKeys
    packets: PacketKeys


class DeskContext(NamedTuple):
    """What the owners of one process share."""

    bootstrap: str
    topics: Topics
    client: AIOKafkaClient
    sender: PacketSender
    new_state_machine: Callable[[], StateMachine]
    follow_ups: FollowUps
    decide_lock: asyncio.Lock
    """Held by the owner that decides: there is one processor, and the others commit meanwhile."""

    restart_counter: RestartCounter
    keys: Keys
    limits: Limits = Limits()


class PartitionOwner:
    """The single owner of one partition.

    Raises: CannotOpen, LedgerDiffers, Fenced, and other OperatingFailures; after any of them the
            process must end, and the next one finds from the ledger where it stands
    """

    def __init__(self, partition: int, context: DeskContext) -> None:
        self.partition = partition
        self._context = context
        self._lock = asyncio.Lock()
        self._paused = False
        self._closed = False
        self._runner = CommandRunner(
            context.new_state_machine(),
            partition,
            context.sender.partitions,
            SenderCheck(context.topics.commands, context.keys.packets),
        )
        self._writer = LedgerWriter(
            context.bootstrap,
            context.topics.ledger,
            partition,
            f"desk-{context.topics.prefix}{partition}",
            context.limits,
        )
        self._checkpoint: Checkpoint
        self._outbox = Outbox(context.sender, 0, context.limits.unacknowledged_batches)
        self._end = 0

    @property
    def next(self) -> int:
        """The offset in `commands` that is decided next."""
        return self._checkpoint.next

    @property
    def deciding(self) -> CommandAtHand | None:
        """The command at hand, or the last one when a decider has raised."""
        return self._runner.deciding

    async def open(self) -> None:
        """Take the partition over, fold its past, send what was not sent, decide what waits."""
        async with self._lock:
            if self._closed:
                return  # it was let go before its turn came, and must not end the rightful owner
            context = self._context
            await self._writer.start()
            topic = await topic_id(context.client, context.topics.commands)
            async with log_of(
                context.bootstrap,
                context.topics.ledger,
                self.partition,
                committed=True,
                limits=context.limits,
            ) as ledger:
                recovered = await recovery.fold_ledger(
                    ledger,
                    Chain(context.topics.ledger, self.partition, context.keys.ledger_keys),
                    topic,
                    self._runner.state_machine,
                    context.follow_ups,
                )
            self._checkpoint, self._end = recovered.checkpoint, recovered.end
            self._outbox = Outbox(
                context.sender, recovered.checkpoint.sent, context.limits.unacknowledged_batches
            )
            self._outbox.send(recovered.unsent, recovered.end)
            log.info(
                "book opened",
                partition=self.partition,
                facts=recovered.facts,
                next=self.next,
                sent_again=len(recovered.unsent),
            )
            if not recovered.checkpoint.number:
                await self._write_first_signed_checkpoint(topic, older=recovered.has_checkpoint)
            await self._decide_from_log(topic, recovering=True)

    async def decide(self, packets: Sequence[Packet]) -> None:
        """Decide packets, in order; those already decided are dropped, and gaps are read."""
        async with self._lock:
            if self._closed or self._paused:
                return  # what it was fed belongs to the next owner, who reads it from the log
            self._outbox.collect_acknowledgements()
            fresh = sorted(
                {packet.offset: packet for packet in packets if packet.offset >= self.next}.values()
            )
            if not fresh:
                return
            if fresh[-1].offset - self.next >= len(fresh):  # one in between was not fed
                await self._decide_from_log(None, fresh[-1].offset + 1)
            else:
                await self._decide(fresh)

    async def catch_up(self) -> None:
        """Decide what the log holds and nobody has fed; look after what is under way."""
        async with self._lock:
            if not (self._closed or self._paused):
                self._outbox.collect_acknowledgements()
                await self._decide_from_log(
                    await topic_id(self._context.client, self._context.topics.commands)
                )

    @property
    def busy(self) -> bool:
        """Whether the owner has something in hand."""
        return self._lock.locked()

    def check(self) -> None:
        """See that nothing has gone wrong while nobody waited for it.

        Raises: NotAcknowledged
        """
        self._outbox.collect_acknowledgements()

    async def pause(self) -> None:
        """End the transaction under way and begin no other, until `resume`."""
        self._paused = True
        async with self._lock:
            pass

    def resume(self) -> None:
        """Go on after a pause; `catch_up` then reads from the log whatever came meanwhile."""
        self._paused = self._closed

    async def close(self) -> None:
        """Let the partition go, once the transaction under way has ended."""
        self._paused = self._closed = True
        async with self._lock:
            with contextlib.suppress(OperatingFailure, TimeoutError):  # the next owner sends again
                async with asyncio.timeout(2):
                    await self._outbox.wait_until_empty()
            await self._writer.stop()

    async def _decide_from_log(
        self, topic: str | None, end: int | None = None, *, recovering: bool = False
    ) -> None:
        """Decide from the log itself, from where the owner stands to its end."""
        context = self._context
        async with log_of(
            context.bootstrap,
            context.topics.commands,
            self.partition,
            committed=False,
            limits=context.limits,
        ) as commands:
            first, written = await commands.bounds()
            recovery.check_position(
                self._checkpoint, self.partition, topic or self._checkpoint.topic, first, written
            )
            careful = recovering and written > self.next and await self._restarts_again_and_again()
            async for records in commands.read(self.next, written if end is None else end):
                packets = [Packet(r.offset, r.value or b"", r.headers) for r in records]
                if careful:
                    self._alarm(packets[0])
                for some in ([packet] for packet in packets) if careful else (packets,):
                    if self._paused:
                        return
                    await self._decide(some)
                careful = False

    async def _restarts_again_and_again(self) -> bool:
        """Count this opening; tell whether the same command has ended several desks by now."""
        return (
            await self._context.restart_counter.count(self.partition, self.next)
            >= RESTARTS_TO_ALARM
        )

    def _alarm(self, packet: Packet) -> None:
        """Name the packet that desks may be dying of; it is decided alone, so that the next knows."""
        log.critical(
            "opened again and again at one offset",
            partition=self.partition,
            offset=packet.offset,
            commands=names_of_commands(packet.raw),
        )

    async def _decide(self, packets: Sequence[Packet]) -> None:
        limits = self._context.limits
        waiting, offset = deque(packets), self.next
        while waiting and not self._paused:
            pending = PendingTransaction(self._checkpoint.known)
            async with self._context.decide_lock:
                while waiting and not pending.is_full(limits):
                    packet = waiting.popleft()
                    offset = packet.offset
                    self._runner.decide_packet(packet, pending, self._checkpoint.macs_from)
                    await asyncio.sleep(0)  # heartbeats and other owners' commits have their turn
            await self._commit(pending, offset + 1)

    async def _commit(self, pending: PendingTransaction, next_offset: int) -> None:
        """One transaction: the facts, and the checkpoint that says they are decided."""
        await self._outbox.wait_for_room()
        before, facts = self._checkpoint, [raw for _, raw in pending.facts]
        checkpoint = before._replace(
            next=next_offset,
            sent=self._outbox.collect_acknowledgements(),
            decided=before.decided + pending.commands,
            unchanged=tuple(pending.unchanged),
            known=pending.known,
            chain=next_chain(before.chain, next_offset, facts),
            number=before.number + 1,
            facts=encode_digests(facts),
        )
        await self._write(pending, checkpoint)

    async def _write_first_signed_checkpoint(self, topic: str, *, older: bool) -> None:
        """Sign where the partition stands: from here on, what is not signed is not the desk's.

        Packets that an older code has sent, and nobody has decided yet, have no MAC.
        """
        before, macs_from = self._checkpoint, 0
        if older:
            async with log_of(
                self._context.bootstrap,
                self._context.topics.commands,
                self.partition,
                committed=False,
                limits=self._context.limits,
            ) as commands:
                first, macs_from = await commands.bounds()
            recovery.check_position(before, self.partition, topic, first, macs_from)
        checkpoint = before._replace(
            chain=next_chain(before.chain, before.next, ()),
            unchanged=(),
            min_reader=READER_VERSION,
            number=1,
            facts="",
            macs_from=macs_from,
        )
        await self._write(PendingTransaction(before.known), checkpoint)

    async def _write(self, pending: PendingTransaction, checkpoint: Checkpoint) -> None:
        value, context = checkpoint.encoded(), self._context
        headers = context.keys.ledger.headers(context.topics.ledger, self.partition, value)
        facts: list[LedgerRecord] = [(key, raw, []) for key, raw in pending.facts]
        written = await self._writer.write([*facts, (CHECKPOINT_KEY, value, headers)])
        if 0 <= written.first < self._end:
            raise LedgerDiffers(
                f"ledger partition {self.partition} was at {self._end} and has now written at "
                f"{written.first}: the topic was made anew under a running desk"
            )
        self._checkpoint = checkpoint
        self._end = max(self._end, written.end)
        self._outbox.send(pending.follow_ups, self._end)
