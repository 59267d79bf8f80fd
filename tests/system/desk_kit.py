"""What the desk's tests share: the context of an owner, commands to send, and a reader of raw logs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient

from events import codec, streams
from events.budgets import AllocateBudget
from events.envelope import Asked
from events.values import Command
from services.desk.command_runner import StateMachine
from services.desk.desk_context import DeskContext
from services.desk.limits import Limits
from services.desk.restart_counter import RestartCounter
from services.desk.sender_check import Packet
from services.runtime.kafka.packets import PacketSender
from services.runtime.topics import Topics
from services.streams import StreamStore, follow_ups
from tests.conftest import PARTITIONS
from tests.given_when_then import policies
from tests.ledger_writer import test_keys

SENT_AT = datetime(2022, 8, 12, 1, 14, tzinfo=UTC)
DAY = date(2022, 8, 12)


def line_on(partition: int, partitions: int, nth: int = 0) -> str:
    """Name a budget line that lives on a partition; the `nth` of them."""
    found = -1
    for year in range(2020, 2030):
        for district in sorted(policies().cities.served):
            name = streams.fund_line("unemployment_insurance", district, year)
            if streams.partition_of(name, partitions) == partition:
                found += 1
                if found == nth:
                    return name
    raise AssertionError("no such line")


def ask(stream: str, body: Command, name: str) -> Asked:
    """Make a command; the same name is the same command."""
    return Asked(str(uuid5(NAMESPACE_URL, name)), stream, SENT_AT, DAY, "staff:test", body)


def allocate(stream: str, number: int, amount: int = 100) -> Asked:
    """Give a budget line money, by document `number`."""
    body = AllocateBudget(document=f"doc-{number}", amount=amount)
    return ask(stream, body, f"{stream}/allocate/{number}")


def packet_of(*asked: Asked) -> bytes:
    """Pack commands."""
    return codec.packet([codec.encode_command(one) for one in asked])


def fed(topics: Topics, partition: int, offset: int, *asked: Asked) -> Packet:
    """A packet as a feeder hands it to an owner, sealed by who may send everything."""
    return sealed(topics, partition, offset, packet_of(*asked))


def sealed(topics: Topics, partition: int, offset: int, raw: bytes) -> Packet:
    """A packet of any content, sealed by who may send everything."""
    seal = test_keys().packets.seal("operator")
    return Packet(offset, raw, seal.headers(topics.commands, partition, raw))


async def send(sender: PacketSender, asked: Iterable[Asked]) -> None:
    """Send commands as any process does."""
    await sender.send_commands(asked)


@asynccontextmanager
async def desk_context(
    bootstrap: str,
    topics: Topics,
    *,
    new_state_machine: Callable[[], StateMachine] | None = None,
    implied: Callable[..., list[Asked]] = follow_ups,
    limits: Limits | None = None,
) -> AsyncIterator[DeskContext]:
    """What the owners of one process share, on the real broker."""
    keys = test_keys()
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    restart_counter = RestartCounter(bootstrap, topics.commands, f"{topics.prefix}desk-openings")
    await restart_counter.start(PARTITIONS)
    try:
        async with PacketSender(
            bootstrap, topics.commands, keys.packets.seal("operator")
        ) as sender:
            yield DeskContext(
                bootstrap,
                topics,
                client,
                sender,
                new_state_machine or (lambda: StreamStore(policies(), partitions=PARTITIONS)),
                implied,
                asyncio.Lock(),
                restart_counter,
                keys,
                limits or Limits(),
            )
    finally:
        await restart_counter.stop()
        await client.close()


async def raw_log(
    bootstrap: str, topic: str, partition: int, *, committed: bool = True
) -> list[Any]:
    """Read a partition whole, with a client that knows nothing of the desk.

    A commit is answered before its marker stands in the log, so this waits for what is unfinished.
    """
    at = TopicPartition(topic, partition)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed" if committed else "read_uncommitted",
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        consumer.assign([at])
        consumer.seek(at, 0)
        records: list[Any] = []
        async with asyncio.timeout(20):
            while True:
                records += (await consumer.getmany(at, timeout_ms=50)).get(at, [])
                high = consumer.highwater(at)
                if high is not None and await consumer.position(at) >= high:
                    return records
    finally:
        await consumer.stop()


async def facts_of(bootstrap: str, topics: Topics, partition: int) -> list[dict[str, Any]]:
    """Read the facts of a partition, as plain JSON."""
    return [
        orjson.loads(record.value)
        for record in await raw_log(bootstrap, topics.ledger, partition)
        if record.key != codec.CHECKPOINT_KEY
    ]


async def checkpoints_of(bootstrap: str, topics: Topics, partition: int) -> list[dict[str, Any]]:
    """Read the checkpoints of a partition, as plain JSON."""
    return [
        orjson.loads(record.value)
        for record in await raw_log(bootstrap, topics.ledger, partition)
        if record.key == codec.CHECKPOINT_KEY
    ]
