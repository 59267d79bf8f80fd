"""Outcomes on a real broker: each committed fact once, whatever happens to the process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from confluent_kafka.admin import AdminClient

from events import streams
from events.approvals import ApprovalHeld
from events.codec import encode_fact
from events.envelope import Position, Recorded
from events.ids import derived_id
from events.invariants import BrokenInvariant
from services.outcomes import worker
from services.runtime.kafka.dead_letters import Letter, seal
from services.runtime.settings import Settings
from services.runtime.vault.keys import Sealer
from services.runtime.vault.store import DayKey
from tests.given_when_then import LINE_2022, policies
from tests.ledger_writer import pen

ROOT = "00000000-0000-5000-8000-000000000000"


def fact(n: int) -> Recorded:
    return Recorded(
        derived_id(ROOT, n),
        streams.beneficiary(f"token-{n:05}"),
        1,
        ROOT,
        Position(0, n, 0),
        datetime(2022, 8, 12, tzinfo=UTC),
        date(2022, 8, 12),
        ApprovalHeld(application=f"district:a{n}", attempt=1, line=LINE_2022),
    )


class Ledger:
    """Writes the ledger as a desk does: facts and a checkpoint in one transaction."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def write(self, numbers: range, *, commit: bool = True) -> None:
        settings = self.settings
        topic, records = settings.topics.ledger, defaultdict(list)
        for n in numbers:
            written = fact(n)
            place = n % settings.partitions
            records[place].append((written.stream.encode(), encode_fact(written)))
        async with pen(settings.kafka_bootstrap, topic, settings.partitions) as own:
            await own.write_raw(records, commit=commit)

    async def published(self, expected: int) -> list[str]:
        """Read ids of committed outcomes until `expected` are there, and then what comes after."""
        topic = self.settings.topics.outcomes
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            partitions = [TopicPartition(topic, p) for p in range(self.settings.partitions)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            found: list[str] = []
            async with asyncio.timeout(30):
                while len(found) < expected:
                    for records in (await consumer.getmany(timeout_ms=200)).values():
                        found += [orjson.loads(record.value)["id"] for record in records]
            # whatever is committed by now is read too: one more than expected would show
            ends = await consumer.end_offsets(partitions)
            async with asyncio.timeout(30):
                while any([await consumer.position(p) < ends[p] for p in partitions]):
                    for records in (await consumer.getmany(timeout_ms=200)).values():
                        found += [orjson.loads(record.value)["id"] for record in records]
            return found
        finally:
            await consumer.stop()


@asynccontextmanager
async def publishing(settings: Settings) -> AsyncIterator["asyncio.Task[None]"]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(settings, stop, policies()))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait([task], timeout=30)


def ids(numbers: range) -> list[str]:
    return [derived_id(ROOT, n) for n in numbers]


async def test_committed_facts_are_published_once_and_aborted_ones_never(
    settings: Settings,
) -> None:
    ledger = Ledger(settings)
    await ledger.write(range(50))
    await ledger.write(range(50, 60), commit=False)
    async with publishing(settings):
        assert sorted(await ledger.published(50)) == sorted(ids(range(50)))
    await ledger.write(range(60, 80))
    async with publishing(settings):
        expected = ids(range(50)) + ids(range(60, 80))
        assert sorted(await ledger.published(70)) == sorted(expected)


async def put_aside(settings: Settings, *letters: Letter) -> None:
    """Write letters as an intake does; one that woke up late writes again what another has."""
    keys = Sealer(bytes(32))

    async def day(_day: date) -> DayKey:
        return DayKey("dead-letters:2022-08-12", keys)

    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap)
    await producer.start()
    for letter in letters:
        raw = await seal(letter, datetime(2022, 8, 12, tzinfo=UTC), day)
        await producer.send_and_wait(settings.topics.dead_letters, raw)
    await producer.stop()


async def test_letters_are_published_once_beside_the_facts_in_a_form_that_every_client_reads(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rejected message is answered, once; nothing is written in lz4, which kafkajs cannot read."""
    used: list[str | None] = []
    real = AIOKafkaProducer.__init__

    def noted(self: AIOKafkaProducer, **settings: Any) -> None:
        used.append(settings.get("compression_type"))
        real(self, **settings)

    written = Letter(
        "benefits.applications.v1", 1, 7, "NOT_JSON", "", "不是有效的 JSON", b"{", source="district"
    )
    ledger = Ledger(settings)
    await ledger.write(range(3))
    await put_aside(settings, written, written)
    monkeypatch.setattr(AIOKafkaProducer, "__init__", noted)
    async with publishing(settings):
        published = await ledger.published(4)
    assert used == ["gzip"]
    assert len(published) == len(set(published)) == 4
    assert set(ids(range(3))) < set(published)
    await put_aside(settings, written, written._replace(offset=8))
    async with publishing(settings):
        assert len(set(await ledger.published(5))) == 5


async def test_a_process_frozen_in_its_transaction_tells_nothing_when_it_wakes_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(settings)
    await ledger.write(range(40))
    frozen, thaw = asyncio.Event(), asyncio.Event()
    real = AIOKafkaProducer.send_offsets_to_transaction

    async def freeze_once(self: AIOKafkaProducer, *args: object) -> None:
        if not frozen.is_set():
            frozen.set()
            await thaw.wait()
        await real(self, *args)

    # the point at which the outcomes have left and the positions have not
    monkeypatch.setattr(AIOKafkaProducer, "send_offsets_to_transaction", freeze_once)
    async with publishing(settings) as first:
        await asyncio.wait_for(frozen.wait(), 30)
        async with publishing(settings):
            assert sorted(await ledger.published(40)) == sorted(ids(range(40)))
            thaw.set()
            with pytest.raises(worker.Superseded):
                await asyncio.wait_for(first, 30)
            assert sorted(await ledger.published(40)) == sorted(ids(range(40)))


async def test_a_position_that_kafka_has_forgotten_is_found_from_what_was_published(
    settings: Settings,
) -> None:
    ledger = Ledger(settings)
    await ledger.write(range(30))
    async with publishing(settings):
        await ledger.published(30)
    client = AdminClient({"bootstrap.servers": settings.kafka_bootstrap})
    group = f"{settings.topic_prefix}outcomes"
    await asyncio.to_thread(client.delete_consumer_groups([group])[group].result, 30)
    await ledger.write(range(30, 40))
    async with publishing(settings):
        assert sorted(await ledger.published(40)) == sorted(ids(range(40)))


async def test_a_successor_ends_the_one_before(settings: Settings) -> None:
    ledger = Ledger(settings)
    await ledger.write(range(10))
    async with publishing(settings) as first:
        await ledger.published(10)
        async with publishing(settings):
            async with asyncio.timeout(30):
                number = 10
                while not first.done():
                    await ledger.write(range(number, number + 1))
                    number += 1
                    await asyncio.wait([first], timeout=0.2)
            with pytest.raises(worker.Superseded):
                await first
            assert sorted(await ledger.published(number)) == sorted(ids(range(number)))


async def test_a_ledger_that_lost_what_was_not_published_yet_stops_the_process(
    settings: Settings,
) -> None:
    ledger = Ledger(settings)
    await ledger.write(range(8))
    async with publishing(settings):
        await ledger.published(8)
    await ledger.write(range(8, 40))
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        partition = TopicPartition(settings.topics.ledger, 0)
        await admin.delete_records({partition: RecordsToDelete(before_offset=8)})
    finally:
        await admin.close()
    with pytest.raises(BrokenInvariant):
        async with asyncio.timeout(30):
            await worker.run(settings, asyncio.Event(), policies())
