"""A real Chromium on real pages over a real database with a small city in it, where people sign in.

A missing browser or a missing package fails the test and never skips it.
"""

import asyncio
import itertools
import shutil
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import asyncpg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from events import streams
from events.authority import RoleGrant
from events.codec import decode_packet, packet
from events.envelope import Asked
from events.ids import by_staff
from events.users import AddUser
from projections.engine.migrate import migrate
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.postgres import roles, sight
from services.runtime.vault.keys import AccessKey
from services.sign_in import accounts
from services.sign_in.entrance import Entrance
from services.sign_in.one_time_codes import STEP_SECONDS, code_at, new_secret, step_at
from services.sign_in.passwords import Passwords
from services.sign_in.session_rules import SessionLimits
from services.sign_in.signing_in import secret_context
from services.streams.authority import THE_PAGES
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


USERS = {
    "li-jing": ("李静", "finance"),
    "wang-fang": ("王芳", "checker"),
    "sun-hong": ("孙红", "auditor"),
}
"""Who may sign in, what they are called, in which role."""

PASSWORD = "七里河畔 quiet tramway"


class Workplace(NamedTuple):
    """The pages, as a test reaches them; the devices of whoever may sign in, and their cookies so far."""

    address: str
    dsn: str
    city: city.City
    asked: list[Asked]
    secrets: dict[str, str]
    cookies: dict[str, list[Any]]

    def at(self, path: str) -> str:
        """The whole address of a page."""
        return f"{self.address}{path}"

    def code(self, user: str, *, earlier: bool = False) -> str:
        """What somebody's telephone shows now, or showed half a minute ago: a code is taken once."""
        now = datetime.now(UTC)
        return code_at(self.secrets[user], now - timedelta(seconds=STEP_SECONDS * earlier))

    def sign_in(self, page: Page, user: str) -> None:
        """Sign in with password and code as people do, once; afterwards the session goes on."""
        page.context.clear_cookies()
        if user in self.cookies:
            page.context.add_cookies(self.cookies[user])
            return
        page.goto(self.at("/sign-in"))
        page.get_by_label("用户名").fill(user)
        page.get_by_label("口令", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("6 位数字").fill(self.code(user, earlier=True))
        page.get_by_role("button", name="登录").click()
        expect(page.locator("header.top")).to_contain_text(USERS[user][0])
        self.cookies[user] = page.context.cookies()


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
        self._secrets = {user: new_secret() for user in USERS}

    def __enter__(self) -> Workplace:
        self._thread.start()
        ready = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        address = ready.result(60)
        return Workplace(address, self._dsn, self._city, self._asked, self._secrets, {})

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> str:
        self._dsn = await _books(self._postgres)
        self._city.ledger.ask(map(_added, USERS))
        await city.project(self._dsn, self._city.ledger.facts)
        self._pool = await asyncpg.create_pool(
            self._dsn,
            min_size=1,
            max_size=4,
            setup=sight.take,
            server_settings=roles.settings_of("web", roles.WEB),
        )
        key = AccessKey(b"k" * 32)
        entrance = Entrance.over(self._pool, key, SessionLimits())
        await self._open_accounts(key)
        sources = Sources(
            self._pool,
            policies(),
            NODE_MODULES,
            city.names_of,
            send=self._decide,
            wait_seconds=2.0,
            sessions=entrance.sessions,
            sign_in=entrance,
        )
        ready: asyncio.Future[str] = self._loop.create_future()
        listening = listening_socket("127.0.0.1", 0)
        self._serving = asyncio.create_task(serve(sources, listening, self._stop, ready))
        return await ready

    async def _open_accounts(self, key: AccessKey) -> None:
        """Let each have a password and a device already."""
        now, owner = datetime.now(UTC), await asyncpg.connect(self._dsn)
        hashed = await Passwords().hash(PASSWORD)
        for user, (name, _role) in USERS.items():
            sealed = key.sealer.seal(self._secrets[user].encode(), secret_context(user))
            await accounts.add(owner, user, name, None, "test", now)
            await accounts.set_password(owner, user, hashed, now, must_change=False)
            await accounts.let_wait(owner, user, sealed)
            await accounts.take_secret(owner, user, sealed, step_at(now) - 3, [])
        await owner.close()

    async def _ended(self) -> None:
        await self._serving
        await self._pool.close()

    async def _decide(self, commands: Sequence[tuple[str, bytes]]) -> None:
        """Decide what the pages send by the real deciders, and project it, without a broker."""
        asked = [one for _, raw in commands for one in decode_packet(packet([raw]))]
        self._asked.extend(asked)
        await city.project(self._dsn, self._city.ledger.ask(asked, THE_PAGES))


def _added(user: str) -> Asked:
    grants = (RoleGrant(USERS[user][1]),)
    body = AddUser(user=user, region="210000", grants=grants, by="he-jun")
    number = str(uuid5(NAMESPACE_URL, f"browser/{user}"))
    now = datetime(2022, 1, 4, tzinfo=UTC)
    return Asked(number, streams.user(user), now, now.date(), by_staff("he-jun"), body)


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
def tab(context: BrowserContext, workplace: Workplace) -> Watched:
    """A tab whose console must stay silent, of somebody who sees every page of the books."""
    tab = watched(context)
    workplace.sign_in(tab.page, "sun-hong")
    return tab


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
