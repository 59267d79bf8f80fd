"""Latency: an application published until it stands granted in Postgres, at a steady rate."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg

from bench import claims
from bench.kafka_side import producer
from bench.messages import HEADERS, message
from bench.processes import process
from events import streams
from events.codec import encode_command, packet
from services.runtime.settings import Settings
from services.runtime.topics import create_topics

RATE_PER_SECOND = 300
SECONDS = 20
WARM_UP_SECONDS = 5
_FIRST = 10_000_000
_POLL_SECONDS = 0.01
_LIMIT_SECONDS = 60.0

_GRANTED = """
    SELECT f.application FROM books.facts f
    WHERE f.type = 'ApprovalGranted' AND f.application = ANY($1::text[])
"""


async def run(settings: Settings, logs: Path) -> dict[str, float]:
    """Publish at a steady rate through intake, desk and projector.

    Shape: p50_ms, p95_ms, p99_ms, max_ms, rate, count; the looking adds up to 10 ms to each
    """
    own = settings.model_copy(update={"topic_prefix": "bench-latency."})
    await _fresh_books(own)
    await create_topics(own.kafka_bootstrap, own.partitions, 1, own.topics)
    total = RATE_PER_SECOND * (SECONDS + WARM_UP_SECONDS)
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        for name in ("intake", "desk", "projector"):
            await stack.enter_async_context(process(name, own, logs))
        connection = await asyncpg.connect(own.postgres_dsn)
        stack.push_async_callback(connection.close)
        kafka = await stack.enter_async_context(producer(own.kafka_bootstrap))
        line = streams.partition_of(claims.LINE, own.partitions)
        allocation = packet([encode_command(claims.allocation(total))])
        await kafka.send_and_wait(own.topics.commands, allocation, partition=line)
        looking = asyncio.create_task(_look(connection, sent, seen, total))
        feed = own.topics.inbound["applications"]
        began = time.perf_counter()
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / RATE_PER_SECOND - time.perf_counter()))
            sent[f"bench.intake:B-{_FIRST + number}"] = time.perf_counter()
            await kafka.send(
                feed,
                message(_FIRST + number),
                partition=number % own.partitions,
                headers=HEADERS,
            )
        await looking
    measured = list(sent)[RATE_PER_SECOND * WARM_UP_SECONDS :]
    times = sorted((seen[key] - sent[key]) * 1000 for key in measured)
    return {
        "rate": float(RATE_PER_SECOND),
        "count": float(len(times)),
        "p50_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
        "max_ms": round(times[-1], 1),
    }


async def _look(
    connection: asyncpg.Connection, sent: dict[str, float], seen: dict[str, float], total: int
) -> None:
    deadline = time.perf_counter() + SECONDS + WARM_UP_SECONDS + _LIMIT_SECONDS
    while len(seen) < total:
        if time.perf_counter() > deadline:
            raise TimeoutError(f"{total - len(seen)} of {total} applications are not granted")
        waiting = [key for key in sent if key not in seen]
        rows = await connection.fetch(_GRANTED, waiting)
        now = time.perf_counter()
        for row in rows:
            seen[row["application"]] = now
        await asyncio.sleep(_POLL_SECONDS)


async def _fresh_books(settings: Settings) -> None:
    """The books of the projector's measurement belong to another log."""
    from projections import books

    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        await connection.execute(f"DROP SCHEMA {books.LIVE} CASCADE")
        await books.ensure(connection)
    finally:
        await connection.close()
