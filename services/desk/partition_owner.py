"""Partition owner: one partition of `commands`, decided onto the same partition of `ledger`, once.

In:   packets with their offsets, from whoever feeds it; the two logs themselves
Out:  facts and checkpoints on `ledger`, then follow-ups on `commands`
Holds: every command is decided in the order of the log, by one owner; where it stands is found
       from `ledger` alone, so whatever feeds it may repeat, skip or be late
Source: docs/adr/0001-desk-protocol.md
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import structlog

from services.desk import recovery
from services.desk.command_runner import (
    CommandAtHand,
    CommandRunner,
    PendingTransaction,
    names_of_commands,
)
from services.desk.desk_context import DeskContext
from services.desk.partition_ledger import PartitionLedger
from services.desk.partition_log import log_of
from services.desk.restart_counter import RESTARTS_TO_ALARM
from services.desk.sender_check import Packet, SenderCheck
from services.runtime.kafka.topic_ids import topic_id

log = structlog.get_logger("desk")


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
        self._ledger = PartitionLedger(partition, context)

    @property
    def next(self) -> int:
        """The offset in `commands` that is decided next."""
        return self._ledger.checkpoint.next

    @property
    def deciding(self) -> CommandAtHand | None:
        """The command at hand, or the last one when a decider has raised."""
        return self._runner.deciding

    async def open(self) -> None:
        """Take the partition over, fold its past, send what was not sent, decide what waits."""
        async with self._lock:
            if self._closed:
                return  # it was let go before its turn came, and must not end the rightful owner
            await self._ledger.take_over()
            topic = await topic_id(self._context.client, self._context.topics.commands)
            await self._ledger.recover(topic, self._runner.state_machine)
            await self._decide_from_log(topic, recovering=True)

    async def decide(self, packets: Sequence[Packet]) -> None:
        """Decide packets, in order; those already decided are dropped, and gaps are read."""
        async with self._lock:
            if self._closed or self._paused:
                return  # what it was fed belongs to the next owner, who reads it from the log
            self._ledger.check_follow_ups()
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
                self._ledger.check_follow_ups()
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
        self._ledger.check_follow_ups()

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
            await self._ledger.close()

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
                self._ledger.checkpoint,
                self.partition,
                topic or self._ledger.checkpoint.topic,
                first,
                written,
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
            pending = PendingTransaction(self._ledger.checkpoint.known)
            async with self._context.decide_lock:
                while waiting and not pending.is_full(limits):
                    packet = waiting.popleft()
                    offset = packet.offset
                    self._runner.decide_packet(packet, pending, self._ledger.checkpoint.macs_from)
                    await asyncio.sleep(0)  # heartbeats and other owners' commits have their turn
            await self._ledger.commit(pending, offset + 1)
