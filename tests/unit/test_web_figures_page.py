"""The pages of dated figures: history, the form, the second person."""

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from msgspec import to_builtins

from events import CATALOGUE, streams
from events.envelope import Recorded
from events.figures import StateFigure
from events.proposals import JudgeAct, ProposeAct
from services.runtime.embedded.postgres_server import PostgresServer
from services.streams import StreamStore
from tests.given_when_then import Scene, applies, certificate, policies
from tests.web_pages import WebPages, books_of, csv_records, web_pages

RATES = "skill_upgrade.employee_rates"
PAGE = f"/policies/figures/{RATES}"


def proposal(scene: Scene, number: str, yuan: int, day: str, maker: str = "li-jing") -> None:
    """Propose what a certificate is worth from a day on."""
    act = StateFigure(
        jurisdiction="211200",
        name=RATES,
        from_on=date.fromisoformat(day),
        value={"四级": yuan},
        document=f"铁市人社〔2022〕{number}号",
    )
    body = ProposeAct(
        proposal=number,
        act="StateFigure",
        version=CATALOGUE["StateFigure"].version,
        body=to_builtins(act),
        maker=maker,
    )
    asked = scene.asked(streams.figures("211200"), body)._replace(by=f"staff:{maker}")
    scene.ledger.ask([asked])


def applicant(scene: Scene, who: str) -> None:
    """Let an employee apply for a day from which the figure holds."""
    stated = certificate() | {"person.status": "在职", "insured_months": 12}
    stated["certificate.number"] = who
    token = f"person-{who}-token"
    command = applies(who, stated, applied_on="2022-09-02", payee=token)
    scene.when(streams.beneficiary(token), command)


def facts() -> list[Recorded]:
    """One who applied before a figure was stated by two people, one who applied after; and a figure
    that waits."""
    scene = Scene("2022-08-20")
    scene.ledger.store = StreamStore(policies(), keeps_texts=True)
    applicant(scene, "before")
    proposal(scene, "40", 1800, "2022-09-01")
    judged = JudgeAct(proposal="40", checker="wang-fang", verdict="confirm")
    asked = scene.asked(streams.figures("211200"), judged)._replace(by="staff:wang-fang")
    scene.ledger.ask([asked])
    applicant(scene, "after")
    proposal(scene, "41", 1900, "2022-10-01")
    return scene.ledger.facts


@pytest.fixture(scope="module")
def books(postgres: PostgresServer) -> str:
    return books_of(postgres, "dated_figures", facts())


@pytest.fixture
async def pages(books: str) -> AsyncIterator[WebPages]:
    async with web_pages(books, "wang-fang") as opened:
        yield opened


async def page(pages: WebPages, path: str) -> str:
    answer = await pages.http.get(path)
    assert answer.status_code == 200, (path, answer.text[:300])
    return answer.text


async def test_a_figure_shows_what_it_is_and_what_it_was(pages: WebPages) -> None:
    rows = [
        row
        for row in await csv_records(pages.http, "/policies/figures?csv=figures")
        if row["名称"] == RATES
    ]
    assert [(row["起始日期"], row["截止日期"], row["数值"]) for row in rows] == [
        ("2022-09-01", "", "四级 1800"),
        ("2021-01-01", "2022-08-31", "五级 1000、四级 1500、三级 2000"),
    ]
    assert rows[0]["依据"] == "铁市人社〔2022〕40号"
    assert rows[0]["原值"] == "五级 1000、四级 1500、三级 2000，自 2021-01-01 起"
    assert rows[0]["规定"] == "李静、王芳"
    text = await page(pages, PAGE)
    assert "台账运行中的规定" in text
    assert "已决定的申请不变" in text


async def test_a_policy_card_shows_what_was_stated(pages: WebPages) -> None:
    text = await page(pages, "/policies/skill-upgrade/211200-2022-01-01")
    assert "铁市人社〔2022〕40号" in text


@pytest.mark.parametrize(
    ("who", "says", "document"),
    [
        ("before", "四级 1500", "文件未载明，系统默认"),
        ("after", "四级 1800，自 2022-09-01 起", "铁市人社〔2022〕40号"),
    ],
)
async def test_the_page_of_an_application_cites_the_document_of_each_figure(
    pages: WebPages, who: str, says: str, document: str
) -> None:
    text = await page(pages, f"/applications/district:{who}")
    (line,) = re.findall(r"<li>(企业在职职工技能提升补贴标准：[^<]*)</li>", text)
    assert says in line
    assert line.endswith(f"依据 {document}")
    (digest,) = set(re.findall(r"/policies/texts/([0-9a-f]{64})", text))
    kept = await page(pages, f"/policies/texts/{digest}")
    assert digest in kept
    assert document in kept


async def test_the_words_of_a_version_are_kept_and_a_hash_of_nothing_is_not_there(
    pages: WebPages,
) -> None:
    policy = next(one for one in policies() if one.name == "skill-upgrade/211200-2022-01-01")
    text = await page(pages, f"/policies/texts/{policy.content_hash[:16]}")
    assert "每人每年享受补贴次数最多不超过3次" in text
    assert (await pages.http.get(f"/policies/texts/{'0' * 64}")).status_code == 404


async def test_what_waits_stands_on_the_page_and_in_the_worklist(pages: WebPages) -> None:
    assert "/proposals/41" in await page(pages, "/policies/figures")
    assert "规定参数" in await page(pages, "/tasks/second")
    text = await page(pages, "/proposals/41")
    for said in ("四级 1900", "铁市人社〔2022〕41号", "四级 1800，自 2022-09-01 起"):
        assert said in text
    assert re.search("已决定的申请不变", text), "its first day is past by now"


async def test_the_form_proposes_and_the_ledger_has_the_last_word(pages: WebPages) -> None:
    form: dict[str, Any] = {
        "command": "0c1b9a52-5f4e-4f8a-9a55-0d6f4f3f1a01",
        "jurisdiction": "211200",
        "from_on": "2022-11-01",
        "to_on": "",
        "value": "五级 1100、四级 2000元",
        "document": "铁市人社[2022]50号",
        "supersedes": "",
    }
    answer = await pages.http.post(PAGE, data=form)
    assert answer.status_code == 303, answer.text[:400]
    (asked,) = pages.sent
    assert (asked["stream"], asked["type"]) == ("figures/211200", "ProposeAct")
    assert asked["body"]["act"] == "StateFigure"
    assert asked["body"]["body"] == {
        "jurisdiction": "211200",
        "name": RATES,
        "from_on": "2022-11-01",
        "to_on": None,
        "value": {"五级": 1100, "四级": 2000},
        "document": "铁市人社〔2022〕50号",
        "supersedes": "",
    }


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("value", "一千八", "各项写作"),
        ("jurisdiction", "999999", "不在可选范围内"),
        ("from_on", "2022-13-01", "须为"),
        ("document", " ", "没有填写"),
    ],
)
async def test_what_is_typed_wrongly_is_named(
    pages: WebPages, field: str, typed: str, says: str
) -> None:
    form = {
        "command": "0c1b9a52-5f4e-4f8a-9a55-0d6f4f3f1a02",
        "jurisdiction": "211200",
        "from_on": "2022-11-01",
        "value": "四级 2000",
        "document": "文件",
    }
    answer = await pages.http.post(PAGE, data=form | {field: typed})
    assert answer.status_code in (400, 422)
    assert says in answer.text
    assert not pages.sent


async def test_an_unknown_figure_is_not_there(pages: WebPages) -> None:
    for name in ("no.such", quote("没有")):
        assert (await pages.http.get(f"/policies/figures/{name}")).status_code == 404
