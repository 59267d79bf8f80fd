"""Every kind of report: the same figures as the pages, and as of a position for ever."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import orjson
import pytest

from events.codec import decode_fact
from events.invariants import BrokenInvariant
from events.periods import PeriodSigned
from projections.engine.tables_at_position import tables_at
from projections.queries import clawbacks, position_vector, targets, worklists
from projections.queries.scope import Scope
from services.reports.content import Cell, MadeReport
from services.reports.kinds import KINDS
from services.reports.making import make
from services.reports.parameters import period
from services.reports.workbook import workbook
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.given_when_then import policies
from tests.web_pages import books_of

ASKED = {
    "area": "211200",
    "fund": "",
    "month": "2022-08",
    "quarter": "2022-3",
    "year": "2022",
    "on": "2022-09-30",
}


AUGUST = {"area": "211200", "fund": "", "month": "2022-08"}


def asked_of(kind: str) -> dict[str, str]:
    return {name: ASKED[name] for name in KINDS[kind].asks}


async def all_kinds(
    db: asyncpg.Connection, vector: position_vector.PositionVector | None = None
) -> dict[str, MadeReport]:
    """Every kind of report, at a position or at where the books stand."""
    return {kind: await make(db, policies(), kind, asked_of(kind), vector) for kind in KINDS}


def column(report: MadeReport, sheet: int, header: str) -> list[Cell]:
    """The cells of a sheet's lines under a heading."""
    place = [one.header for one in report.sheets[sheet].columns].index(header)
    return [row[place] for row in report.sheets[sheet].rows]


@pytest.fixture
async def db(postgres: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
    """Books that have read two thirds of a city's summer; `city.project` reads the rest."""
    facts = city.build().ledger.facts
    dsn = books_of(postgres, "report_kinds", facts[: len(facts) * 2 // 3])
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    try:
        yield connection
    finally:
        await connection.close()
        server = await asyncpg.connect(postgres.dsn())
        await server.execute("DROP DATABASE report_kinds")
        await server.close()


async def test_a_report_of_every_kind_stays_what_it_was_and_says_what_the_pages_say(
    db: asyncpg.Connection, postgres: PostgresServer
) -> None:
    facts = city.build().ledger.facts
    then = await all_kinds(db)
    vector = await position_vector.current(db)
    await city.project(postgres.dsn("report_kinds"), facts[len(facts) * 2 // 3 :])

    again = await all_kinds(db, vector)
    assert {kind: report.number for kind, report in again.items()} == {
        kind: report.number for kind, report in then.items()
    }
    assert [workbook(report) for report in again.values()] == [
        workbook(report) for report in then.values()
    ]
    now = await all_kinds(db)
    moved = {kind for kind in KINDS if now[kind].digest != then[kind].digest}
    assert {"fund-month", "statistics-month", "statistics-year"} <= moved

    def scope(kind: str) -> Scope:
        return Scope(period(asked_of(kind)).last, district="211200")

    debts = await clawbacks.listed(db, scope("debts"), ("open",))
    assert column(now["debts"], 1, "尚欠（元）") == [
        row.left_fen for row in sorted(debts, key=lambda r: (r.ordered_on, r.clawback, r.payee))
    ]
    queues = await worklists.queues(db, scope("held"))
    assert sum(row.amount_fen for row in queues)
    assert now["held"].sheets[0].totals[2] == sum(row.amount_fen for row in queues)
    assert now["held"].sheets[1].totals[-1] == now["held"].sheets[0].totals[2]
    counted = await targets.by_district(
        db, scope("targets"), targets.CountFilter("high_skilled", 2022, True, "211200")
    )
    assert sum(counted.values())
    rows = {row[1]: row for row in now["targets"].sheets[0].rows}
    assert rows["high_skilled"][4] == sum(counted.values())

    settled = await db.fetchrow(
        "SELECT count(*) AS n, sum(amount_fen)::bigint AS fen FROM books.entries "
        "WHERE kind = 'settled' AND value_on BETWEEN '2022-08-01' AND '2022-08-31'"
    )
    assert settled is not None
    month = now["statistics-month"].sheets[0].totals
    assert month[-2:] == (settled["n"], settled["fen"])
    assert now["statistics-month"].sheets[1].totals[-2:] == month[-2:]
    filed = "SELECT count(*) FROM books.facts WHERE type = 'ApplicationFiled'"
    year = now["statistics-year"].sheets[0]
    assert year.totals[2] == await db.fetchval(f"{filed} AND effective_on >= '2022-01-01'")

    # a month is reported as it was signed, from the position at which it was
    assert now["closed-month"].sheets[0].rows == ()
    raw = Path(__file__).parents[1] / "golden" / "PeriodSigned.v1.json"
    signed = decode_fact(orjson.dumps(orjson.loads(raw.read_bytes())))
    await city.project(postgres.dsn("report_kinds"), [signed._replace(seq=1)])
    assert isinstance(signed.body, PeriodSigned)
    closed = await make(db, policies(), "closed-month", {**AUGUST, "month": signed.body.month})
    assert column(closed, 0, "签章摘要") == [signed.body.digest]
    assert column(closed, 1, "月末余额（元，贷方为负）") == [
        balance.closing for balance in signed.body.balances
    ]
    assert column(closed, 2, "差额（元）") == [
        one.bank - one.books for one in signed.body.statements
    ]
    before = await make(db, policies(), "closed-month", closed.parameters, vector)
    assert before.sheets[0].rows == ()

    # no table that knows the present is asked by a report
    async with db.transaction():
        positioned = await tables_at(db, ["clawbacks"], vector)
        with pytest.raises(BrokenInvariant, match=r"books\.applications is asked at a position"):
            await positioned.fetch("SELECT 1 FROM books.applications")
    assert not await db.fetchval("SELECT to_regclass('pg_temp.posts')"), "nothing is left behind"
