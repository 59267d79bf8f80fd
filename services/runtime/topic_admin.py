"""Topic admin: the topics of the ledger are created and checked, here and never by accident.

Holds: a ledger is never begun anew behind the back of commands that were decided; a topic that
       would lose facts is refused.
"""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from services.runtime.errors import BrokerAway, LedgerGone, TopicDiffers, TopicsMissing
from services.runtime.topics import FLUSH, PlannedTopic, Topics, planned_topics

_TIMEOUT_MS = 30_000
_OF_THE_TOPIC = 1  # Kafka's ConfigSource.DYNAMIC_TOPIC_CONFIG


async def create_topics(
    bootstrap: str, partitions: int, replication: int = 1, topics: Topics | None = None
) -> list[str]:
    """Create what is missing, check the rest, and wait until every partition has a leader.

    Shape:  names of the topics that were created now
    Raises: BrokerAway, TopicDiffers, LedgerGone
    """
    planned = planned_topics(topics or Topics(), partitions, replication)
    async with _Admin(bootstrap) as admin:
        present = await _partition_counts(admin, [topic.name for topic in planned])
        missing = [topic for topic in planned if topic.name not in present]
        await _no_new_ledger(bootstrap, topics or Topics(), {topic.name for topic in missing})
        if missing:
            await _create(admin, missing, replication)
            await _until_led(admin, missing)
        await _check(admin, planned)
        await _flush(admin, planned)
    return [topic.name for topic in missing]


async def unflushed(bootstrap: str, replication: int, topics: Topics) -> list[str]:
    """Name the topics that acknowledge what a power cut may take.

    Raises: BrokerAway
    """
    planned = [topic for topic in planned_topics(topics, 1, replication) if FLUSH in topic.configs]
    async with _Admin(bootstrap) as admin:
        found = await _configs(admin, planned)
    return [topic.name for topic in planned if found[topic.name].get(FLUSH) != "1"]


async def check_topics(
    bootstrap: str, partitions: int, replication: int = 1, topics: Topics | None = None
) -> None:
    """Refuse to go on with a topic that is missing, or that differs where it would lose facts.

    Raises: BrokerAway, TopicsMissing, TopicDiffers
    """
    async with _Admin(bootstrap) as admin:
        await _check(admin, planned_topics(topics or Topics(), partitions, replication))


async def delete_topics(bootstrap: str, topics: Topics) -> None:
    """Delete every topic of a prefix; the unprefixed ones are the ledger and are never deleted."""
    if not topics.prefix:
        raise ValueError("the topics of a ledger without a prefix are not deleted by a program")
    async with _Admin(bootstrap) as admin:
        await admin.delete_topics(list(topics), timeout_ms=_TIMEOUT_MS)


class _Admin:
    """Kafka's admin client, with a time limit, and with our error when nobody answers."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def __aenter__(self) -> AIOKafkaAdminClient:
        self._client = AIOKafkaAdminClient(
            bootstrap_servers=self._bootstrap, request_timeout_ms=_TIMEOUT_MS
        )
        try:
            await self._client.start()
        except (KafkaError, OSError) as error:
            await self._client.close()
            raise BrokerAway(self._bootstrap, str(error)) from error
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


async def _create(
    admin: AIOKafkaAdminClient, missing: list[PlannedTopic], replication: int
) -> None:
    answer = await admin.create_topics(
        [NewTopic(t.name, t.partitions, replication, topic_configs=t.configs) for t in missing],
        timeout_ms=_TIMEOUT_MS,
    )
    for name, code, *message in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # another process was a moment faster
            raise error(f"topic {name}: {message}")


async def _until_led(admin: AIOKafkaAdminClient, created: list[PlannedTopic]) -> None:
    wanted = {topic.name: topic.partitions for topic in created}
    async with asyncio.timeout(_TIMEOUT_MS / 1000):
        while (await _partition_counts(admin, list(wanted))).items() < wanted.items():
            await asyncio.sleep(0.02)


async def _partition_counts(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, int]:
    """How many partitions of each topic have a leader; topics that are not there are left out."""
    described = await admin.describe_topics(names)
    return {
        topic["topic"]: sum(1 for part in topic["partitions"] if part["leader"] >= 0)
        for topic in described
        if topic["error_code"] == 0
    }


async def _no_new_ledger(bootstrap: str, topics: Topics, missing: Collection[str]) -> None:
    """Refuse an empty ledger over commands that were decided on another one, and the reverse.

    Raises: LedgerGone
    """
    for gone, present in ((topics.ledger, topics.commands), (topics.commands, topics.ledger)):
        if gone in missing and present not in missing:
            count = await _offsets_given(bootstrap, present)
            if count:
                raise LedgerGone(gone, f"{present} 里有 {count:,} 条记录")


async def _offsets_given(bootstrap: str, topic: str) -> int:
    """How many offsets a topic has given out so far."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        return sum((await consumer.end_offsets(consumer.assignment())).values())
    finally:
        await consumer.stop()


async def _flush(admin: AIOKafkaAdminClient, planned: list[PlannedTopic]) -> None:
    """Let topics of an older ledger flush too; whatever else their operator has set stays."""
    found = await _configs(admin, planned, own=True)
    changing = [
        ConfigResource(ConfigResourceType.TOPIC, topic.name, found[topic.name] | {FLUSH: "1"})
        for topic in planned
        if FLUSH in topic.configs and found[topic.name].get(FLUSH) != "1"
    ]
    if changing:
        await admin.alter_configs(changing)


async def _check(admin: AIOKafkaAdminClient, planned: list[PlannedTopic]) -> None:
    described = {t["topic"]: t for t in await admin.describe_topics([t.name for t in planned])}
    missing = [t.name for t in planned if described[t.name]["error_code"] != 0]
    if missing:
        raise TopicsMissing(missing)
    for topic in planned:
        count = len(described[topic.name]["partitions"])
        if count != topic.partitions:
            raise TopicDiffers(topic.name, f"it has {count} partitions, not {topic.partitions}")

    found = await _configs(admin, planned)
    for topic in planned:
        differences = [
            f"{key} is {found[topic.name].get(key)}, not {value}"
            for key, value in topic.configs.items()
            if key in _NEVER_OTHERWISE and found[topic.name].get(key) != value
        ]
        if differences:
            raise TopicDiffers(topic.name, "; ".join(differences))


# Another value of these would lose facts in silence; all others are the operator's to tune.
_NEVER_OTHERWISE = {"cleanup.policy", "unclean.leader.election.enable"}


async def _configs(
    admin: AIOKafkaAdminClient, planned: list[PlannedTopic], *, own: bool = False
) -> dict[str, dict[str, Any]]:
    """Read settings; `own` leaves out what a topic merely takes from its broker."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in planned]
    (answer,) = await admin.describe_configs(resources)
    return {
        name: {entry[0]: entry[1] for entry in entries if not own or entry[3] == _OF_THE_TOPIC}
        for _code, _message, _type, name, entries in answer.resources
    }
