"""Publish: put messages from a file on their topics, as any upstream system would.

In:   JSON lines, each a CloudEvent in structured mode
Out:  records on the topics that their types belong to
"""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaProducer

from events.inbound.catalogue import TYPES
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings

_TIMEOUT_SECONDS = 30.0
_CLOUDEVENT = [("content-type", b"application/cloudevents+json; charset=utf-8")]


class NoMessage(OperatingFailure):
    """A line of the file is no message with a type that has a topic."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(
            f"Line {line}: {why}",
            "Nothing was published. `benefit-ledger check FILE` says what is wrong with each line.",
        )


class Message(NamedTuple):
    """One line, ready for its topic."""

    feed: str
    key: bytes
    value: bytes


def messages(lines: Iterable[bytes]) -> Iterator[Message]:
    """Read JSON lines; empty ones are passed over.

    Raises: NoMessage
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            event = orjson.loads(line)
            entry = TYPES[event["type"]]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise NoMessage(number, f"no message of a known type ({error!r})") from error
        yield Message(entry.feed, str(event.get("id", number)).encode(), line.strip())


async def publish(settings: Settings, path: Path) -> int:
    """Publish a file; it is read whole first, so that a bad line publishes nothing.

    Shape:  how many messages were acknowledged
    Raises: NoMessage; TimeoutError when the broker does not acknowledge
    """
    with path.open("rb") as lines:
        found = list(messages(lines))
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, enable_idempotence=True, acks="all"
    )
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        await producer.start()
    try:
        inbound = settings.topics.inbound
        sent = [
            await producer.send(
                inbound[message.feed], message.value, message.key, headers=_CLOUDEVENT
            )
            for message in found
        ]
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await asyncio.gather(*sent)
    finally:
        await producer.stop()
    return len(found)
