"""Stores of different moments: each pair is refused at every start, with words on what to restore."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from projections.engine.migrate import migrate
from services.machine import store_consistency
from services.machine.store_consistency import (
    StoresDiffer,
    find_inconsistencies,
    require_consistent_stores,
)
from services.machine.store_positions import DatabaseState, database_as_it_is
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.errors import DatabaseAway, LedgerGone
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics
from services.runtime.topics import Topics
from services.runtime.vault import positions
from services.runtime.vault.positions import StoredPosition
from tests.conftest import PARTITIONS
from tests.handmade_ledgers import paid_history
from tests.system.test_projector import facts_are, projecting, publish_to, until
from tests.whole_ledger import call

PEOPLE = 3


class Stores(NamedTuple):
    """A ledger whose stores fit, and a look into its database."""

    settings: Settings
    db: asyncpg.Connection


@pytest.fixture
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    """Three people who were taken in, decided and paid."""
    await migrate(settings.postgres_dsn)
    db = await asyncpg.connect(settings.postgres_dsn)
    history = paid_history(PEOPLE)
    await publish_to(settings, history)
    feed, commands = settings.topics.inbound["applications"], settings.topics.commands
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        for topic in (feed, commands):
            for partition in range(PARTITIONS):
                await producer.send_and_wait(topic, b"x", partition=partition)
    async with projecting(settings):
        await until(facts_are(db, len(history.facts)))
    rows = await db.fetch("SELECT application, beneficiary FROM books.applications")
    for row in rows:
        await db.execute(
            "INSERT INTO vault.parties (token, mark, kind) VALUES ($1, $2, 'person')",
            row["beneficiary"],
            row["beneficiary"].encode(),
        )
        await db.execute(
            "INSERT INTO vault.register (application, token, digest) VALUES ($1, $2, 'x')",
            row["application"],
            row["beneficiary"],
        )
    await _note(settings, db, {feed: 1, commands: 1, settings.topics.ledger: 1})
    await _commit(settings, f"{settings.topic_prefix}intake", feed, 1)
    yield Stores(settings, db)
    await db.close()


async def _note(settings: Settings, db: asyncpg.Connection, ends: dict[str, int]) -> None:
    client = AIOKafkaClient(bootstrap_servers=settings.kafka_bootstrap)
    await client.bootstrap()
    try:
        for topic, end in ends.items():
            known = [
                StoredPosition(topic, partition, await topic_id(client, topic), end)
                for partition in range(PARTITIONS)
            ]
            await positions.store_positions(db, known)
    finally:
        await client.close()


async def _commit(settings: Settings, group: str, topic: str, offset: int) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        await consumer.commit({place: offset})
    finally:
        await consumer.stop()


_VAULT_POSITION = "UPDATE vault.positions SET next = next {} WHERE topic = '{}'"


def breaks(topics: Topics) -> list[tuple[str, str, str, str]]:
    """Each pair: how one of the two becomes older, how that is undone, and what is said."""
    feed = topics.inbound["applications"]
    up, down = "+ 100", "- 100"
    return [
        (
            _VAULT_POSITION.format("- 1", feed),
            _VAULT_POSITION.format("+ 1", feed),
            "身份库与受理位点",
            "身份库较旧",
        ),
        (
            "UPDATE vault.parties SET token = 'x' || token",
            "UPDATE vault.parties SET token = substr(token, 2)",
            "身份库与总账主题",
            "身份库较旧",
        ),
        (
            "UPDATE vault.register SET application = 'x' || application",
            "UPDATE vault.register SET application = substr(application, 2)",
            "身份库与账本",
            "身份库较旧",
        ),
        *(
            (
                _VAULT_POSITION.format(up, topic),
                _VAULT_POSITION.format(down, topic),
                pair,
                "身份库已知到",
            )
            for topic, pair in (
                (topics.ledger, "身份库与总账主题"),
                (topics.commands, "身份库与命令主题"),
                (feed, "身份库与报文主题"),
            )
        ),
        (
            "UPDATE vault.positions SET topic_id = 'x' || topic_id",
            "UPDATE vault.positions SET topic_id = substr(topic_id, 2)",
            "身份库与总账主题",
            "被重建过",
        ),
        (
            "UPDATE books.positions SET next = next + 1000 WHERE topic = 'ledger'",
            "UPDATE books.positions SET next = next - 1000 WHERE topic = 'ledger'",
            "账本与总账主题",
            "总账较旧",
        ),
        (
            "UPDATE books.positions SET last_offset = last_offset - 1 WHERE last_offset > 0",
            "UPDATE books.positions SET last_offset = last_offset + 1 WHERE last_offset >= 0",
            "账本与总账主题",
            "不是那里的事实",
        ),
    ]


async def test_stores_of_one_moment_fit_and_each_pair_of_different_ones_is_refused(
    stores: Stores,
) -> None:
    settings, db = stores
    assert await find_inconsistencies(settings) == []
    for older, mended, pair, words in breaks(settings.topics):
        await db.execute(older)
        found = await find_inconsistencies(settings)
        assert any(one.pair == pair and words in one.what for one in found), (older, found)
        with pytest.raises(StoresDiffer, match="没有启动"):
            await require_consistent_stores(settings)
        await db.execute(mended)
    assert await find_inconsistencies(settings) == []


async def test_every_start_of_every_process_is_refused_and_the_doctor_says_why(
    stores: Stores,
) -> None:
    settings, db = stores
    await db.execute("DELETE FROM vault.register")
    await db.execute("DELETE FROM vault.parties")
    for name in ("intake", "desk", "outcomes", "clerk"):
        said = await call("run", name, settings=settings)
        assert said.code == 1, said
        assert "身份库较旧" in said.err
        assert "请恢复更新的身份库备份" in said.err
        assert "Traceback" not in said.err + said.out
    said = await call("doctor", settings=settings)
    assert said.code == 1
    assert "✗ 同一时刻：身份库与总账主题" in said.out


async def test_older_books_alone_fit_because_they_read_on(stores: Stores) -> None:
    settings, db = stores
    await db.execute(
        "UPDATE books.positions SET next = 0, last_offset = NULL, last_id = NULL"
        " WHERE topic = 'ledger'"
    )
    assert await find_inconsistencies(settings) == []


async def test_who_has_read_beyond_a_topics_end_tells_that_it_is_older(stores: Stores) -> None:
    settings, _ = stores
    feed, ledger = settings.topics.inbound["applications"], settings.topics.ledger
    await _commit(settings, f"{settings.topic_prefix}intake", feed, 50)
    await _commit(settings, f"{settings.topic_prefix}outcomes", ledger, 5_000)
    found = {one.pair for one in await find_inconsistencies(settings)}
    assert {"受理位点与报文主题", "回执位点与所读主题"} <= found


async def test_letters_that_were_told_before_anything_was_decided_are_no_loss(
    stores: Stores,
) -> None:
    """Outcomes reads letters and ledger; a place in one says nothing about the other."""
    settings, _ = stores
    letters = settings.topics.dead_letters
    outcomes = f"{settings.topic_prefix}outcomes"
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        for _ in range(200):  # more than the ledger has records
            await producer.send(letters, b"x", partition=0)
    await _commit(settings, outcomes, letters, 200)
    assert await find_inconsistencies(settings) == []
    await _commit(settings, outcomes, letters, 201)
    [found] = await find_inconsistencies(settings)
    assert (found.pair, letters in found.what) == ("回执位点与所读主题", True)


async def test_a_database_that_goes_away_meanwhile_is_told_and_may_pass(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, db = stores

    async def cut(connection: asyncpg.Connection) -> DatabaseState:
        state = await database_as_it_is(connection)
        await db.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
        return state

    monkeypatch.setattr(store_consistency, "database_as_it_is", cut)
    with pytest.raises(DatabaseAway) as told:
        await find_inconsistencies(settings)
    assert told.value.may_pass


async def test_a_vault_that_is_empty_beside_a_ledger_is_refused(stores: Stores) -> None:
    settings, db = stores
    await db.execute("DROP SCHEMA vault CASCADE")
    await db.execute("DROP SCHEMA books CASCADE")
    found = await find_inconsistencies(settings)
    assert [one.pair for one in found] == ["身份库与总账主题"]


@pytest.mark.parametrize("gone", ["ledger", "commands"])
async def test_no_topic_is_made_anew_over_what_was_decided(
    stores: Stores, kafka: KafkaBroker, gone: str
) -> None:
    settings, _ = stores
    name = getattr(settings.topics, gone)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([name])
        for _ in range(2):  # at every start
            with pytest.raises(LedgerGone, match=name):
                await create_topics(kafka.bootstrap, PARTITIONS, topics=settings.topics)
        assert name not in await admin.list_topics()
        # and where somebody has made it by hand, the vault knows that it is another one
        made = False
        while not made:
            try:
                answer = await admin.create_topics([NewTopic(name, PARTITIONS, 1)])
                made = answer.topic_errors[0][1] == 0
            except KafkaError:
                made = False
    finally:
        await admin.close()
    found = await find_inconsistencies(settings)
    assert any("被重建过" in one.what and name in one.what for one in found), found
