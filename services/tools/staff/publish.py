"""Publish: put messages from a file on their topics, as any upstream system would.

In:   a file of CloudEvents in structured mode: JSON lines, one document, or an array
Out:  records on the topics that their types belong to
"""

from collections.abc import Iterator
from typing import NamedTuple

import orjson

from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.check import documents
from services.machine.connections import producing
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings

_CLOUDEVENT = [("content-type", b"application/cloudevents+json; charset=utf-8")]


class NoMessage(OperatingFailure):
    """A line of the file is no message with a type that has a topic."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(
            f"第 {line} 行{why}，整份没有发布。",
            "用 `benefit-ledger check FILE` 逐行查看问题，改好后再发布。",
        )


class OutgoingMessage(NamedTuple):
    """One line, ready for its topic."""

    feed: str
    key: bytes
    value: bytes


def messages(raw: bytes) -> Iterator[OutgoingMessage]:
    """Read a file's messages.

    Raises: NoMessage
    """
    for number, line in documents(raw):
        try:
            event = orjson.loads(line)
            entry = TYPES[event["type"]]
        except orjson.JSONDecodeError as error:
            raise NoMessage(number, "不是 JSON") from error
        except (KeyError, TypeError) as error:
            raise NoMessage(number, "没有已知的报文类型（type）") from error
        yield OutgoingMessage(entry.feed, str(event.get("id", number)).encode(), line.strip())


async def publish(settings: Settings, raw: bytes) -> int:
    """Publish a file; it is read whole first, so that a bad line publishes nothing.

    Shape:  how many messages were acknowledged
    Raises: NoMessage; BrokerAway when not all is acknowledged in time
    """
    found = list(messages(raw))
    async with producing(settings.kafka_bootstrap) as producer:
        inbound = settings.topics.inbound
        sent = [
            await producer.send(
                inbound[message.feed], message.value, message.key, headers=_CLOUDEVENT
            )
            for message in found
        ]
        for acknowledged in sent:
            await acknowledged
    return len(found)
