"""Kafka's side of the benchmark: publish ahead, and watch the ledger from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.runtime.seals.key_files import packet_seal
from services.runtime.settings import Settings

DEADLINE_SECONDS = 900.0


@asynccontextmanager
async def producer(bootstrap: str) -> AsyncIterator[Any]:
    """An idempotent producer."""
    own = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        compression_type="lz4",
        max_batch_size=1_000_000,
        max_request_size=4_000_000,
        linger_ms=5,
    )
    await own.start()
    try:
        yield own
    finally:
        await own.stop()


async def publish_packets(settings: Settings, packets: Iterable[tuple[int, bytes]]) -> int:
    """Publish packets of commands, sealed as the command line's.

    Shape:  how many records were acknowledged
    """
    topic, seal = settings.topics.commands, packet_seal(settings.keys_dir, "operator")
    async with producer(settings.kafka_bootstrap) as own:
        sent = [
            await own.send(
                topic,
                packet,
                partition=partition,
                headers=seal.headers(topic, partition, packet),
            )
            for partition, packet in packets
        ]
        await asyncio.gather(*sent)
    return len(sent)


async def publish(
    bootstrap: str, topic: str, records: Iterable[tuple[int, bytes]], headers: Any = None
) -> int:
    """Publish (partition, value) ahead of a measurement.

    Shape:  how many records were acknowledged
    """
    async with producer(bootstrap) as own:
        sent = [
            await own.send(topic, value, partition=partition, headers=headers)
            for partition, value in records
        ]
        await asyncio.gather(*sent)
    return len(sent)


class Watch:
    """Counts what arrives on a topic, with the clock of the last one."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self.counts: dict[bytes, int] = {}
        self.records = 0
        self.last = 0.0

    async def until(self, needle: bytes, count: int) -> None:
        """Read on until `needle` was seen so many times.

        Raises: TimeoutError
        """
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self.counts.get(needle, 0) < count:
                found = await self._consumer.getmany(timeout_ms=200, max_records=50_000)
                now = time.perf_counter()
                for records in found.values():
                    self.records += len(records)
                    hits = sum((record.value or b"").count(needle) for record in records)
                    if hits:
                        self.last = now
                        self.counts[needle] = self.counts.get(needle, 0) + hits


@asynccontextmanager
async def watching(bootstrap: str, topic: str, count: int) -> AsyncIterator[Watch]:
    """Read a topic from its present end, committed records only."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        max_partition_fetch_bytes=8_000_000,
        fetch_max_bytes=64_000_000,
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(count)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        yield Watch(consumer)
    finally:
        await consumer.stop()
