"""The page of application files, over a real database and vault: two people, one file, no name."""

import io
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import httpx
import openpyxl
import orjson
import pytest

from events.application_files import ApplicationsHeld, ApplicationsReleased
from events.codec import command_of
from projections.engine.migrate import migrate
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.streams.in_memory import InMemoryLedger
from services.web.app import create_app
from services.web.request.sources import Sources
from tests.application_files import application_row, csv_file
from tests.browser.city import project
from tests.given_when_then import policies
from tests.prior_use_files import somebody

ADDRESS = "http://127.0.0.1"
HOME = "/applications/import"


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


def hidden_field(text: str, name: str, form: str) -> str:
    """Read a hidden field of one of a page's forms."""
    found = re.search(rf'action="{form}[^>]*>.*?name="{name}" value="([^"]*)"', text, re.DOTALL)
    assert found is not None, f"no {name} in {form}"
    return found[1]


async def hand_in(pages: httpx.AsyncClient, content: bytes) -> httpx.Response:
    page = (await pages.get(HOME)).text
    return await pages.post(
        HOME,
        data={"command": hidden_field(page, "command", HOME), "region": "211202"},
        files={"file": ("申请.csv", content, "text/csv")},
    )


async def test_a_file_is_handed_in_by_one_and_released_by_another(
    pages: httpx.AsyncClient, desk: Desk, settings: Settings
) -> None:
    pages.cookies.set("acting_as", "li-jing")
    bad = await hand_in(pages, csv_file(application_row(1, 受益人证件号码="123")))
    assert "没有可以报送的行" in bad.text
    assert "证件号码不对" in bad.text
    connection = await asyncpg.connect(settings.postgres_dsn)
    assert await connection.fetchval("SELECT count(*) FROM vault.files") == 0, "nothing is kept"
    await connection.close()
    assert desk.ledger.facts == []

    rows = [
        application_row(1),
        application_row(1),
        application_row(2),
        application_row(3, 证书等级="x"),
    ]
    answer = await hand_in(pages, csv_file(*rows))
    assert "等待另一人放行" in answer.text
    (held,) = [f.body for f in desk.ledger.facts if isinstance(f.body, ApplicationsHeld)]
    assert (held.source, held.applications, held.refused) == ("excel-211202", 2, 1)
    address = f"{HOME}/{held.number}"

    own = (await pages.get(address)).text
    for words in (
        "您是这份文件的提交人",
        "可报送",
        "本文件内重复",
        "没有“x”这个取值",
        "技能提升补贴",
    ):
        assert words in own
    for number in (1, 2, 3):
        assert somebody(number)["id"] not in own
        assert somebody(number)["name"] not in own
    sent = {
        "command": hidden_field(own, "command", f"{address}/release"),
        "digest": held.digest,
    }
    assert "本次尝试已记录" in (await pages.post(f"{address}/release", data=sent)).text

    pages.cookies.set("acting_as", "wang-fang")
    waiting = (await pages.get("/tasks/second")).text
    assert f"{HOME}/{held.number}" in waiting
    theirs = (await pages.get(address)).text
    sent["command"] = hidden_field(theirs, "command", f"{address}/release")
    assert "已放行" in (await pages.post(f"{address}/release", data=sent)).text
    assert [f for f in desk.ledger.facts if isinstance(f.body, ApplicationsReleased)]
    assert held.number in (await pages.get(HOME)).text
    assert "File of applications" in (await pages.get(f"{address}?lang=en")).text
    exported = await pages.get(f"{address}?csv=1")
    assert exported.text.count("\r\n") == 5, "header and four rows"
    assert (await pages.get(f"{address}?xlsx=1")).content[:2] == b"PK"


async def test_a_programmes_template_is_given_away(pages: httpx.AsyncClient) -> None:
    answer = await pages.get(f"{HOME}/template.xlsx?programme=skill-upgrade")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert "证书编号" in [cell.value for cell in book["申请"][1]]
    assert (await pages.get(f"{HOME}/template.csv?programme=skill-upgrade")).text.startswith(
        "\ufeff"
    )
    wrong = await pages.get(f"{HOME}/template.xlsx?programme=lunch")
    assert (wrong.status_code, "没有这个补贴项目" in wrong.text) == (422, True)
    assert (await pages.get(f"{HOME}/template.doc?programme=skill-upgrade")).status_code == 404
    assert (await pages.get(f"{HOME}/Y-000000000000")).status_code == 404
