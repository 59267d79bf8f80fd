"""A whole ledger for a test: every process, on the run's real broker and database.

Beside it: the command line as a user calls it, and a Kafka client that we did not write.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import asyncpg
import orjson
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)

from events.contract.inbound.catalogue import TYPES
from projections.engine.migrate import migrate
from services.machine.running_ledger import running_processes
from services.machine.supervisor import Supervisor, environment
from services.runtime.settings import Settings
from tests.preloaded import COMMAND, Streams, fork

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "reference" / "examples"
WAIT_SECONDS = 90.0


async def until(what: str, condition: Callable[[], Awaitable[object]]) -> None:
    """Wait for a condition; a deadline says which one did not come."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not await condition():
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise AssertionError(f"{what}: not within {WAIT_SECONDS:.0f} s") from error


class Said(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


async def call(
    *arguments: str,
    settings: Settings | None = None,
    more: Mapping[str, str] | None = None,
    seconds: float = WAIT_SECONDS,
    typed: str = "",
) -> Said:
    """Call `benefit-ledger` as a user does, who types what it asks for."""
    with TemporaryDirectory(prefix="call-") as folder:
        given, out, err = (Path(folder, name) for name in ("given", "out", "err"))
        given.write_text(typed, "utf-8")
        env = {**environment(settings or Settings()), **(more or {})}
        process = await fork(COMMAND, arguments, env, Streams(str(given), str(out), str(err)))
        try:
            code = await asyncio.wait_for(process.wait(), seconds)
        finally:
            process.kill()
        return Said(code, out.read_text("utf-8"), err.read_text("utf-8"))


def example(kind: str) -> dict[str, Any]:
    """Read the example of a message as it stands in the reference."""
    found: dict[str, Any] = orjson.loads((EXAMPLES / f"{kind}.json").read_bytes())
    return found


class Upstream:
    """An upstream system with librdkafka's client."""

    def __init__(self, settings: Settings) -> None:
        self._topics = settings.topics.inbound
        self._producer = Producer(
            {"bootstrap.servers": settings.kafka_bootstrap, "acks": "all", "log_level": 2}
        )

    def structured(self, *events: Mapping[str, Any]) -> None:
        """Publish whole events as JSON."""
        for event in events:
            self.raw(TYPES[event["type"]].feed, orjson.dumps(event))
        self.flush()

    def binary(self, *events: Mapping[str, Any]) -> None:
        """Publish the data of events, with their attributes in headers."""
        for event in events:
            headers = {
                f"ce_{name}": value
                for name, value in event.items()
                if name not in ("data", "datacontenttype")
            }
            feed = TYPES[event["type"]].feed
            more = {**headers, "content-type": "application/json"}
            self.raw(feed, orjson.dumps(event["data"]), more)
        self.flush()

    def raw(self, feed: str, value: bytes | None, headers: Mapping[str, str] | None = None) -> None:
        """Publish any bytes."""
        sent = {"content-type": "application/cloudevents+json"} if headers is None else headers
        self._producer.produce(self._topics[feed], value, key=b"k", headers=list(sent.items()))

    def flush(self) -> None:
        """Wait until all is acknowledged."""
        assert self._producer.flush(30) == 0


def everything_on(bootstrap: str, topics: Iterable[str]) -> Mapping[str, list[bytes]]:
    """Read every committed record of topics, by another client than ours."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "auditor",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "log_level": 2,
            "isolation.level": "read_committed",
        }
    )
    found: dict[str, list[bytes]] = {topic: [] for topic in topics}
    try:
        known = consumer.list_topics(timeout=10).topics
        places = [
            TopicPartition(topic, partition, OFFSET_BEGINNING)
            for topic in found
            for partition in known[topic].partitions
        ]
        consumer.assign(places)
        left = {(place.topic, place.partition) for place in places}
        while left:
            message = consumer.poll(WAIT_SECONDS)
            assert message is not None, f"not read to the end: {left}"
            error, topic, partition = message.error(), message.topic(), message.partition()
            assert topic is not None
            assert partition is not None
            if error is None:
                found[topic].append((message.key() or b"") + (message.value() or b""))
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard((topic, partition))
            else:
                raise KafkaException(error)
    finally:
        consumer.close()
    return found


@dataclass(frozen=True)
class Whole:
    """A running ledger, what its supervisor complained of, and a look into its books."""

    settings: Settings
    supervisor: Supervisor
    alarms: list[str]
    books: asyncpg.Connection

    async def count(self, query: str, *values: object) -> int:
        """Count in the books."""
        return int(await self.books.fetchval(query, *values) or 0)

    async def facts(self, kind: str, wanted: int = 1) -> None:
        """Wait for so many facts of a kind."""
        query = "SELECT count(*) FROM books.facts WHERE type = $1"

        async def there() -> bool:
            return await self.count(query, kind) >= wanted

        await until(f"{wanted} × {kind}", there)


@asynccontextmanager
async def whole(settings: Settings) -> AsyncIterator[Whole]:
    """Run every process of the flow until the block ends."""
    await migrate(settings.postgres_dsn)
    alarms: list[str] = []
    async with running_processes(settings, alarms.append) as (running, supervisor):
        connection = await asyncpg.connect(settings.postgres_dsn)
        try:
            yield Whole(running, supervisor, alarms, connection)
        finally:
            await connection.close()
