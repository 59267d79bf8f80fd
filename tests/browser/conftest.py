"""A real Chromium on real pages over a real database with a small city in it.

A missing browser or a missing package fails the test and never skips it.
"""

import asyncio
import itertools
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from events.codec import decode_packet, packet
from events.envelope import Asked
from projections.engine.migrate import migrate
from services.runtime.embedded.postgres_server import PostgresServer
from services.web.request.sources import Sources
from services.web.server import NODE_MODULES, listening_socket, serve
from tests.browser import city
from tests.given_when_then import policies

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_NUMBERS = itertools.count(1)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Workplace(NamedTuple):
    """The pages, as a test reaches them."""

    address: str
    dsn: str
    city: city.City
    asked: list[Asked]

    def at(self, path: str) -> str:
        """The whole address of a page."""
        return f"{self.address}{path}"


@pytest.fixture(scope="module")
def workplace(postgres: PostgresServer) -> Iterator[Workplace]:
    """The pages over a city's books; what is asked there is decided in memory and projected."""
    assert (NODE_MODULES / "htmx.org").is_dir(), "npm's packages are missing: run `make setup`"
    with _served(postgres) as running:
        yield running


async def _books(postgres: PostgresServer) -> str:
    name = f"workplace_{next(_NUMBERS)}"
    server = await asyncpg.connect(postgres.dsn())
    await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await server.close()
    await migrate(postgres.dsn(name))
    return postgres.dsn(name)


class _served:  # noqa: N801 -- read as a word of a with statement
    """The pages on a loop of their own, in a thread of their own."""

    def __init__(self, postgres: PostgresServer) -> None:
        self._postgres = postgres
        self._city = city.build()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pages")
        self._stop = asyncio.Event()
        self._asked: list[Asked] = []

    def __enter__(self) -> Workplace:
        self._thread.start()
        ready = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        return Workplace(ready.result(60), self._dsn, self._city, self._asked)

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> str:
        self._dsn = await _books(self._postgres)
        await city.project(self._dsn, self._city.ledger.facts)
        self._pool = await asyncpg.create_pool(self._dsn, min_size=1, max_size=4)
        sources = Sources(
            self._pool, policies(), NODE_MODULES, city.names_of, send=self._decide, wait_seconds=2.0
        )
        ready: asyncio.Future[str] = self._loop.create_future()
        listening = listening_socket("127.0.0.1", 0)
        self._serving = asyncio.create_task(serve(sources, listening, self._stop, ready))
        return await ready

    async def _ended(self) -> None:
        await self._serving
        await self._pool.close()

    async def _decide(self, commands: Sequence[tuple[str, bytes]]) -> None:
        """Decide what the pages send by the real deciders, and project it, without a broker."""
        asked = [one for _, raw in commands for one in decode_packet(packet([raw]))]
        self._asked.extend(asked)
        await city.project(self._dsn, self._city.ledger.ask(asked))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one that Playwright has installed.

    It ends with its module, because Playwright's loop would keep tests from running theirs.
    """
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if found is None and not own.exists():
            pytest.fail("no Chromium: run `make browser`, or install your system's `chromium`")
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield browser
        browser.close()


class Watched(NamedTuple):
    """A tab that remembers whatever the browser complained about."""

    page: Page
    complaints: list[str]


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of 1280 × 800 that speaks Chinese."""
    opened = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    yield opened
    opened.close()


@pytest.fixture
def tab(context: BrowserContext) -> Watched:
    """A tab whose console must stay silent."""
    return watched(context)


def watched(context: BrowserContext) -> Watched:
    """Open a tab and listen to its console, its errors and what its policy reports."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "requestfailed",
        lambda r: (
            complaints.append(f"{r.url} {r.failure}")
            if "ERR_ABORTED" not in str(r.failure)
            else None
        ),
    )
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " e => console.error('policy: ' + e.violatedDirective))"
    )
    return Watched(page, complaints)
