"""Store consistency: do vault, books, ledger, commands and inbound topics come from one moment?

In:   the topics' ids, beginnings and ends; the groups' positions; the vault's and the books' own
Out:  each pair that cannot be of one moment, with what to restore
Holds: looked at before every start and by `doctor`, and nothing is changed; a start with stores that
       do not fit is refused, because a vault that has forgotten a person makes him another one, and a
       ledger that has forgotten a payment makes it again
Source: docs/adr/0031-stores-from-one-moment.md
"""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError

from projections.queries.freshness import ReadUntil
from services.machine.store_positions import (
    GroupPositions,
    TopicState,
    connected,
    database_as_it_is,
    fact_id,
    groups_as_they_are,
    people_of,
    topic_as_it_is,
)
from services.runtime.errors import BrokerAway, DatabaseAway, OperatingFailure
from services.runtime.seals.chain_at_offset import records_between
from services.runtime.seals.key_files import ledger_keys
from services.runtime.seals.ledger_seals import LedgerKeys
from services.runtime.settings import Settings
from services.runtime.vault.positions import StoredPosition

_LIMIT_SECONDS = 60.0
_UNKNOWN = """
    SELECT token FROM unnest($1::text[]) AS asked (token)
    WHERE NOT EXISTS (SELECT FROM vault.parties AS p WHERE p.token = asked.token)
"""
_UNFILED = """
    SELECT application FROM unnest($1::text[]) AS asked (application)
    WHERE NOT EXISTS (SELECT FROM vault.register AS r WHERE r.application = asked.application)
"""


class StoreInconsistency(NamedTuple):
    """Two stores that are not of one moment."""

    pair: str
    what: str
    do: str


class StoresDiffer(OperatingFailure):
    """Stores of different moments: nothing is started on them."""

    def __init__(self, inconsistencies: list[StoreInconsistency]) -> None:
        shown = "；".join(f"{one.pair}：{one.what}" for one in inconsistencies[:5])
        more = f"；另有 {len(inconsistencies) - 5} 处" if len(inconsistencies) > 5 else ""
        super().__init__(
            f"各处数据不是同一时刻的，没有启动。{shown}{more}。",
            f"{inconsistencies[0].do} 详见 docs/how-to/restore.md。",
        )
        self.inconsistencies = inconsistencies


async def require_consistent_stores(settings: Settings, reader: str = "operator") -> None:
    """Let nothing start on stores of different moments.

    Raises: StoresDiffer, BrokerAway, DatabaseAway, NotConfigured
    """
    if found := await find_inconsistencies(settings, reader):
        raise StoresDiffer(found)


async def find_inconsistencies(
    settings: Settings, reader: str = "operator"
) -> list[StoreInconsistency]:
    """Every pair of stores that does not fit; the database may be away, then only topics are compared.

    Raises: BrokerAway; DatabaseAway where it went away meanwhile
    """
    keys = ledger_keys(settings.keys_dir, reader)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="none",
    )
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await consumer.start()
            return await _compared(settings, consumer, keys)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAway("PostgreSQL", repr(error)) from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=3)


async def _compared(
    settings: Settings, consumer: AIOKafkaConsumer, keys: LedgerKeys
) -> list[StoreInconsistency]:
    topics = settings.topics
    names = [topics.ledger, topics.commands, topics.dead_letters, *topics.inbound.values()]
    # whoever runs meanwhile moves on: who may be ahead of whom is read later than that one
    groups = await groups_as_they_are(settings)
    connection = await connected(settings)
    try:
        database = await database_as_it_is(connection)
        now = {name: await topic_as_it_is(consumer, name) for name in names}
        found = [
            *_of_positions(database.vault, now, topics.ledger, topics.commands),
            *_of_groups(groups, database.vault, now),
            *await _of_books(consumer, database.books, topics.ledger, now[topics.ledger]),
        ]
        if connection is not None:
            people = await people_of(consumer, topics.ledger, now[topics.ledger], keys)
            found += await _of_people(connection, people, database.applications)
        return found
    finally:
        if connection is not None:
            await connection.close()


def _of_positions(
    vault: list[StoredPosition], now: Mapping[str, TopicState], ledger: str, commands: str
) -> list[StoreInconsistency]:
    """A topic that is shorter than the vault knows it, or another one of its name, is older."""
    found: list[StoreInconsistency] = []
    names = {ledger: "总账主题", commands: "命令主题"}
    for known in sorted(vault):
        topic = now.get(known.topic)
        if topic is None:
            continue
        pair = f"身份库与{names.get(known.topic, '报文主题')}"
        restore = (
            f"请把 {known.topic} 恢复到与身份库同一时刻，或把身份库、账本、全部主题一起恢复到"
            "同一份备份。"
        )
        if topic.id != known.topic_id:
            what = f"{known.topic} 不是身份库所知的那一个，它被重建过或恢复过"
            if not any(one.what == what for one in found):
                found.append(StoreInconsistency(pair, what, restore))
            continue
        end = topic.spans.get(known.partition, (0, 0))[1]
        if end < known.next:
            what = f"{known.topic}/{known.partition} 止于 {end}，身份库已知到 {known.next}"
            found.append(StoreInconsistency(pair, what, restore))
    return found


def _of_groups(
    groups: GroupPositions, vault: list[StoredPosition], now: Mapping[str, TopicState]
) -> list[StoreInconsistency]:
    """Who has read further than a topic reaches, or further than the vault knows, tells of a loss."""
    found: list[StoreInconsistency] = []
    known = {(one.topic, one.partition): one.next for one in vault}

    def end_of(place: TopicPartition) -> int | None:
        topic = now.get(place.topic)
        return None if topic is None else topic.spans.get(place.partition, (0, 0))[1]

    for place, at in sorted(groups.intake.items()):
        end = end_of(place)
        if end is not None and at > end:
            found.append(
                StoreInconsistency(
                    "受理位点与报文主题",
                    f"{place.topic}/{place.partition} 止于 {end}，受理已到 {at}",
                    f"请恢复 {place.topic}，或请上游重发 {end} 之后的报文并说明。",
                )
            )
        if at > known.get(tuple(place), at):
            found.append(
                StoreInconsistency(
                    "身份库与受理位点",
                    f"{place.topic}/{place.partition} 已受理到 {at}，身份库只知到 "
                    f"{known[tuple(place)]}：身份库较旧",
                    "请恢复更新的身份库备份（与主题同一时刻）；没有的，把主题和账本也恢复到身份库"
                    "那一时刻，再请上游重发其后的报文。",
                )
            )
    for place, at in sorted(groups.outcomes.items()):
        end = end_of(place)
        if end is not None and at > end:
            found.append(
                StoreInconsistency(
                    "回执位点与所读主题",
                    f"{place.topic}/{place.partition} 止于 {end}，回执已到 {at}：该主题较旧",
                    f"请恢复更新的 {place.topic}。",
                )
            )
    return found


async def _of_books(
    consumer: AIOKafkaConsumer, books: Mapping[int, ReadUntil], ledger: str, topic: TopicState
) -> list[StoreInconsistency]:
    """Books that have read what the ledger does not hold are of another ledger, or of a later one."""
    found: list[StoreInconsistency] = []
    for partition, book in sorted(books.items()):
        first, end = topic.spans.get(partition, (0, 0))
        what = ""
        if book.next > end:
            what = f"账本已读到 {ledger}/{partition} 的 {book.next}，总账止于 {end}：总账较旧"
        elif book.last_offset is not None and book.last_offset >= first:
            place = TopicPartition(ledger, partition)
            consumer.assign([place])
            try:
                records = await records_between(
                    consumer, place, book.last_offset, book.last_offset + 1
                )
            except CorruptRecordException:
                continue  # it is told where it is read, and stops its partition alone
            if [fact_id(record) for record in records] != [book.last_id]:
                what = f"账本在 {ledger}/{partition} 的 {book.last_offset} 处读到的不是那里的事实"
        if what:
            found.append(
                StoreInconsistency(
                    "账本与总账主题",
                    what,
                    f"请恢复更新的 {ledger}；确认总账无误而账本不是它的，才用 "
                    "benefit-ledger rebuild 重建账本。",
                )
            )
    return found


async def _of_people(
    connection: Any, people: set[str], applications: list[tuple[str, str]]
) -> list[StoreInconsistency]:
    """Whoever stands in ledger or books was in the vault first; one that lacks them is older."""
    tokens = people | {token for _, token in applications}
    unknown: list[Any] = []
    unfiled: list[Any] = []
    try:
        unknown = await connection.fetch(_UNKNOWN, sorted(tokens))
        unfiled = await connection.fetch(_UNFILED, [name for name, _ in applications])
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        unknown = sorted(tokens)
    found: list[StoreInconsistency] = []
    restore = (
        "请恢复更新的身份库备份（与总账同一时刻）；不要让受理用旧的身份库启动，否则同一个人会得到"
        "新的代号，同一件事会再付一次。"
    )
    if unknown:
        what = f"总账和账本里有 {len(unknown)} 人身份库没有：身份库较旧"
        found.append(StoreInconsistency("身份库与总账主题", what, restore))
    if unfiled:
        what = f"账本里有 {len(unfiled)} 件申请身份库没有登记：身份库较旧"
        found.append(StoreInconsistency("身份库与账本", what, restore))
    return found
