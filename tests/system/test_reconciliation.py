"""Reconciliation on real books: a city's month beside its bank's, to the fen."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from events import streams
from events.disbursements import DisbursementReturned, DisbursementSettled
from events.envelope import Asked
from events.statements import OpenStatement, RecordStatementLine
from projections.engine.migrate import migrate
from projections.queries import matches, reconciliation
from projections.queries.reconciliation import differences, lines_of
from services.banking.reconciliation.reading import (
    AccountOverview,
    accounts_overview,
    statement_of,
)
from services.banking.statements.statement_file import read_statement
from tests.bank_layouts import statement_layout
from tests.browser.city import ACCOUNT, CLOSE, City, build, project
from tests.example_cities import cities
from tests.statement_files import takes

CITY = build()


@pytest.fixture
async def books(database: str) -> AsyncIterator[asyncpg.Connection]:
    """The city's books in PostgreSQL."""
    await migrate(database)
    await project(database, CITY.ledger.facts)
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def own(books: asyncpg.Connection, as_of: date) -> AccountOverview:
    """The overview of the account whose statement is damaged."""
    return next(
        row for row in await accounts_overview(books, cities(), as_of) if row.account == ACCOUNT
    )


async def test_each_damage_of_the_statement_is_one_difference(books: asyncpg.Connection) -> None:
    found = await differences(books, CLOSE, account=ACCOUNT)
    assert sorted((d.kind, d.difference, d.age_days) for d in found) == [
        ("amount", -50_000, 12),
        ("duplicate", -150_000, 9),
        ("missing_at_bank", 150_000, 12),
        ("unknown_at_bank", -43_210, 1),
    ]
    assert [d.since for d in found] == sorted(d.since for d in found)


async def test_what_is_kept_is_what_matching_everything_anew_says_of_any_day(
    books: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [row[0] for row in await books.fetch("SELECT application FROM books.applications")]
    days = [CLOSE - timedelta(days=before) for before in (20, 12, 9, 1, 0)]

    async def said() -> list[object]:
        asked: list[object] = [await differences(books, day) for day in days]
        return [*asked, await lines_of(books, keys, CLOSE)]

    kept = await said()
    assert kept[1]
    assert kept[-1]

    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(matches, "all_is_known", never)
    monkeypatch.setattr(reconciliation, "all_is_known", never)
    assert await said() == kept


async def test_the_adjusted_balances_are_equal_and_every_item_stands_once(
    books: asyncpg.Connection,
) -> None:
    statement = await statement_of(books, ACCOUNT, CLOSE)
    assert statement is not None
    assert statement.difference_after == 0
    paid = sum(b.money.amount for _, b in CITY.find(DisbursementSettled))
    assert statement.book_balance == 20_000_000 + 15_000_000 + 18_645 - paid
    numbers = [
        statement.bank_received.number,
        statement.bank_paid.number,
        statement.unequal.number,
        statement.book_received.number,
        statement.book_paid.number,
    ]
    assert numbers == [0, 2, 1, 0, 1]
    assert set(statement.differences) == set(await differences(books, CLOSE, account=ACCOUNT))


async def test_what_was_sent_and_not_answered_is_a_memo_and_no_item(
    books: asyncpg.Connection,
) -> None:
    statement = await statement_of(books, ACCOUNT, CLOSE)
    assert statement is not None
    assert statement.in_transit.number == 2
    on_the_day = await statement_of(books, ACCOUNT, date(2022, 8, 18))
    assert on_the_day is not None
    answered = len(CITY.find(DisbursementSettled)) + len(CITY.find(DisbursementReturned))
    assert on_the_day.in_transit.number == answered + 2
    assert on_the_day.differences == ()
    assert on_the_day.difference_after == 0


async def test_an_account_without_a_statement_of_the_month_is_named_and_left_out(
    books: asyncpg.Connection,
) -> None:
    august = await own(books, CLOSE)
    assert (august.state, august.open_count, august.unexplained) == ("to_explain", 4, 0)
    assert august.open_absolute == 393_210
    september = await own(books, date(2022, 9, 1))
    assert (september.state, september.bank_balance) == ("no_statement", None)
    assert await statement_of(books, ACCOUNT, date(2022, 9, 1)) is None


async def test_a_file_imported_twice_and_once_more_with_overlap_counts_each_line_once(
    database: str,
) -> None:
    await migrate(database)
    city = City()
    heading = "交易日期,交易流水号,摘要,借方发生额,贷方发生额,余额\n"
    first = "2022-08-01,F1,财政拨款,,1000.00,1000.00\n2022-08-02,X1,手续费,5.00,,995.00\n"
    more = "2022-08-03,X2,不明扣款,5.00,,990.00\n"
    account = cities().accounts[ACCOUNT]
    for text in (first, first, first + more):
        raw = (heading + text).encode()
        statement = read_statement("8月.csv", raw, ACCOUNT, statement_layout("city-csv"))
        asked = takes(statement, account, datetime(2022, 9, 1, tzinfo=UTC))
        await project(database, city.ledger.ask(asked))
    connection = await asyncpg.connect(database)
    try:
        (overview,) = await accounts_overview(connection, cities(), CLOSE)
        assert overview.bank_balance == 99_000
        assert overview.book_balance == 99_500
        (unknown,) = await differences(connection, CLOSE)
        assert (unknown.kind, unknown.difference) == ("unknown_at_bank", -500)
    finally:
        await connection.close()


async def test_a_balance_that_the_bank_wrote_and_the_lines_do_not_come_to_is_told(
    database: str,
) -> None:
    await migrate(database)
    city, month = City(), streams.account(ACCOUNT, "2022-08")
    sent_at = datetime(2022, 9, 1, tzinfo=UTC)

    def line(name: str, amount: int, after: int | None) -> Asked:
        body = RecordStatementLine(
            bank_account=ACCOUNT,
            line=name,
            booked_on=date(2022, 8, 2),
            amount=amount,
            reference=name,
            purpose="",
            balance_after=after,
        )
        return Asked(str(uuid4()), month, sent_at, date(2022, 8, 2), "intake", body)

    opened = OpenStatement(bank_account=ACCOUNT, month="2022-08", opening_balance=1_000)
    asked = Asked(str(uuid4()), month, sent_at, date(2022, 8, 1), "intake", opened)
    # the bank has booked -300 between the two, and its message is lost
    await project(database, city.ledger.ask([asked, line("a", -100, 900), line("b", -5, 595)]))
    connection = await asyncpg.connect(database)
    try:
        (overview,) = await accounts_overview(connection, cities(), date(2022, 8, 2))
        assert (overview.state, overview.bank_balance) == ("misstated", 895)
        await project(database, city.ledger.ask([line("c", -300, 600)]))
        (overview,) = await accounts_overview(connection, cities(), date(2022, 8, 2))
        assert (overview.state, overview.bank_balance) == ("unexplained", 595)
    finally:
        await connection.close()
