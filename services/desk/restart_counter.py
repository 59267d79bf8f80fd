"""Restart counter: count, in Kafka, how often a partition was opened at one and the same command.

A desk keeps nothing on disk, and one that dies can leave no note; so each opening is noted before
anything is decided, as the metadata of an offset that a group of its own commits.
Holds: three openings at one offset mean that something there ends every desk, however it does so
"""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import OffsetAndMetadata

RESTARTS_TO_ALARM = 3


class RestartCounter:
    """How often each partition was opened at one command, by whichever desk."""

    def __init__(self, bootstrap: str, topic: str, group: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._group = group
        self._lock = asyncio.Lock()

    async def start(self, partitions: int) -> None:
        """Connect."""
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, group_id=self._group, enable_auto_commit=False
        )
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await self._consumer.start()
        await self._admin.start()
        every = [TopicPartition(self._topic, partition) for partition in range(partitions)]
        self._consumer.assign(every)
        self._consumer.pause(*every)  # it only commits

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()
        await self._admin.close()

    async def count(self, partition: int, offset: int) -> int:
        """Note one more opening at this offset.

        Shape: how many there have been since the position last moved, this one included
        """
        at = TopicPartition(self._topic, partition)
        async with self._lock:
            found = await self._admin.list_consumer_group_offsets(self._group, partitions=[at])
            before = found.get(at)
            times = 1
            if before is not None and before.offset == offset and before.metadata.isdigit():
                times += int(before.metadata)
            await self._consumer.commit({at: OffsetAndMetadata(offset, str(times))})
        return times
