"""Letter topic: fetch one dead letter by its offset, and put a corrected message on its own topic.

Holds: what is put is marked as standing in a letter's place; it is read like any other message
"""

import asyncio
from collections.abc import Sequence

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from events.ids import LetterPlace, letter_place
from services.runtime.errors import BrokerAway, OperatingFailure
from services.runtime.kafka.dead_letters import KeyNamed, OpenedLetter, unseal
from services.runtime.settings import Settings

RESUBMITS = "benefit-ledger-resubmits"
"""Header that names the letter in whose place a message stands."""

_TIMEOUT_SECONDS = 20.0
_MOST_BYTES = 8 * 1024 * 1024
_STRUCTURED = ("content-type", b"application/cloudevents+json; charset=utf-8")


class NoLetter(OperatingFailure):
    """The letter is not on its topic any more, or its day's key is destroyed."""

    def __init__(self, letter: str) -> None:
        super().__init__(
            f"死信 {letter} 已过保存期，或当日密钥已销毁，内容打不开。", "请发送方重发原报文。"
        )


class NotOfTheLedger(OperatingFailure):
    """The letter's topic is none that upstream publishes to."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"主题 {topic} 不是上游报文的主题。", "请核对死信编号。")


async def fetch_letter(
    settings: Settings, letter: str, offset: int, key_named: KeyNamed
) -> OpenedLetter:
    """Open the letter that lies at an offset of the topic of dead letters.

    Raises: NoLetter, BrokerAway, WrongKey
    """
    raw = await _record(settings, offset)
    if raw is None or _named(raw) != letter:
        raise NoLetter(letter)
    opened = await unseal(raw, key_named)
    if opened is None:
        raise NoLetter(letter)
    return opened


def _named(raw: bytes) -> str:
    record = orjson.loads(raw)
    place = LetterPlace(record["topic"], record["partition"], record["offset"], record["line"] or 0)
    return str(place)


async def _record(settings: Settings, offset: int) -> bytes | None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        max_partition_fetch_bytes=_MOST_BYTES,
    )
    partition = TopicPartition(settings.topics.dead_letters, 0)
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await consumer.start()
            consumer.assign([partition])
            first = (await consumer.beginning_offsets([partition]))[partition]
            end = (await consumer.end_offsets([partition]))[partition]
            if not first <= offset < end:
                return None
            consumer.seek(partition, offset)
            found = await consumer.getone(partition)
            return found.value if found.offset == offset else None
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=5)


async def resubmit_message(
    settings: Settings,
    letter: str,
    value: bytes,
    headers: Sequence[tuple[str, bytes | None]] = (),
) -> None:
    """Put a corrected message on the topic of the one that was refused.

    Raises: NotOfTheLedger, BrokerAway
    """
    topic = letter_place(letter).topic
    if topic not in settings.topics.inbound.values():
        raise NotOfTheLedger(topic)
    headers_to_keep = [(name, raw or b"") for name, raw in headers if name.lower() != RESUBMITS]
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, enable_idempotence=True, acks="all",
        max_request_size=_MOST_BYTES,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await producer.start()
            sent = [*(headers_to_keep or [_STRUCTURED]), (RESUBMITS, letter.encode())]
            await producer.send_and_wait(topic, value, key=letter.encode(), headers=sent)
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    finally:
        await asyncio.wait([asyncio.ensure_future(producer.stop())], timeout=5)
