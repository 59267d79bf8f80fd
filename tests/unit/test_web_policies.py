"""The pages of policies: card, paper, comparison, open questions."""

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from policies.authoring.questions import questions
from projections.engine.migrate import migrate
from services.web.server import NODE_MODULES
from tests.given_when_then import policies
from tests.web_pages import web_pages

CARD = "/policies/skill-upgrade/211200-2022-01-01"


@pytest.fixture
async def pages(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over empty books."""
    await migrate(database)
    async with web_pages(database, node_modules=NODE_MODULES) as opened:
        yield opened.http


async def page(pages: httpx.AsyncClient, path: str) -> str:
    answer = await pages.get(path)
    assert answer.status_code == 200, path
    return answer.text


async def test_every_version_is_listed_and_leads_to_its_card(pages: httpx.AsyncClient) -> None:
    text = await page(pages, "/policies")
    for policy in policies():
        address = f"/policies/{policy.text.policy}/{policy.name.partition('/')[2]}"
        assert f'href="{address}"' in text
        assert policy.text.title in await page(pages, address)


async def test_a_card_shows_clause_quote_figure_and_what_is_not_stated(
    pages: httpx.AsyncClient,
) -> None:
    text = await page(pages, CARD)
    for said in (
        "每人每年享受补贴次数最多不超过3次",
        "铁市就组发〔2022〕1号　八",
        "未载明",
        "约定",
    ):
        assert said in text
    assert "文件未载明" in text


async def test_a_card_comes_as_paper(pages: httpx.AsyncClient) -> None:
    answer = await pages.get(f"{CARD}/card.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert "政策卡" in "".join(
        PdfReader(io.BytesIO(answer.content)).pages[1].extract_text().split()
    )


async def test_two_versions_are_compared(pages: httpx.AsyncClient) -> None:
    text = await page(pages, "/policies/skill-upgrade/211200-2021-01-01/diff?to=211200-2022-01-01")
    assert "在领取失业保险金期间取得职业资格证书" in text
    assert "版本比对" in text
    same = await page(pages, f"{CARD}/diff?to=211200-2022-01-01")
    assert "逐字相同" in same


async def test_questions_are_a_page_and_a_workbook(pages: httpx.AsyncClient) -> None:
    asked = questions(policies())
    assert f"待确认事项 {len(asked):,} 条" in await page(pages, "/policies/questions")
    answer = await pages.get("/policies/questions?xlsx=questions")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet.max_row == len(asked) + 1


@pytest.mark.parametrize(
    "path",
    [
        "/policies/skill-upgrade/211200-1999-01-01",
        "/policies/skill-upgrade/211200-1999-01-01/card.pdf",
        f"{CARD}/diff?to=nothing",
    ],
)
async def test_what_does_not_exist_is_not_found(pages: httpx.AsyncClient, path: str) -> None:
    assert (await pages.get(path)).status_code == 404
