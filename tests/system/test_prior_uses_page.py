"""The page of earlier benefits, over a real database and vault: two people, one file, no name."""

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import httpx
import orjson
import pytest

from events.codec import command_of
from events.prior_uses import ImportHeld, ImportReleased
from projections.engine.migrate import migrate
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.streams.in_memory import InMemoryLedger
from services.web.app import create_app
from services.web.request.sources import Sources
from tests.browser.city import project
from tests.given_when_then import policies
from tests.prior_use_files import as_csv, prior_use_row, somebody

ADDRESS = "http://127.0.0.1"


class Desk:
    """Decides what the pages send, and lets the books know at once."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.ledger = InMemoryLedger(policies())

    async def send(self, commands: Sequence[tuple[str, bytes]]) -> None:
        """Take what a page sends."""
        facts = self.ledger.ask(command_of(orjson.loads(raw)) for _, raw in commands)
        await project(self.dsn, facts)


@pytest.fixture
async def desk(settings: Settings) -> Desk:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    await project(settings.postgres_dsn, [])
    return Desk(settings.postgres_dsn)


@pytest.fixture
async def pages(desk: Desk, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=4) as pool:
        vault = await Vault.open(pool, settings.vault_key_file)
        sources = Sources(
            pool, policies(), Path("node_modules"), vault.names, send=desk.send, vault=vault
        )
        app = httpx.ASGITransport(create_app(sources))
        headers = {"origin": ADDRESS}
        async with httpx.AsyncClient(
            transport=app, base_url=ADDRESS, headers=headers, follow_redirects=True
        ) as client:
            yield client


def field(text: str, name: str, form: str) -> str:
    """Read a hidden field of one of a page's forms."""
    found = re.search(rf'action="{form}[^"]*".*?name="{name}" value="([^"]*)"', text, re.DOTALL)
    assert found is not None, f"no {name} in {form}"
    return found[1]


async def hand_in(pages: httpx.AsyncClient, content: bytes) -> httpx.Response:
    page = (await pages.get("/past")).text
    return await pages.post(
        "/past",
        data={"command": field(page, "command", "/past"), "region": "211202"},
        files={"file": ("历史.csv", content, "text/csv")},
    )


async def test_a_file_is_handed_in_by_one_and_released_by_another(
    pages: httpx.AsyncClient, desk: Desk
) -> None:
    pages.cookies.set("acting_as", "li-jing")
    rows = [
        prior_use_row(1),
        prior_use_row(1),
        prior_use_row(2, level=""),
        prior_use_row(3, amount="x"),
    ]
    answer = await hand_in(pages, as_csv(rows))
    assert "等待另一人放行" in answer.text
    (held,) = [f.body for f in desk.ledger.facts if isinstance(f.body, ImportHeld)]
    address = f"/past/{held.number}"

    own = (await pages.get(address)).text
    assert "您是这份文件的提交人" in own
    for words in ("可导入", "存疑", "本文件内重复", "不是数字", "缺少证书等级"):
        assert words in own
    for number in (1, 2, 3):
        assert somebody(number)["id"] not in own
        assert somebody(number)["name"] not in own

    refused = await pages.post(
        f"{address}/release",
        data={"command": field(own, "command", f"{address}/release"), "digest": held.digest},
    )
    assert "本次尝试已记录" in refused.text

    pages.cookies.set("acting_as", "wang-fang")
    theirs = (await pages.get(address)).text
    released = await pages.post(
        f"{address}/release",
        data={
            "command": field(theirs, "command", f"{address}/release"),
            "digest": field(theirs, "digest", f"{address}/release"),
        },
    )
    assert "已放行" in released.text
    assert [f for f in desk.ledger.facts if isinstance(f.body, ImportReleased)]
    listed = (await pages.get("/past")).text
    assert held.number in listed
    exported = await pages.get(f"{address}?csv=1")
    assert exported.text.count("\r\n") == 6, "header, four rows, total"


async def test_a_file_without_a_good_row_is_told_and_not_kept(
    pages: httpx.AsyncClient, desk: Desk, settings: Settings
) -> None:
    pages.cookies.set("acting_as", "li-jing")
    answer = await hand_in(pages, as_csv([prior_use_row(1, id="123")]))
    assert answer.status_code == 200
    assert "没有可以导入的行" in answer.text
    assert "校验码" in answer.text
    assert desk.ledger.facts == []
    connection = await asyncpg.connect(settings.postgres_dsn)
    assert await connection.fetchval("SELECT count(*) FROM vault.files") == 0
    await connection.close()


async def test_whoever_is_nobody_hands_nothing_in(pages: httpx.AsyncClient, desk: Desk) -> None:
    page = (await pages.get("/past")).text
    assert "核对并提交" not in page
    answer = await pages.post(
        "/past",
        data={"command": "00000000-0000-4000-8000-000000000000", "region": "211202"},
        files={"file": ("a.csv", as_csv([prior_use_row(1)]), "text/csv")},
    )
    assert "不能办理" in answer.text
    assert desk.ledger.facts == []


async def test_the_template_comes_in_both_forms(pages: httpx.AsyncClient) -> None:
    book = await pages.get("/past/template.xlsx")
    assert book.content[:2] == b"PK"
    text = await pages.get("/past/template.csv")
    assert text.content.decode("utf-8-sig").startswith(
        "身份证号/统一社会信用代码,姓名,证件种类,签发国家,项目"
    )
    assert (await pages.get("/past/template.exe")).status_code == 404
    assert (await pages.get("/past/nothing")).status_code == 404
