"""Store positions: what vault, books, groups and topics say of how far they are."""

import asyncio
from contextlib import suppress
from typing import Any, NamedTuple

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CorruptRecordException, GroupCoordinatorNotAvailableError

from projections.queries import applications, freshness
from projections.queries.freshness import ReadUntil
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.seals.chain import ChainBroken
from services.runtime.seals.chain_at_offset import chain_at, records_between
from services.runtime.seals.ledger_seals import LedgerKeys
from services.runtime.settings import Settings
from services.runtime.vault import positions
from services.runtime.vault.positions import StoredPosition

LOOKED_AT = 100
"""Records at the end of each partition of `ledger` whose people the vault must know."""

MOST_APPLICATIONS = 500

log = structlog.get_logger(__name__)


class TopicState(NamedTuple):
    """One topic as it is now."""

    id: str
    spans: dict[int, tuple[int, int]]

    @property
    def records(self) -> int:
        """How many offsets it has given out."""
        return sum(end for _, end in self.spans.values())


class GroupPositions(NamedTuple):
    """How far intake and outcomes have come, as Kafka knows it."""

    intake: dict[TopicPartition, int]
    outcomes: dict[TopicPartition, int]


class DatabaseState(NamedTuple):
    """What the vault and the books say of themselves."""

    vault: list[StoredPosition]
    books: dict[int, ReadUntil]
    applications: list[tuple[str, str]]


async def topic_as_it_is(consumer: AIOKafkaConsumer, name: str) -> TopicState:
    metadata = await consumer._client.fetch_all_metadata()
    places = [TopicPartition(name, number) for number in metadata.partitions_for_topic(name) or ()]
    if not places:
        return TopicState("", {})
    firsts = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    spans = {place.partition: (firsts[place], ends[place]) for place in places}
    return TopicState(await topic_id(consumer._client, name), spans)


async def connected(settings: Settings) -> Any:
    try:
        return await asyncpg.connect(settings.postgres_dsn, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        log.warning("the database is away, so only topics are compared", error=repr(error))
        return None


async def database_as_it_is(connection: Any) -> DatabaseState:
    """Read what is there; a database that has no tables yet says nothing."""
    found = DatabaseState([], {}, [])
    if connection is None:
        return found
    with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        found = found._replace(vault=await positions.stored_positions(connection))
    with suppress(asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
        found = found._replace(books=await freshness.read_until(connection))
        latest = await applications.latest_filed(connection, MOST_APPLICATIONS)
        found = found._replace(applications=latest)
    return found


async def groups_as_they_are(settings: Settings) -> GroupPositions:
    """Ask for the groups' positions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        return GroupPositions(
            *[
                await _offsets_of(admin, f"{settings.topic_prefix}{name}")
                for name in GroupPositions._fields
            ]
        )
    finally:
        await admin.close()


async def _offsets_of(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, int]:
    """A group's positions; a broker that has just begun has no coordinator for the first seconds."""
    while True:
        try:
            found = await admin.list_consumer_group_offsets(group)
            return {place: at.offset for place, at in found.items()}
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.2)


async def people_of(
    consumer: AIOKafkaConsumer, ledger: str, topic: TopicState, keys: LedgerKeys
) -> set[str]:
    """The tokens of those whom the ledger has decided about last; a forged record names nobody."""
    tokens: set[str] = set()
    consumer.assign([TopicPartition(ledger, number) for number in topic.spans])
    for partition, (first, end) in topic.spans.items():
        place = TopicPartition(ledger, partition)
        start = max(first, end - LOOKED_AT)
        try:
            chain = await chain_at(consumer, place, first, start, keys)
            for record in await records_between(consumer, place, start, end):
                batch = chain.add(record)
                for fact in batch.facts if batch else ():
                    kind, _, token = (fact.key or b"").decode().partition("/")
                    if kind == "beneficiary":
                        tokens.add(token)
        except (ChainBroken, CorruptRecordException):
            continue  # the desk and the projector say so themselves
    return tokens


def fact_id(record: Any) -> str | None:
    with suppress(orjson.JSONDecodeError, AttributeError):
        return str(orjson.loads(record.value or b"").get("id"))
    return None
