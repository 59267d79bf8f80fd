"""One line of the bank: a wrong classification is taken back by two people, and the line is work again."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from events import streams
from events.proposals import JudgeAct
from services.runtime.embedded.postgres_server import PostgresServer
from tests.given_when_then import kinds
from tests.unit.test_web_periods import (
    ACCOUNT,
    AUGUST,
    Office,
    closed,
    hidden,
    history,
    opened,
    page,
)
from tests.web_pages import books_of, csv_records, web_pages

MONTH = streams.account(ACCOUNT, "2022-08")
LINE = f"/statements/lines/{ACCOUNT}/2022-08/a1"
CLOSE = "as_of=2022-08-31"
NUMBERS = count()


@pytest.fixture
async def office(postgres: PostgresServer) -> AsyncIterator[Office]:
    """A month of an account whose next one is opened, ready to be closed."""
    scene = history()
    opened(scene, "2022-09", 149_500)
    dsn = books_of(postgres, f"statement_lines_{next(NUMBERS)}", scene.ledger.facts)
    async with web_pages(dsn, "li-jing") as maker, web_pages(dsn, "wang-fang") as checker:
        yield Office(dsn, maker, checker, scene)


async def confirmed(office: Office, path: str, **typed: str) -> list[str]:
    """Propose by a form as one person, and let another confirm it."""
    (proposed,) = await office.sends(office.maker, path, **typed)
    judged = JudgeAct(proposal=proposed.body.proposal, checker="wang-fang", verdict="confirm")  # type: ignore[attr-defined]
    asked = office.scene.asked(MONTH, judged)._replace(by="staff:wang-fang")
    facts = office.scene.ledger.ask([asked])
    await office.read()
    return kinds(facts)


async def test_what_was_classified_wrongly_is_open_work_again_and_belongs_to_the_next_month(
    office: Office,
) -> None:
    await closed(office, AUGUST)
    assert await csv_records(office.maker.http, f"/differences?{CLOSE}&csv=differences") == []
    text = await page(office.maker, LINE)
    assert "手续费" in text
    typed = {"kind": hidden(text, f"{LINE}/reverse")["kind"], "reason": "是退款，不是手续费"}
    assert await confirmed(office, f"{LINE}/reverse", **typed) == [
        "ActConfirmed",
        "LineClassificationReversed",
    ]
    text = await page(office.maker, LINE)
    assert "没有认定" in text
    assert "撤销流水的认定" in text
    assert f"{LINE}/reverse" not in text
    row, _totals = await csv_records(office.maker.http, f"/differences?{CLOSE}&csv=differences")
    assert (row["流水行"], row["差额（元）"]) == ("a1", "-3.00")
    # the signed month keeps its figures; what came after belongs to the next
    signed = await page(office.maker, AUGUST)
    assert "已按签结时的账务位置重新计算：一致" in signed
    assert "签结后又到 1 张" in signed
    assert "其中迟记</dt><dd>1" in "".join((await page(office.maker, SEPTEMBER)).split("\n"))

    found = await office.maker.http.get(LINE)
    path = found.text.split('href="/differences/')[1].split('"')[0].split("?")[0]
    anew = {"kind": "correction", "district": "211202", "reason": "银行错账"}
    answers = await confirmed(office, f"/differences/{path}/classify", **anew)
    assert answers == ["ActConfirmed", "StatementLineClassified"]
    assert await csv_records(office.maker.http, f"/differences?{CLOSE}&csv=differences") == []
    assert "银行更正" in await page(office.maker, LINE)


SEPTEMBER = AUGUST.replace("2022-08", "2022-09")


async def test_a_line_that_there_is_not_is_not_found(office: Office) -> None:
    for path in (f"{LINE}x", LINE.replace(ACCOUNT, "nobody")):
        assert (await office.maker.http.get(path)).status_code == 404
