"""The pages of the closed months: what blocks, prepare, sign, numbers, what comes late, reopen."""

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from events import streams
from events.codec import command_of
from events.control import CommandRefused
from events.envelope import Recorded
from events.statements import OpenStatement, RecordOpeningBalance, RecordStatementLine
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.given_when_then import Scene, kinds
from tests.web_pages import WebPages, books_of, csv_records, web_pages

FUND, DISTRICT, ACCOUNT = "unemployment_insurance", "211202", "icbc-1234"
AUGUST = f"/periods/{FUND}/{DISTRICT}/2022-08"
SEPTEMBER = f"/periods/{FUND}/{DISTRICT}/2022-09"


class Office:
    """A ledger, its books, and two people at the pages."""

    def __init__(self, dsn: str, maker: WebPages, checker: WebPages, scene: Scene) -> None:
        self.dsn, self.maker, self.checker, self.scene = dsn, maker, checker, scene
        self.projected = len(scene.ledger.facts)

    async def read(self) -> None:
        """Let the books read what is new."""
        new = self.scene.ledger.facts[self.projected :]
        self.projected += len(new)
        await city.project(self.dsn, new)

    async def book(self, line: str, on: str, amount: int) -> None:
        """A line of the bank, that the books take too."""
        books(self.scene, line, on, amount)
        await self.read()

    async def sends(self, pages: WebPages, path: str, **typed: str) -> list[Recorded]:
        """Post a form, put what was sent to the ledger, and let the books read the answer."""
        before = len(pages.sent)
        answer = await pages.http.post(path, data={"command": str(uuid4()), **typed})
        assert answer.status_code == 303, answer.text[:600]
        facts = self.scene.ledger.ask([command_of(one) for one in pages.sent[before:]])
        await self.read()
        return facts


def books(scene: Scene, line: str, on: str, amount: int, kind: Any = "fee") -> None:
    """A classified line of the bank's statement."""
    record = RecordStatementLine(
        bank_account=ACCOUNT, line=line, booked_on=date.fromisoformat(on), amount=amount,
        reference="", purpose="", kind=kind, fund=FUND, district=DISTRICT,
    )  # fmt: skip
    scene.when(streams.account(ACCOUNT, on[:7]), record)


def opened(scene: Scene, month: str, balance: int) -> None:
    """The bank's own opening balance of a month."""
    opening = OpenStatement(bank_account=ACCOUNT, month=month, opening_balance=balance)
    scene.when(streams.account(ACCOUNT, month), opening)


def history() -> Scene:
    """An account through August: what there was, what came in, two fees, and September begun."""
    scene = Scene("2022-08-01")
    balance = RecordOpeningBalance(
        bank_account=ACCOUNT, fund=FUND, district=DISTRICT, amount=100_000, document="期初"
    )
    scene.on = date(2022, 7, 31)
    scene.when(streams.account(ACCOUNT, "2022-07"), balance)
    opened(scene, "2022-08", 100_000)
    books(scene, "a1", "2022-08-20", -300)
    books(scene, "a2", "2022-08-05", 50_000, "funds_received")
    books(scene, "a3", "2022-08-20", -200)
    return scene


@pytest.fixture(scope="module")
def numbers() -> Any:
    return iter(range(100))


@pytest.fixture
async def office(postgres: PostgresServer, numbers: Any) -> AsyncIterator[Office]:
    scene = history()
    dsn = books_of(postgres, f"closing_{next(numbers)}", scene.ledger.facts)
    async with web_pages(dsn, "li-jing") as maker, web_pages(dsn, "wang-fang") as checker:
        yield Office(dsn, maker, checker, scene)


async def page(pages: WebPages, path: str) -> str:
    answer = await pages.http.get(path)
    assert answer.status_code == 200, (path, answer.text[:800])
    return answer.text


def hidden(text: str, form: str) -> dict[str, str]:
    """The hidden fields of a form that posts to an address."""
    (inner,) = re.findall(rf'(?s)<form method="post" action="{form}[?"].*?</form>', text)
    fields = dict(re.findall(r'name="([a-z]+)" value="([^"]*)"', inner))
    fields.pop("command")
    return fields


async def closed(office: Office, path: str, note: str = "") -> None:
    """Prepare a month from its page as one person, and sign it from its page as another."""
    fields = hidden(await page(office.maker, path), path)
    assert kinds(await office.sends(office.maker, path, **fields, note=note)) == ["PeriodPrepared"]
    fields = hidden(await page(office.checker, path), f"{path}/sign")
    assert kinds(await office.sends(office.checker, f"{path}/sign", **fields)) == ["PeriodSigned"]


async def test_a_month_is_blocked_closed_numbered_and_opened_again(office: Office) -> None:
    # the bank has not said that August is over
    text = await page(office.maker, AUGUST)
    assert "检查表中有须先解决的事项" in text
    listed = await csv_records(office.maker.http, "/periods?csv=periods")
    assert [(row["月份"], row["状态"]) for row in listed] == [("2022-07", "应结")]
    opened(office.scene, "2022-09", 149_500)
    await office.read()
    text = await page(office.maker, AUGUST)
    assert "检查表中有须先解决的事项" not in text
    assert "记-0001 – 记-0003" in text

    fields = hidden(text, AUGUST)
    assert kinds(await office.sends(office.maker, AUGUST, **fields)) == ["PeriodPrepared"]
    own = hidden(await page(office.maker, AUGUST), f"{AUGUST}/sign")
    (refused,) = await office.sends(office.maker, f"{AUGUST}/sign", **own)
    assert isinstance(refused.body, CommandRefused)
    assert refused.body.code == "SAME_PERSON"
    await office.book("late", "2022-08-31", -70)  # after it was counted
    await office.book("back", "2022-08-31", 70)
    assert kinds(await office.sends(office.checker, f"{AUGUST}/sign", **own)) == ["PeriodSigned"]

    text = await page(office.checker, AUGUST)
    assert "重新计算：一致" in text
    assert "签结后又到 2 张" in text
    (row,) = [
        row
        for row in await csv_records(office.maker.http, f"{AUGUST}?csv=x")
        if row["科目"].startswith("1002")
    ]
    assert [row[name] for name in row if "元" in name] == ["1000.00", "500.00", "5.00", "1495.00"]
    journal = await csv_records(office.maker.http, "/journal?code=1002&csv=journal")
    found = [(row["账务日"], row["凭证字号"]) for row in journal[:-1] if row["科目"][:4] == "1002"]
    assert found == [
        ("2022-08-31", "2022-09（迟记）"),
        ("2022-08-31", "2022-09（迟记）"),
        ("2022-08-20", "2022-08 记-0003"),
        ("2022-08-20", "2022-08 记-0002"),
        ("2022-08-05", "2022-08 记-0001"),
        ("2022-07-31", ""),
    ]
    numbered = await csv_records(office.maker.http, f"{AUGUST}/vouchers?csv=x")
    assert list(dict.fromkeys(row["凭证字号"] for row in numbered[:-1])) == [
        "2022-08 记-0001",
        "2022-08 记-0002",
        "2022-08 记-0003",
    ]
    assert "记-0002" in await page(office.maker, f"{AUGUST}/vouchers")

    # September takes what came late
    await office.book("b1", "2022-09-02", -30)
    opened(office.scene, "2022-10", 149_470)
    await office.read()
    await closed(office, SEPTEMBER, "八月末两笔迟到")
    journal = await csv_records(office.maker.http, "/journal?code=1002&csv=journal")
    found = [(row["账务日"], row["凭证字号"]) for row in journal[:2]]
    assert ("2022-09-02", "2022-09 记-0003") in found
    entries = [row["凭证"] for row in journal[:-1] if row["账务日"] == "2022-08-31"]
    assert "2022-09 记-0001（迟记）" in await page(office.maker, f"/journal/{entries[-1]}")

    typed = {"document": "铁财函〔2022〕8号", "reason": "更正"}
    refused_first = await office.sends(office.maker, f"{AUGUST}/reopen", **typed)
    assert kinds(refused_first) == ["CommandRefused"]
    (proposed,) = await office.sends(office.maker, f"{SEPTEMBER}/reopen", **typed)
    proposal: Any = proposed.body
    text = await page(office.checker, f"/proposals/{proposal.proposal}")
    for said in ("失业保险基金", "2022-09", "铁财函〔2022〕8号"):
        assert said in text
    facts = await office.sends(
        office.checker, f"/proposals/{proposal.proposal}/judge", verdict="confirm"
    )
    assert kinds(facts) == ["ActConfirmed", "PeriodReopened"]
    text = await page(office.maker, SEPTEMBER)
    assert "重新打开" in text
    assert "铁财函〔2022〕8号" in text
    journal = await csv_records(office.maker.http, "/journal?code=1002&csv=journal")
    assert journal[0]["凭证字号"] == "2022-09 记-0003", "a number is for good"


async def test_what_changed_since_it_was_shown_is_not_prepared(office: Office) -> None:
    opened(office.scene, "2022-09", 149_500)
    await office.read()
    fields = hidden(await page(office.maker, AUGUST), AUGUST)
    for wrong in ({"digest": "0" * 64}, {"vector": "0:1"}, {"vector": "?"}):
        answer = await office.maker.http.post(
            AUGUST, data={"command": str(uuid4()), **fields, **wrong}
        )
        assert answer.status_code in (400, 422), answer.text[:300]
    assert not office.maker.sent


async def test_a_month_is_read_in_english_and_taken_away_as_a_workbook(office: Office) -> None:
    opened(office.scene, "2022-09", 149_500)
    await office.read()
    text = await page(office.maker, f"{AUGUST}?lang=en")
    for words in ("Closing list", "Prepare for another to sign", "Opening (yuan)"):
        assert words in text
    main = re.search(r"(?s)<main.*?</main>", text)
    assert main is not None
    left = re.findall(r">[^<]*[一-鿿][^<]*<", main[0])
    assert not [one for one in left if "检查" in one or "期初" in one or "签结" in one]
    for path in (AUGUST, "/periods"):
        book = await office.maker.http.get(f"{path}?xlsx=x")
        assert book.content[:2] == b"PK", path
    assert "style=" not in text
    assert "<script>" not in text


async def test_what_waits_for_a_signature_stands_on_the_worklist(office: Office) -> None:
    opened(office.scene, "2022-09", 149_500)
    await office.read()
    fields = hidden(await page(office.maker, AUGUST), AUGUST)
    await office.sends(office.maker, AUGUST, **fields)
    text = await page(office.checker, "/tasks/second")
    assert AUGUST in text
    assert "月结" in text


async def test_nothing_is_closed_of_what_there_is_not(office: Office) -> None:
    for path in (f"/periods/x/{DISTRICT}/2022-08", f"/periods/{FUND}/999999/2022-08"):
        assert (await office.maker.http.get(path)).status_code == 404
    answer = await office.maker.http.get(f"/periods/{FUND}/{DISTRICT}/2022-13")
    assert answer.status_code in (400, 422)
    answer = await office.maker.http.get(f"{AUGUST}/vouchers?after=2022-08-01,x")
    assert answer.status_code in (400, 422)
