"""Latency: an application published until it stands granted in Postgres, at a steady rate."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg

from bench import claims
from bench.kafka_side import producer, publish_packets
from bench.messages import HEADERS, message
from bench.processes import process
from events import streams
from events.codec import encode_command, packet
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics

RATE_PER_SECOND = 300
SECONDS = 20
WARM_UP_SECONDS = 5
_FIRST = 10_000_000
_POLL_SECONDS = 0.02
_LIMIT_SECONDS = 60.0

_NEW = """
    SELECT f.partition, f.ledger_offset, f.application
    FROM unnest($1::smallint[], $2::bigint[]) AS seen (partition, next)
    JOIN books.facts f ON f.partition = seen.partition AND f.ledger_offset >= seen.next
    WHERE f.type = 'ApprovalGranted'
"""


async def run(settings: Settings, logs: Path) -> dict[str, float]:
    """Publish at a steady rate through intake, desk and projector.

    Shape: p50_ms, p95_ms, p99_ms, max_ms, rate, count; the looking adds up to 20 ms to each
    """
    own = settings.model_copy(update={"topic_prefix": "bench-latency."})
    await _fresh_books(own)
    await create_topics(own.kafka_bootstrap, own.partitions, 1, own.topics)
    total = RATE_PER_SECOND * (SECONDS + WARM_UP_SECONDS)
    sent: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        for name in ("intake", "desk", "projector"):
            await stack.enter_async_context(process(name, own, logs))
        connection = await asyncpg.connect(own.postgres_dsn)
        stack.push_async_callback(connection.close)
        kafka = await stack.enter_async_context(producer(own.kafka_bootstrap))
        line = streams.partition_of(claims.LINE, own.partitions)
        allocation = packet([encode_command(claims.allocation(total + 1))])
        await publish_packets(own, [(line, allocation)])
        feed = own.topics.inbound["applications"]

        async def apply(number: int) -> None:
            sent[f"bench.intake:B-{_FIRST + number}"] = time.perf_counter()
            partition = number % own.partitions
            value = message(_FIRST + number)
            await kafka.send(feed, value, partition=partition, headers=HEADERS)

        looking = _Looking(connection, own.partitions)
        await apply(total)
        await looking.until(1)  # every process has started
        task = asyncio.create_task(looking.until(total + 1))
        began = time.perf_counter()
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / RATE_PER_SECOND - time.perf_counter()))
            await apply(number)
        await task
    seen = looking.granted
    measured = list(sent)[1 + RATE_PER_SECOND * WARM_UP_SECONDS :]
    times = sorted((seen[key] - sent[key]) * 1000 for key in measured)
    return {
        "rate": float(RATE_PER_SECOND),
        "count": float(len(times)),
        "p50_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
        "max_ms": round(times[-1], 1),
    }


class _Looking:
    """Reads what is new in the books, as a page would, again and again."""

    def __init__(self, connection: asyncpg.Connection, partitions: int) -> None:
        self._connection = connection
        self._next = dict.fromkeys(range(partitions), 0)
        self.granted: dict[str, float] = {}

    async def until(self, count: int) -> None:
        """Look until so many applications are granted.

        Raises: TimeoutError
        """
        async with asyncio.timeout(SECONDS + WARM_UP_SECONDS + _LIMIT_SECONDS):
            while len(self.granted) < count:
                rows = await self._connection.fetch(
                    _NEW, list(self._next), list(self._next.values())
                )
                now = time.perf_counter()
                for row in rows:
                    self._next[row["partition"]] = max(
                        self._next[row["partition"]], row["ledger_offset"] + 1
                    )
                    self.granted[row["application"]] = now
                await asyncio.sleep(_POLL_SECONDS)


async def _fresh_books(settings: Settings) -> None:
    """The books of the projector's measurement belong to another log."""
    from projections.engine import books

    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        await connection.execute(f"DROP SCHEMA {books.LIVE} CASCADE")
        await books.ensure(connection)
    finally:
        await connection.close()
