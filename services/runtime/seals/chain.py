"""Chain: which records of one partition of `ledger` are the desk's, whoever else has written there.

In:   the partition's committed records, in order
Out:  batches: the facts of one transaction with the checkpoint that ends it; foreign records
Holds: nothing is given out before the checkpoint behind it is verified; a record that the desk has
       not written is left out and named, and nothing else waits for it; a record of the desk that
       is missing breaks the chain, and no batch is given out after the break.

Every reader of `ledger` reads through it: book, projector, rebuild, outcomes, back-tests, `ledger
verify`; so all leave out the same records. A partition's duty to be signed begins with its first
signed checkpoint, which a desk writes when it opens; what is older has its chain alone.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from events.codec import CHECKPOINT_KEY, Unreadable
from events.invariants import BrokenInvariant
from services.runtime.seals import checkpoint as checkpoints
from services.runtime.seals.checkpoint import START_OF_CHAIN, Checkpoint
from services.runtime.seals.ledger_seals import LedgerKeys, Signed


class LoggedRecord(Protocol):
    """What is needed of a Kafka record."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """The stream's name, or the key of checkpoints."""

    @property
    def value(self) -> bytes | None:
        """The fact, or the checkpoint."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """The signature of a checkpoint."""


class ForeignRecord(NamedTuple):
    """A record that the desk has not written."""

    partition: int
    offset: int
    why: str


class VerifiedBatch(NamedTuple):
    """One verified transaction."""

    facts: list[LoggedRecord]
    checkpoint: Checkpoint
    record: LoggedRecord


class ChainBroken(BrokenInvariant):
    """The desk's own records are not all there, or not as they were written."""

    def __init__(self, partition: int, offset: int, why: str) -> None:
        super().__init__(f"the chain of ledger partition {partition} breaks at {offset}: {why}")
        self.partition = partition
        self.offset = offset
        self.why = why


class Chain:
    """One partition, read on from its beginning or from a signed checkpoint."""

    def __init__(
        self, topic: str, partition: int, keys: LedgerKeys, last: Checkpoint | None = None
    ) -> None:
        """`last` is a signed checkpoint after which is read on; none is the beginning."""
        self.partition = partition
        self.last = last
        self.foreign: list[ForeignRecord] = []
        self._topic = topic
        self._keys = keys
        self._waiting: list[LoggedRecord] = []

    @property
    def is_signed(self) -> bool:
        """Whether the partition's duty to be signed has begun."""
        return self.last is not None and self.last.number > 0

    @property
    def has_waiting(self) -> bool:
        """Whether records wait for the checkpoint behind them."""
        return bool(self._waiting)

    def add(self, record: LoggedRecord) -> VerifiedBatch | None:
        """Take the next record; a batch comes out when it is the checkpoint that ends one.

        Raises: ChainBroken
        """
        if record.key != CHECKPOINT_KEY:
            self._waiting.append(record)
            return None
        value = record.value or b""
        signed = self._keys.signed(self._topic, self.partition, value, record.headers)
        if signed is Signed.OURS:
            return self._signed(record, self._decoded(record))
        if self.is_signed or signed is Signed.WRONG:
            self._leave_out(record, f"a checkpoint, but {signed.value}")
            return None
        if signed is Signed.UNKNOWN_KEY:
            raise ChainBroken(
                self.partition,
                record.offset,
                "the first signed checkpoint is signed with a key that is not at hand; the key "
                "files do not belong to this ledger",
            )
        return self._unsigned(record, self._decoded(record))

    def leave_out_waiting(self) -> None:
        """Say that all that is committed has been taken: what still waits is nobody's batch."""
        for record in self._waiting:
            self._leave_out(record, "no checkpoint of the desk covers it")
        self._waiting = []

    def forget_waiting(self) -> None:
        """Forget what waits: reading goes on behind the last batch."""
        self._waiting = []

    def _signed(self, record: LoggedRecord, point: Checkpoint) -> VerifiedBatch | None:
        before = self.last.number if self.last is not None else 0
        if point.number <= before:
            self._leave_out(record, f"a copy of checkpoint {point.number}")
            return None
        if point.number != before + 1:
            raise ChainBroken(
                self.partition,
                record.offset,
                f"checkpoint {before + 1} is missing, {point.number} stands there",
            )
        wanted = checkpoints.decode_digests(point.facts)
        facts: list[LoggedRecord] = []
        others: list[LoggedRecord] = []
        for waiting in self._waiting:
            digest = checkpoints.fact_digest(waiting.value or b"")
            listed = len(facts) < len(wanted) and digest == wanted[len(facts)]
            (facts if listed else others).append(waiting)
        if len(facts) < len(wanted):
            raise ChainBroken(
                self.partition,
                record.offset,
                f"fact {len(facts) + 1} of the {len(wanted)} before it is missing or was changed",
            )
        for other in others:
            self._leave_out(other, "the checkpoint behind it does not list it")
        return self._ended(record, point, facts)

    def _unsigned(self, record: LoggedRecord, point: Checkpoint) -> VerifiedBatch:
        return self._ended(record, point, self._waiting)

    def _ended(
        self, record: LoggedRecord, point: Checkpoint, facts: list[LoggedRecord]
    ) -> VerifiedBatch:
        before = self.last.chain if self.last is not None else START_OF_CHAIN
        if (
            checkpoints.next_chain(before, point.next, (f.value or b"" for f in facts))
            != point.chain
        ):
            raise ChainBroken(
                self.partition,
                record.offset,
                "the facts before it are not those that were written",
            )
        self.last = point
        self._waiting = []
        return VerifiedBatch(facts, point, record)

    def _decoded(self, record: LoggedRecord) -> Checkpoint:
        try:
            return checkpoints.decode(record.value or b"")
        except Unreadable as error:
            raise ChainBroken(self.partition, record.offset, str(error)) from error

    def _leave_out(self, record: LoggedRecord, why: str) -> None:
        key = (record.key or b"").decode(errors="replace")[:200]
        self.foreign.append(ForeignRecord(self.partition, record.offset, f"{why} (key {key!r})"))

    def take_foreign(self) -> list[ForeignRecord]:
        """Hand over the foreign records found since the last time."""
        found, self.foreign = self.foreign, []
        return found
