"""Payments summed by state are the payments counted one by one, whatever has become of them.

Holds: after every slice, however the facts are cut; after a rebuild's summing; for any filter of the
       list, its pages too; and for a session that sees one district.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from events import streams
from events.clawbacks import ClawbackOffset
from events.disbursements import (
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    DisbursementUnbatched,
    Money,
)
from events.payees import AccountChanged
from events.values import Fact
from projections.engine import payment_summing
from projections.engine.folding import Folded, Mappings
from projections.engine.migrate import migrate
from projections.engine.row_writing import write_rows
from projections.queries import payment_totals, payments
from projections.queries.keyset import Mark, Page
from projections.queries.payment_filter import PaymentFilter
from projections.queries.scope import Scope
from projections.read_models import disbursements
from projections.read_models.payment_sums import TABLES
from tests.handmade_ledgers import ON, History
from tests.properties.test_matching import Database

MAPPINGS: Mappings = dict.fromkeys(disbursements.READS, (disbursements.changes,))
DISTRICTS = ("211202", "211204", "211281")
FUNDS = ("unemployment-insurance", "employment-subsidies")
PROGRAMMES = ("skill-upgrade", "jobseeking")
BANKS = ("icbc-1234", "ccb-5678")
STATES = ("ordered", "batched", "sent", "settled", "returned", "cancelled", "netted")
DAYS = 75
"""Ordered over so many days: whole months and parts of some."""

COUNTED = """
SELECT {day}, coalesce(state, ''), coalesce(district, ''), coalesce(fund, ''),
       coalesce(programme, ''), coalesce(bank_account, ''), count(*)::int, sum(amount_fen)::bigint
FROM books.disbursements WHERE ordered_on IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
"""
OF_DISTRICT = """
SET LOCAL ROLE benefit_web;
SET LOCAL benefit.districts = '{0}'; SET LOCAL benefit.funds = '*'
"""


@pytest.fixture
def books(database: str) -> Iterator[Database]:
    connected = Database(database)
    connected.loop.run_until_complete(migrate(database))
    yield connected
    connected.close()


def way(chance: Random, name: str, money: Money) -> Iterator[Fact]:
    """One payment's way, as far as it has come: paid, returned, tried again, given up, set off."""
    at: dict[str, Any] = {"disbursement": name, "money": money}
    yield DisbursementOrdered(
        **at,
        application=name.partition("#")[0],
        instalment=1,
        beneficiary="beneficiary/person",
        account="acc",
        kind="benefit",
    )
    for attempt in range(1, chance.choice((1, 2, 2, 3, 4))):
        to: dict[str, Any] = at | {"attempt": attempt, "instruction": f"I{attempt}"}
        bank: dict[str, Any] = {
            "bank_account": chance.choice(BANKS),
            "batch": f"B{chance.randrange(9)}",
        }
        yield DisbursementBatched(**to, **bank, line_no=1, account="acc")
        match chance.randrange(6):
            case 0:
                return
            case 1:
                yield DisbursementUnbatched(**at, attempt=attempt, batch=bank["batch"])
                continue
        yield DisbursementSent(**to, **bank)
        match chance.randrange(4):
            case 0:
                return
            case 1:
                yield DisbursementReturned(
                    **to, **bank_said(bank), code="c", reason="r", after_settlement=False
                )
                if chance.random() < 0.5:
                    return
                yield account_changed(name)
            case _:
                yield DisbursementSettled(**to, **bank_said(bank), bank_reference="r")
                return
    match chance.randrange(4):
        case 0:
            yield DisbursementCancelled(**at, reason="r", kind="benefit")
        case 1:
            left = chance.choice((0, money.amount // 2))
            yield ClawbackOffset(
                **at,
                clawback="C",
                application="s:0",
                left=0,
                payable_left=left,
                line=money.line,
                advance="",
                at_order=False,
            )


def account_changed(name: str) -> AccountChanged:
    """What came back goes out once more."""
    return AccountChanged(
        application=name.partition("#")[0],
        account="acc2",
        replaces="acc",
        version=2,
        moved=(),
        retried=(name,),
        document="d",
        reason="r",
        source="s",
    )


def bank_said(bank: dict[str, Any]) -> dict[str, Any]:
    """What every answer of a bank says."""
    return {"bank_account": bank["bank_account"], "value_on": ON}


def played(chance: Random, many: int) -> History:
    """Many payments, their facts shuffled into one another, each in its own order."""
    ways = []
    for number in range(many):
        money = Money(
            amount=chance.choice((100, 2_500, 99_900)),
            fund=chance.choice(FUNDS),
            district=chance.choice(DISTRICTS),
            programme=chance.choice(PROGRAMMES),
            line=streams.fund_line(FUNDS[0], DISTRICTS[0], 2022),
        )
        day = ON + timedelta(days=chance.randrange(DAYS))
        ways.append((day, f"person-{number % 7}", way(chance, f"s:{number}#1", money)))
    history = History()
    while ways:
        one = chance.choice(ways)
        fact = next(one[2], None)
        if fact is None:
            ways.remove(one)
        else:
            history.add(streams.payee(one[1]), fact, on=one[0])
    return history


async def check_rows(connection: Any) -> None:
    for table in TABLES:
        day = "ordered_on"
        if table.key[0] == "ordered_month":
            day = "date_trunc('month', ordered_on)::date"
        counted = await connection.fetch(COUNTED.format(day=day))
        columns = ", ".join((*table.key, "payments", "amount_fen"))
        kept = await connection.fetch(f"SELECT {columns} FROM books.{table.name}")
        assert sorted(map(tuple, kept)) == sorted(map(tuple, counted))


async def everything(connection: Any) -> list[Any]:
    """All rows of the sums, with what no count would say."""
    return [
        await connection.fetch(f"SELECT * FROM books.{table.name} ORDER BY {', '.join(table.key)}")
        for table in TABLES
    ]


def naive(rows: list[Any], scope: Scope, wanted: PaymentFilter) -> list[Any]:
    """Which payments a filter lets through, newest first, without the filter's own SQL."""
    found = [
        row
        for row in rows
        if row["ordered_on"] <= scope.as_of
        and scope.holds(row["district"])
        and scope.fund in (None, row["fund"])
        and (not wanted.states or row["state"] in wanted.states)
        and (not wanted.programmes or row["programme"] in wanted.programmes)
        and (wanted.since or date.min) <= row["ordered_on"] <= (wanted.until or date.max)
        and wanted.bank_account in ("", row["bank_account"])
        and wanted.batch in ("", row["batch"])
    ]
    return sorted(found, key=lambda row: (row["ordered_on"], row["disbursement"]), reverse=True)


async def check_questions(connection: Any, chance: Random, district: str | None) -> None:
    """Compare counts, sums, states and all pages of a random filter with the payments themselves."""

    def some(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(chance.sample(values, chance.choice((0, 0, 1, 2))))

    days = [ON + timedelta(days=chance.randrange(-5, DAYS + 5)) for _ in range(3)]
    scope = Scope(
        today=days[0] if chance.random() < 0.3 else date(2023, 1, 1),
        district=district,
        fund=chance.choice((None, FUNDS[0])),
    )
    wanted = PaymentFilter(
        states=some(STATES),
        programmes=some(PROGRAMMES),
        since=chance.choice((None, days[1])),
        until=chance.choice((None, days[2])),
        bank_account=chance.choice(("", "", BANKS[0])),
        batch=chance.choice(("", "", "", "B3")),
        oldest_first=chance.random() < 0.5,
    )
    rows = naive(await connection.fetch("SELECT * FROM books.disbursements"), scope, wanted)
    amounts = [row["amount_fen"] for row in rows]
    assert await payment_totals.total(connection, scope, wanted) == (len(rows), sum(amounts))
    states = {
        state: (len(own), sum(r["amount_fen"] for r in own), min(r["ordered_on"] for r in own))
        for state in {row["state"] for row in rows}
        for own in [[row for row in rows if row["state"] == state]]
    }
    found = await payment_totals.by_state(connection, scope, wanted)
    assert {one.state: tuple(one[1:]) for one in found} == states
    names = [row["disbursement"] for row in rows]
    if wanted.oldest_first:
        names.reverse()
    size, read, mark = chance.choice((3, 10, 200)), list[str](), None
    while True:
        page = await payments.page(connection, scope, wanted, Page(mark, None, False, size))
        read += [row.disbursement for row in page[:size]]
        if len(page) <= size:
            break
        mark = Mark(page[size - 1].ordered_on, page[size - 1].disbursement)
        back = await payments.page(connection, scope, wanted, Page(None, mark, False, size))
        before = read[:-1][-size:]
        assert [row.disbursement for row in back][-len(before) or len(back) :] == before
    assert read == names


@pytest.mark.parametrize("seed", range(6))
def test_the_sums_are_a_plain_count(books: Database, seed: int) -> None:
    chance = Random(seed)
    located = played(chance, 60).located()

    async def play() -> None:
        connection, start = books.connection, 0
        while start < len(located):
            end = start + chance.randrange(1, 60)
            folded = Folded(MAPPINGS)
            folded.add(located[start:end])
            async with connection.transaction():
                await write_rows(connection, "books", folded, summing=True)
            start = end
            await check_rows(connection)
        kept = await everything(connection)
        await payment_summing.sum_whole(connection, "books")
        assert kept == await everything(connection)
        for district in (None, "211200", DISTRICTS[1]) * 4:
            await check_questions(connection, chance, district)
        async with connection.transaction():
            await connection.execute(OF_DISTRICT.format(DISTRICTS[2]))
            seen = await payment_totals.by_state(connection, Scope(today=date(2023, 1, 1)))
            own = await connection.fetch("SELECT DISTINCT district FROM books.disbursements")
            assert [row["district"] for row in own] == [DISTRICTS[2]]
            assert seen
            for _ in range(3):
                await check_questions(connection, chance, None)

    books.loop.run_until_complete(play())
