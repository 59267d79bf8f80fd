"""A fact and a command that nobody of ours has written, in a whole running ledger."""

import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from confluent_kafka import Producer

from events import streams
from events.authority import RoleGrant
from events.budgets import AllocateBudget
from events.codec import encode_command, packet
from events.control import ResumeStream
from events.envelope import Asked
from events.users import AddUser
from events.values import Command
from projections.engine.rebuild import rebuild
from services.runtime.kafka.packets import PacketSender
from services.runtime.seals.key_files import packet_seal
from services.runtime.seals.packet_seals import PacketSeal
from services.runtime.settings import Settings
from tests.whole_ledger import Upstream, Whole, call, example, until, whole

NOTICED_WITHIN_SECONDS = 5.0
LINE = streams.fund_line("unemployment_insurance", "211202", 2022)
HE_JUN = streams.user("he-jun")
ADDED = AddUser(user="he-jun", region="210000", grants=(RoleGrant("administrator"),), by="x")
LATER = AllocateBudget(document="铁财社〔2022〕17号", amount=100)
FORGED_FACT = {
    "id": "276e3947-fa7c-4ce2-ad36-ddd82ee97d43",
    "stream": LINE,
    "seq": 2,
    "type": "BudgetAllocated",
    "version": 1,
    "cause": "f87e4f01-1902-42be-85ca-ae0d3a4dd1e0",
    "at": [4, 18, 1],
    "recorded_at": "2026-11-30T08:45:13.945907Z",
    "effective_on": "2026-11-30",
    "body": {"document": "伪造文号", "amount": 1_000_000_000_000},
}
_OPEN = """
    SELECT kind, topic, partition, first_offset FROM control.violations ORDER BY kind, first_offset
"""
_ALLOCATED = "SELECT allocated_fen FROM books.budgets WHERE line = $1"


def partition(settings: Settings) -> int:
    return streams.partition_of(LINE, settings.partitions)


def asked(body: Command, by: str, stream: str = LINE) -> bytes:
    now = datetime.now(UTC)
    one = Asked(str(uuid4()), stream, now, date(2022, 9, 1), by, body)
    return encode_command(one)


def put(settings: Settings, topic: str, value: bytes, headers: Any = None) -> int:
    """Write a record as a plain producer does; its offset is told."""
    offsets: list[int] = []
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap, "acks": "all"})
    producer.produce(
        topic,
        value,
        key=LINE.encode(),
        partition=partition(settings),
        headers=headers,
        on_delivery=lambda error, message: offsets.append(message.offset() or 0),
    )
    assert producer.flush(30) == 0
    return offsets[0]


async def violations(ledger: Whole, wanted: int) -> list[tuple[str, str, int, int]]:
    """Wait until so many are noted, and no longer than is promised."""
    began = time.monotonic()

    async def noted() -> bool:
        return len(await ledger.books.fetch(_OPEN)) >= wanted

    await until(f"{wanted} violations", noted)
    assert time.monotonic() - began < NOTICED_WITHIN_SECONDS
    return [tuple(row) for row in await ledger.books.fetch(_OPEN)]


async def test_a_forged_fact_and_forged_commands_are_named_and_nobody_else_stops(
    settings: Settings,
) -> None:
    topics, home = settings.topics, partition(settings)
    allocate = AllocateBudget(document="冒名文号", amount=999_999_999)
    async with whole(settings) as ledger:
        upstream = Upstream(ledger.settings)
        upstream.structured(example("budget.allocated"))
        await ledger.facts("BudgetAllocated")
        allocated = await ledger.books.fetchval(_ALLOCATED, LINE)

        forged = put(settings, topics.ledger, orjson.dumps(FORGED_FACT))
        assert await violations(ledger, 1) == [("foreign_record", "ledger", home, forged)]

        plain = packet([asked(allocate, "staff:li-jing")])
        bare = put(settings, topics.commands, plain)
        other = PacketSeal("web", b"not the key of the pages" + b"x" * 8)
        wrong = put(settings, topics.commands, plain, other.headers(topics.commands, home, plain))
        resume = packet([asked(ResumeStream(operator="x", reason="because"), "intake")])
        intake = packet_seal(ledger.settings.keys_dir, "intake")
        beyond = put(
            settings, topics.commands, resume, intake.headers(topics.commands, home, resume)
        )
        found = await violations(ledger, 4)
        assert found == [
            *(("foreign_command", "commands", home, offset) for offset in (bare, wrong, beyond)),
            ("foreign_record", "ledger", home, forged),
        ]
        codes = await ledger.books.fetch(
            "SELECT code FROM books.refusals WHERE stream = $1 ORDER BY recorded_at, about",
            f"foreign/{home}",
        )
        assert [row["code"] for row in codes] == [
            "FOREIGN_PACKET",
            "FOREIGN_PACKET",
            "NOT_ALLOWED_TO_SEND",
        ]

        upstream.binary(example("application.submitted"))
        await ledger.facts("ApprovalGranted")
        assert await ledger.books.fetchval(_ALLOCATED, LINE) == allocated
        assert not ledger.alarms
        assert not await ledger.books.fetch("SELECT FROM books.positions WHERE stopped IS NOT NULL")

    # everything starts anew, and nothing was taken away: the same
    async with whole(settings) as ledger:
        async with PacketSender.of(ledger.settings, "web") as sender:
            more = AllocateBudget(document="铁财社〔2022〕16号", amount=100)
            await sender.send_all([(LINE, asked(more, "staff:li-jing"))])

        await ledger.facts("BudgetAllocated", 2)
        assert [tuple(row) for row in await ledger.books.fetch(_OPEN)] == found
        assert await ledger.books.fetchval(_ALLOCATED, LINE) == allocated + 100

        # from the first user on, the pages' own key is not enough: a session must be named
        async with PacketSender.of(ledger.settings, "operator") as sender:
            await sender.send_all([(HE_JUN, asked(ADDED, "staff:x", HE_JUN))])
        await ledger.facts("SignInRequired", ledger.settings.partitions)
        async with PacketSender.of(ledger.settings, "web") as sender:
            await sender.send_all([(LINE, asked(LATER, "staff:li-jing"))])
        await ledger.facts("CommandRefused", 4)
        refused = await ledger.books.fetchval(
            "SELECT code FROM books.refusals WHERE stream = $1", LINE
        )
        assert refused == "NOT_SIGNED_IN"
        assert await ledger.books.fetchval(_ALLOCATED, LINE) == allocated + 100
        assert not ledger.alarms

    report = await rebuild(settings, swap=False)
    assert report.proved
    said = await call("ledger", "verify", settings=settings)
    assert said.code == 2, said
    assert f"ledger/{home}/{forged}" in said.out
    listed = await call("ledger", "violations", settings=settings)
    assert "冒名命令" in listed.out
    number = await _first(settings.postgres_dsn)
    closed = await call("ledger", "close", str(number), "--reason", "查明是演练", settings=settings)
    assert closed.code == 0, closed


async def _first(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT min(violation) FROM control.violations"))
    finally:
        await connection.close()
