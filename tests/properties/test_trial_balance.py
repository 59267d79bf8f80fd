"""The trial balance, by sums of days and months, is the postings added up one by one.

Holds: for any day in the books and any day of knowledge, over all books, by books and by sub-account;
       however the facts were cut into slices and whichever partition was written first.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.engine.folding import Folded, Mappings
from projections.engine.migrate import migrate
from projections.engine.row_writing import write_rows
from projections.queries import account_balances, journal_totals, reconciliation
from projections.queries.journal import JournalFilter
from projections.queries.scope import Scope
from projections.read_models import journal
from tests.handmade_ledgers import ON, History
from tests.properties.test_journal import FUNDS, histories
from tests.properties.test_matching import Database

MAPPINGS: Mappings = dict.fromkeys(journal.READS, (journal.changes,))
DAYS = st.integers(-5, 75).map(lambda days: ON + timedelta(days=days))
POSTINGS = """
SELECT code, fund, district, sub, amount_fen FROM books.postings
WHERE value_on <= $1 AND known_on <= $2
"""

LISTS = st.builds(
    JournalFilter,
    kind=st.none(),
    code=st.none() | st.sampled_from(["1002", "2241", "2211", "5001"]),
    sub=st.none() | st.sampled_from(["icbc-1234", "skill-upgrade", "jobseeking"]),
    since=st.none() | DAYS,
    until=st.none() | DAYS,
)

Sums = dict[tuple[str, ...], tuple[int, int]]


@pytest.fixture
def books(database: str) -> Iterator[Database]:
    connected = Database(database)
    connected.loop.run_until_complete(migrate(database))
    yield connected
    connected.close()


async def write(connection: Any, history: History, size: int) -> None:
    """Write the facts, one partition after the other, in slices of a size."""
    located = sorted(history.located(), key=lambda one: -one.partition)
    for start in range(0, len(located), size):
        folded = Folded(MAPPINGS)
        folded.add(located[start : start + size])
        await write_rows(connection, "books", folded)


def summed(rows: list[Any], *names: str) -> Sums:
    """Debits and credits of postings, by some of their columns."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[tuple(row[name] for name in names)][row["amount_fen"] < 0] += abs(row["amount_fen"])
    return {key: (debit, credit) for key, (debit, credit) in sums.items()}


LISTED = """
SELECT partition, ledger_offset, code, sub, fund, amount_fen FROM books.postings
WHERE value_on BETWEEN $1 AND $2 AND known_on <= $3
"""


async def check_journal(connection: Any, scope: Scope, wanted: JournalFilter) -> None:
    """Compare what a list of entries says that it holds with its postings, one by one."""
    first, last = wanted.since or date.min, min(scope.as_of, wanted.until or date.max)
    rows = [
        row
        for row in await connection.fetch(LISTED, first, last, scope.known_on)
        if scope.fund in (None, row["fund"])
    ]
    own = [
        row
        for row in rows
        if wanted.code in (None, row["code"]) and wanted.sub in (None, row["sub"])
    ]
    entries = {(row["partition"], row["ledger_offset"]) for row in own}
    amount = sum(
        row["amount_fen"]
        for row in rows
        if row["amount_fen"] > 0 and (row["partition"], row["ledger_offset"]) in entries
    )
    found = await journal_totals.totals(connection, scope, wanted)
    assert found == (
        len(entries),
        sum(row["amount_fen"] for row in own if row["amount_fen"] > 0),
        -sum(row["amount_fen"] for row in own if row["amount_fen"] < 0),
        amount,
    )


async def check(connection: Any, day: date, known: date | None, fund: str | None) -> None:
    """Compare every trial balance, and what the reconciliation asks, with a plain sum."""
    scope = Scope(today=day, known_set=known, fund=fund)
    everything = await connection.fetch(POSTINGS, day, known or date.max)
    rows = [row for row in everything if fund in (None, row["fund"])]
    by_account = await account_balances.by_account(connection, scope)
    assert {(b.code,): (b.debit_fen, b.credit_fen) for _, b in by_account} == summed(rows, "code")
    by_sub = await account_balances.by_account(connection, scope, by_sub=True)
    assert {(b.code, sub): (b.debit_fen, b.credit_fen) for sub, b in by_sub} == summed(
        rows, "code", "sub"
    )
    by_books = await account_balances.by_books(connection, scope)
    assert {
        (fund, district, b.code): (b.debit_fen, b.credit_fen) for fund, district, b in by_books
    } == summed(rows, "fund", "district", "code")
    held = await reconciliation.book_balances(connection, day, known or date.max)
    of_bank = summed([row for row in everything if row["code"] == "1002"], "sub")
    assert held == {sub: debit - credit for (sub,), (debit, credit) in of_bank.items()}
    sent = await reconciliation.sent_unanswered(connection, day, known or date.max)
    in_transit = [row for row in everything if row["code"] == "2241"]
    assert {(one.account,): one.total_fen for one in sent.values()} == {
        sub: credit - debit for sub, (debit, credit) in summed(in_transit, "sub").items()
    }
    for one in sent.values():
        own = [row["amount_fen"] < 0 for row in in_transit if row["sub"] == one.account]
        assert one.number == own.count(True) - own.count(False)


@given(
    history=histories(),
    size=st.integers(1, 40),
    asked=st.lists(
        st.tuples(DAYS, st.none() | DAYS, st.none() | st.sampled_from(FUNDS)),
        min_size=6,
        max_size=6,
    ),
    lists=st.lists(LISTS, min_size=3, max_size=3),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_day_as_known_on_any_day_is_a_plain_sum(
    books: Database,
    history: History,
    size: int,
    asked: list[tuple[date, date | None, str | None]],
    lists: list[JournalFilter],
) -> None:
    async def play() -> None:
        transaction = books.connection.transaction()
        await transaction.start()
        try:
            await write(books.connection, history, size)
            for day, known, fund in asked:
                await check(books.connection, day, known, fund)
                for wanted in lists:
                    scope = Scope(today=day, known_set=known, fund=fund)
                    await check_journal(books.connection, scope, wanted)
        finally:
            await transaction.rollback()

    books.loop.run_until_complete(play())
