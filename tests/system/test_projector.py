"""The projector on a real Kafka and a real Postgres."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from events import streams
from events.approvals import ApprovalWithdrawn
from events.status import StatusRecorded
from projections.engine import books, runner
from projections.engine.digests import digests
from projections.engine.migrate import migrate
from projections.engine.partition_positions import PositionMoved
from projections.engine.rebuild import Report, rebuild
from projections.read_models.catalogue import TABLES
from services.runtime.settings import Settings
from tests.handmade_ledgers import (
    BANK,
    DISTRICT,
    LINE,
    START,
    History,
    filed,
    paid_history,
    proposed,
    publish,
    slot,
)
from tests.ledger_writer import pen
from tests.whole_ledger import call

DEADLINE_SECONDS = 30


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def projecting(settings: Settings) -> AsyncIterator["asyncio.Task[None]"]:
    """Run the projector for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(runner.run(settings, stop))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The database of this test, with empty books."""
    await migrate(settings.postgres_dsn)
    connection = await asyncpg.connect(settings.postgres_dsn, server_settings={"timezone": "UTC"})
    yield connection
    await connection.close()


async def publish_to(settings: Settings, history: History) -> None:
    """Send a history to the ledger of this test."""
    await publish(
        settings.kafka_bootstrap, settings.topics.ledger, history.facts, settings.partitions
    )


async def one(db: asyncpg.Connection, query: str, *args: object) -> asyncpg.Record:
    """The first row of a query that has one."""
    row = await db.fetchrow(query, *args)
    assert row is not None
    return row


def facts_are(db: asyncpg.Connection, count: int) -> Callable[[], Awaitable[bool]]:
    """Say whether the mirror holds so many facts."""

    async def answer() -> bool:
        return bool(await db.fetchval("SELECT count(*) = $1 FROM books.facts", count))

    return answer


async def test_a_payment_is_found_in_every_table_that_tells_of_it(
    settings: Settings, db: asyncpg.Connection
) -> None:
    history = paid_history(30, per_batch=10)
    await publish_to(settings, history)
    async with projecting(settings):
        await until(facts_are(db, len(history.facts)))

    application = await one(db, "SELECT * FROM books.applications LIMIT 1")
    assert application["state"] == "granted"
    assert application["region"] == DISTRICT
    assert application["amount_fen"] == 150_000
    assert application["inbound_offset"] == 88_120
    assert orjson.loads(application["trail"])[1] == ["insured", True, 14, ">= 12"]
    payment = await one(
        db, "SELECT * FROM books.disbursements WHERE application = $1", application["application"]
    )
    assert (payment["state"], payment["bank_account"]) == ("settled", BANK)
    assert payment["settled_on"] == date(2022, 8, 29)
    assert await db.fetchval("SELECT count(*) FROM books.batches WHERE state = 'closed'") == 3
    budget = await one(db, "SELECT * FROM books.budgets WHERE line = $1", LINE)
    assert budget["allocated_fen"] == budget["committed_fen"] == 30 * 150_000
    assert await db.fetchval("SELECT sum(settled_fen) FROM books.budget_flows") == 30 * 150_000
    bank = await db.fetchval(
        "SELECT sum(debit_fen - credit_fen) FROM books.account_days WHERE code = '1002'"
    )
    assert bank == -30 * 150_000
    trail = await db.fetch(
        "SELECT type FROM books.facts WHERE application = $1 ORDER BY recorded_at, seq",
        application["application"],
    )
    assert [row["type"] for row in trail][:4] == [
        "ApplicationFiled",
        "ApprovalProposed",
        "BudgetCommitted",
        "ApprovalGranted",
    ]


async def test_a_page_can_tell_how_far_the_books_have_read(
    settings: Settings, db: asyncpg.Connection
) -> None:
    history = paid_history(3)
    await publish_to(settings, history)
    async with projecting(settings):

        async def caught_up() -> bool:
            rows = await db.fetch(
                "SELECT next, log_end, known FROM books.positions WHERE topic = 'ledger'"
            )
            read = sum(row["known"] is not None for row in rows)
            held = {streams.partition_of(f.stream, settings.partitions) for f in history.facts}
            return read == len(held) and all(row["next"] == row["log_end"] for row in rows)

        await until(caught_up)
    assert await db.fetchval("SELECT max(known) FROM books.positions") == max(
        fact.recorded_at for fact in history.facts
    )


async def test_a_missing_fact_stops_its_partition_and_no_other(
    settings: Settings, db: asyncpg.Connection
) -> None:
    history = History()
    tokens = [f"person-{n:04d}" for n in range(40)]
    for token in tokens:
        history.add(
            streams.beneficiary(token),
            *(
                StatusRecorded(status="employed", since=date(2022, 1, day), source="s")
                for day in (1, 2, 3)
            ),
        )
    broken = streams.beneficiary(tokens[0])
    partition = streams.partition_of(broken, settings.partitions)
    missing = next(f for f in history.facts if f.stream == broken and f.seq == 2)
    kept = [fact for fact in history.facts if fact is not missing]
    before_gap = kept.index(next(f for f in kept if f.stream == broken and f.seq == 3))
    expected = [
        fact
        for place, fact in enumerate(kept)
        if place < before_gap or streams.partition_of(fact.stream, settings.partitions) != partition
    ]
    await publish(settings.kafka_bootstrap, settings.topics.ledger, kept, settings.partitions)
    async with projecting(settings) as task:
        await until(facts_are(db, len(expected)))

        async def alarmed() -> bool:
            return bool(await db.fetchval("SELECT count(*) FROM control.projector_alarms"))

        await until(alarmed)
        assert not task.done()
    alarm = await one(db, "SELECT * FROM control.projector_alarms")
    assert (alarm["partition"], alarm["code"]) == (partition, "BrokenInvariant")
    assert broken in alarm["text"]
    stopped = await db.fetch("SELECT partition FROM books.positions WHERE stopped IS NOT NULL")
    assert [row["partition"] for row in stopped] == [partition]


async def test_a_cap_taken_twice_stops_its_partition_at_that_very_fact(
    settings: Settings, db: asyncpg.Connection
) -> None:
    history = History()
    token, other = "person-1", "person-2"
    person = streams.beneficiary(token)
    for number in range(20):
        history.add(streams.beneficiary(f"{other}-{number}"), filed(f"s:o{number}", other))
    history.add(person, filed("s:a", token), proposed("s:a", token, slots=(slot(1),)))
    history.add(person, filed("s:b", token), proposed("s:b", token, slots=(slot(1),)))
    history.add(person, filed("s:c", token))
    await publish_to(settings, history)
    partition = streams.partition_of(person, settings.partitions)
    async with projecting(settings):

        async def stopped() -> bool:
            rows = await db.fetch("SELECT partition FROM books.positions WHERE stopped <> ''")
            return [row["partition"] for row in rows] == [partition]

        await until(stopped)
        # all before the second taker is written, and all beside it
        written = await db.fetch(
            "SELECT application FROM books.applications WHERE beneficiary = $1", token
        )
        assert {row["application"] for row in written} == {"s:a", "s:b"}
        await until(facts_are(db, 20 + 3))
    alarm = await one(db, "SELECT * FROM control.projector_alarms")
    assert alarm["code"] == "Violation"
    assert "UniqueViolation" in alarm["text"]


async def test_a_slot_given_back_can_be_taken_again_even_in_one_batch(
    settings: Settings, db: asyncpg.Connection
) -> None:
    history = History()
    person = streams.beneficiary("person-1")
    history.add(person, filed("s:a", "person-1"), proposed("s:a", "person-1", slots=(slot(1),)))
    given_back = ApprovalWithdrawn(application="s:a", attempt=1, taken=(), queued_on=None)
    history.add(person, given_back, filed("s:b", "person-1"))
    history.add(person, proposed("s:b", "person-1", slots=(slot(1),)))
    await publish_to(settings, history)
    async with projecting(settings):
        await until(facts_are(db, 5))
    held = await db.fetch("SELECT holder FROM books.cap_usage WHERE given_back_on IS NULL")
    assert [row["holder"] for row in held] == ["s:b"]


async def test_a_second_projector_gives_up(settings: Settings, db: asyncpg.Connection) -> None:
    history = paid_history(20)
    async with projecting(settings) as first, projecting(settings) as second:
        for start in range(0, len(history.facts), 20):
            some = history.facts[start : start + 20]
            await publish(
                settings.kafka_bootstrap, settings.topics.ledger, some, settings.partitions
            )
            if first.done() or second.done():
                break

        async def one_is_left() -> bool:
            return first.done() or second.done()

        await until(one_is_left)
        loser = first if first.done() else second
        assert isinstance(loser.exception(), PositionMoved)
    assert await db.fetchval("SELECT count(*) = count(DISTINCT id) FROM books.facts")


async def test_books_of_another_ledger_are_noticed(
    settings: Settings, db: asyncpg.Connection
) -> None:
    await publish_to(settings, paid_history(5))
    async with projecting(settings):
        await until(facts_are(db, len(paid_history(5).facts)))
    held = await db.fetchval("SELECT count(*) FROM books.positions WHERE last_id IS NOT NULL")
    await db.execute(
        "UPDATE books.positions SET last_id = gen_random_uuid() WHERE last_id IS NOT NULL"
    )
    async with projecting(settings):

        async def all_stopped() -> bool:
            stopped = await db.fetchval(
                "SELECT count(*) FROM books.positions WHERE stopped LIKE 'LogDiffers%'"
            )
            return bool(stopped == held)

        await until(all_stopped)


async def test_checkpoints_move_the_position_and_name_the_repeats(
    settings: Settings, db: asyncpg.Connection
) -> None:
    topic = settings.topics.ledger
    async with pen(settings.kafka_bootstrap, topic, settings.partitions) as own:
        await own.write_raw({1: []}, unchanged=("c-1", "c-2"), known=START)
    async with projecting(settings):

        async def moved() -> bool:
            return bool(
                await db.fetchval(
                    "SELECT next = 1 FROM books.positions WHERE topic = 'ledger' AND partition = 1"
                )
            )

        await until(moved)
    assert await db.fetchval("SELECT count(*) FROM books.facts") == 0
    repeats = await db.fetch("SELECT command FROM books.unchanged ORDER BY no")
    assert [row["command"] for row in repeats] == ["c-1", "c-2"]


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[list[int]]:
    """Read the books again and again, as pages do, for as long as the block lasts."""
    reads: list[int] = []

    async def read() -> None:
        connection = await asyncpg.connect(settings.postgres_dsn)
        try:
            while True:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    await connection.fetch("SELECT * FROM books.positions")
                    reads.append(
                        await connection.fetchval("SELECT count(*) FROM books.applications")
                    )
        finally:
            await connection.close()

    reader = asyncio.create_task(read())
    try:
        yield reads
        assert not reader.done(), reader
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


async def test_dead_letters_are_listed_by_place_and_reason(
    settings: Settings, db: asyncpg.Connection
) -> None:
    letter = {
        "topic": "benefits.applications.v1",
        "partition": 2,
        "offset": 9,
        "line": None,
        "code": "JSON",
        "field": "",
        "reason": "r",
        "received_at": "2022-08-12T01:14:00Z",
        "key": "k",
        "sealed": "c2VjcmV0",
    }
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap)
    await producer.start()
    for offset in (9, 9, 10):
        again = orjson.dumps(letter | {"offset": offset})
        await producer.send_and_wait(settings.topics.dead_letters, again)
    await producer.stop()
    async with projecting(settings):

        async def read() -> bool:
            return bool(
                await db.fetchval(
                    "SELECT next = 3 FROM books.positions WHERE topic = 'dead-letters'"
                )
            )

        await until(read)
    rows = await db.fetch("SELECT source_offset, letter_offset FROM books.dead_letters ORDER BY 1")
    assert [tuple(row) for row in rows] == [(9, 0), (10, 2)]
    await rebuild(settings)
    assert await db.fetchval("SELECT count(*) FROM books.dead_letters") == 2


async def test_rebuilt_books_are_equal_and_take_over_while_readers_and_projector_go_on(
    settings: Settings, db: asyncpg.Connection
) -> None:
    history = paid_history(60, per_batch=60)
    half = len(history.facts) * 3 // 4
    await publish(
        settings.kafka_bootstrap, settings.topics.ledger, history.facts[:half], settings.partitions
    )
    async with projecting(settings) as task:
        await until(facts_are(db, half))
        before = await db.fetchval("SELECT generation FROM books.read_models LIMIT 1")
        seen: list[tuple[int, int]] = []
        async with reading(settings) as reads:
            report = await rebuild(
                settings, progress=lambda done, total: seen.append((done, total))
            )
        assert len(reads) > 0
        assert set(reads) == {60}, "no reader ever saw half a book"
        assert report.agree
        assert report.swapped
        assert report.facts == half
        assert seen[-1][0] == seen[-1][1]
        assert await db.fetchval("SELECT generation FROM books.read_models LIMIT 1") > before
        await publish(
            settings.kafka_bootstrap,
            settings.topics.ledger,
            history.facts[half:],
            settings.partitions,
        )
        await until(facts_are(db, len(history.facts)))
        assert not task.done()
    assert await db.fetchval("SELECT to_regnamespace('books_former')") is None
    verified = await rebuild(settings, swap=False)
    assert verified.agree
    assert not verified.swapped


async def verified_after(settings: Settings, db: asyncpg.Connection, change: str) -> Report:
    """Change a table behind everybody's back, and verify."""
    history = paid_history(10)
    await publish_to(settings, history)
    async with projecting(settings):
        await until(facts_are(db, len(history.facts)))
    await db.execute(change)
    return await rebuild(settings, swap=True)


async def test_a_row_changed_by_hand_is_found_and_keeps_the_books_from_taking_over(
    settings: Settings, db: asyncpg.Connection
) -> None:
    report = await verified_after(
        settings,
        db,
        "UPDATE books.disbursements SET amount_fen = amount_fen + 1 "
        "WHERE disbursement = (SELECT min(disbursement) FROM books.disbursements)",
    )
    assert [difference.table for difference in report.differences] == ["disbursements"]
    assert not report.swapped


async def test_books_of_another_version_are_refused_and_rebuilt(
    settings: Settings, db: asyncpg.Connection
) -> None:
    report = await verified_after(
        settings, db, "UPDATE books.read_models SET version = 0 WHERE name = 'instalments'"
    )
    assert dict(report.changed) == {"instalments": (10, 10)}
    assert report.swapped
    assert await books.differing(db, books.LIVE) == []


async def test_the_journal_refuses_an_unbalanced_entry_and_any_change(
    db: asyncpg.Connection,
) -> None:
    posting = (
        "INSERT INTO books.postings (partition, ledger_offset, no, code, fund, district, sub, "
        "amount_fen, value_on, known_on) "
        "VALUES (0, 1, 0, '1002', 'f', 'd', 's', 5, '2022-01-01', '2022-01-01')"
    )
    with pytest.raises(asyncpg.CheckViolationError, match="debits less credits are 5 fen"):
        await db.execute(posting)
    with pytest.raises(asyncpg.CheckViolationError, match="never changed"):
        await db.execute("UPDATE books.postings SET amount_fen = 1")
    with pytest.raises(asyncpg.CheckViolationError, match="never changed"):
        await db.execute("DELETE FROM books.facts")


async def test_digests_do_not_depend_on_the_order_of_rows(db: asyncpg.Connection) -> None:
    insert = "INSERT INTO books.status (partition, beneficiary, status, benefit, since) VALUES "
    rows = ["(1, 'a', 'employed', '', '2022-01-01')", "(1, 'b', 'employed', '', '2022-01-01')"]
    status = [table for table in TABLES if table.name == "status"]
    await db.execute(insert + ", ".join(rows))
    forward = await digests(db, "books", status)
    await db.execute("DELETE FROM books.status")
    await db.execute(insert + ", ".join(reversed(rows)))
    assert await digests(db, "books", status) == forward
    assert forward["status", 1].rows == 2


async def test_nothing_is_green_over_an_empty_comparison(
    settings: Settings, db: asyncpg.Connection
) -> None:
    said = await call("verify", settings=settings)
    assert said.code == 1, said
    assert "没有可比对的内容" in said.out

    history = paid_history(5)
    await publish_to(settings, history)
    await db.execute("DROP SCHEMA books CASCADE")
    said = await call("verify", settings=settings)
    assert said.code == 1, said
    assert "一致" not in said.out
    made = await call("rebuild", settings=settings)
    assert made.code == 0, made
    assert "一致" not in made.out
    assert "未经比对" in made.out
    assert await db.fetchval("SELECT count(*) FROM books.facts") == len(history.facts)
    compared = await db.fetchval(
        "SELECT compared FROM control.generations WHERE live_since IS NOT NULL AND ended_at IS NULL"
    )
    assert compared.startswith("0 tables equal")
    said = await call("verify", settings=settings)
    assert said.code == 0, said
    assert "一致" in said.out
