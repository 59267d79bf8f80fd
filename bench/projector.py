"""The projector: a ledger that is there already, into Postgres with its real indexes."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.processes import cpu_seconds, process
from bench.report import Row
from services.runtime.settings import Settings

DEADLINE_SECONDS = 300.0


async def run(settings: Settings, prefix: str, logs: Path) -> Row:
    """Let a projector catch up with what the desk's measurement has left."""
    own = settings.model_copy(update={"topic_prefix": prefix})
    ends = await _ends(own)
    connection = await asyncpg.connect(own.postgres_dsn)
    try:
        async with process("projector", own, logs) as projector:
            await _until(connection, lambda facts, _: facts > 0, ends)
            began, used = time.perf_counter(), cpu_seconds(projector)
            first = await connection.fetchval("SELECT count(*) FROM books.facts")
            await _until(connection, lambda _, behind: behind == 0, ends)
            wall = time.perf_counter() - began
            used = cpu_seconds(projector) - used
        facts = await connection.fetchval("SELECT count(*) FROM books.facts")
    finally:
        await connection.close()
    note = "全部索引；借贷平衡由数据库核对"
    return Row("入库（事实）", "projector, facts into Postgres", facts - first, wall, used, note)


async def _ends(settings: Settings) -> dict[int, int]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, isolation_level="read_committed"
    )
    await consumer.start()
    try:
        partitions = [
            TopicPartition(settings.topics.ledger, number) for number in range(settings.partitions)
        ]
        found = await consumer.end_offsets(partitions)
        return {partition.partition: offset for partition, offset in found.items()}
    finally:
        await consumer.stop()


async def _until(
    connection: asyncpg.Connection, reached: Callable[[int, int], bool], ends: dict[int, int]
) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            rows = await connection.fetch(
                "SELECT partition, next FROM books.positions WHERE topic = 'ledger'"
            )
            at = {row["partition"]: row["next"] for row in rows}
            # the last record of a partition is a transaction's marker, which nobody reads
            behind = sum(max(0, end - 1 - at.get(number, 0)) for number, end in ends.items())
            if reached(sum(at.values()), behind):
                return
            await asyncio.sleep(0.02)
