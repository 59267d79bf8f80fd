"""Two districts in one ledger: neither sees the other in any page, file, count, search or refusal.

The other district has the same history under names of its own, so that each of its words is a canary.
What a page says to one district is what it says where there is no other.
"""

import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape

import asyncpg
import httpx
import pytest

from events.authority import EVERY
from events.codec import decode_fact, encode_fact
from events.envelope import Recorded
from policies.access import access
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.signed_in_staff import SignedInAs, user_row
from tests.treasury_at_work import Treasury
from tests.web_pages import WebPages, books_of, pages_alone, routes, said, web_pages

ONE, OTHER, DAY = "211202", "211282", "2022-08-31"
ELSEWHERE = {
    "211202": "211282",
    "icbc-1234": "icbc-1282",
    "ccb-2234": "ccb-2282",
    "TL-2022-": "KY-2022-",
    "PXQ-": "KPQ-",
    "district:": "kaiyuan:",
    "B22": "B24",
    "-token": "-kaiyuan",
    "p-": "k-",
}
"""What is another thing in the other district."""

CANARY = re.compile(r"211282|icbc-1282|ccb-2282|KY-2022-|KPQ-|kaiyuan|B24\d|\bk-\d|开原")
_THERE = re.compile("|".join(map(re.escape, ELSEWHERE)))


def moved(facts: Iterable[Recorded]) -> list[Recorded]:
    """The same history, as it would be of the other district."""
    found = []
    for number, fact in enumerate(facts):
        there = _THERE.sub(lambda hit: ELSEWHERE[hit[0]], encode_fact(fact).decode())
        own = f"{number:08x}-0000-5000-8000-000000000000"
        other = decode_fact(there.encode())
        found.append(other._replace(id=own, cause=own.replace("0-", "1-", 1)))
    return found


def history() -> dict[str, list[Recorded]]:
    """A summer, of which one account of the other district is left out; and a treasury's days."""
    treasury = Treasury(5)
    treasury.run(900)
    summer = city.build().ledger.facts
    return {
        "summer": [one for one in summer if OTHER not in encode_fact(one).decode()],
        "treasury": treasury.network.facts,
    }


@pytest.fixture(scope="module")
def books(postgres: PostgresServer) -> dict[str, dict[str, str]]:
    """Books of the one district, and books of both."""
    return {
        name: {
            "alone": books_of(postgres, f"apart_{name}_alone", facts, USERS),
            "both": books_of(postgres, f"apart_{name}_both", [*facts, *moved(facts)], USERS),
        }
        for name, facts in history().items()
    }


USERS = tuple(
    user_row(name, access().roles, district)
    for name, district in (("one", ONE), ("other", OTHER), ("all", EVERY))
)


@asynccontextmanager
async def seen_by(name: str, dsn: str) -> AsyncIterator[WebPages]:
    """The pages as a user sees them."""
    async with web_pages(dsn, sessions=SignedInAs()) as opened:
        opened.http.cookies.set("session", name)
        yield opened


@pytest.fixture
async def pages(books: dict[str, dict[str, str]]) -> AsyncIterator[dict[str, dict[str, WebPages]]]:
    """The pages over each of these books, as somebody of the one district sees them."""
    async with AsyncExitStack() as stack:
        yield {
            name: {
                which: await stack.enter_async_context(seen_by("one", dsn))
                for which, dsn in of.items()
            }
            for name, of in books.items()
        }


ROUTES = sorted({route.path for route in routes(pages_alone(), "GET")})
PATHS = [path for path in ROUTES if "{" not in path]
OF_ONE_THING = {
    path: re.compile(re.sub(r"{[a-z_]+(:path)?}", "[^/]+", path)) for path in ROUTES if "{" in path
}
"""Routes of one thing, each with what its addresses look like."""


def exports(text: str) -> list[str]:
    """The files that a page offers."""
    found = re.findall(r'href="([^"]*[?&](?:csv|xlsx)=[^"]*)"', text)
    return [unescape(href) for href in found]


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_of_one_district_is_what_it_is_without_the_other(
    pages: dict[str, dict[str, WebPages]], path: str
) -> None:
    for name, asked in (("summer", f"{path}?district={ONE}"), ("treasury", f"{path}?as_of={DAY}")):
        both = await pages[name]["both"].http.get(asked)
        alone = await pages[name]["alone"].http.get(asked)
        assert both.status_code == alone.status_code, (name, asked)
        assert not CANARY.search(both.text), (name, asked, CANARY.findall(both.text)[:5])
        if "html" not in alone.headers.get("content-type", ""):
            continue
        assert words(both.text) == words(alone.text), (name, asked)
        for file in exports(both.text)[:3]:
            got = await pages[name]["both"].http.get(file)
            assert not CANARY.search(unpacked(got)), (name, file)


def unpacked(answer: httpx.Response) -> str:
    """What a file says, also a workbook."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
        return "".join(held.read(name).decode() for name in held.namelist())


def words(text: str) -> list[str]:
    """What a page says, but for when the ledger was looked at."""
    if "<main" not in text:
        return [text]
    return [line for line in said(text) if not line.startswith("位点核于")]


def matching(href: str) -> str | None:
    """The route of an address, where it is of one thing."""
    path = href.partition("?")[0]
    return next((route for route, known in OF_ONE_THING.items() if known.fullmatch(path)), None)


@pytest.fixture
async def theirs(books: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Addresses of things of the other district, one a route, as who sees everything finds them."""
    found: dict[str, dict[str, str]] = {}
    for name, of in books.items():
        own = found.setdefault(name, {})
        async with seen_by("all", of["both"]) as opened:
            wait = [f"{path}?district={OTHER}" for path in PATHS]
            for address in wait:
                text = (await opened.http.get(address)).text
                for href in map(unescape, re.findall(r'href="(/[^"#]*)"', text)):
                    route = matching(href)
                    if route and CANARY.search(href.partition("?")[0]) and route not in own:
                        own[route] = href.partition("?")[0]
                        wait.append(href)
    return found


async def test_a_thing_of_the_other_district_is_as_if_there_were_none(
    theirs: dict[str, dict[str, str]], pages: dict[str, dict[str, WebPages]]
) -> None:
    seen = set()
    for name, of in theirs.items():
        http = pages[name]["both"].http
        for route, address in of.items():
            seen.add(route)
            parts = address.split("/")
            nothing = "/".join(f"{part}9" if CANARY.search(part) else part for part in parts)
            there, nowhere = await http.get(address), await http.get(nothing)
            assert there.status_code == nowhere.status_code == 404, (name, address)
            assert "E-404" in there.text, (name, address)
            same = there.text.replace(address, "").replace(nothing, "")
            assert not CANARY.search(same), (name, address)
            assert same == nowhere.text.replace(nothing, "").replace(address, ""), (name, address)
    assert len(seen) > 8, seen


NAMED = {
    "/journal/{}": (
        """SELECT DISTINCT ON (kind) 'J-' || partition || '-' || ledger_offset
           FROM books.entries WHERE district = '211282' ORDER BY kind""",
        "J-0-999999",
    ),
    "/commands/{}": (
        """SELECT cause::text FROM books.facts AS f JOIN books.applications AS a
           USING (application) WHERE a.region = '211282' ORDER BY 1 LIMIT 3""",
        "99999999-0000-5000-8000-000000000000",
    ),
    "/parties/{}": (
        "SELECT max(payee) FROM books.disbursements WHERE district = '211282'",
        "nobody-token",
    ),
}
"""Things whose names do not say whose they are, and a name of nothing."""


@pytest.mark.parametrize("path", NAMED)
async def test_a_thing_whose_name_says_nothing_is_not_shown_either(
    books: dict[str, dict[str, str]], pages: dict[str, dict[str, WebPages]], path: str
) -> None:
    query, nothing = NAMED[path]
    for name, of in books.items():
        db = await asyncpg.connect(of["both"])
        names = [row[0] for row in await db.fetch(query)]
        await db.close()
        assert names, (name, path)
        http = pages[name]["both"].http
        nowhere = await http.get(path.format(nothing))
        for one in names:
            got = await http.get(path.format(one))
            assert got.status_code == nowhere.status_code, (name, path, one)
            assert got.text.replace(one, "") == nowhere.text.replace(nothing, ""), (path, one)


async def test_what_is_of_the_ledger_as_a_whole_is_refused_to_who_sees_a_part(
    pages: dict[str, dict[str, WebPages]], books: dict[str, dict[str, str]]
) -> None:
    http = pages["summer"]["both"].http
    for path in ("/operations", "/dead-letters"):
        answer = await http.get(path)
        assert (answer.status_code, "E-ROLE" in answer.text) == (403, True), path
    async with seen_by("all", books["summer"]["both"]) as opened:
        assert (await opened.http.get("/operations")).status_code == 200


async def test_a_region_that_is_not_seen_is_as_unknown_as_one_that_is_none(
    pages: dict[str, dict[str, WebPages]],
) -> None:
    http = pages["summer"]["both"].http
    for path in ("/applications?district={}", "/reports/new?kind=fund-month&area={}&month=2022-08"):
        for region in (OTHER, "211200", "210000"):
            there = await http.get(path.format(region))
            nowhere = await http.get(path.format("219999"))
            assert there.status_code == nowhere.status_code == 422, (path, region)
            assert there.text.replace(region, "") == nowhere.text.replace("219999", ""), region
