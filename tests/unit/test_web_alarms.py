"""Alarms over real books: a day that passed, a budget nearly used up, what nobody has settled."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import asyncpg
import httpx
import pytest

from events import streams
from events.application_files import HoldApplications, ReleaseApplications
from events.budgets import AllocateBudget
from events.deadlines import DeadlineMissed, PaymentLate
from events.envelope import Asked
from events.instalments import PreCheckInstalment
from events.statement_files import HoldStatement, ReleaseStatement
from events.values import FactValue
from services.clerk.due import LateClaim, due_commands
from services.clerk.due_questions import late_claims
from services.runtime.configuration import configuration_of
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.given_when_then import policies
from tests.web_pages import books_of, web_pages

MATCHED = date(2021, 9, 1)
MATCH: dict[str, FactValue] = {
    "match.without_application": True,
    "premium.year": 2020,
    "unit.insured_at_year_end": 12,
    "unit.kind": "企业",
    "unit.size": "小型",
    "unit.laid_off": 0,
    "unit.premiums_paid": 36_000_00,
}
LATER = datetime(2026, 11, 1, tzinfo=UTC)
CEILING = streams.ceiling_line("hr-agency-service.agency", "210000", 0)
LINE = streams.fund_line(city.FUND, city.DISTRICT, 2021)


def books() -> city.City:
    """Three shops found by a data match: one ordered, one granted, one waits for money."""
    made = city.City()
    made.ask(LINE, AllocateBudget(document="预〔2021〕1号", amount=45_000_00), date(2021, 1, 4))
    made.ask(CEILING, AllocateBudget(document="上限", amount=100), date(2021, 1, 4))
    for number in (1, 2, 3):
        made.apply(city.person(number), number, MATCHED, MATCH, "job-retention")
    ordered = PreCheckInstalment(application=key(1), no=1)
    made.ask(streams.beneficiary(city.person(1)), ordered, MATCHED)
    file = streams.application_file("Y-9f86d081884c")
    held = HoldApplications(
        number="Y-9f86d081884c",
        file_digest="9" * 64,
        digest="d" * 64,
        maker="li-jing",
        source="excel-211202",
        region=city.DISTRICT,
        rows=1,
        applications=1,
        refused=0,
    )
    made.ask(file, held, MATCHED)
    release = ReleaseApplications(number=held.number, checker="wang-fang", digest=held.digest)
    made.ask(file, release, MATCHED)
    bank = HoldStatement(
        number="S-0a1b2c3d4e5f",
        bank_account=city.ACCOUNT,
        file="8月.csv",
        layout="",
        file_digest="9" * 64,
        digest="d" * 64,
        maker="li-jing",
        first=date(2021, 8, 1),
        last=date(2021, 8, 31),
        opening=0,
        closing=0,
        lines=0,
        came_in=0,
        went_out=0,
        parts=1,
    )
    statement = streams.statement_file(bank.number)
    made.ask(statement, bank, MATCHED)
    taken = ReleaseStatement(number=bank.number, checker="wang-fang", digest=bank.digest)
    made.ask(statement, taken, MATCHED)
    return made


def key(number: int) -> str:
    return f"district-{city.DISTRICT}.hrss:TL-2022-{number:06d}"


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """The books, made once."""
    return books_of(postgres, "web_alarms", books().ledger.facts)


@pytest.fixture
async def pool(database: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """Connections to these books."""
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as made:
        yield made


@pytest.fixture
async def pages(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over these books."""
    async with web_pages(database) as opened:
        yield opened.http


async def late(pool: "asyncpg.Pool[asyncpg.Record]", today: date) -> list[LateClaim]:
    return [row async for page in late_claims(pool, policies(), today, LATER) for row in page]


async def test_units_that_are_not_paid_by_their_day_are_listed_from_the_day_after(
    pages: httpx.AsyncClient,
) -> None:
    near = (await pages.get("/alarms?as_of=2021-10-21")).text
    over = (await pages.get("/alarms?as_of=2021-10-22&kind=match")).text
    assert "将到期" in near
    assert "逾期" in over
    assert all(key(number) in over for number in (1, 2, 3))
    assert "铁市人社发〔2021〕7号" in over
    early = (await pages.get("/alarms?as_of=2021-09-01")).text
    assert key(1) not in early, "the day is more than thirty days ahead"


async def test_the_list_can_be_exported(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/alarms?as_of=2021-10-22&csv=matches")
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 5, "header, three units, total"


async def test_a_line_that_is_nearly_used_up_stands_on_the_workbench(
    pages: httpx.AsyncClient,
) -> None:
    listed = (await pages.get("/alarms?as_of=2021-10-22&kind=budget")).text
    assert "失业保险基金 · 银州区 · 2021" in listed
    assert "达到 95%" in listed
    first = (await pages.get("/?as_of=2021-10-22")).text
    assert "/alarms?" in first
    assert "预算占用" in first
    assert "免申即享拨付期限" in first


async def test_a_released_file_that_is_not_published_by_the_next_day_is_an_alarm(
    pages: httpx.AsyncClient,
) -> None:
    same_day = (await pages.get("/alarms?as_of=2021-09-01&kind=unpublished")).text
    next_day = (await pages.get("/alarms?as_of=2021-09-02&kind=unpublished")).text
    assert "到次日仍没有报送" not in same_day
    assert "到次日仍没有报送" in next_day
    assert "/applications/import?" in next_day


async def test_a_statement_that_was_taken_and_is_not_on_record_by_the_next_day_is_an_alarm(
    pages: httpx.AsyncClient,
) -> None:
    same_day = (await pages.get("/alarms?as_of=2021-09-01&kind=unrecorded")).text
    next_day = (await pages.get("/alarms?as_of=2021-09-02&kind=unrecorded")).text
    assert "收下后没有入账" not in same_day
    assert "收下后没有入账" in next_day
    assert "/statements/import?" in next_day


async def test_the_clerk_finds_the_late_and_whom_to_ask(
    pool: "asyncpg.Pool[asyncpg.Record]", pages: httpx.AsyncClient
) -> None:
    assert await late(pool, date(2021, 10, 21)) == []
    found = await late(pool, date(2021, 10, 22))
    assert [(row.application, row.ordered) for row in found] == [
        (key(1), True),
        (key(2), False),
        (key(3), False),
    ]


async def test_who_is_noted_as_late_is_not_found_again(postgres: PostgresServer) -> None:
    made, today = books(), date(2021, 10, 22)
    dsn = books_of(postgres, "web_alarms_noted", made.ledger.facts)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        asked: list[Asked] = due_commands(await late(pool, today), today, LATER)
        known = len(made.ledger.facts)
        made.ledger.ask(asked)
        assert len(made.find(DeadlineMissed)) == 2
        assert len(made.find(PaymentLate)) == 1
        await city.project(dsn, made.ledger.facts[known:])
        assert await late(pool, today) == []
        stages = await pool.fetch("SELECT late_stage FROM books.applications ORDER BY application")
        paid_late = await pool.fetchval("SELECT application FROM books.late_payments")
    assert [row["late_stage"] for row in stages] == [None, "not_ordered", "undecided"]
    assert paid_late == key(1)


async def test_a_ceiling_of_the_whole_term_has_no_year(pages: httpx.AsyncClient) -> None:
    listed = (await pages.get("/budgets?year=0&as_of=2021-10-22")).text
    assert "预算 全期" in listed
    assert "某机构" not in listed


async def test_desks_that_go_by_other_rules_than_the_page_are_named(
    pages: httpx.AsyncClient, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    ours = configuration_of(policies())
    note = "INSERT INTO control.desk_configurations VALUES ($1, $2, $3, 1)"
    try:
        await pool.executemany(note, [(0, ours, "east:7"), (1, ours, "east:7")])
        assert "配置不一致" not in (await pages.get("/alarms")).text.partition("<tbody")[2]
        await pool.execute(note, 2, "0.1.0/another", "west:9")
        told = (await pages.get("/alarms?kind=configuration")).text
        assert "柜台 west:9 分区 2 按 0.1.0/another" in told
        assert f"本页面按 {ours}" in told
    finally:
        await pool.execute("DELETE FROM control.desk_configurations")
