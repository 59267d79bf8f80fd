"""Evidence: what lies on raw storage after a run, read by librdkafka and by SQL.

Holds: imports nothing of the product
"""

import json
from collections.abc import Sequence
from typing import Any

import psycopg
from confluent_kafka import Consumer, TopicPartition

from tests.faults import raw_topics
from tests.faults.oracle import Evidence, Sent

CHECKPOINT = b"~checkpoint"
_MARKER = 1
"""The end of a transaction has an offset of its own, which no consumer ever commits."""

_TIMEOUT_SECONDS = 20.0


def gathered(
    bootstrap: str,
    dsn: str,
    prefix: str,
    partitions: int,
    sent: Sequence[Sent],
    files: Sequence[tuple[str, int]],
) -> Evidence:
    """Read everything that is committed."""
    with psycopg.connect(dsn) as books:
        mirrored = books.execute("SELECT stream, seq, id::text FROM books.facts").fetchall()
        postings = books.execute(
            "SELECT e.fact::text, p.code, p.amount_fen FROM books.postings p"
            " JOIN books.entries e USING (partition, ledger_offset)"
        ).fetchall()
    return Evidence(
        sent=sent,
        ledger=[
            _read(bootstrap, f"{prefix}ledger", partition, CHECKPOINT)
            for partition in range(partitions)
        ],
        letters=_all(bootstrap, f"{prefix}benefits.dead-letters.v1"),
        outcomes=_all(bootstrap, f"{prefix}benefits.outcomes.v1"),
        mirrored=frozenset((stream, seq, identity) for stream, seq, identity in mirrored),
        postings=[(fact, code, amount) for fact, code, amount in postings],
        files=files,
    )


def _all(bootstrap: str, topic: str) -> list[dict[str, Any]]:
    return [
        record
        for partition in range(raw_topics.partitions(bootstrap, topic))
        for record in _read(bootstrap, topic, partition)
    ]


def _read(
    bootstrap: str, topic: str, partition: int, without: bytes | None = None
) -> list[dict[str, Any]]:
    return [
        _slim(json.loads(record.value))
        for record in raw_topics.read(bootstrap, topic, partition, committed=True)
        if without is None or record.key != without
    ]


def _slim(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is long and judged by nobody here."""
    body = record.get("body")
    if isinstance(body, dict):
        for name in ("trail", "stated", "policy", "lines"):
            body.pop(name, None)
    record.pop("data", None)
    return record


class Rest:
    """Whether a run has come to rest: every consumer stands at the end of what it reads."""

    def __init__(self, bootstrap: str, dsn: str, prefix: str, partitions: int) -> None:
        self._bootstrap, self._dsn, self._prefix = bootstrap, dsn, prefix
        self._partitions = partitions

    def left(self, inbound: Sequence[str]) -> dict[str, int]:
        """How much is still to be read, by who reads it; empty at rest."""
        ledger, commands = f"{self._prefix}ledger", f"{self._prefix}commands"
        found = {
            "intake": sum(self._behind(f"{self._prefix}intake", topic) for topic in inbound),
            "outcomes": self._behind(f"{self._prefix}outcomes", ledger, marked=True),
            "desk": sum(
                end - _decided(self._bootstrap, ledger, partition)
                for partition, end in enumerate(
                    raw_topics.ends(self._bootstrap, commands, self._partitions)
                )
            ),
            "projector": self._unwritten(ledger),
        }
        return {who: much for who, much in found.items() if much}

    def _behind(self, group: str, topic: str, *, marked: bool = False) -> int:
        consumer = Consumer({"bootstrap.servers": self._bootstrap, "group.id": group})
        try:
            count = raw_topics.partitions(self._bootstrap, topic)
            places = [TopicPartition(topic, number) for number in range(count)]
            behind = 0
            for place in consumer.committed(places, timeout=_TIMEOUT_SECONDS):
                low, high = consumer.get_watermark_offsets(place, timeout=_TIMEOUT_SECONDS)
                at = max(low, place.offset if place.offset >= 0 else low)
                behind += max(0, high - at - (_MARKER if marked else 0))
            return behind
        finally:
            consumer.close()

    def _unwritten(self, ledger: str) -> int:
        ends = raw_topics.ends(self._bootstrap, ledger, self._partitions)
        with psycopg.connect(self._dsn, connect_timeout=5) as books:
            rows = books.execute(
                "SELECT partition, next FROM books.positions WHERE topic = 'ledger'"
            ).fetchall()
        at = {int(partition): int(following) for partition, following in rows}
        return sum(
            max(0, end - at.get(partition, 0) - _MARKER) for partition, end in enumerate(ends)
        )


def _decided(bootstrap: str, ledger: str, partition: int) -> int:
    point = raw_topics.last_of(bootstrap, ledger, partition, CHECKPOINT)
    return int(json.loads(point)["next"]) if point else 0
