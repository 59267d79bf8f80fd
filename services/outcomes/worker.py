"""Outcomes process: ledger and dead letters in, `benefits.outcomes.v1` out, each fact once.

In:   `ledger` (committed records only; checkpoints are skipped) and the topic of dead letters
Out:  one CloudEvent a told fact or letter, keyed by its application; positions, in the same
      transaction; gzip, which every client can read
Holds: outcomes and positions are committed together, so a fact is told once in effect to whoever
       reads committed records, and the event's id is the fact's for everybody else.

Why one transactional id and no consumer group: a successor's first act fences the one before, and
only then are positions read. With a group, a frozen member that wakes up could commit what another
has told already, because aiokafka sends no group generation with its transaction.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError, ProducerFenced
from aiokafka.structs import ConsumerRecord

from events.codec import CHECKPOINT_KEY, decode_fact
from events.invariants import BrokenInvariant
from events.outbound import OutcomeEvent
from policies.registry import Policies
from services.outcomes.rejected import rejected
from services.outcomes.telling import told
from services.runtime.errors import BrokerAway
from services.runtime.settings import Settings

_MOST_RECORDS = 2_000
_LIMIT_SECONDS = 20.0
_TRANSACTION_MS = 30_000

log = structlog.get_logger()


class Superseded(Exception):
    """Another outcomes process has taken over; this one must end."""


async def run(settings: Settings, stop: asyncio.Event, policies: Policies | None = None) -> None:
    """Tell until asked to stop.

    Raises: BrokerAway, Superseded; BrokenInvariant when the positions do not fit the ledger
    """
    name = f"{settings.topic_prefix}outcomes"
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        transactional_id=name,
        transaction_timeout_ms=_TRANSACTION_MS,
        compression_type="gzip",  # lz4 is a stranger to some clients of upstream
        linger_ms=2,
        max_request_size=4_000_000,
    )
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=name,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="none",
    )
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await producer.start()  # fences whoever told before
            await consumer.start()
            ledger = settings.topics.ledger
            letters = settings.topics.dead_letters
            places = [
                TopicPartition(topic, number)
                for topic in (ledger, letters)
                for number in await producer.partitions_for(topic)
            ]
            await _seek(consumer, places, letters)
        await _tell(
            consumer,
            producer,
            settings,
            name,
            stop,
            policies or Policies.load(overrides=settings.parameters),
        )
    except ProducerFenced as error:
        raise Superseded("another outcomes process has started; only one may run") from error
    except OffsetOutOfRangeError as error:
        raise BrokenInvariant(
            f"{settings.topics.ledger} does not reach the position told last: {error}; "
            "it was re-created or cut"
        ) from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    finally:
        await _stop(consumer, producer)


async def _seek(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], letters: str
) -> None:
    """Take every partition from the position that was committed last; letters may have expired."""
    consumer.assign(partitions)
    for partition in partitions:
        told_until = await consumer.committed(partition)
        if told_until is not None and partition.topic == letters:
            first = (await consumer.beginning_offsets([partition]))[partition]
            consumer.seek(partition, max(told_until, first))
        elif told_until is None:
            await consumer.seek_to_beginning(partition)
        else:
            consumer.seek(partition, told_until)


async def _tell(
    consumer: AIOKafkaConsumer,
    producer: AIOKafkaProducer,
    settings: Settings,
    group: str,
    stop: asyncio.Event,
    policies: Policies,
) -> None:
    while not stop.is_set():
        found = await consumer.getmany(timeout_ms=300, max_records=_MOST_RECORDS)
        if not found:
            continue
        outcomes = [
            outcome
            for records in found.values()
            for record in records
            if (outcome := _outcome(record, policies, settings.topics.dead_letters)) is not None
        ]
        positions = {partition: records[-1].offset + 1 for partition, records in found.items()}
        async with asyncio.timeout(_LIMIT_SECONDS):
            await _commit(producer, settings.topics.outcomes, group, outcomes, positions)


def _outcome(
    record: "ConsumerRecord[Any, Any]", policies: Policies, letters: str
) -> tuple[bytes, bytes] | None:
    return rejected(record.value) if record.topic == letters else outcome_of(record, policies)


def outcome_of(
    record: "ConsumerRecord[Any, Any]", policies: Policies
) -> tuple[bytes, bytes] | None:
    """Turn a record of the ledger into the key and value of an outcome, or None.

    Raises: Unreadable when the record is newer than this code
    """
    if record.key == CHECKPOINT_KEY or record.value is None:
        return None
    fact = decode_fact(record.value)
    said = told(fact, policies)
    if said is None:
        return None
    event = OutcomeEvent(
        id=fact.id,
        type=f"outcome.{said.outcome}",
        subject=said.application or said.source or fact.stream,
        time=fact.recorded_at,
        data=said,
    )
    return event.subject.encode(), event.model_dump_json(exclude_none=True).encode()


async def _commit(
    producer: AIOKafkaProducer,
    topic: str,
    group: str,
    outcomes: list[tuple[bytes, bytes]],
    positions: dict[TopicPartition, int],
) -> None:
    """Publish and move on in one transaction; every acknowledgement is awaited before its end."""
    async with producer.transaction():
        sent = [
            await producer.send(
                topic,
                value=value,
                key=key,
                headers=[("content-type", b"application/cloudevents+json; charset=utf-8")],
            )
            for key, value in outcomes
        ]
        # aiokafka commits happily without a batch that failed for good
        await asyncio.gather(*sent)
        await producer.send_offsets_to_transaction(positions, group)
    log.debug("outcomes told", told=len(outcomes), partitions=len(positions))


async def _stop(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
    """Leave; a dead broker is not waited for."""
    stopping = [asyncio.ensure_future(consumer.stop()), asyncio.ensure_future(producer.stop())]
    _, late = await asyncio.wait(stopping, timeout=3)
    for task in late:
        task.cancel()
