"""Long work of pages: asked, done by a worker with its person's roles and rows, fetched by that person."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

import asyncpg
import httpx
import pytest

from events.authority import EVERY
from policies.access import access
from services.jobs import runner as runner_module
from services.jobs import stored
from services.jobs.runner import JobRunner
from services.jobs.stored import MOST_KEPT, MOST_OPEN, JobStore, TooManyJobs
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.postgres import roles, sight
from services.runtime.vault.keys import AccessKey
from services.web.job_worker import do
from services.web.replay import HalfAnAnswer, replay
from services.web.request import long_work
from services.web.request.replayed import PageAsked, Replayed
from tests.browser import city
from tests.signed_in_staff import SignedInAs, user_row
from tests.web_pages import WebPages, books_of, web_pages

KEY = AccessKey(b"k" * 32)
LIST = "/applications?csv=1"
PLAN = {
    "command": "7f9f4fd6-4f5a-4e0b-8a3c-0d1f5d5b7a01", "rule": "random", "seed": "8", "size": "2",
    "granted_from": "2022-01-01", "granted_to": "2022-12-31",
}  # fmt: skip
ROLES = [role for role in access().roles if role != "administrator"]


@pytest.fixture(scope="module")
def dsn(postgres: PostgresServer) -> str:
    """A city's summer, and three users: of its district, of another one, of all."""
    users = (
        user_row("one", ROLES, "211202"),
        user_row("other", ROLES, "211282"),
        user_row("all", ROLES, EVERY),
    )
    return books_of(postgres, "jobs", city.build().ledger.facts, users)


class Office(NamedTuple):
    """The jobs of one ledger, and its pages as three people see them."""

    dsn: str
    store: JobStore
    pool: asyncpg.Pool
    people: dict[str, WebPages]

    async def done(self, who: str, number: str) -> str:
        """Do the job that waits as a worker would; its page."""
        assert await self.store.take() == number
        await do(self.people[who].app, self.store, number)
        return (await self.people[who].http.get(f"/jobs/{number}")).text


@pytest.fixture
async def office(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """Pages for which a file of more than three rows is long work, and so is every report."""
    monkeypatch.setattr(runner_module, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(long_work, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(long_work, "FACTS_AT_ONCE", 3)
    async with (
        AsyncExitStack() as stack,
        asyncpg.create_pool(
            dsn, min_size=1, max_size=4, setup=sight.take,
            server_settings=roles.settings_of("web", roles.WEB),
        ) as pool,
    ):  # fmt: skip
        await pool.execute("DELETE FROM access.jobs")
        store, people = JobStore(pool, KEY), {}
        for name in ("one", "other", "all"):
            opened = await stack.enter_async_context(
                web_pages(dsn, sessions=SignedInAs(), jobs=store)
            )
            opened.http.cookies.set("session", name)
            opened.http.headers["x-csrf-token"] = "csrf"
            people[name] = opened
        yield Office(dsn, store, pool, people)


async def asked(http: httpx.AsyncClient, address: str) -> str:
    """Take up the offer of a job; its number."""
    offer = await http.get(address)
    assert "在后台办理" in offer.text, offer.text[:300]
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', offer.text))
    answer = await http.post(
        "/jobs", data={**form, "address": form["address"].replace("&amp;", "&")}
    )
    assert answer.status_code == 303, answer.text[:300]
    return answer.headers["location"].removeprefix("/jobs/").partition("?")[0]


async def at_once(http: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The same file, made within a request."""
    with monkeypatch.context() as patched:
        patched.setattr(long_work, "ROWS_AT_ONCE", 50_000)
        patched.setattr(long_work, "FACTS_AT_ONCE", 200_000)
        answer = await http.get(address)
    assert answer.status_code == 200
    return answer.content


async def test_a_long_file_is_a_job_and_comes_to_the_very_same_bytes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = office.people["one"].http
    number = await asked(http, LIST)
    waiting = await http.get(f"/jobs/{number}")
    assert "在排队" in waiting.text
    assert 'hx-trigger="every 2s"' in waiting.text
    assert (await http.get(f"/jobs/{number}/file")).status_code == 404, "there is none yet"

    shown = await office.done("one", number)
    assert "已办完" in shown
    assert "every 2s" not in shown
    file = await http.get(f"/jobs/{number}/file")
    assert file.content == await at_once(http, LIST, monkeypatch)
    assert file.headers["content-disposition"].endswith('.csv"')
    job = await office.store.one("one", number)
    assert job is not None
    rows = file.content.count(b"\r\n") - 2  # its head and its totals
    assert job.done == job.whole == rows > 3
    with pytest.raises(HalfAnAnswer):
        await replay(_breaks_off, PageAsked("GET", "/", (), {}, None), Replayed(None), _kept)  # type: ignore[arg-type]
    assert "导出 申请" in (await http.get("/jobs")).text


async def _breaks_off(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})


async def _kept(content: bytes) -> None:
    assert content == b"half"


async def test_a_job_sees_what_its_person_sees_and_is_shown_to_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "ROWS_AT_ONCE", -1)
    files = {}
    for name, pages in office.people.items():
        number = await asked(pages.http, LIST)
        await office.done(name, number)
        files[name] = (await pages.http.get(f"/jobs/{number}/file")).content
        assert files[name] == await at_once(pages.http, LIST, monkeypatch)
        for another, others in office.people.items():
            if another != name:
                for path in ("", "/file"):
                    assert (await others.http.get(f"/jobs/{number}{path}")).status_code == 404
                assert (await others.http.post(f"/jobs/{number}/cancel")).status_code == 404
    assert files["all"] != files["other"]
    assert b"TL-2022" in files["one"]
    assert b"TL-2022" not in files["other"]


async def test_who_has_lost_the_role_gets_neither_the_file_nor_another_one(office: Office) -> None:
    http = office.people["one"].http
    number, later = await asked(http, LIST), await asked(http, LIST)
    await office.done("one", number)
    assert (await http.get(f"/jobs/{number}/file")).status_code == 200
    owner = await asyncpg.connect(office.dsn)
    before = await owner.fetchval("SELECT grants FROM books.users WHERE user_id = 'one'")
    try:
        elsewhere = before.replace('"211202"', '"211282"')
        await owner.execute("UPDATE books.users SET grants = $1 WHERE user_id = 'one'", elsewhere)
        assert (await http.get(f"/jobs/{number}/file")).status_code == 404
        await owner.execute("UPDATE books.users SET grants = '[]' WHERE user_id = 'one'")
        shown = await office.done("one", later)
        assert "没有办成" in shown
        refused = await office.store.one("one", later)
        assert refused is not None
        assert refused.state == "failed"
    finally:
        await owner.execute("UPDATE books.users SET grants = $1 WHERE user_id = 'one'", before)
        await owner.close()


async def test_reports_samples_and_cases_of_a_large_ledger_are_jobs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = office.people["all"].http
    address = "/reports/new?kind=fund-month&area=211200&month=2022-08"
    number = await asked(http, address)
    await office.done("all", number)
    page = await http.get(f"/jobs/{number}/file")
    assert page.headers["content-type"].startswith("text/html")
    assert "disposition" not in str(page.headers)
    vector = re.search(r'name="vector" value="([^"]+)"', page.text)
    now = (await at_once(http, address, monkeypatch)).decode()
    assert vector is not None
    assert vector[0] in now
    assert "期末银行存款" in page.text

    # what is posted waits as it was posted, and leads to what the ledger answers
    posted = await http.post("/samples", data=PLAN)
    assert posted.status_code == 303
    number = posted.headers["location"].removeprefix("/jobs/").partition("?")[0]
    assert office.people["all"].sent == []
    await office.done("all", number)
    (sent,) = office.people["all"].sent
    assert sent["id"] == PLAN["command"]
    assert len(sent["body"]["items"]) == 2
    job = await office.store.one("all", number)
    assert job is not None
    assert job.leads_to.startswith(f"/commands/{PLAN['command']}")


async def test_a_workbook_of_too_many_rows_is_refused_and_never_begun(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "MOST_ROWS_OF_A_WORKBOOK", 3)
    answer = await office.people["all"].http.get("/audit?xlsx=1")
    assert answer.status_code == 422
    assert "请导出 CSV" in answer.text
    assert await office.store.listed("all") == []


async def test_what_is_broken_off_says_so_and_is_begun_again_by_a_person(office: Office) -> None:
    http = office.people["one"].http
    number = await asked(http, LIST)
    assert await office.store.take() == number
    await office.store.keep_part(number, 0, b"half a file")
    await office.store.sweep()
    assert await office.store.state(number) == "running", "its worker may be about to begin"
    await office.pool.execute("UPDATE access.jobs SET started_at = now() - interval '5 minutes'")
    async with office.store.held(number):
        await office.store.sweep()
        assert await office.store.state(number) == "running", "its worker is slow, and there"
    await office.store.sweep()
    page = await http.get(f"/jobs/{number}")
    assert "已中断，没有结果" in page.text
    assert not await office.pool.fetchval("SELECT count(*) FROM access.job_parts")
    again = await http.post(f"/jobs/{number}/again")
    other = again.headers["location"].removeprefix("/jobs/").partition("?")[0]
    assert other != number
    assert "已办完" in await office.done("one", other)


async def test_jobs_are_bounded_in_number_and_in_time(office: Office) -> None:
    store = office.store
    numbers = [await store.ask("one", "t", "/applications", b"x") for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyJobs):
        await store.ask("one", "t", "/applications", b"x")
    for path, form in (("/jobs", {"address": LIST, "title": "t"}), ("/samples", PLAN)):
        refused = await office.people["one"].http.post(path, data=form)
        assert refused.status_code == 422, path
        assert "已有 3 项在排队或办理" in refused.text
    assert await store.asked(numbers[0]) == b"x"
    sealed = await office.pool.fetchval("SELECT asked FROM access.jobs WHERE id = $1", numbers[0])
    assert sealed != b"x"
    for number in numbers:
        await store.cancel("one", number)
    for _ in range(MOST_KEPT):
        await store.cancel("one", await store.ask("one", "t", "/applications", b"x"))
    await store.forget(datetime.now(UTC))
    assert len(await store.listed("one")) == MOST_KEPT
    await store.forget(datetime.now(UTC) + stored.KEPT)
    assert await store.listed("one") == []


class Workers:
    """Processes that write down what they are told, and then sleep or end."""

    def __init__(self, office: Office, body: str = "time.sleep(60)") -> None:
        self.begun = count()
        self.office, self.body = office, body

    def command(self, number: str) -> list[str]:
        next(self.begun)
        return [sys.executable, "-c", f"import sys, time; sys.stdin.readline(); {self.body}"]


async def states(office: Office) -> list[str]:
    rows = await office.pool.fetch("SELECT state FROM access.jobs ORDER BY asked_at")
    return [row["state"] for row in rows]


async def test_few_run_at_once_and_one_that_is_cancelled_or_stopped_is_ended(
    office: Office,
) -> None:
    numbers = [await office.store.ask("one", "t", "/applications", b"x") for _ in range(3)]
    stop, workers = asyncio.Event(), Workers(office)
    runner = JobRunner(office.store, workers.command)
    running = asyncio.create_task(runner.run(stop))
    async with asyncio.timeout(20):
        while await states(office) != ["running", "running", "waiting"]:
            await asyncio.sleep(0.02)
        assert len(runner._running) == 2
        first = runner._running[numbers[0]][0]
        await office.store.cancel("one", numbers[0])
        while await states(office) != ["cancelled", "running", "running"]:
            await asyncio.sleep(0.02)
        assert first.returncode is not None
        stop.set()
        office.store.changed.set()
        await running
    assert await states(office) == ["cancelled", "broken", "broken"]


async def test_a_worker_that_dies_or_never_ends_is_told(office: Office) -> None:
    await office.store.ask("one", "t", "/applications", b"x")
    stop = asyncio.Event()
    dying = asyncio.create_task(
        JobRunner(office.store, Workers(office, "sys.exit(9)").command).run(stop)
    )
    async with asyncio.timeout(20):
        while await states(office) != ["broken"]:
            await asyncio.sleep(0.02)
        stop.set()
        office.store.changed.set()
        await dying
    number = await office.store.ask("one", "t", "/applications", b"x")
    stop = asyncio.Event()
    slow = JobRunner(office.store, Workers(office).command, longest_seconds=0.1)
    task = asyncio.create_task(slow.run(stop))
    async with asyncio.timeout(20):
        while await office.store.state(number) != "failed":
            await asyncio.sleep(0.02)
        stop.set()
        office.store.changed.set()
        await task
    job = await office.store.one("one", number)
    assert job is not None
    assert "30 分钟没有办完" in job.told
