"""Fuzz run: any bytes on every inbound topic through real Kafka, a good message after every hundred.

Out:   what came of it: good ones decided, letters expected and found, ends of intake
Holds: which letters there must be is what the reader says of each message at its own place
"""

import asyncio
import time
from collections import Counter
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from events.applications import ApplicationFiled
from events.codec import CHECKPOINT_KEY, decode_fact
from events.contract.inbound.reader import Message, read
from events.contract.inbound.rejections import Rejected
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from projections.engine.migrate import migrate
from services.machine.running_ledger import running_processes
from services.runtime.settings import Settings
from tests.fuzz.messages import Fuzz, Put

Place = tuple[str, int, int, int]
_AT_ONCE = 500


class FuzzReport(NamedTuple):
    """What a run found; `wrong` says in words what must not be."""

    messages: int
    good: int
    decided: int
    expected: int
    letters: int
    restarts: int
    seconds: float
    codes: Counter[str]
    wrong: tuple[str, ...]


async def run(settings: Settings, seed: int, count: int, wait_seconds: float) -> FuzzReport:
    """Put so many messages on the topics of a ledger, and see what becomes of them."""
    await migrate(settings.postgres_dsn)
    known = names_of_policies(Policies.load())
    alarms: list[str] = []
    began = time.monotonic()
    expected: set[Place] = set()
    good: set[str] = set()
    async with running_processes(settings, alarms.append, ("intake", "desk")) as (
        running,
        supervisor,
    ):
        producer = AIOKafkaProducer(
            bootstrap_servers=running.kafka_bootstrap, max_request_size=3_000_000, linger_ms=5
        )
        await producer.start()
        waiting: list[tuple[Put, asyncio.Future[RecordMetadata]]] = []
        for put in Fuzz(seed).messages(count, 100):
            topic = running.topics.inbound[put.feed]
            sent = await producer.send(
                topic,
                put.value,
                key=b"k",
                headers=list(put.headers),
                partition=len(good) % running.partitions,
            )
            waiting.append((put, sent))
            if put.good:
                good.add(put.good)
            if len(waiting) >= _AT_ONCE:
                await _noted(waiting, expected, known)
        await _noted(waiting, expected, known)
        await producer.stop()
        decided = await _decided(running, good, wait_seconds)
        letters, codes = await _letters(running, len(expected), wait_seconds)
        restarts = supervisor.restarts
    wrong = list(alarms)
    if decided != good:
        wrong.append(f"{len(good - decided)} good messages were not decided")
    if restarts:
        wrong.append(f"a process was started again {restarts} times")
    if set(letters) != expected:
        lost, more = expected - set(letters), set(letters) - expected
        wrong.append(
            f"{len(lost)} letters are missing {sorted(lost)[:3]}, {len(more)} are too many {sorted(more)[:3]}"
        )
    if len(letters) != len(set(letters)):
        wrong.append(f"{len(letters) - len(set(letters))} letters were written twice")
    return FuzzReport(
        count,
        len(good),
        len(decided),
        len(expected),
        len(letters),
        restarts,
        time.monotonic() - began,
        codes,
        tuple(wrong),
    )


async def _noted(
    waiting: "list[tuple[Put, asyncio.Future[RecordMetadata]]]",
    expected: set[Place],
    known: "object",
) -> None:
    """Wait for acknowledgements, and note which letters each message must lead to."""
    for put, future in waiting:
        at = await future
        message = Message(
            put.feed, put.value, put.headers, at.timestamp, at.topic, at.partition, at.offset
        )
        for answer in read(message, known):  # type: ignore[arg-type]
            if isinstance(answer, Rejected):
                expected.add((at.topic, at.partition, at.offset, answer.line or 0))
    waiting.clear()


async def _decided(settings: Settings, good: set[str], wait_seconds: float) -> set[str]:
    """The good applications that were filed on the ledger, once all are or time is over."""
    found: set[str] = set()
    consumer = AIOKafkaConsumer(
        settings.topics.ledger,
        bootstrap_servers=settings.kafka_bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await consumer.start()
    try:
        deadline = time.monotonic() + wait_seconds
        while found != good and time.monotonic() < deadline:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    if record.key == CHECKPOINT_KEY or record.value is None:
                        continue
                    body = decode_fact(record.value).body
                    if isinstance(body, ApplicationFiled) and body.application in good:
                        found.add(body.application)
    finally:
        await consumer.stop()
    return found


async def _letters(
    settings: Settings, count: int, wait_seconds: float
) -> tuple[list[Place], Counter[str]]:
    """Every committed letter by its place, once there are so many and no more come."""
    found: list[Place] = []
    codes: Counter[str] = Counter()
    consumer = AIOKafkaConsumer(
        settings.topics.dead_letters,
        bootstrap_servers=settings.kafka_bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=8_000_000,
    )
    await consumer.start()
    try:
        deadline = time.monotonic() + wait_seconds
        quiet = 0
        while quiet < 5 and time.monotonic() < deadline:
            batches = await consumer.getmany(timeout_ms=400)
            for records in batches.values():
                for record in records:
                    one = orjson.loads(record.value)
                    found.append((one["topic"], one["partition"], one["offset"], one["line"] or 0))
                    codes[one["code"]] += 1
            quiet = quiet + 1 if not batches and len(found) >= count else 0
    finally:
        await consumer.stop()
    return found, codes
