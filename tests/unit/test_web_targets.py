"""Targets, head-counts and vouchers on their pages: every figure equals the list it leads to."""

import io
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from html import unescape

import asyncpg
import httpx
import pytest
from openpyxl import load_workbook

from events.envelope import Recorded
from events.values import FactValue
from projections.queries import targets
from projections.queries.scope import Scope
from services.runtime.embedded.postgres_server import PostgresServer
from tests.training_year import Training, vouchers
from tests.web_pages import books_of, csv_records, web_pages

SEEDS = (1, 2, 3)
TRAINED = (
    "free-training",
    "apprenticeship",
    "in-work-training-hire",
)
TODAY = Scope(date(2022, 12, 31))


def facts_of(training: Training) -> list[Recorded]:
    """A year of training, and vouchers beside it."""
    return [*training.history.facts, *vouchers(12, used=5)]


@pytest.fixture(scope="module")
def year() -> Training:
    """Somebody's year, the same for all tests that look at pages."""
    return Training().at_random(7)


@pytest.fixture(scope="module")
def database(postgres: PostgresServer, year: Training) -> str:
    """Its books, made once: these tests only read."""
    return books_of(postgres, "web_targets", facts_of(year))


@pytest.fixture
async def pages(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over these books."""
    async with web_pages(database) as opened:
        yield opened.http


def listed(value: FactValue) -> list[str]:
    """The values of a fact that is a list."""
    assert isinstance(value, list)
    return value


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_the_books_count_is_what_a_naive_recount_finds(
    postgres: PostgresServer, seed: int
) -> None:
    training = Training().at_random(seed)
    dsn = books_of(postgres, f"web_targets_{seed}", facts_of(training))
    months = {
        key: (token, month, district)
        for key, token, district, facts in training.stand("in-work-training-hire")
        for month in listed(facts["in_work.months"])
        if month.startswith("2022")
    }
    certificates = {
        key: (token, str(facts["certificate.issued_on"]), district)
        for key, token, district, facts in training.stand("free-training", "apprenticeship")
        if facts["certificate.level"] != "四级"
        and str(facts["certificate.issued_on"]).startswith("2022")
    }
    trained = Counter(district for _, _, district, _ in training.stand(*TRAINED))
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool, pool.acquire() as db:

        async def counted(name: str, *, persons: bool) -> targets.ByDistrict:
            return await targets.by_district(db, TODAY, targets.CountFilter(name, 2022, persons))

        assert await counted("in_work_training", persons=True) == training.persons(months)
        assert await counted("high_skilled", persons=True) == training.persons(certificates)
        assert await counted("trained", persons=False) == dict(trained)


async def test_every_figure_of_the_targets_leads_to_a_list_of_as_many(
    pages: httpx.AsyncClient,
) -> None:
    text = (await pages.get("/targets?year=2022")).text
    cells = re.findall(r'data-label="已完成"><a href="([^"]+)">([\d,]+)</a>', text)
    assert len(cells) > 25
    assert sum(int(number.replace(",", "")) for _, number in cells) > 100
    for href, number in dict.fromkeys(cells):
        path = unescape(href)
        listed = await pages.get(path)
        said = re.search(r'共 <span class="count">([\d,]+)</span>', listed.text)
        assert said, path
        assert said[1] == number, path
        name = "vouchers" if path.startswith("/vouchers") else "head-count"
        assert len(await csv_records(pages, f"{path}&csv={name}")) == int(
            number.replace(",", "")
        ), path


async def test_overlapping_targets_are_never_added(pages: httpx.AsyncClient) -> None:
    text = (await pages.get("/targets?year=2022")).text
    assert "各项指标互有包含，不得相加" in text
    assert "<tfoot>" not in text
    found = await csv_records(pages, "/targets?year=2022&csv=targets")
    assert "合计" not in {row["指标"] for row in found}
    assert {row["目标"] for row in found if row["指标"] == "补贴性培训"} == {"14000"}


async def test_the_nine_districts_stand_as_in_the_notice_and_add_up_to_the_city(
    pages: httpx.AsyncClient,
) -> None:
    trained = await csv_records(pages, "/targets?year=2022&csv=targets-trained")
    high = await csv_records(pages, "/targets?year=2022&csv=targets-high_skilled")
    for found, districts in ((trained, 8), (high, 9)):
        whole, *parts = found
        assert whole["指标"] == "全市"
        assert len([row for row in parts if row["目标"]]) == districts
        assert sum(int(row["已完成"]) for row in parts) == int(whole["已完成"])
        assert sum(int(row["目标"]) for row in parts if row["目标"]) == int(whole["目标"])
    goals = {row["指标"]: row["目标"] for row in high}
    assert (goals["市本级"], goals["调兵山市"]) == ("1350", "400")


async def test_what_the_ledger_cannot_know_is_said_and_not_shown_as_nothing(
    pages: httpx.AsyncClient,
) -> None:
    found = {row["指标"]: row for row in await csv_records(pages, "/targets?year=2022&csv=targets")}
    assert found["技工院校招生"]["已完成"] == ""
    assert found["技工院校招生"]["不在本台账的原因"]
    assert found["高校毕业生专业转换及技能提升培训"]["已完成"] == "0"


async def test_a_district_sees_its_own_rows_alone(pages: httpx.AsyncClient) -> None:
    found = await csv_records(pages, "/targets?year=2022&district=211202&csv=targets-trained")
    assert [row["指标"] for row in found] == ["银州区"]


async def test_before_the_grant_nothing_counts(pages: httpx.AsyncClient) -> None:
    early = await csv_records(pages, "/targets?year=2022&as_of=2022-07-31&csv=targets-trained")
    assert {row["已完成"] for row in early} == {"0"}


async def test_vouchers_are_listed_by_state_and_step(pages: httpx.AsyncClient) -> None:
    text = (await pages.get("/vouchers")).text
    assert re.search(r'共 <span class="count">13</span>', text)
    for state, number in (("used", 5), ("issued", 7), ("unissued", 1), ("expired", 0)):
        assert len(await csv_records(pages, f"/vouchers?state={state}&csv=vouchers")) == number, (
            state
        )
    by = "/vouchers?by=used&from=2022-01-01&to=2022-12-31&csv=vouchers"
    assert {row["状态"] for row in await csv_records(pages, by)} == {"已应用"}
    assert len(await csv_records(pages, "/vouchers?q=PXQ-0003&csv=vouchers")) == 1
    assert (await pages.get("/vouchers?by=guessed")).status_code == 422


async def test_a_page_of_vouchers_goes_on_where_the_one_before_ended(
    pages: httpx.AsyncClient, database: str
) -> None:
    whole = [row["券号"] for row in await csv_records(pages, "/vouchers?csv=vouchers")]
    assert len(set(whole)) == 13
    answer = await pages.get("/vouchers?xlsx=vouchers")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)][:13] == whole


async def test_a_voucher_shows_its_whole_way_and_who_it_was_not(pages: httpx.AsyncClient) -> None:
    key = "/vouchers/district-211202.hrss:PXQ-0000"
    found = await csv_records(pages, f"{key}?csv=voucher")
    assert [row["发生了什么"] for row in found] == ["发放", "领用", "验证", "应用"]
    text = (await pages.get(key)).text
    assert "holder-00000" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)
    early = (await pages.get("/vouchers/district-211202.hrss:PXQ-EARLY")).text
    assert "先到，等前一步（领用）" in early
    assert (await pages.get("/vouchers/district-211202.hrss:PXQ")).status_code == 404


async def test_as_of_a_day_a_voucher_stands_as_it_stood_then(pages: httpx.AsyncClient) -> None:
    then = await csv_records(pages, "/vouchers?as_of=2022-07-31&csv=vouchers")
    assert then == []


async def test_a_count_that_nobody_knows_is_not_found(pages: httpx.AsyncClient) -> None:
    assert (await pages.get("/head-count?count=guessed")).status_code == 404
    assert (await pages.get("/head-count?after=x")).status_code == 422
    assert (await pages.get("/head-count")).status_code == 200
