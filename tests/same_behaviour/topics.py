"""Topics: what upstream has sent to a running ledger, as a file for `simulate`, and what it was told.

In:   the topics `benefits.*.v1` from their beginning, and `ledger` for when a batch was prepared;
      what stands in the books about each batch
Out:  a message a line, and a line for each batch of staff, in the order in which Kafka has taken them
Holds: a message in binary mode is written in structured mode; one without a value is left out
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import psycopg
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    Message,
    TopicPartition,
)

_NOT_INBOUND = ("dead-letters", "outcomes")
_WAIT_SECONDS = 10.0
_ATTRIBUTE = "ce_"
_LEDGER = "ledger"
_OUTCOMES = "benefits.outcomes.v1"
_OF_VOUCHERS = (b'"outcome":"voucher_', b'"application":"voucher/')
_OWN = ("id", "time")
_PREPARED = b'"type":"BatchPrepared"'
_LAST_DAY = "2022-12-31T09:00:00+08:00"
_BATCHES = """
    SELECT b.batch, b.requested_at, jsonb_build_object(
        'bank_account', b.bank_account, 'fund', b.fund, 'district', b.district,
        'maker', b.maker, 'checker', b.checker,
        'applications', jsonb_agg(DISTINCT d.application ORDER BY d.application))
    FROM books.batches b
    JOIN books.disbursement_attempts a ON a.batch = b.batch
    JOIN books.disbursements d ON d.disbursement = a.disbursement
    WHERE b.checker IS NOT NULL
    GROUP BY b.batch, b.requested_at, b.bank_account, b.fund, b.district, b.maker, b.checker
"""


class Arrived(NamedTuple):
    """One message with its place in time."""

    at_ms: int
    topic: str
    partition: int
    offset: int
    line: bytes


def read_inbound(bootstrap: str, batches: Mapping[str, bytes]) -> list[bytes]:
    """Read every inbound message, a line each, in the order of their arrival.

    Shape: `batches` is a line for each batch, put where the ledger says that it was prepared
    """

    def line(message: Message) -> bytes | None:
        if message.topic() == _LEDGER:
            return _prepared(message.value(), batches)
        return line_of(message.value(), _headers(message))

    arrived = _read(bootstrap, lambda topic: topic == _LEDGER or _is_inbound(topic), line)
    return [*(one.line for one in sorted(arrived)), _calendar(_LAST_DAY)]


def read_outcomes(bootstrap: str) -> list[str]:
    """Read what upstream was told, sorted; without ids and instants, which are each run's own.

    Shape:  outcomes of vouchers are left out: a demo's depend on which of two messages comes first
    """
    arrived = _read(bootstrap, lambda topic: topic == _OUTCOMES, lambda message: message.value())
    told = [orjson.loads(one.line) for one in arrived if not by_arrival(one.line)]
    for event in told:
        for name in _OWN:
            event.pop(name, None)
    return sorted(orjson.dumps(event, option=orjson.OPT_SORT_KEYS).decode() for event in told)


def by_arrival(outcome: bytes) -> bool:
    """Whether an outcome is about a voucher: a step of it, or a step that was refused."""
    return any(mark in outcome for mark in _OF_VOUCHERS)


def batch_lines(dsn: str) -> dict[str, bytes]:
    """Write each batch of the books as the line by which `simulate` prepares, releases and sends it."""
    with psycopg.connect(dsn) as books:
        rows = books.execute(_BATCHES).fetchall()
    return {
        name: _staff("batch", name, at.isoformat(), {"batch": name, **data})
        for name, at, data in rows
    }


def _calendar(at: str) -> bytes:
    return _staff("calendar", at, at, {})


def _staff(act: str, number: str, at: str, data: dict[str, Any]) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"{act}-{number}",
        "source": "same-behaviour",
        "type": f"staff.{act}",
        "time": at,
        "data": data,
    }
    return orjson.dumps(event)


def _is_inbound(topic: str) -> bool:
    parts = topic.split(".")
    return len(parts) == 3 and parts[0] == "benefits" and parts[1] not in _NOT_INBOUND


def _read(
    bootstrap: str,
    wanted: Callable[[str], bool],
    line: Callable[[Message], bytes | None],
) -> list[Arrived]:
    """Read the wanted topics from their beginnings to their ends.

    Raises: TimeoutError, ConnectionError
    """
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "same-behaviour",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "log_level": 2,
        }
    )
    try:
        assigned = [
            TopicPartition(name, number, OFFSET_BEGINNING)
            for name, topic in consumer.list_topics(timeout=_WAIT_SECONDS).topics.items()
            if wanted(name)
            for number in topic.partitions
        ]
        consumer.assign(assigned)
        return _to_the_ends(consumer, {(one.topic, one.partition) for one in assigned}, line)
    finally:
        consumer.close()


def _to_the_ends(
    consumer: Consumer, open_ones: set[tuple[str, int]], line: Callable[[Message], bytes | None]
) -> list[Arrived]:
    found = []
    while open_ones:
        message = consumer.poll(_WAIT_SECONDS)
        if message is None:
            raise TimeoutError(f"no more messages, but {len(open_ones)} partitions go on")
        topic, partition = str(message.topic()), int(message.partition() or 0)
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            open_ones.discard((topic, partition))
        elif error is not None:
            raise ConnectionError(str(error))
        elif (text := line(message)) is not None:
            at = message.timestamp()[1]
            found.append(Arrived(at, topic, partition, int(message.offset() or 0), text))
    return found


def _prepared(value: bytes | None, batches: Mapping[str, bytes]) -> bytes | None:
    """The line of a batch, where this record of the ledger says that it was prepared."""
    if not value or _PREPARED not in value:
        return None
    return batches.get(orjson.loads(value)["body"]["batch"])


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
