"""Inbound: the messages that upstream has published to a running ledger, as a file for `simulate`.

In:   the topics `benefits.*.v1` from their beginning, and `ledger` for when a batch was prepared
Out:  a message a line, in the order in which Kafka has taken them
Holds: a message in binary mode is written in structured mode; one without a value is left out
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

_NOT_INBOUND = ("dead-letters", "outcomes")
_WAIT_SECONDS = 10.0
_ATTRIBUTE = "ce_"


class Arrived(NamedTuple):
    """One message with its place in time."""

    at_ms: int
    topic: str
    partition: int
    offset: int
    line: bytes


def read_inbound(bootstrap: str) -> list[bytes]:
    """Read every inbound message, a line each, in the order of their arrival."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "same-behaviour",
            "enable.auto.commit": False,
            "enable.partition.eof": False,
            "isolation.level": "read_committed",
            "log_level": 2,
        }
    )
    try:
        ends = _ends(consumer)
        arrived = _read(consumer, ends)
    finally:
        consumer.close()
    return [one.line for one in sorted(arrived)]


def _ends(consumer: Consumer) -> dict[tuple[str, int], int]:
    topics = consumer.list_topics(timeout=_WAIT_SECONDS).topics
    ends = {}
    for name, topic in topics.items():
        parts = name.split(".")
        if len(parts) != 3 or parts[0] != "benefits" or parts[1] in _NOT_INBOUND:
            continue
        for partition in topic.partitions:
            low, high = consumer.get_watermark_offsets(
                TopicPartition(name, partition), timeout=_WAIT_SECONDS
            )
            if high > low:
                ends[name, partition] = high
    return ends


def _read(consumer: Consumer, ends: dict[tuple[str, int], int]) -> list[Arrived]:
    consumer.assign([TopicPartition(name, number, OFFSET_BEGINNING) for name, number in ends])
    found, open_ones = [], dict(ends)
    while open_ones:
        message = consumer.poll(_WAIT_SECONDS)
        if message is None:
            raise TimeoutError(f"no more messages, but {len(open_ones)} partitions go on")
        if error := message.error():
            raise ConnectionError(str(error))
        place = str(message.topic()), int(message.partition() or 0)
        offset = int(message.offset() or 0)
        if (line := line_of(message.value(), _headers(message))) is not None:
            found.append(Arrived(message.timestamp()[1], *place, offset, line))
        if offset + 1 >= open_ones.get(place, 0):
            open_ones.pop(place, None)
    return found


def line_of(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> bytes | None:
    """Write a message as one line; None where a line cannot say it."""
    if not value or b"\n" in value:
        return None
    attributes = {
        name.removeprefix(_ATTRIBUTE): text.decode()
        for name, text in headers
        if name.startswith(_ATTRIBUTE)
    }
    if not attributes:
        return value
    return orjson.dumps({**attributes, "data": orjson.loads(value)})


def _headers(message: Message) -> list[tuple[str, bytes]]:
    found: Any = message.headers()  # typed as if a list, a dictionary and None came
    return [(name, text or b"") for name, text in found or ()]
