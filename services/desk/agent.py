"""Agent: the Faust side of the desk. Faust owns partitions and carries packets; nothing more.

In:   `commands`, raw bytes
Out:  packets to the workers of their partitions
Holds: nothing here is the authority on state or position, because Faust 0.15.3 cannot be: it
       acknowledges what raised, and its offsets can run ahead of the work or stick
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faust

from services.desk.desk_context import DeskContext
from services.desk.partition_owner import PartitionOwner
from services.desk.partition_worker import PartitionWorker
from services.desk.sender_check import Packet
from services.runtime.settings import Settings

_PAUSE_SECONDS = 5.0

Failed = Callable[[PartitionWorker | None, BaseException], None]


def faust_app(settings: Settings, datadir: Path, session_seconds: float) -> faust.App:
    """Configure Faust so that it carries records and promises nothing."""
    brokers = ";".join(f"kafka://{one}" for one in settings.kafka_bootstrap.split(","))
    return faust.App(
        f"{settings.topic_prefix}desk",
        broker=brokers,
        datadir=datadir,  # Faust wants one; without tables it stays empty
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4_000_000,
        broker_session_timeout=session_seconds,
        broker_heartbeat_interval=session_seconds / 4,
        broker_request_timeout=40.0,
        broker_check_crcs=False,  # damage is found by the owners, each in its own partition
        stream_buffer_maxsize=256,
        stream_publish_on_commit=False,
        stream_wait_empty=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        topic_partitions=settings.partitions,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
    )


class Desk:
    """The workers of this process, kept as Faust assigns and revokes partitions."""

    def __init__(self, context: DeskContext, failed: Failed) -> None:
        self._context = context
        self._failed = failed
        self._stopping: dict[int, asyncio.Task[None]] = {}
        self.workers: dict[int, PartitionWorker] = {}

    async def assigned(self, partitions: set[int]) -> None:
        """Start a worker for each partition that is new, stop those of partitions that went; returns at once."""
        for partition in self.workers.keys() - partitions:
            self._stop_worker(partition)
        for partition in sorted(partitions):
            if partition in self.workers:
                self.workers[partition].resume()
            else:
                self._start_worker(partition)

    async def revoked(self) -> None:
        """Pause everywhere: which partitions leave is known only when the next are assigned."""
        pausing = [asyncio.create_task(worker.pause()) for worker in self.workers.values()]
        if pausing:
            await asyncio.wait(pausing, timeout=_PAUSE_SECONDS)

    def feed(self, partition: int, packet: Packet) -> None:
        """Hand over a packet; one of a partition that is not ours is dropped."""
        if worker := self.workers.get(partition):
            worker.feed(packet)

    async def close(self) -> None:
        """Stop every worker."""
        for partition in list(self.workers):
            self._stop_worker(partition)
        if self._stopping:
            await asyncio.wait(list(self._stopping.values()), timeout=_PAUSE_SECONDS)

    def _start_worker(self, partition: int) -> None:
        owner = PartitionOwner(partition, self._context)
        self.workers[partition] = PartitionWorker(
            owner, self._failed, self._stopping.get(partition)
        )

    def _stop_worker(self, partition: int) -> None:
        worker = self.workers.pop(partition)
        stopping = asyncio.create_task(worker.close())
        self._stopping[partition] = stopping

        def ended(task: "asyncio.Task[None]") -> None:
            if self._stopping.get(partition) is task:
                del self._stopping[partition]
            if not task.cancelled() and (error := task.exception()) is not None:
                self._failed(worker, error)

        stopping.add_done_callback(ended)


def attach(app: faust.App, desk_of: Callable[[], Desk], topic: str) -> None:
    """Connect Faust's agent and its signals with the desk."""

    @app.agent(app.topic(topic, value_type=bytes, value_serializer="raw"), concurrency=1)
    async def decide(stream: "faust.StreamT[bytes]") -> None:
        """Feed packets to their workers, which gather them while a transaction runs."""
        async for event in stream.events():
            message = event.message
            headers = message.headers
            packet = Packet(
                message.offset,
                message.value or b"",
                list(headers.items() if isinstance(headers, dict) else headers or ()),
            )
            desk_of().feed(message.partition, packet)

    @app.on_partitions_assigned.connect()
    async def on_assigned(_app: Any, *args: Any, signal: Any, **_: Any) -> None:
        (assigned,) = args
        await desk_of().assigned({at.partition for at in assigned if at.topic == topic})

    @app.on_partitions_revoked.connect()
    async def on_revoked(_app: Any, *_args: Any, signal: Any, **_: Any) -> None:
        await desk_of().revoked()

    @app.on_before_shutdown.connect()
    async def on_shutdown(_app: Any, *_args: Any, signal: Any, **_: Any) -> None:
        await desk_of().close()
