"""ledger_slices: a run of one partition's records, read and made sense of, not yet written.

In:   raw records of `ledger`
Out:  Slice: facts at their places, repeats, what was known, and how far the run goes
Holds: a record that cannot be read ends the slice before it, and becomes its `trouble`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import orjson

from events.codec import CHECKPOINT_KEY, Unreadable, decode_fact_and_text
from events.invariants import BrokenInvariant
from projections.definition.located_fact import LocatedFact
from services.runtime.seals.checkpoint import EPOCH


class SliceRecord(Protocol):
    """What we need of a Kafka record."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """The stream's name, or the key of checkpoints."""

    @property
    def value(self) -> bytes | None:
        """The fact."""


class Repeats(NamedTuple):
    """The commands that a checkpoint names as repeats."""

    offset: int
    commands: list[str]


class Trouble(NamedTuple):
    """Why a partition cannot go on, and where."""

    offset: int
    code: str
    text: str


class LedgerSlice(NamedTuple):
    """Records from `start` up to and without `end`."""

    partition: int
    start: int
    end: int
    facts: list[LocatedFact]
    repeats: list[Repeats]
    known: datetime | None
    trouble: Trouble | None = None

    def halves(self) -> tuple["LedgerSlice", "LedgerSlice"]:
        """Cut a slice of at least two facts in two."""
        middle = len(self.facts) // 2
        cut = self.facts[middle].offset
        before = [item for item in self.repeats if item.offset < cut]
        first = self._replace(
            end=cut,
            facts=self.facts[:middle],
            repeats=before,
            known=max(located.recorded_at for located in self.facts[:middle]),
            trouble=None,
        )
        rest = self.repeats[len(before) :]
        return first, self._replace(start=cut, facts=self.facts[middle:], repeats=rest)


# PostgreSQL stores no NUL: it is shown as what Unicode keeps for the unreadable
_NUL, _SHOWN = b"\\u0000", b"\\ufffd"


CHUNK = 200
"""Records after which the writer gets its turn, so that reading and writing overlap."""


async def read(
    partition: int, start: int, records: Sequence[SliceRecord], heads: "SequenceCheck"
) -> LedgerSlice:
    """Make sense of records that follow `start`, up to the first that cannot be."""
    facts: list[LocatedFact] = []
    repeats: list[Repeats] = []
    known: datetime | None = None
    end, trouble = start, None
    for count, record in enumerate(records, start=1):
        try:
            if record.key == CHECKPOINT_KEY:
                at, unchanged = _checkpoint(record.value)
                if unchanged:
                    repeats.append(Repeats(record.offset, unchanged))
            else:
                located = _fact(partition, record)
                at = located.recorded_at
                heads.advance(located.fact.stream, located.fact.seq)
                facts.append(located)
        except (BrokenInvariant, Unreadable) as error:
            trouble = Trouble(record.offset, type(error).__name__, str(error))
            break
        if at is not None and (known is None or at > known):
            known = at
        end = record.offset + 1
        if count % CHUNK == 0:
            await asyncio.sleep(0)
    return LedgerSlice(partition, start, end, facts, repeats, known, trouble)


class SequenceCheck(Protocol):
    """Knows the last sequence number of every stream."""

    def advance(self, stream: str, seq: int) -> None:
        """Take the next fact of a stream.

        Raises: BrokenInvariant when it is not the next
        """


def _fact(partition: int, record: SliceRecord) -> LocatedFact:
    raw = record.value or b""
    fact, text = decode_fact_and_text(raw.replace(_NUL, _SHOWN) if _NUL in raw else raw)
    return LocatedFact(fact, partition, record.offset, text)


def _checkpoint(raw: bytes | None) -> tuple[datetime | None, list[str]]:
    """Read what a checkpoint says of time and repeats; the rest is the desk's own."""
    try:
        item = orjson.loads(raw or b"{}")
        known = item.get("known")
        at = datetime.fromisoformat(known) if known else None
        return None if at == EPOCH else at, list(item.get("unchanged", ()))
    except (AttributeError, TypeError, ValueError) as error:
        raise Unreadable(f"no checkpoint: {error!r}") from error
