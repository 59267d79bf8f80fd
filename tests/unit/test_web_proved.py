"""Told by the bank and proved by its statement are two states; only what is proved is green."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import asyncpg
import httpx
import pytest

from projections.queries.after_payment import after
from projections.queries.batches import BatchRow
from projections.queries.reconciliation import lines_of
from projections.queries.scope import Scope
from services.banking.reconciliation.reading import accounts_overview
from services.runtime.embedded.postgres_server import PostgresServer
from services.web.pages.reconciliation import state_on
from services.wording import states
from tests.browser import city
from tests.example_cities import cities
from tests.treasury_at_work import Treasury
from tests.web_pages import books_of, web_pages

KEY = f"district-{city.DISTRICT}.hrss:TL-2022-{{:06d}}"
PROVED, MISSING = KEY.format(4000), KEY.format(4001)


@pytest.fixture(scope="module")
def books(postgres: PostgresServer) -> dict[str, str]:
    """A city whose statement is damaged, and a treasury that takes money back."""
    treasury = Treasury(13)
    treasury.run(900)
    ledgers = {"city": city.build().ledger.facts, "treasury": treasury.network.facts}
    return {name: books_of(postgres, f"proved_{name}", facts) for name, facts in ledgers.items()}


@pytest.fixture
async def pages(books: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over the city's books."""
    async with web_pages(books["city"]) as opened:
        yield opened.http


def tags(text: str) -> list[tuple[str, str]]:
    """Tone and words of every state on a page."""
    found = re.findall(r'<span class="tag (\w+)"><svg[^>]*>.*?</svg>([^<]+)</span>', text)
    return [(tone, words) for tone, words in found]


async def test_an_application_shows_the_line_that_the_reconciliation_matched(
    pages: httpx.AsyncClient,
) -> None:
    text = (await pages.get(f"/applications/{PROVED}")).text
    assert "对账单上尚无本件的流水" not in text
    assert "对账单 icbc-1234 第 20220819-" in text
    assert ("green", "银行已证实") in tags(text)
    assert ("blue", "已到账") not in tags(text)


async def test_a_payment_that_no_line_proves_is_told_and_not_green(
    pages: httpx.AsyncClient,
) -> None:
    text = (await pages.get(f"/applications/{MISSING}")).text
    assert "对账单上尚无本件的流水" in text
    assert ("blue", "已到账") in tags(text)
    assert "green" not in {tone for tone, _words in tags(text)}
    text = (await pages.get("/disbursements?state=settled&size=200")).text
    assert {words for tone, words in tags(text) if tone == "green"} == {"银行已证实"}
    assert ("blue", "已到账") in tags(text)


async def test_what_a_page_shows_is_what_the_whole_matching_matched(books: dict[str, str]) -> None:
    db = await asyncpg.connect(books["city"])
    try:
        settled = await db.fetch(
            "SELECT application, instruction FROM books.disbursements WHERE state = 'settled'"
        )
        applications = [row["application"] for row in settled]
        together = await lines_of(db, applications, city.CLOSE)
        one_by_one = [
            line for key in applications for line in await lines_of(db, [key], city.CLOSE)
        ]
    finally:
        await db.close()
    assert sorted(together) == sorted(one_by_one)
    proved = {line.instruction for line in together if line.proves}
    assert len(proved) == len(settled) - 2, "one line is missing, one has another amount"
    assert {line.verdict for line in together} == {"matched", "amount", "duplicate"}


async def test_equal_is_green_up_to_the_last_day_of_the_statement_and_no_further(
    books: dict[str, str],
) -> None:
    db = await asyncpg.connect(books["city"])
    try:
        tones = {}
        for day in (date(2022, 8, 21), city.CLOSE - timedelta(days=1), city.CLOSE):
            rows = await accounts_overview(db, cities(), day)
            own = next(row for row in rows if row.account == "ccb-2234")
            tones[day.day] = state_on(own, day).tone
            last = own.last_booked_on
            assert own.proved_on(day) is (last is not None and day <= last)
        assert tones == {21: "green", 30: "blue", 31: "amber"}, "a month that is over is not told"
    finally:
        await db.close()


def batch(**changed: object) -> BatchRow:
    whole: dict[str, object] = dict.fromkeys(BatchRow._fields)
    return BatchRow(**(whole | {"state": "closed", "payments": 3, "open_returns": 0} | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "state", "tone"),
    [
        ({}, "closed", "blue"),
        ({"payments": 0}, "empty", "grey"),
        ({"payments": None}, "empty", "grey"),
        ({"open_returns": 6}, "returns_open", "amber"),
        ({"state": "sent", "open_returns": 6}, "sent", "violet"),
    ],
)
def test_a_batch_that_is_empty_or_has_open_returns_is_not_settled(
    changed: dict[str, object], state: str, tone: str
) -> None:
    assert batch(**changed).shown_state == state
    assert states.BATCHES[state].tone == tone


async def test_a_payment_taken_back_in_full_says_so(books: dict[str, str]) -> None:
    async with (
        asyncpg.create_pool(books["treasury"], min_size=1, max_size=1) as pool,
        pool.acquire() as db,
    ):
        owed = await db.fetch(
            """SELECT application, sum(amount_fen)::bigint AS owed,
                          sum(recovered_fen + offset_fen + written_off_fen)::bigint AS done
                   FROM books.clawbacks WHERE state IN ('open', 'closed') AND cause <> 'paid_twice'
                   GROUP BY application"""
        )
        paid = await db.fetch(
            """SELECT application, sum(amount_fen + offset_fen + advanced_fen)::bigint AS paid
                   FROM books.disbursements WHERE state IN ('settled', 'netted')
                   GROUP BY application"""
        )
        sums = {row["application"]: row["paid"] for row in paid}
        told = await after(db, Scope(date(2024, 1, 1)), [row["application"] for row in owed])
    full = {
        row["application"]: "taken_back" if row["done"] >= row["owed"] else "owed_back"
        for row in owed
        if row["owed"] >= sums.get(row["application"], 0)
    }
    assert told.owed == full
    assert set(full.values()) == {"taken_back", "owed_back"}
    assert len(full) < len(owed), "what is owed in part is still paid"
    some = next(iter(full))
    assert told.state(some, "settled", None) == full[some]
    assert states.AFTER_PAYMENT[full[some]].tone != "green"


def test_green_is_only_for_what_a_statement_or_a_digest_proves() -> None:
    tables = [
        table for table in vars(states).values()
        if isinstance(table, dict) and table and isinstance(next(iter(table.values())), states.State)
    ]  # fmt: skip
    green = {state.word for table in tables for state in table.values() if state.tone == "green"}
    assert len(tables) > 12
    assert green == {"银行已证实"}
