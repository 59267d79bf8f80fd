"""Where intake goes on: after retention, after a long absence, and what it notes in the vault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from confluent_kafka.admin import AdminClient

from projections.engine.migrate import migrate
from services.intake.worker import run
from services.runtime.postgres.violations import open_ones
from services.runtime.settings import Settings
from services.runtime.vault import make_key_file
from tests.faults import raw_topics
from tests.system.test_projector import until

FEED = "applications"


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The database, with a vault and its key."""
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    connection = await asyncpg.connect(settings.postgres_dsn)
    yield connection
    await connection.close()


@asynccontextmanager
async def intake(settings: Settings) -> AsyncIterator[None]:
    """Run intake for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(run(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([task], timeout=30)
        task.result()


async def publish(settings: Settings, count: int) -> None:
    """Publish messages that are refused, so that each leaves a letter."""
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        for _ in range(count):
            await producer.send_and_wait(settings.topics.inbound[FEED], b"no JSON", partition=0)


async def taken(db: asyncpg.Connection, settings: Settings, offset: int) -> None:
    """Wait until the vault knows the partition as taken to an offset, letters and all."""

    async def noted() -> bool:
        at = await db.fetchval(
            "SELECT done FROM vault.positions WHERE topic = $1 AND partition = 0",
            settings.topics.inbound[FEED],
        )
        return bool(at == offset)

    await until(noted)


async def letters(settings: Settings) -> int:
    found = await asyncio.to_thread(
        lambda: list(
            raw_topics.read(
                settings.kafka_bootstrap, settings.topics.dead_letters, 0, committed=True
            )
        )
    )
    return len(found)


async def test_what_retention_took_before_intake_is_counted_and_named(
    settings: Settings, db: asyncpg.Connection
) -> None:
    await publish(settings, 3)
    async with intake(settings):
        await taken(db, settings, 3)
    await publish(settings, 5)
    topic = settings.topics.inbound[FEED]
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        place = TopicPartition(topic, 0)
        await admin.delete_records({place: RecordsToDelete(before_offset=6)})
    finally:
        await admin.close()
    for _ in range(2):  # after a restart it is the same violation
        async with intake(settings):
            await taken(db, settings, 8)
    (found,) = await open_ones(db)
    assert found["kind"] == "lost_messages"
    assert (found["topic"], found["partition"]) == (topic, 0)
    assert (found["first_offset"], found["records"]) == (3, 3)
    assert "请上游重发" in found["text"]
    assert await letters(settings) == 5


async def test_a_position_that_kafka_has_forgotten_is_the_vaults(
    settings: Settings, db: asyncpg.Connection
) -> None:
    await publish(settings, 3)
    async with intake(settings):
        await taken(db, settings, 3)
    client = AdminClient({"bootstrap.servers": settings.kafka_bootstrap})
    group = f"{settings.topic_prefix}intake"
    await asyncio.to_thread(client.delete_consumer_groups([group])[group].result, 30)
    await publish(settings, 1)
    async with intake(settings):
        await taken(db, settings, 4)
    assert await letters(settings) == 4, "nothing was taken up again, nothing passed over"
    assert await open_ones(db) == []


async def test_the_vault_notes_how_long_ledger_and_commands_are(
    settings: Settings, db: asyncpg.Connection
) -> None:
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        for topic in (settings.topics.ledger, settings.topics.commands):
            await producer.send_and_wait(topic, b"x", partition=1)
    async with intake(settings):

        async def noted() -> bool:
            rows = await db.fetch("SELECT topic FROM vault.positions WHERE next = 1")
            return {row["topic"] for row in rows} == {
                settings.topics.ledger,
                settings.topics.commands,
            }

        await until(noted)
