"""Partition ledger: one partition of `ledger` as its owner keeps it: recovered, then written alone.

In:   what was decided (a PendingTransaction), and the offset in `commands` behind it
Out:  facts and a checkpoint on `ledger`, in one transaction; after it the follow-ups on `commands`
Holds: the checkpoint at hand is the last that was committed; follow-ups never leave before it
Source: docs/adr/0001-desk-protocol.md
"""

import asyncio
import contextlib

import structlog

from events.codec import CHECKPOINT_KEY
from services.desk import recovery
from services.desk.command_runner import PendingTransaction, StateMachine
from services.desk.desk_context import DeskContext
from services.desk.failures import LedgerDiffers
from services.desk.outbox import Outbox
from services.desk.partition_log import log_of
from services.desk.transaction import LedgerRecord, LedgerWriter
from services.runtime.errors import OperatingFailure
from services.runtime.seals.chain import Chain
from services.runtime.seals.checkpoint import READER_VERSION, Checkpoint, encode_digests, next_chain

log = structlog.get_logger("desk")


class PartitionLedger:
    """The ledger of one partition, and where it stands.

    Raises: CannotOpen, LedgerDiffers, Fenced, NotCommitted, NotAcknowledged, NotRead
    """

    def __init__(self, partition: int, context: DeskContext) -> None:
        self._partition = partition
        self._context = context
        self._writer = LedgerWriter(
            context.bootstrap,
            context.topics.ledger,
            partition,
            f"desk-{context.topics.prefix}{partition}",
            context.limits,
        )
        self._outbox = Outbox(context.sender, 0, context.limits.unacknowledged_batches)
        self._end = 0
        self.checkpoint: Checkpoint

    async def take_over(self) -> None:
        """End every older writer of the partition, and its open transaction."""
        await self._writer.start()

    async def recover(self, topic: str, state_machine: StateMachine) -> None:
        """Fold the partition's past, and send again what may not have been sent.

        `topic` is the id of `commands`. Where no checkpoint is signed yet, one that is is written; and
        where the last one was written by another configuration, one that names ours: so the last
        checkpoint of a partition always says by what its owner decides.
        """
        context = self._context
        async with log_of(
            context.bootstrap,
            context.topics.ledger,
            self._partition,
            committed=True,
            limits=context.limits,
        ) as ledger:
            recovered = await recovery.fold_ledger(
                ledger,
                Chain(context.topics.ledger, self._partition, context.keys.ledger_keys),
                topic,
                state_machine,
                context.follow_ups,
            )
        self.checkpoint, self._end = recovered.checkpoint, recovered.end
        self._outbox = Outbox(
            context.sender, recovered.checkpoint.sent, context.limits.unacknowledged_batches
        )
        self._outbox.send(recovered.unsent, recovered.end)
        log.info(
            "book opened",
            partition=self._partition,
            facts=recovered.facts,
            next=self.checkpoint.next,
            sent_again=len(recovered.unsent),
        )
        if not recovered.checkpoint.number:
            await self._write_first_signed_checkpoint(topic, older=recovered.has_checkpoint)
        elif self.checkpoint.configuration != context.configuration:
            await self._write_own_configuration()

    async def commit(self, pending: PendingTransaction, next_offset: int) -> None:
        """One transaction: the facts, and the checkpoint that says they are decided."""
        await self._outbox.wait_for_room()
        before, facts = self.checkpoint, [raw for _, raw in pending.facts]
        checkpoint = before._replace(
            next=next_offset,
            sent=self._outbox.collect_acknowledgements(),
            decided=before.decided + pending.commands,
            unchanged=tuple(pending.unchanged),
            known=pending.known,
            chain=next_chain(before.chain, next_offset, facts),
            number=before.number + 1,
            facts=encode_digests(facts),
            configuration=self._context.configuration,
            desk=self._context.desk,
        )
        await self._write(pending, checkpoint)

    def check_follow_ups(self) -> None:
        """See that no follow-up has failed while nobody waited for it.

        Raises: NotAcknowledged
        """
        self._outbox.collect_acknowledgements()

    async def close(self) -> None:
        """Give follow-ups a last, short chance, and let the writer go."""
        with contextlib.suppress(OperatingFailure, TimeoutError):  # the next owner sends again
            async with asyncio.timeout(2):
                await self._outbox.wait_until_empty()
        await self._writer.stop()

    async def _write_first_signed_checkpoint(self, topic: str, *, older: bool) -> None:
        """Sign where the partition stands: from here on, what is not signed is not the desk's.

        Packets that an older code has sent, and nobody has decided yet, have no MAC.
        """
        before, macs_from = self.checkpoint, 0
        if older:
            async with log_of(
                self._context.bootstrap,
                self._context.topics.commands,
                self._partition,
                committed=False,
                limits=self._context.limits,
            ) as commands:
                first, macs_from = await commands.bounds()
            recovery.check_position(before, self._partition, topic, first, macs_from)
        checkpoint = before._replace(
            chain=next_chain(before.chain, before.next, ()),
            unchanged=(),
            min_reader=READER_VERSION,
            number=1,
            facts="",
            macs_from=macs_from,
            configuration=self._context.configuration,
            desk=self._context.desk,
        )
        await self._write(PendingTransaction(before.known), checkpoint)

    async def _write_own_configuration(self) -> None:
        """Say by what this desk decides, before it decides anything."""
        before, context = self.checkpoint, self._context
        log.warning(
            "the partition was decided by another configuration",
            partition=self._partition,
            before=before.configuration or "not said",
            before_by=before.desk,
            now=context.configuration,
            now_by=context.desk,
        )
        checkpoint = before._replace(
            chain=next_chain(before.chain, before.next, ()),
            unchanged=(),
            number=before.number + 1,
            facts="",
            configuration=context.configuration,
            desk=context.desk,
        )
        await self._write(PendingTransaction(before.known), checkpoint)

    async def _write(self, pending: PendingTransaction, checkpoint: Checkpoint) -> None:
        value, context = checkpoint.encoded(), self._context
        headers = context.keys.ledger.headers(context.topics.ledger, self._partition, value)
        facts: list[LedgerRecord] = [(key, raw, []) for key, raw in pending.facts]
        written = await self._writer.write([*facts, (CHECKPOINT_KEY, value, headers)])
        if 0 <= written.first < self._end:
            raise LedgerDiffers(
                f"ledger partition {self._partition} was at {self._end} and has now written at "
                f"{written.first}: the topic was made anew under a running desk"
            )
        self.checkpoint = checkpoint
        self._end = max(self._end, written.end)
        self._outbox.send(pending.follow_ups, self._end)
