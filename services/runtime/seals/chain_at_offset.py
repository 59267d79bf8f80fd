"""Chain at an offset: find the chain of a partition at the offset where a reader goes on.

Nothing need be stored for it: the last signed checkpoint before that offset says all, and is found
by reading back, further each time until one is found or the partition's beginning is reached.
"""

import asyncio
import re
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import CorruptRecordException

from events.codec import CHECKPOINT_KEY, Unreadable
from services.runtime.seals import checkpoint as checkpoints
from services.runtime.seals.chain import Chain
from services.runtime.seals.checkpoint import Checkpoint
from services.runtime.seals.ledger_seals import LedgerKeys, Signed

STEPS = (100, 10_000)
"""How far is read back, before everything is read from the beginning."""

_LIMIT_SECONDS = 120.0


class SeekableConsumer(Protocol):
    """A consumer of one topic, with all its partitions assigned."""

    def seek(self, partition: Any, offset: int) -> None:
        """Go on reading from an offset."""

    async def getmany(
        self, *partitions: Any, timeout_ms: int, max_records: int
    ) -> dict[Any, list[Any]]:
        """Read on."""

    async def position(self, partition: Any) -> int:
        """Where is read next."""


async def chain_at(
    consumer: SeekableConsumer, at: Any, first: int, offset: int, keys: LedgerKeys
) -> Chain:
    """Find the chain of the partition `at` (from `first` on) as it stands before an offset.

    What stands between the last batch and the offset waits in it, as for a reader who has come
    from the beginning. The consumer stands somewhere else afterwards: seek before reading on.

    Raises: ChainBroken where there is no signed checkpoint, and the older chain is broken
    """
    for step in STEPS:
        start = max(first, offset - step)
        if start <= first:
            break
        records = await records_between(consumer, at, start, offset)
        points = [
            (point, place)
            for place, record in enumerate(records)
            if (point := _signed(at, record, keys)) is not None
        ]
        if points:
            last, place = max(points, key=lambda found: found[0].number)
            chain = Chain(at.topic, at.partition, keys, last)
            _add_all(chain, records[place + 1 :])
            return chain
    chain = Chain(at.topic, at.partition, keys)
    _add_all(chain, await records_between(consumer, at, first, offset))
    return chain


def _add_all(chain: Chain, records: list[Any]) -> None:
    for record in records:
        chain.add(record)
    chain.take_foreign()  # whoever read them first has named them


def _signed(at: Any, record: Any, keys: LedgerKeys) -> Checkpoint | None:
    if record.key != CHECKPOINT_KEY or record.value is None:
        return None
    if keys.signed(at.topic, at.partition, record.value, record.headers) is not Signed.OURS:
        return None
    try:
        return checkpoints.decode(record.value)
    except Unreadable:
        return None


def damaged_partition(error: CorruptRecordException) -> TopicPartition:
    """Which partition a consumer could not read, as its error says in words alone.

    Raises: the error itself where it says nothing
    """
    named = re.search(r"topic='([^']+)', partition=([0-9]+)", str(error))
    if named is None:
        raise error
    return TopicPartition(named.group(1), int(named.group(2)))


async def records_between(consumer: SeekableConsumer, at: Any, start: int, end: int) -> list[Any]:
    """Read the records of a partition between two offsets."""
    if start >= end:
        return []
    consumer.seek(at, start)
    records: list[Any] = []
    async with asyncio.timeout(_LIMIT_SECONDS):
        while await consumer.position(at) < end:
            found = await consumer.getmany(at, timeout_ms=1_000, max_records=5_000)
            records += [record for record in found.get(at, ()) if record.offset < end]
    return records
