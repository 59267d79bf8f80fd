"""The clerk: due instalments found in Postgres, asked for, decided by a desk and ordered."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import NAMESPACE_OID, uuid5

import asyncpg
import psutil
from aiokafka.client import AIOKafkaClient

from bench import claims
from bench.kafka_side import producer, publish_packets, watching
from bench.processes import cpu_seconds, process
from bench.report import Row
from events import streams
from events.approvals import ApprovalGranted, ApprovalProposed
from events.codec import CHECKPOINT_KEY, encode_command, encode_fact, packet
from events.envelope import Position, Recorded
from events.values import BudgetClaim, Fact, LineTaken, MonthPaid, PlannedInstalment, PolicyRef
from policies.vocabulary.calendar import add_months
from projections.engine.migrate import migrate
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.seals.checkpoint import START_OF_CHAIN, Checkpoint, encode_digests, next_chain
from services.runtime.seals.key_files import ledger_seal
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics

MONTHS = 10
AMOUNT_FEN = 80_000
_ALLOCATED = b'"type":"BudgetAllocated"'
_ORDERED = b'"type":"DisbursementOrdered"'
_DEADLINE_SECONDS = 600.0
_POLICY = PolicyRef(
    programme="unemployment-assistance",
    version="2021-01-01",
    jurisdiction="211200",
    family="unemployment-assistance",
    content_hash="0" * 64,
    bundle_hash="0" * 64,
)


class Peaks:
    """The largest memory that each process was seen to use, in bytes."""

    def __init__(self, **watched: psutil.Process) -> None:
        self._watched = watched
        self.peaks = dict.fromkeys(watched, 0)

    async def watch(self) -> None:
        """Look twice a second, until cancelled."""
        while True:
            for name, one in self._watched.items():
                with suppress(psutil.NoSuchProcess):
                    self.peaks[name] = max(self.peaks[name], one.memory_info().rss)
            await asyncio.sleep(0.5)

    def __str__(self) -> str:
        return "，".join(f"{name} {peak / 2**20:.0f} MB" for name, peak in self.peaks.items())


async def run(settings: Settings, instalments: int, logs: Path) -> Row:
    """Let a clerk find what is due, and count until the desk has ordered the last of it.

    The plans are on the ledger and in the books before; the clock runs from the clerk's start to
    the last order that an outside reader sees. CPU is the clerk's.
    """
    own = settings.model_copy(
        update={
            "topic_prefix": "bench-clerk.",
            "postgres_dsn": await _database(settings.postgres_dsn),
        }
    )
    await migrate(own.postgres_dsn)
    await create_topics(own.kafka_bootstrap, own.partitions, 1, own.topics)
    people = instalments // MONTHS
    await claims.known(own.postgres_dsn, people)
    await _seed(own, people)
    async with process("projector", own, logs) as projector:
        await _planned(own.postgres_dsn, people * MONTHS)
        async with (
            watching(own.kafka_bootstrap, own.topics.ledger, own.partitions) as watch,
            process("desk", own, logs) as desk,
        ):
            line = streams.partition_of(claims.LINE, own.partitions)
            allocation = packet([encode_command(claims.allocation(1))])
            await publish_packets(own, [(line, allocation)])
            await watch.until(_ALLOCATED, 1)  # the desk has opened its partitions
            began = time.perf_counter()
            async with process("clerk", own, logs) as clerk:
                peaks = Peaks(办事员=clerk, 柜台=desk, 入库=projector)
                watching_memory = asyncio.create_task(peaks.watch())
                await watch.until(_ORDERED, people * MONTHS)
                used = cpu_seconds(clerk)
                watching_memory.cancel()
                with suppress(asyncio.CancelledError):
                    await watching_memory
    return Row(
        "办事员：到期分期 → 付款指令",
        "clerk finds due instalments, desk orders them",
        people * MONTHS,
        watch.last - began,
        used,
        f"内存峰值 {peaks}",
    )


async def _seed(settings: Settings, people: int) -> None:
    """Write the plans as a desk would have left them, each partition closed by its checkpoint."""
    topics, waiting = settings.topics, defaultdict[int, list[bytes]](list)
    for partition, fact in _plans(people, settings.partitions):
        waiting[partition].append(fact)
    client = AIOKafkaClient(bootstrap_servers=settings.kafka_bootstrap)
    await client.bootstrap()
    try:
        commands = await topic_id(client, topics.commands)
    finally:
        await client.close()
    seal = ledger_seal(settings.keys_dir)
    async with producer(settings.kafka_bootstrap) as own:
        sent = []
        for partition, facts in waiting.items():
            sent += [await own.send(topics.ledger, fact, partition=partition) for fact in facts]
            chain = next_chain(START_OF_CHAIN, 0, facts)
            end = Checkpoint(
                0,
                commands,
                len(facts),
                len(facts),
                (),
                claims.AT,
                chain,
                number=1,
                facts=encode_digests(facts),
            ).encoded()
            sent.append(
                await own.send(
                    topics.ledger,
                    end,
                    CHECKPOINT_KEY,
                    partition=partition,
                    headers=seal.headers(topics.ledger, partition, end),
                )
            )
        await asyncio.gather(*sent)


def _plans(people: int, partitions: int) -> Iterator[tuple[int, bytes]]:
    """Write the plans of so many people, all of them past due."""
    days = [date(2021, 9 + n, 1) if n < 4 else date(2022, n - 3, 1) for n in range(MONTHS)]
    parts = tuple(
        PlannedInstalment(
            no=no,
            amount=AMOUNT_FEN,
            due_on=add_months(day, 1),
            months=(MonthPaid(month=f"{day:%Y-%m}", amount=AMOUNT_FEN),),
        )
        for no, day in enumerate(days, 1)
    )
    total = AMOUNT_FEN * MONTHS
    for number in range(people):
        token, key = claims.token(number), f"bench:{number}"
        stream = streams.beneficiary(token)
        partition = streams.partition_of(stream, partitions)
        proposed = ApprovalProposed(
            application=key,
            attempt=1,
            policy=_POLICY,
            amount=total,
            instalments=parts,
            slots=(),
            claims=(BudgetClaim(amount=total, lines=(claims.LINE,)),),
            payee=token,
            account=f"a{number:032x}",
            region=claims.DISTRICT,
            trail=(),
        )
        granted = ApprovalGranted(
            application=key,
            attempt=1,
            policy=_POLICY,
            amount=total,
            instalments=parts,
            taken=(LineTaken(line=claims.LINE, amount=total, step=0),),
            payee=token,
        )
        bodies: tuple[Fact, ...] = (proposed, granted)
        for seq, body in enumerate(bodies, start=1):
            identity = str(uuid5(NAMESPACE_OID, f"{stream}/{seq}"))
            at = Position(partition, 0, 0)
            recorded = Recorded(identity, stream, seq, identity, at, claims.AT, claims.ON, body)
            yield partition, encode_fact(recorded)


async def _database(dsn: str) -> str:
    """Make a database beside the one that the projector's measurement has filled."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE DATABASE bench_clerk")
    finally:
        await connection.close()
    return urlunsplit(urlsplit(dsn)._replace(path="/bench_clerk"))


async def _planned(dsn: str, wanted: int) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while True:
                with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
                    query = "SELECT count(*) FROM books.instalments WHERE state = 'planned'"
                    if await connection.fetchval(query) >= wanted:
                        return
                await asyncio.sleep(0.2)
    finally:
        await connection.close()
