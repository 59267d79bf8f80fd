"""Topics: every topic of the ledger, with its partitions and settings, created and checked.

In:   settings (prefix, partitions, replication)
Holds: topics are made here and never by accident; `commands` and `ledger` have the same count; on
       one node what a topic acknowledges is on its disk; a ledger is never begun anew behind the
       back of commands that were decided.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from services.runtime.errors import BrokerAway, LedgerGone, TopicDiffers, TopicsMissing

INBOUND = (
    "applications",
    "reviews",
    "bank-results",
    "clawbacks",
    "status",
    "budgets",
    "vouchers",
    "statements",
)
_DAY_MS = 24 * 3600 * 1000
_MIB = 1024 * 1024
_TIMEOUT_MS = 30_000
_FLUSH = "flush.messages"
_OF_THE_TOPIC = 1  # Kafka's ConfigSource.DYNAMIC_TOPIC_CONFIG


@dataclass(frozen=True, slots=True)
class Topics:
    """The names of the topics; a prefix keeps two ledgers on one broker apart."""

    prefix: str = ""

    @property
    def commands(self) -> str:
        """Packets of commands, one topic for all streams."""
        return f"{self.prefix}commands"

    @property
    def ledger(self) -> str:
        """The truth: facts and checkpoints."""
        return f"{self.prefix}ledger"

    @property
    def standings(self) -> str:
        """Snapshots of folded streams."""
        return f"{self.prefix}standings"

    @property
    def outcomes(self) -> str:
        """What upstream is told, without personal data."""
        return f"{self.prefix}benefits.outcomes.v1"

    @property
    def dead_letters(self) -> str:
        """What could not be read, encrypted, with the reason."""
        return f"{self.prefix}benefits.dead-letters.v1"

    @property
    def inbound(self) -> Mapping[str, str]:
        """What upstream publishes, by the noun of `INBOUND`."""
        return MappingProxyType({noun: f"{self.prefix}benefits.{noun}.v1" for noun in INBOUND})

    def __iter__(self) -> Iterator[str]:
        yield from self.inbound.values()
        yield from (self.commands, self.ledger, self.standings, self.outcomes, self.dead_letters)


class Planned(NamedTuple):
    """One topic as it has to be."""

    name: str
    partitions: int
    configs: dict[str, str]


def plan(topics: Topics, partitions: int, replication: int = 1) -> list[Planned]:
    """Every topic with its partition count and settings.

    Units: retention in milliseconds, -1 is for ever
    """
    safe = {"unclean.leader.election.enable": "false"}
    if replication >= 3:
        safe["min.insync.replicas"] = "2"
    # On one node Kafka acknowledges before the disk has it, and a power cut takes what it has not:
    # commands and facts, but also what upstream was told has arrived, and what was told to upstream.
    flushed = {_FLUSH: "1"} if replication == 1 else {}
    kept = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    large = {"max.message.bytes": str(4 * _MIB)}

    def for_days(days: int) -> dict[str, str]:
        return {"cleanup.policy": "delete", "retention.ms": str(days * _DAY_MS)}

    own = [
        Planned(topics.commands, partitions, safe | kept | large | flushed),
        Planned(topics.ledger, partitions, safe | kept | large | flushed),
        Planned(topics.standings, partitions, safe | large | {"cleanup.policy": "compact"}),
        Planned(topics.outcomes, partitions, safe | large | flushed | for_days(365)),
        # an encrypted record is longer than the one it holds
        Planned(
            topics.dead_letters,
            1,
            safe | flushed | for_days(90) | {"max.message.bytes": str(8 * _MIB)},
        ),
    ]
    # A message arrives when the broker has it, whatever its sender's clock says.
    arrival = {"message.timestamp.type": "LogAppendTime"}
    # They carry identities, so they are not kept longer than intake may be away.
    upstream = [
        Planned(name, partitions, safe | large | flushed | for_days(7) | arrival)
        for name in topics.inbound.values()
    ]
    return upstream + own


async def create_topics(
    bootstrap: str, partitions: int, replication: int = 1, topics: Topics | None = None
) -> list[str]:
    """Create what is missing, check the rest, and wait until every partition has a leader.

    Shape:  names of the topics that were created now
    Raises: BrokerAway, TopicDiffers, LedgerGone
    """
    planned = plan(topics or Topics(), partitions, replication)
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
    planned = [topic for topic in plan(topics, 1, replication) if _FLUSH in topic.configs]
    async with _Admin(bootstrap) as admin:
        found = await _configs(admin, planned)
    return [topic.name for topic in planned if found[topic.name].get(_FLUSH) != "1"]


async def check_topics(
    bootstrap: str, partitions: int, replication: int = 1, topics: Topics | None = None
) -> None:
    """Refuse to go on with a topic that is missing, or that differs where it would lose facts.

    Raises: BrokerAway, TopicsMissing, TopicDiffers
    """
    async with _Admin(bootstrap) as admin:
        await _check(admin, plan(topics or Topics(), partitions, replication))


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


async def _create(admin: AIOKafkaAdminClient, missing: list[Planned], replication: int) -> None:
    answer = await admin.create_topics(
        [NewTopic(t.name, t.partitions, replication, topic_configs=t.configs) for t in missing],
        timeout_ms=_TIMEOUT_MS,
    )
    for name, code, *message in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # another process was a moment faster
            raise error(f"topic {name}: {message}")


async def _until_led(admin: AIOKafkaAdminClient, created: list[Planned]) -> None:
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
    for gone, kept in ((topics.ledger, topics.commands), (topics.commands, topics.ledger)):
        if gone in missing and kept not in missing:
            count = await _offsets_given(bootstrap, kept)
            if count:
                raise LedgerGone(gone, f"{kept} 里有 {count:,} 条记录")


async def _offsets_given(bootstrap: str, topic: str) -> int:
    """How many offsets a topic has given out so far."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        return sum((await consumer.end_offsets(consumer.assignment())).values())
    finally:
        await consumer.stop()


async def _flush(admin: AIOKafkaAdminClient, planned: list[Planned]) -> None:
    """Let topics of an older ledger flush too; whatever else their operator has set stays."""
    found = await _configs(admin, planned, own=True)
    changing = [
        ConfigResource(ConfigResourceType.TOPIC, topic.name, found[topic.name] | {_FLUSH: "1"})
        for topic in planned
        if _FLUSH in topic.configs and found[topic.name].get(_FLUSH) != "1"
    ]
    if changing:
        await admin.alter_configs(changing)


async def _check(admin: AIOKafkaAdminClient, planned: list[Planned]) -> None:
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
    admin: AIOKafkaAdminClient, planned: list[Planned], *, own: bool = False
) -> dict[str, dict[str, Any]]:
    """Read settings; `own` leaves out what a topic merely takes from its broker."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in planned]
    (answer,) = await admin.describe_configs(resources)
    return {
        name: {entry[0]: entry[1] for entry in entries if not own or entry[3] == _OF_THE_TOPIC}
        for _code, _message, _type, name, entries in answer.resources
    }
