"""Raw topics: read them whole with a client that has nothing to do with ours (librdkafka)."""

from collections.abc import Iterator
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaException, TopicPartition

_TIMEOUT_SECONDS = 30.0


class Raw(NamedTuple):
    """One record."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes


def ends(bootstrap: str, topic: str, partitions: int) -> list[int]:
    """Tell the offsets that are written next, by the broker's high watermarks."""
    consumer = _consumer(bootstrap, "read_uncommitted")
    try:
        return [
            consumer.get_watermark_offsets(TopicPartition(topic, part), timeout=_TIMEOUT_SECONDS)[1]
            for part in range(partitions)
        ]
    finally:
        consumer.close()


def read(bootstrap: str, topic: str, partition: int, *, committed: bool) -> Iterator[Raw]:
    """Yield one partition's records, from the first to the last that is written now."""
    consumer = _consumer(bootstrap, "read_committed" if committed else "read_uncommitted")
    at = TopicPartition(topic, partition, 0)
    try:
        _, end = consumer.get_watermark_offsets(at, timeout=_TIMEOUT_SECONDS)
        if not end:
            return
        consumer.assign([at])
        while True:
            for message in consumer.consume(1000, timeout=0.2):
                if error := message.error():
                    raise KafkaException(error)
                yield Raw(partition, message.offset() or 0, message.key(), message.value() or b"")
            (now,) = consumer.position([at])
            if now.offset >= end:
                return
    finally:
        consumer.close()


def _consumer(bootstrap: str, isolation: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "reader-of-raw-topics",
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "isolation.level": isolation,
            "enable.partition.eof": False,
        }
    )


def last_of(bootstrap: str, topic: str, partition: int, key: bytes) -> bytes:
    """Find the last committed record with this key, or nothing; it stands near the end."""
    consumer = _consumer(bootstrap, "read_committed")
    at = TopicPartition(topic, partition)
    try:
        first, end = consumer.get_watermark_offsets(at, timeout=_TIMEOUT_SECONDS)
        step = 10
        while end > first:
            start = max(first, end - step)
            found = b""
            for record in _between(consumer, topic, partition, start, end):
                if record.key == key:
                    found = record.value
            if found or start == first:
                return found
            step *= 10
        return b""
    finally:
        consumer.close()


def _between(consumer: Consumer, topic: str, partition: int, start: int, end: int) -> Iterator[Raw]:
    at = TopicPartition(topic, partition, start)
    consumer.assign([at])
    idle = 0
    while idle < 2:  # what an unfinished transaction hides does not come
        messages = consumer.consume(1000, timeout=0.1)
        idle = 0 if messages else idle + 1
        for message in messages:
            if error := message.error():
                raise KafkaException(error)
            yield Raw(partition, message.offset() or 0, message.key(), message.value() or b"")
        (now,) = consumer.position([at])
        if now.offset >= end:
            return


def partitions(bootstrap: str, topic: str) -> int:
    """Tell how many partitions a topic has."""
    consumer = _consumer(bootstrap, "read_committed")
    try:
        return len(consumer.list_topics(topic, timeout=_TIMEOUT_SECONDS).topics[topic].partitions)
    finally:
        consumer.close()
