"""A page shows an earlier day as it was, or says that it has no history."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from datetime import date

import httpx
import pytest

from events.days import legal_day
from events.envelope import Recorded
from projections.queries.scope import History
from services.runtime.embedded.postgres_server import PostgresServer
from services.web.request.history import HISTORY
from tests.browser import city
from tests.treasury_at_work import Treasury
from tests.web_pages import books_of, pages_alone, routes, said, web_pages

IN_THE_CITY, IN_THE_TREASURY = date(2022, 8, 19), date(2022, 12, 20)
PATHS = {
    "/applications/{key}": f"/applications/district-{city.DISTRICT}.hrss:TL-2022-004001",
    "/reconciliation/{account}/{month}": f"/reconciliation/{city.ACCOUNT}/2022-08",
    "/vouchers/{key}": f"/vouchers/district-{city.DISTRICT}.hrss:PXQ-0001",
    "/targets": "/targets?year=2022",
    "/head-count": "/head-count?count=high_skilled&year=2022",
    "/posts": "/posts?year=2022&quarter=3",
    "/journal": "/journal?code=1002",
}


def cut(facts: Iterable[Recorded], *, on: date, known: date = date.max) -> list[Recorded]:
    """What had happened by a day, as it was known by a day: a ledger that ends there."""
    seen: dict[str, int] = {}
    left = []
    for fact in facts:
        if fact.effective_on <= on and legal_day(fact.recorded_at) <= known:
            seen[fact.stream] = seen.get(fact.stream, 0) + 1
            left.append(fact._replace(seq=seen[fact.stream]))
    return left


@pytest.fixture(scope="module")
def books(postgres: PostgresServer) -> dict[str, str]:
    """Whole books, and books that end on the day asked for, of a city and of a treasury."""
    summer = city.build().ledger.facts
    treasury = Treasury(5)
    treasury.run(900)
    acts = treasury.network.facts
    told_late = [
        fact for fact in acts if getattr(fact.body, "value_on", date.max) <= IN_THE_TREASURY
    ]
    assert all(fact.effective_on <= IN_THE_TREASURY for fact in told_late), "choose another day"
    ledgers = {
        "city": summer,
        "city_then": cut(summer, on=IN_THE_CITY),
        "city_known_then": cut(summer, on=IN_THE_CITY, known=IN_THE_CITY),
        "treasury": acts,
        "treasury_then": cut(acts, on=IN_THE_TREASURY),
    }

    return {name: books_of(postgres, f"history_{name}", facts) for name, facts in ledgers.items()}


@pytest.fixture
async def pages(books: dict[str, str]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client of the pages over each of these books."""
    async with AsyncExitStack() as stack:
        opened = {
            name: await stack.enter_async_context(web_pages(dsn)) for name, dsn in books.items()
        }
        yield {name: one.http for name, one in opened.items()}


def path_of(route: str, **scope: date) -> str:
    path = PATHS.get(route, route)
    if route == "/journal/{number}":
        path = "/journal/J-0-0"
    query = "&".join(f"{name}={day}" for name, day in scope.items())
    return f"{path}{'&' if '?' in path else '?'}{query}"


def claims(*wanted: History) -> list[str]:
    return [route for route, history in HISTORY.items() if history in wanted]


@pytest.mark.parametrize("route", [r for r in claims(*History) if r != "/journal/{number}"])
async def test_a_page_with_history_shows_a_day_as_a_ledger_that_ends_there(
    pages: dict[str, httpx.AsyncClient], route: str
) -> None:
    for name, day in (("city", IN_THE_CITY), ("treasury", IN_THE_TREASURY)):
        path = path_of(route, as_of=day)
        now, then = await pages[name].get(path), await pages[f"{name}_then"].get(path)
        assert said(now.text) == said(then.text), name
        assert now.status_code != 200 or "历史视图 · 只读" in now.text
        assert now.status_code != 200 or "不是历史视图" not in now.text


@pytest.mark.parametrize("route", [r for r in claims(History.BOTH) if r != "/journal/{number}"])
async def test_a_page_that_looks_back_by_knowledge_forgets_what_came_later(
    pages: dict[str, httpx.AsyncClient], route: str
) -> None:
    for path in (
        path_of(route, known=IN_THE_CITY),
        path_of(route, as_of=IN_THE_CITY, known=IN_THE_CITY),
    ):
        now, then = await pages["city"].get(path), await pages["city_known_then"].get(path)
        assert said(now.text) == said(then.text)
        assert "历史视图 · 只读" in now.text


async def test_a_reconciliation_by_knowledge_is_not_the_present_one(
    pages: dict[str, httpx.AsyncClient],
) -> None:
    path = path_of("/reconciliation/{account}/{month}", as_of=date(2022, 8, 31))
    present = await pages["city"].get(path)
    before = await pages["city"].get(f"{path}&known=2022-08-17")
    assert said(present.text) != said(before.text)


def test_every_page_with_history_is_a_page() -> None:
    assert set(HISTORY) <= {route.path for route in routes(pages_alone(), "GET")}


async def test_a_page_without_history_says_so_and_is_not_violet(
    pages: dict[str, httpx.AsyncClient],
) -> None:
    without = [
        r.path
        for r in routes(pages_alone(), "GET")
        # the public's pages have neither a scope nor a frame
        if r.path not in HISTORY and "{" not in r.path and not r.path.startswith("/public")
    ]
    told = 0
    for path in without:
        answer = await pages["city"].get(f"{path}?as_of={IN_THE_CITY}&known={IN_THE_CITY}")
        kind = answer.headers.get("content-type", "")
        if answer.status_code == 200 and kind.startswith("text/html"):
            assert "不是历史视图 · 只读" in answer.text, path
            assert 'class="scope historical"' not in answer.text, path
            assert "不按知悉日回看" in answer.text or "本页没有历史视图" in answer.text, path
            told += 1
    assert told > 18
    for path in claims(History.DAY):
        answer = await pages["city"].get(path_of(path, known=IN_THE_CITY))
        assert "不能按知悉日回看" in answer.text, path
        assert 'class="scope historical"' not in answer.text, path
