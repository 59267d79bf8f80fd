"""Agent: the Faust side of the desk. Faust owns partitions and carries packets; nothing more.

In:   `commands`, raw bytes
Out:  packets to the seats of their partitions
Holds: nothing here is the authority on state or position, because Faust 0.15.3 cannot be: it
       acknowledges what raised, and its offsets can run ahead of the work or stick
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faust

from services.desk.gate import Packet
from services.desk.partition_owner import Book, Surroundings
from services.desk.partition_worker import Seat
from services.runtime.settings import Settings

_REST_SECONDS = 5.0

Failed = Callable[[Seat | None, BaseException], None]


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
        broker_check_crcs=False,  # damage is found by the books, each in its own partition
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
    """The seats of this process, kept as Faust assigns and revokes partitions."""

    def __init__(self, around: Surroundings, failed: Failed) -> None:
        self._around = around
        self._failed = failed
        self._leaving: dict[int, asyncio.Task[None]] = {}
        self.seats: dict[int, Seat] = {}

    async def assigned(self, partitions: set[int]) -> None:
        """Take a seat for each partition that is new, leave those that went; returns at once."""
        for partition in self.seats.keys() - partitions:
            self._leave(partition)
        for partition in sorted(partitions):
            if partition in self.seats:
                self.seats[partition].resume()
            else:
                self._sit_down(partition)

    async def revoked(self) -> None:
        """Rest everywhere: which partitions leave is known only when the next are assigned."""
        resting = [asyncio.create_task(seat.rest()) for seat in self.seats.values()]
        if resting:
            await asyncio.wait(resting, timeout=_REST_SECONDS)

    def feed(self, partition: int, packet: Packet) -> None:
        """Hand over a packet; one of a partition that is not ours is dropped."""
        if seat := self.seats.get(partition):
            seat.feed(packet)

    async def close(self) -> None:
        """Leave every seat."""
        for partition in list(self.seats):
            self._leave(partition)
        if self._leaving:
            await asyncio.wait(list(self._leaving.values()), timeout=_REST_SECONDS)

    def _sit_down(self, partition: int) -> None:
        book = Book(partition, self._around)
        self.seats[partition] = Seat(book, self._failed, self._leaving.get(partition))

    def _leave(self, partition: int) -> None:
        seat = self.seats.pop(partition)
        leaving = asyncio.create_task(seat.leave())
        self._leaving[partition] = leaving

        def ended(task: "asyncio.Task[None]") -> None:
            if self._leaving.get(partition) is task:
                del self._leaving[partition]
            if not task.cancelled() and (error := task.exception()) is not None:
                self._failed(seat, error)

        leaving.add_done_callback(ended)


def attach(app: faust.App, desk_of: Callable[[], Desk], topic: str) -> None:
    """Connect Faust's agent and its signals with the desk."""

    @app.agent(app.topic(topic, value_type=bytes, value_serializer="raw"), concurrency=1)
    async def decide(stream: "faust.StreamT[bytes]") -> None:
        """Feed packets to their seats, which gather them while a transaction runs."""
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
