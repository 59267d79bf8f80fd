"""Outcomes process: ledger and dead letters in, `benefits.outcomes.v1` out, each fact once.

In:   `ledger` (committed records only, each batch verified) and the topic of dead letters
Out:  one CloudEvent a published fact or letter, keyed by its application; positions, in the same
      transaction; gzip, which every client can read
Holds: outcomes and positions are committed together, so a fact is published once in effect to whoever
       reads committed records, and the event's id is the fact's for everybody else.

Why one transactional id and no consumer group: a successor's first act fences the one before, and
only then are positions read. With a group, a frozen member that wakes up could commit what another
has published already, because aiokafka sends no group generation with its transaction.
"""

import asyncio

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError, ProducerFenced

from events.codec import decode_fact
from events.contract.outbound import OutcomeEvent
from events.invariants import BrokenInvariant
from policies.engine.registry import Policies
from services.outcomes.last_published import place_header
from services.outcomes.outcome_of_fact import outcome_of_fact
from services.outcomes.rejections import rejection_outcome
from services.outcomes.verified_sources import Source, VerifiedSources
from services.runtime.city import policies_of
from services.runtime.errors import BrokerAway
from services.runtime.seals.chain import LoggedRecord
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
    verified = VerifiedSources(consumer, settings)
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await producer.start()  # fences whoever published before
            await consumer.start()
            ledger = settings.topics.ledger
            letters = settings.topics.dead_letters
            places = [
                TopicPartition(topic, number)
                for topic in (ledger, letters)
                for number in await producer.partitions_for(topic)
            ]
            await verified.seek(places)
        await _publish_until_stopped(
            verified,
            producer,
            settings,
            name,
            stop,
            policies or policies_of(settings),
        )
    except ProducerFenced as error:
        raise Superseded("another outcomes process has started; only one may run") from error
    except OffsetOutOfRangeError as error:
        raise BrokenInvariant(
            f"{settings.topics.ledger} does not reach the position published last: {error}; "
            "it was re-created or cut"
        ) from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    finally:
        await _stop(consumer, producer)


async def _publish_until_stopped(
    verified: VerifiedSources,
    producer: AIOKafkaProducer,
    settings: Settings,
    group: str,
    stop: asyncio.Event,
    policies: Policies,
) -> None:
    while not stop.is_set():
        sources, positions = await verified.read(_MOST_RECORDS)
        if not positions:
            continue
        outcomes = [
            (*outcome, place_header(source.place, source.record.offset))
            for source in sources
            if (outcome := _outcome(source, policies, settings.topics.dead_letters)) is not None
        ]
        async with asyncio.timeout(_LIMIT_SECONDS):
            await _commit(producer, settings.topics.outcomes, group, outcomes, positions)


def _outcome(source: Source, policies: Policies, letters: str) -> tuple[bytes, bytes] | None:
    record = source.record
    return (
        rejection_outcome(record.value)
        if source.place.topic == letters
        else outcome_record(record, policies)
    )


def outcome_record(record: LoggedRecord, policies: Policies) -> tuple[bytes, bytes] | None:
    """Turn a fact of the ledger into the key and value of an outcome, or None.

    Raises: Unreadable when the record is newer than this code
    """
    fact = decode_fact(record.value or b"")
    outcome = outcome_of_fact(fact, policies)
    if outcome is None:
        return None
    event = OutcomeEvent(
        id=fact.id,
        type=f"outcome.{outcome.outcome}",
        subject=outcome.application or outcome.source or fact.stream,
        time=fact.recorded_at,
        data=outcome,
    )
    return event.subject.encode(), event.model_dump_json(exclude_none=True).encode()


async def _commit(
    producer: AIOKafkaProducer,
    topic: str,
    group: str,
    outcomes: list[tuple[bytes, bytes, tuple[str, bytes]]],
    positions: dict[TopicPartition, int],
) -> None:
    """Publish and move on in one transaction; every acknowledgement is awaited before its end."""
    async with producer.transaction():
        sent = [
            await producer.send(
                topic,
                value=value,
                key=key,
                headers=[
                    ("content-type", b"application/cloudevents+json; charset=utf-8"),
                    place,
                ],
            )
            for key, value, place in outcomes
        ]
        # aiokafka commits happily without a batch that failed for good
        await asyncio.gather(*sent)
        await producer.send_offsets_to_transaction(positions, group)
    log.debug("outcomes published", count=len(outcomes), partitions=len(positions))


async def _stop(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
    """Leave; a dead broker is not waited for."""
    stopping = [asyncio.ensure_future(consumer.stop()), asyncio.ensure_future(producer.stop())]
    _, late = await asyncio.wait(stopping, timeout=3)
    for task in late:
        task.cancel()
