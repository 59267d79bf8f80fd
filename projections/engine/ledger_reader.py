"""Ledger reader: reads partitions of a topic from given positions, committed records only.

Holds: a partition is read from where its position says or not at all: an offset that the log does
       not have is never replaced by another.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError

from services.runtime.errors import BrokerAway, OperatingFailure, TopicsMissing
from services.runtime.seals.chain_at_offset import damaged_partition

CLIENT_SECONDS = 30.0
_GATHER_BYTES = 256 * 1024
_GATHER_MS = 75


class DamagedRecord(OperatingFailure):
    """A batch of records on the broker's disk is not the one that was written."""

    def __init__(self, topic: str, partition: int, offset: int, why: str) -> None:
        super().__init__(
            f"{topic} 分区 {partition} 自位点 {offset} 起已损坏：{why}",
            "其他分区照常。请从副本或备份恢复这个分区的段文件，见 docs/how-to/damaged-log.md。",
        )
        self.partition = partition
        self.offset = offset


async def damaged(consumer: Any, topic: str, error: CorruptRecordException) -> DamagedRecord:
    """Say which partition it is, which the client's error says in words alone."""
    place = damaged_partition(error)
    return DamagedRecord(topic, place.partition, await consumer.position(place), "校验和不符")


class LedgerReader:
    """A consumer of all partitions of one topic, without a group."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self.topic = topic
        self.partitions: list[int] = []
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="none",
            # a fetch that waits a moment for more spares broker, database and us a commit each
            fetch_min_bytes=_GATHER_BYTES,
            fetch_max_wait_ms=_GATHER_MS,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(CLIENT_SECONDS):
                await self._consumer.start()
                found = await self._consumer._client.fetch_all_metadata()
        except (KafkaError, OSError, TimeoutError) as error:
            await self._consumer.stop()
            raise BrokerAway(self._bootstrap, str(error)) from error
        self.partitions = sorted(found.partitions_for_topic(self.topic) or ())
        if not self.partitions:
            await self._consumer.stop()
            raise TopicsMissing([self.topic])
        self._consumer.assign([TopicPartition(self.topic, p) for p in self.partitions])
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._consumer.stop()

    @property
    def consumer(self) -> Any:
        """The consumer, for who reads back."""
        return self._consumer

    async def span(self) -> dict[int, tuple[int, int]]:
        """Tell each partition's first offset and its end, as far as it is committed."""
        parts = self._parts(self.partitions)
        async with asyncio.timeout(CLIENT_SECONDS):
            first = await self._consumer.beginning_offsets(parts)
            last = await self._consumer.end_offsets(parts)
        return {part.partition: (first[part], last[part]) for part in parts}

    def seek(self, partition: int, offset: int) -> None:
        """Go on reading a partition from an offset."""
        self._consumer.seek(TopicPartition(self.topic, partition), offset)

    def pause(self, partition: int) -> None:
        """Read a partition no further."""
        self._consumer.pause(TopicPartition(self.topic, partition))

    def resume(self, partition: int) -> None:
        """Read a paused partition again."""
        self._consumer.resume(TopicPartition(self.topic, partition))

    async def read(
        self, most: int, wait_seconds: float
    ) -> dict[int, list[ConsumerRecord[bytes, bytes]]]:
        """Read what is there, at most so many records; nothing after waiting in vain.

        Raises: Damaged, once for each partition if it is not paused; the others can be read on
        """
        try:
            found = await self._consumer.getmany(
                timeout_ms=int(wait_seconds * 1000), max_records=most
            )
        except CorruptRecordException as error:
            raise await damaged(self._consumer, self.topic, error) from error
        return {part.partition: records for part, records in found.items() if records}

    async def record_at(self, partition: int, offset: int) -> ConsumerRecord[bytes, bytes] | None:
        """Read the record at an offset, or None when none comes from there."""
        self.seek(partition, offset)
        part = TopicPartition(self.topic, partition)
        async with asyncio.timeout(CLIENT_SECONDS):
            while True:
                found = await self._consumer.getmany(part, timeout_ms=1000, max_records=1)
                for record in found.get(part, ()):
                    return record if record.offset == offset else None

    def ends(self) -> dict[int, int]:
        """Tell each partition's end; a partition that is read whole ends where we stand."""
        ends: dict[int, int] = {}
        for part in self._parts(self.partitions):
            stable = self._consumer.last_stable_offset(part)
            if stable is not None:
                ends[part.partition] = stable
        return ends

    async def next_offset(self, partition: int) -> int:
        """Tell the offset that a partition is read from next, markers left out."""
        return int(await self._consumer.position(TopicPartition(self.topic, partition)))

    def _parts(self, partitions: Iterable[int]) -> list[TopicPartition]:
        return [TopicPartition(self.topic, partition) for partition in partitions]
