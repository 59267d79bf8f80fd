"""Packets: many commands travel to `commands` as one record, because a record is what costs.

In:   (stream, encoded command), from intake, desk, clerk and web
Out:  packets on the partition of their streams, each with its producer's name and MAC; at rest a
      packet holds a single command
Holds: commands for one stream arrive in the order they were given; `send_all` returns only when
       every broker that must have them has them; nothing is ever written in a transaction.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events import codec
from events.envelope import Asked
from events.streams import partition_of
from services.runtime.errors import BrokerAway, OperatingFailure
from services.runtime.seals.key_files import packet_seal
from services.runtime.seals.packet_seals import PacketSeal
from services.runtime.settings import Settings

MAX_PACKET_BYTES = 950_000
"""Bound of a packet: below what a broker takes unasked, above the longest command that is made."""

_BATCH_BYTES = 1_000_000
_BATCH_COMMANDS = 10_000
_GATHER_SECONDS = 0.003
_TIMEOUT_SECONDS = 20.0


class CommandTooLong(OperatingFailure):
    """A command that no packet can carry; it was not sent, nor was anything beside it."""

    def __init__(self, stream: str, size: int, limit: int) -> None:
        super().__init__(
            f"发给 {stream} 的命令有 {size:,} 字节，一包至多 {limit:,} 字节。",
            "没有发送。请分几次办理：每批少几行，名单短一些。",
        )


class NotAcknowledged(OperatingFailure):
    """Commands were handed to Kafka and not acknowledged in time; they may still arrive."""

    may_pass = True

    def __init__(self, topic: str, count: int, why: str) -> None:
        super().__init__(
            f"发往 {topic} 的 {count} 条命令没有得到确认：{why}",
            "请查看 Kafka 是否运行、磁盘是否有空间，然后再发：同一命令到两次只办一次。",
        )


class _SendCall:
    """One call of `send_all`: done when all its commands are acknowledged, or one has failed."""

    __slots__ = ("done", "left")

    def __init__(self, count: int, done: "asyncio.Future[None]") -> None:
        self.left = count
        self.done = done

    def acknowledged(self) -> None:
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)

    def failed(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class _UnsentCommand(NamedTuple):
    """A command that is not on its way yet."""

    command: bytes
    call: _SendCall


def cut_into_packets(waiting: Sequence[bytes], limit_bytes: int) -> Iterator[list[bytes]]:
    """Cut a row of commands into packets, in order.

    Holds: a packet has 1 to 500 commands, and at most `limit_bytes` unless one alone has more
    """
    packet: list[bytes] = []
    size = 2
    for command in waiting:
        full = len(packet) == codec.MAX_PACKET_COMMANDS or size + len(command) > limit_bytes
        if packet and full:
            yield packet
            packet, size = [], 2
        packet.append(command)
        size += len(command) + 1
    if packet:
        yield packet


class PacketSender:
    """Sends commands; one for each process, shared by all its tasks.

    Raises: BrokerAway on entering, NotAcknowledged and CommandTooLong from `send_all`
    """

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        seal: PacketSeal,
        *,
        limit_bytes: int = MAX_PACKET_BYTES,
        gather_seconds: float = _GATHER_SECONDS,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._seal = seal
        self._limit_bytes = limit_bytes
        self._gather_seconds = gather_seconds
        self._timeout_seconds = timeout_seconds
        self._waiting: list[deque[_UnsentCommand]] = []
        self._flushing: dict[int, asyncio.Task[None]] = {}

    @classmethod
    def of(cls, settings: Settings, producer: str) -> Self:
        """The sender of one producer of packets, with the key that the settings name.

        Raises: NotConfigured
        """
        seal = packet_seal(settings.keys_dir, producer)
        return cls(settings.kafka_bootstrap, settings.topics.commands, seal)

    async def start(self) -> None:
        """Connect, and learn the topic's partitions."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            compression_type="lz4",
            max_batch_size=_BATCH_BYTES,
            max_request_size=2 * _BATCH_BYTES,
            request_timeout_ms=int(self._timeout_seconds * 1000),
        )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._producer.start()
                partitions = await self._producer.partitions_for(self._topic)
        except (KafkaError, OSError, TimeoutError) as error:
            await self.stop()
            raise BrokerAway(self._bootstrap, f"topic {self._topic}: {error!r}") from error
        self._waiting = [deque() for _ in partitions]

    async def stop(self) -> None:
        """Leave; what is not acknowledged yet gets a last, short chance."""
        tasks = list(self._flushing.values())
        if tasks:
            await asyncio.wait(tasks, timeout=2)
        for task in tasks:
            task.cancel()
        stopping = asyncio.ensure_future(self._producer.stop())
        await asyncio.wait([stopping], timeout=2)  # a producer waits for a dead broker for ever
        stopping.cancel()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def partitions(self) -> int:
        """How many partitions `commands` has."""
        return len(self._waiting)

    async def send_commands(self, commands: Iterable[Asked]) -> None:
        """Encode commands and send each to its stream, as `send_all` does."""
        await self.send_all([(one.stream, codec.encode_command(one)) for one in commands])

    async def send_all(self, commands: Sequence[tuple[str, bytes]]) -> None:
        """Send these (stream, encoded command), and return when all of them are acknowledged.

        Raises: CommandTooLong before anything is sent; NotAcknowledged when the time is over
        """
        for stream, command in commands:
            if len(command) + 2 > self._limit_bytes:
                raise CommandTooLong(stream, len(command), self._limit_bytes - 2)
        if not commands:
            return
        call = _SendCall(len(commands), asyncio.get_running_loop().create_future())
        for stream, command in commands:
            partition = partition_of(stream, len(self._waiting))
            self._waiting[partition].append(_UnsentCommand(command, call))
            if partition not in self._flushing:
                self._flushing[partition] = asyncio.create_task(self._flush(partition))
        try:
            await asyncio.wait_for(call.done, self._timeout_seconds)
        except TimeoutError as error:
            why = f"no answer within {self._timeout_seconds:g} s"
            raise NotAcknowledged(self._topic, call.left, why) from error

    async def _flush(self, partition: int) -> None:
        """Send what waits for a partition, one batch of packets after the other, then end."""
        waiting = self._waiting[partition]
        try:
            await asyncio.sleep(self._gather_seconds)
            while waiting:
                await self._send_some(partition, waiting)
        finally:
            del self._flushing[partition]

    async def _send_some(self, partition: int, waiting: "deque[_UnsentCommand]") -> None:
        batch = self._producer.create_batch()
        taken: list[_UnsentCommand] = []
        next_ones = [item.command for item in islice(waiting, _BATCH_COMMANDS)]
        for packet in cut_into_packets(next_ones, self._limit_bytes):
            value = codec.packet(packet)
            headers = self._seal.headers(self._topic, partition, value)
            if batch.append(timestamp=None, key=None, value=value, headers=headers) is None:
                break
            taken += [waiting.popleft() for _ in packet]
        try:
            await self._acknowledged(batch, partition)
        except (KafkaError, OSError, TimeoutError) as error:
            failure = NotAcknowledged(self._topic, len(taken), repr(error))
            for item in taken:
                item.call.failed(failure)
        else:
            for item in taken:
                item.call.acknowledged()

    async def _acknowledged(self, batch: Any, partition: int) -> None:
        async with asyncio.timeout(self._timeout_seconds):
            sent = await self._producer.send_batch(batch, self._topic, partition=partition)
            await sent
