"""Books, bank and treasury: the page on three sides, figures by two people, what a closing asks for."""

import re
from collections.abc import AsyncIterator
from copy import copy
from itertools import count
from typing import Any, cast

import pytest

from events import streams
from events.codec import command_of
from events.proposals import JudgeAct
from events.treasury import TreasuryFiguresStated
from policies.cities import Cities
from services.runtime.embedded.postgres_server import PostgresServer
from tests.example_cities import cities
from tests.given_when_then import kinds, policies
from tests.unit.test_web_periods import AUGUST, DISTRICT, FUND, Office, history, opened, page
from tests.web_pages import books_of, csv_records, web_pages

STREAM = streams.treasury("211200", "2022-08")
MONTH = "/treasury?month=2022-08"
ROW = f"/treasury/{FUND}/{DISTRICT}/2022-08"
NUMBERS = count()
FIGURES = {"appropriated": "500.00", "paid": "0", "balance": "1,495.00"}
"""August of `history`: 500.00 came in, two fees of 5.00 went out, and there were 1 000.00."""


class Kept:
    """A vault that takes files."""

    async def store_file(self, name: str, content: bytes, purpose: str, by: str) -> str:
        assert (purpose, by) == ("treasury figures", "li-jing")
        return "f" * 64


@pytest.fixture
async def office(postgres: PostgresServer) -> AsyncIterator[Office]:
    """A month whose bank has told it to its end."""
    scene = history()
    opened(scene, "2022-09", 149_500)
    dsn = books_of(postgres, f"treasury_{next(NUMBERS)}", scene.ledger.facts)
    vault = cast("Any", Kept())
    async with (
        web_pages(dsn, "li-jing", vault=vault) as maker,
        web_pages(dsn, "wang-fang") as checker,
    ):
        yield Office(dsn, maker, checker, scene)


async def stated(office: Office, path: str = "/treasury", **typed: str) -> list[Any]:
    """Propose figures from the page, and let another person confirm them."""
    (proposed,) = await office.sends(
        office.maker, path, month="2022-08", fund=FUND, district=DISTRICT,
        **{"document": "铁财社〔2022〕8号", **FIGURES, **typed},
    )  # fmt: skip
    if kinds([proposed]) != ["ActProposed"]:
        return [proposed]
    judged = JudgeAct(
        proposal=proposed.body.proposal,  # type: ignore[attr-defined]
        checker="wang-fang",
        verdict="confirm",
    )
    asked = office.scene.asked(STREAM, judged)._replace(by="staff:wang-fang")
    facts = office.scene.ledger.ask([asked])
    await office.read()
    return list(facts)


async def sides(office: Office) -> tuple[str, list[tuple[str, str, str, str, str, str]]]:
    """The state of the place, and its three measures with both differences."""
    rows = [
        row
        for row in await csv_records(office.maker.http, f"{MONTH}&csv=1")
        if (row["基金"], row["区划"]) == ("失业保险基金", "银州区")
    ]
    names = (
        "项目",
        "账面（元）",
        "银行（元）",
        "财政（元）",
        "银行 − 账面（元）",
        "财政 − 账面（元）",
    )
    (state,) = {row["状态"] for row in rows}
    return state, [cast("Any", tuple(row[name] for name in names)) for row in rows]


async def test_three_sides_agree_only_to_the_fen(office: Office) -> None:
    state, rows = await sides(office)
    assert state == "没有财政数据"
    assert rows == [
        ("拨款", "500.00", "500.00", "", "0.00", ""),
        ("支出净额", "0.00", "0.00", "", "0.00", ""),
        ("月末余额", "1495.00", "1495.00", "", "0.00", ""),
    ]
    assert "没有财政数据：只核对账面和银行" in await page(office.maker, ROW)
    facts = await stated(office)
    assert kinds(facts) == ["ActConfirmed", "TreasuryFiguresStated"]
    state, rows = await sides(office)
    assert (state, rows[2]) == (
        "三方相符",
        ("月末余额", "1495.00", "1495.00", "1495.00", "0.00", "0.00"),
    )
    # another figure needs the document that it corrects, and then a fen is a difference
    (refused,) = await stated(office, balance="1495.01", document="铁财社〔2022〕9号")
    assert refused.body.code == "TREASURY_FIGURES_DIFFER"
    await stated(
        office, balance="1495.01", document="铁财社〔2022〕9号", corrects="铁财社〔2022〕8号", why="更正",
    )  # fmt: skip
    state, rows = await sides(office)
    assert (state, rows[2][3:]) == ("待查", ("1495.01", "0.00", "0.01"))
    text = await page(office.maker, ROW)
    assert "铁财社〔2022〕8号" in text
    assert "铁财社〔2022〕9号" in text
    # and the month's report says so, with the document that holds
    report = f"/reports/new?kind=fund-month&area=211200&fund={FUND}&month=2022-08&csv=fund-month-5"
    told = [
        (row["项目"], row["账面（元）"], row["财政（元）"], row["状态"], row["文书"])
        for row in await csv_records(office.maker.http, report)
    ]
    assert told == [
        ("拨款", "500.00", "500.00", "相符", "铁财社〔2022〕9号"),
        ("支出净额", "0.00", "0.00", "相符", "铁财社〔2022〕9号"),
        ("月末余额", "1495.00", "1495.01", "待查", "铁财社〔2022〕9号"),
    ]


async def test_a_table_is_proposed_whole_and_the_second_person_reads_every_row(
    office: Office,
) -> None:
    text = "资金,区划,拨款,支出,余额\n失业保险基金,银州区,500,0,1495\n就业补助资金,开原市,3,2,1\n"
    sent = {"command": "5f2d4d30-8f57-4a53-9d6a-6d8f0d8a2b11", "city": "211200", "month": "2022-08"}
    typed = {**sent, "document": "国库8月"}
    answer = await office.maker.http.post(
        "/treasury/file", data=typed, files={"file": ("8月.csv", text.encode())}
    )
    assert answer.status_code == 303, answer.text[:400]
    body = office.maker.sent[-1]["body"]["body"]
    assert [row["district"] for row in body["rows"]] == [DISTRICT, "211282"]
    assert body["evidence"] == "f" * 64
    wrong = await office.maker.http.post(
        "/treasury/file",
        data={**typed, "command": "5f2d4d30-8f57-4a53-9d6a-6d8f0d8a2b12"},
        files={"file": ("8月.csv", text.replace("开原市", "别处").encode())},
    )
    assert "不是本市或本市的区划" in wrong.text
    assert len(office.maker.sent) == 1

    (proposed,) = office.scene.ledger.ask([command_of(office.maker.sent[0])])
    await office.read()
    read = await page(office.checker, f"/proposals/{proposed.body.proposal}")  # type: ignore[attr-defined]
    assert "国库8月" in read
    assert "失业保险基金 · 银州区" in read
    assert "拨款 3.00 · 支出 2.00 · 余额 1.00 元" in read


def expecting(month: str) -> Cities:
    """The example cities, of which one says that its treasury states the fund."""
    known = cities()
    own = known.by_code["211200"]
    about = own.about.model_copy(update={"treasury": {FUND: month}})
    others = [one for one in known if one.code != own.code]
    return Cities((own._replace(about=about), *others), known.digest)


@pytest.mark.parametrize(
    ("first", "balance", "found"),
    [
        ("2022-09", None, {}),
        ("2022-08", None, {"应有而没有登记的财政数据": "1"}),
        ("2022-08", "1495.00", {}),
        ("2022-08", "1495.01", {"账面与财政数据不等的项目（拨款、支出、余额）": "1"}),
        ("2022-09", "1495.01", {"账面与财政数据不等的项目，本市未要求相符": "1"}),
    ],
)
async def test_a_month_is_closed_only_with_the_figures_that_the_city_expects(
    office: Office, first: str, balance: str | None, found: dict[str, str]
) -> None:
    if balance:
        fact = (await stated(office, balance=balance))[-1].body
        assert isinstance(fact, TreasuryFiguresStated)
    law = copy(policies())
    law.cities = expecting(first)
    async with web_pages(office.dsn, "li-jing", law=law) as pages:
        text = await page(pages, AUGUST)
    table = re.findall(r"(?s)<tr.*?</tr>", text)
    told = {
        name: row
        for row in table
        for name in (
            "应有而没有登记的财政数据",
            "账面与财政数据不等的项目（拨款、支出、余额）",
            "账面与财政数据不等的项目，本市未要求相符",
        )
        if name in row
    }
    assert len(told) == 3
    numbers = {name: re.findall(r">([0-9]+)<", row)[-1] for name, row in told.items()}
    assert {name: number for name, number in numbers.items() if number != "0"} == found
    blocks = [name for name in found if "未要求" not in name]
    assert ("检查表中有须先解决的事项" in text) is bool(blocks)
    if not balance:
        words = "缺财政数据" if first == "2022-08" else "没有财政数据"
        assert words in text
