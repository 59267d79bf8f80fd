"""Upstream: publishes messages as other systems do, with intake running, and reads what comes out."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from events.codec import decode_packet
from events.contract.inbound.catalogue import TYPES
from events.contract.schemas import examples
from events.envelope import Asked
from events.streams import partition_of
from services.runtime.settings import Settings
from tests.conftest import PARTITIONS

DEADLINE_SECONDS = 60.0
CLOUDEVENT = [("content-type", b"application/cloudevents+json")]


class Upstream:
    """Publishes, with intake running; reads what comes out."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer) -> None:
        self.settings = settings
        self._producer = producer

    async def publish(
        self,
        value: bytes | None,
        feed: str = "applications",
        headers: list[tuple[str, bytes]] | None = None,
        partition: int | None = 0,
    ) -> None:
        topic = self.settings.topics.inbound[feed]
        await self._producer.send_and_wait(
            topic,
            value,
            key=b"upstream",
            headers=CLOUDEVENT if headers is None else headers,
            partition=partition,
        )

    async def event(self, event: dict[str, Any], partition: int = 0) -> None:
        feed = TYPES[event["type"]].feed
        await self.publish(orjson.dumps(event), feed, partition=partition)

    async def commands(self, count: int) -> list[Asked]:
        """Wait until there are `count` commands, in the order of each partition."""
        found: list[Asked] = []

        def take(record: Any) -> int:
            commands = decode_packet(record.value)
            for asked in commands:
                assert partition_of(asked.stream, PARTITIONS) == record.partition
            found.extend(commands)
            return len(commands)

        await self._read(self.settings.topics.commands, count, take)
        return found

    async def letters(self, count: int) -> list[dict[str, Any]]:
        """Wait until there are `count` dead letters; as they are in the clear."""
        found: list[dict[str, Any]] = []

        def take(record: Any) -> int:
            found.append({**orjson.loads(record.value), "raw": record.value})
            return 1

        await self._read(self.settings.topics.dead_letters, count, take)
        return found

    async def _read(self, topic: str, count: int, take: Callable[[Any], int]) -> None:
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self.settings.kafka_bootstrap,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=8_000_000,
        )
        await consumer.start()
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while count > 0:
                    for records in (await consumer.getmany(timeout_ms=200)).values():
                        count -= sum(map(take, records))
        finally:
            await consumer.stop()


def submitted(**changes: Any) -> dict[str, Any]:
    """The example of an application, changed; ``data`` by name, and ``...`` leaves a field out."""
    event = examples.events()["application.submitted"]
    stated = {**event["data"], **changes.pop("data", {})}
    data = {name: value for name, value in stated.items() if value is not ...}
    return {**event, **changes, "data": data}
