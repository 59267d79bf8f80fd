"""Log: read one partition of a topic from an offset to an end, with a consumer of its own.

Holds: never jumps: an offset that is not there any more, or not yet, is an error
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError

from services.desk.failures import NotRead, PartitionDamaged
from services.desk.limits import Limits

_POLL_MS = 50


class Log:
    """One partition, as long as the reading lasts."""

    def __init__(self, consumer: Any, at: TopicPartition, limits: Limits) -> None:
        self._consumer = consumer
        self._at = at
        self._limits = limits

    async def bounds(self) -> tuple[int, int]:
        """Tell the first offset that is kept, and the one that is written next.

        Holds: with `read_committed` the end is that of the last finished transaction
        """
        first = await self._consumer.beginning_offsets([self._at])
        end = await self._consumer.end_offsets([self._at])
        return first[self._at], end[self._at]

    async def read(self, start: int, end: int | None) -> AsyncIterator[list[Any]]:
        """Yield slices of records from `start` on, up to `end`; None is all that is written.

        Raises: NotRead when nothing comes although something is there; PartitionDamaged
        """
        if end is not None and start >= end:
            return
        self._consumer.seek(self._at, start)
        loop = asyncio.get_running_loop()
        position, last = start, loop.time()
        while True:
            try:
                found = await self._consumer.getmany(
                    self._at, timeout_ms=_POLL_MS, max_records=self._limits.slice_records
                )
            except CorruptRecordException as error:
                raise PartitionDamaged(
                    self._at.topic, self._at.partition, position, str(error)
                ) from error
            records = found.get(self._at, [])
            if end is not None and records and records[-1].offset >= end:
                records = [record for record in records if record.offset < end]
            if records:
                yield records
            moved = await self._consumer.position(self._at)
            if moved != position:
                position, last = moved, loop.time()
            written = self._consumer.highwater(self._at) if end is None else end
            if written is not None and position >= written:
                return
            if loop.time() - last > self._limits.progress_seconds:
                raise NotRead(
                    self._at.topic,
                    self._at.partition,
                    f"it stands at {position} of {written}; an unfinished transaction may hide "
                    "the rest",
                )
            await asyncio.sleep(0)  # other partitions have their turn


@asynccontextmanager
async def log_of(
    bootstrap: str, topic: str, partition: int, *, committed: bool, limits: Limits
) -> AsyncIterator[Log]:
    """Open a partition for reading.

    Raises: NotRead, PartitionDamaged
    """
    at = TopicPartition(topic, partition)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed" if committed else "read_uncommitted",
        auto_offset_reset="none",
        enable_auto_commit=False,
        fetch_max_wait_ms=_POLL_MS,
        max_partition_fetch_bytes=4_000_000,
        request_timeout_ms=int(limits.progress_seconds * 1000),
    )
    try:
        async with asyncio.timeout(limits.start_seconds):
            await consumer.start()
        consumer.assign([at])
        yield Log(consumer, at, limits)
    except (KafkaError, OSError, TimeoutError) as error:
        raise NotRead(topic, partition, repr(error)) from error
    finally:
        stopping = asyncio.ensure_future(consumer.stop())
        await asyncio.wait([stopping], timeout=2)
