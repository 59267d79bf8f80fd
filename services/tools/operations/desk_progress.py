"""Desk progress: is every partition of `commands` being decided?

In:   `commands` and the checkpoints on `ledger`, seen from outside; the desk's consumer group
Out:  for each partition how many packets wait, and whether the desk has moved on meanwhile
Holds: says what is so whatever the desk says of itself, and whether it runs at all
"""

import asyncio
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CorruptRecordException, GroupCoordinatorNotAvailableError, KafkaError

from services.runtime.configuration import PartitionConfiguration
from services.runtime.errors import BrokerAway
from services.runtime.seals.chain import ChainBroken
from services.runtime.seals.chain_at_offset import chain_at
from services.runtime.seals.key_files import ledger_keys
from services.runtime.seals.ledger_seals import LedgerKeys
from services.runtime.settings import Settings

LOOK_AGAIN_SECONDS = 3.0
_LIMIT_SECONDS = 60.0


class PartitionProgress(NamedTuple):
    """One partition: what is decided next, how far `commands` goes, what is wrong, if anything, and by
    what it is decided."""

    partition: int
    next: int
    end: int
    wrong: str = ""
    by: PartitionConfiguration | None = None


class DeskProgress(NamedTuple):
    """What two looks at the desk have shown."""

    members: int
    stuck: list[PartitionProgress]
    waiting: int
    decided_by: tuple[PartitionConfiguration, ...] = ()


async def progress(settings: Settings) -> DeskProgress:
    """Look twice, a few seconds apart where something waits.

    Raises: BrokerAway, NotConfigured
    """
    keys = ledger_keys(settings.keys_dir, "operator")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
    )
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await consumer.start()
            members = await _members(settings)
            before = await _look(settings, consumer, keys)
            stuck = [one for one in before if one.wrong]
            if any(one.end > one.next for one in before if not one.wrong):
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                for old, now in zip(before, await _look(settings, consumer, keys), strict=True):
                    if not now.wrong and old.end > old.next == now.next:
                        stuck.append(now)
            waiting = sum(max(0, one.end - one.next) for one in before)
            decided_by = tuple(one.by for one in before if one.by is not None)
            return DeskProgress(members, stuck, waiting, decided_by)
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=3)


async def _members(settings: Settings) -> int:
    """How many desks are in their group."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        answers = await admin.describe_consumer_groups([f"{settings.topic_prefix}desk"])
        return sum(len(group[5]) for answer in answers for group in answer.groups)
    except GroupCoordinatorNotAvailableError:
        return 0
    finally:
        await admin.close()


async def _look(
    settings: Settings, consumer: AIOKafkaConsumer, keys: LedgerKeys
) -> list[PartitionProgress]:
    topics = settings.topics
    numbers = range(settings.partitions)
    ledger = [TopicPartition(topics.ledger, number) for number in numbers]
    commands = [TopicPartition(topics.commands, number) for number in numbers]
    consumer.assign(ledger)
    firsts, ends = await consumer.beginning_offsets(ledger), await consumer.end_offsets(ledger)
    written = await consumer.end_offsets(commands)
    found = []
    for place, asked in zip(ledger, commands, strict=True):
        consumer.assign([place])
        number, end = place.partition, written[asked]
        try:
            chain = await chain_at(consumer, place, firsts[place], ends[place], keys)
            if (last := chain.last) is None:
                found.append(PartitionProgress(number, 0, end))
                continue
            by = PartitionConfiguration(number, last.configuration, last.desk)
            found.append(PartitionProgress(number, last.next, end, by=by))
        except ChainBroken as broken:
            found.append(PartitionProgress(number, 0, end, str(broken)))
        except CorruptRecordException as error:
            found.append(
                PartitionProgress(number, 0, end, f"{topics.ledger}/{number} 已损坏：{error}")
            )
    return found
