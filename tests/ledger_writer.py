"""Pen: writes a ledger by hand as a desk does: facts and a signed checkpoint, in one transaction."""

import os
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer import AIOKafkaConsumer

from events import streams
from events.codec import CHECKPOINT_KEY, encode_fact
from events.envelope import Recorded
from services.desk.desk_context import DeskKeys
from services.desk.service import desk_keys
from services.runtime.seals.chain_at_offset import chain_at
from services.runtime.seals.checkpoint import (
    Checkpoint,
    encode_digests,
    first_checkpoint,
    next_chain,
)
from services.runtime.seals.key_files import make_keys
from services.runtime.settings import PREFIX, Settings


def use_own_keys() -> None:
    """Make one set of keys for everything that this run starts, whatever data directory it has.

    A process that a test has started finds those of its parent.
    """
    if _MINE not in os.environ:
        os.environ[_MINE] = os.environ[f"{PREFIX}KEYS_DIR"] = _OWN_KEYS.name
        make_keys(Path(_OWN_KEYS.name))


def test_keys() -> DeskKeys:
    """The desk's keys of this run."""
    return desk_keys(Settings())


_MINE = "LEDGER_TEST_KEYS"
_OWN_KEYS = tempfile.TemporaryDirectory(prefix="ledger-keys-")
test_keys.__test__ = False  # type: ignore[attr-defined]


class Pen:
    """Writes one ledger topic."""

    def __init__(self, topic: str, producer: Any, last: dict[int, Checkpoint]) -> None:
        self._topic = topic
        self._producer = producer
        self._last = last
        self._seal = test_keys().ledger

    async def write(
        self,
        facts: Iterable[Recorded],
        partitions: int,
        *,
        commit: bool = True,
        unchanged: tuple[str, ...] = (),
        known: datetime | None = None,
    ) -> None:
        """Write facts to the partitions of their streams, one checkpoint for each of these."""
        by_partition: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
        for fact in facts:
            place = streams.partition_of(fact.stream, partitions)
            by_partition[place].append((fact.stream.encode(), encode_fact(fact)))
        await self.write_raw(by_partition, commit=commit, unchanged=unchanged, known=known)

    async def write_raw(
        self,
        by_partition: dict[int, list[tuple[bytes, bytes]]],
        *,
        commit: bool = True,
        unchanged: tuple[str, ...] = (),
        known: datetime | None = None,
    ) -> None:
        """Write (key, value) to partitions, in one transaction."""
        await self._producer.begin_transaction()
        points = dict(self._last)
        for partition, records in by_partition.items():
            before = points.get(partition, first_checkpoint("by hand"))
            values = [value for _, value in records]
            point = points[partition] = before._replace(
                next=before.next + 1,
                decided=before.decided + len(records),
                unchanged=unchanged,
                known=known or datetime(2022, 8, 12, tzinfo=UTC),
                chain=next_chain(before.chain, before.next + 1, values),
                number=before.number + 1,
                facts=encode_digests(values),
            )
            for key, value in records:
                await self._send(partition, key, value)
            raw = point.encoded()
            headers = self._seal.headers(self._topic, partition, raw)
            await self._send(partition, CHECKPOINT_KEY, raw, headers)
        if commit:
            await self._producer.commit_transaction()
            self._last = points
        else:
            await self._producer.abort_transaction()

    async def _send(self, partition: int, key: bytes, value: bytes, headers: Any = None) -> None:
        await self._producer.send(self._topic, value, key=key, partition=partition, headers=headers)


@asynccontextmanager
async def pen(bootstrap: str, topic: str, partitions: int) -> AsyncIterator[Pen]:
    """A pen that goes on where the ledger ends; whoever held one before can write no more."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, transactional_id=f"test-{topic}", compression_type="lz4"
    )
    await producer.start()
    try:
        yield Pen(topic, producer, await _last_of(bootstrap, topic, partitions))
    finally:
        await producer.stop()


async def _last_of(bootstrap: str, topic: str, partitions: int) -> dict[int, Checkpoint]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        keys = test_keys().ledger_keys
        found = {
            place.partition: (await chain_at(consumer, place, 0, ends[place], keys)).last
            for place in places
        }
        return {number: last for number, last in found.items() if last is not None}
    finally:
        await consumer.stop()


async def topic_id_of(bootstrap: str, topic: str) -> str:
    """The id of a topic."""
    from services.runtime.kafka.topic_ids import topic_id

    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        return await topic_id(client, topic)
    finally:
        await client.close()
