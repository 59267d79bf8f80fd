"""Verify the ledger from outside: every partition's signatures, lists and chain, record by record.

In:   `ledger`, committed records, from its first offset (or from `--from`); the public keys
Out:  for each partition: facts, transactions, foreign records, and where its chain breaks first
Holds: nothing is written, and no book or table is believed; each partition is judged by itself
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition

from projections.engine.ledger_reader import LedgerReader
from services.runtime.seals.chain import Chain, ChainBroken, ForeignRecord
from services.runtime.seals.chain_at_offset import chain_at
from services.runtime.seals.key_files import ledger_keys
from services.runtime.settings import Settings

_MOST_RECORDS = 5_000
_WAIT_SECONDS = 0.5

ReportProgress = Callable[[int, int], None]


@dataclass
class VerifiedPartition:
    """What was found on one partition."""

    partition: int
    first: int
    end: int
    facts: int = 0
    transactions: int = 0
    unsigned: int = 0
    """Transactions from before the partition's duty to be signed began."""

    foreign: list[ForeignRecord] = field(default_factory=list)
    broken_at: int | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether every record is the desk's, and none is missing."""
        return self.broken_at is None and not self.foreign


async def verified(
    settings: Settings,
    progress: ReportProgress,
    start: int | None = None,
    end: int | None = None,
) -> list[VerifiedPartition]:
    """Read every partition between two offsets (none: all of it), and judge it.

    Raises: BrokerAway, TopicsMissing, NotConfigured
    """
    keys = ledger_keys(settings.keys_dir, "operator")
    async with LedgerReader(settings.kafka_bootstrap, settings.topics.ledger) as reader:
        found: dict[int, VerifiedPartition] = {}
        chains: dict[int, Chain] = {}
        for partition, (first, last) in (await reader.span()).items():
            place = TopicPartition(reader.topic, partition)
            one = found[partition] = VerifiedPartition(
                partition,
                min(max(first, start or 0), last),
                last if end is None else max(first, min(end, last)),
            )
            chains[partition] = Chain(reader.topic, partition, keys)
            if first > 0:
                one.broken_at, one.why = first, f"the partition begins at {first}: it was cut"
            elif one.first > 0:
                try:
                    chains[partition] = await chain_at(
                        reader.consumer, place, first, one.first, keys
                    )
                except ChainBroken as broken:
                    one.broken_at, one.why = broken.offset, broken.why
            reader.seek(partition, one.first)
            if one.broken_at is not None or one.first >= one.end:
                reader.pause(partition)
        total = sum(one.end - one.first for one in found.values())
        async for partition, records in _records(reader, found):
            _judge(found[partition], chains[partition], records)
            if found[partition].broken_at is not None:
                reader.pause(partition)
            done = [await _next_offset(reader, one) - one.first for one in found.values()]
            progress(sum(done), total)
        for partition, one in found.items():
            if one.broken_at is None and end is None:
                chains[partition].leave_out_waiting()
            one.foreign += chains[partition].take_foreign()
        progress(total, total)
    return [found[partition] for partition in sorted(found)]


async def _records(
    reader: LedgerReader, found: dict[int, VerifiedPartition]
) -> AsyncIterator[tuple[int, list[Any]]]:
    while [one for one in found.values() if await _next_offset(reader, one) < one.end]:
        for partition, records in (await reader.read(_MOST_RECORDS, _WAIT_SECONDS)).items():
            yield partition, list(records)


async def _next_offset(reader: LedgerReader, one: VerifiedPartition) -> int:
    if one.broken_at is not None:
        return one.end
    return min(await reader.next_offset(one.partition), one.end)


def _judge(one: VerifiedPartition, chain: Chain, records: list[Any]) -> None:
    try:
        for record in records:
            if record.offset >= one.end:
                break
            batch = chain.add(record)
            if batch is not None:
                one.facts += len(batch.facts)
                one.transactions += 1
                one.unsigned += batch.checkpoint.number == 0
    except ChainBroken as broken:
        one.broken_at, one.why = broken.offset, broken.why
    one.foreign += chain.take_foreign()
