"""The pages of reports over a real database and vault: made, looked at, issued, verified, taken back."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import orjson
import pytest

from events.codec import command_of
from events.reports import ReportIssued, ReportWithdrawn
from projections.engine.migrate import migrate
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.streams.in_memory import InMemoryLedger
from services.web.app import create_app
from services.web.request.sources import Sources
from tests.browser.city import project
from tests.given_when_then import policies
from tests.handmade_ledgers import paid_history
from tests.system.test_prior_uses_page import ADDRESS, field
from tests.system.test_reports import with_other_figure

NEW = "/reports/new?kind=fund-month&area=211200&month=2022-08"


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
    await project(settings.postgres_dsn, paid_history(4).facts)
    return Desk(settings.postgres_dsn)


@pytest.fixture
async def pages(desk: Desk, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=4) as pool:
        vault = await Vault.open(pool, settings.vault_key_file)
        sources = Sources(
            pool, policies(), Path("node_modules"), vault.names, send=desk.send, vault=vault
        )
        app = httpx.ASGITransport(create_app(sources))
        async with httpx.AsyncClient(
            transport=app, base_url=ADDRESS, headers={"origin": ADDRESS}, follow_redirects=True
        ) as client:
            yield client


def form_of(text: str, action: str) -> dict[str, str]:
    """Every hidden field of one of a page's forms."""
    found = re.search(rf'<form method="post" action="{action}".*?</form>', text, re.DOTALL)
    assert found is not None, action
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[0]))


async def verify(pages: httpx.AsyncClient, content: bytes) -> str:
    files = {"file": ("月报.xlsx", content)}
    return (await pages.post("/reports/verify", files=files)).text


async def test_a_report_is_looked_at_issued_verified_and_taken_back_by_another(
    pages: httpx.AsyncClient, desk: Desk
) -> None:
    pages.cookies.set("acting_as", "li-jing")
    looked = (await pages.get(NEW)).text
    assert "6,000.00" in looked
    assert 'href="/journal?code=1002&amp;from=2022-08-01&amp;to=2022-08-31"' in looked
    assert "Cash received and paid" in (await pages.get(f"{NEW}&lang=en")).text
    assert (await pages.get(f"{NEW}&csv=fund-month-1")).text.count("\r\n") == 13
    pages.cookies.delete("lang")

    form = form_of(looked, "/reports")
    stale = await pages.post("/reports", data={**form, "digest": "0" * 64})
    assert "数字与您看到的不同" in stale.text
    assert desk.ledger.facts == []
    issued = await pages.post("/reports", data=form)
    assert "报表已签发" in issued.text
    (body,) = [f.body for f in desk.ledger.facts if isinstance(f.body, ReportIssued)]
    assert form["digest"] == body.digest
    address = f"/reports/{body.number}"
    assert body.number in (await pages.get("/reports")).text

    own = (await pages.get(address)).text
    assert "账表一致" in own
    assert "您是签发人，不能作废" in own
    for kind in ("xlsx", "pdf"):
        kept = (await pages.get(f"{address}/file.{kind}")).content
        assert "<h2>一致 " in await verify(pages, kept)
    workbook = (await pages.get(f"{address}/file.xlsx")).content
    changed = await verify(pages, with_other_figure(workbook, "6000", "6000.01"))
    assert "不一致" in changed
    assert "资金收支!B11" in changed
    assert "6000.01" in changed
    assert "没有签发过这份文件" in await verify(pages, "编号,金额\n1,2\n".encode())
    assert "不是完整的 PDF 文件" in await verify(pages, b"%PDF-1.7 nothing")

    refused = await pages.post(
        f"{address}/withdraw",
        data={"command": field(own, "command", f"{address}/withdraw"), "reason": "区划选错"},
    )
    assert "本次尝试已记录" in refused.text
    pages.cookies.set("acting_as", "wang-fang")
    theirs = (await pages.get(address)).text
    taken_back = await pages.post(
        f"{address}/withdraw",
        data={"command": field(theirs, "command", f"{address}/withdraw"), "reason": "区划选错"},
    )
    assert "报表已作废" in taken_back.text
    assert [f for f in desk.ledger.facts if isinstance(f.body, ReportWithdrawn)]
    assert "这份报表已作废" in await verify(pages, workbook)


async def test_nobody_issues_a_month_that_is_not_over_or_without_being_somebody(
    pages: httpx.AsyncClient, desk: Desk
) -> None:
    nobody = (await pages.get(NEW)).text
    assert "请先选择演示身份" in nobody
    pages.cookies.set("acting_as", "li-jing")
    now = datetime.now(UTC)
    looked = (await pages.get(f"/reports/new?kind=fund-month&area=211200&month={now:%Y-%m}")).text
    answer = await pages.post("/reports", data=form_of(looked, "/reports"))
    assert "报表所列期间还没有过完" in answer.text
    assert not [f for f in desk.ledger.facts if isinstance(f.body, ReportIssued)]
    wrong = await pages.get("/reports/new?kind=fund-month&area=211200&month=2022-13")
    assert (wrong.status_code, "条件“月份”不能识别" in wrong.text) == (422, True)
