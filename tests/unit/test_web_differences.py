"""Differences as work: the list with owner and explanation, the page of one, what is sent from it."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest
from python_calamine import CalamineWorkbook

from events import streams
from events.differences import AssignDifference, ExplainDifference, SeenDifference
from projections.queries.differences import BankDifference
from projections.queries.reconciliation import differences
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.vault.files import StoredFile
from services.web.reconciliation.difference_acts import NEXT
from services.wording.coded_words import PROPOSED_ENTRIES
from services.wording.states import DIFFERENCE_KINDS
from tests.browser import city
from tests.web_pages import WebPages, books_of, csv_records, web_pages

CLOSE = f"?as_of={city.CLOSE}"
EVIDENCE = "e" * 64


def seen_of(row: BankDifference) -> SeenDifference:
    return SeenDifference(
        account=row.account, movement=row.movement or "", month=row.month if row.line else "",
        line=row.line or "", kind=row.kind, amount=row.difference, since=row.since,
    )  # fmt: skip


async def open_ones(dsn: str) -> list[BankDifference]:
    db = await asyncpg.connect(dsn)
    try:
        return await differences(db, city.CLOSE)
    finally:
        await db.close()


@pytest.fixture(scope="module")
def found(postgres: PostgresServer) -> tuple[str, list[BankDifference]]:
    """Books with differences, the first of which has an owner and an explanation."""
    built = city.build()
    plain = books_of(postgres, "differences_plain", built.ledger.facts)
    with ThreadPoolExecutor(1) as elsewhere:  # this thread may have a loop of its own
        rows = elsewhere.submit(asyncio.run, open_ones(plain)).result(60)
    first, *_ = rows
    stream = streams.difference(first.account, first.number)
    assigned = AssignDifference(
        number=first.number, seen=seen_of(first), after=0, owner="wang-fang",
        reason="经办", operator="li-jing",
    )  # fmt: skip
    explained = ExplainDifference(
        number=first.number, seen=seen_of(first), after=1, reason="银行次日入账",
        evidence=EVIDENCE, operator="wang-fang",
    )  # fmt: skip
    for command in (assigned, explained):
        built.ask(stream, command, city.CLOSE)
    return books_of(postgres, "differences_noted", built.ledger.facts), rows


@pytest.fixture
async def pages(found: tuple[str, list[BankDifference]]) -> AsyncIterator[WebPages]:
    async with web_pages(found[0], "li-jing") as opened:
        yield opened


def form_of(text: str, path: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to a path."""
    own = re.search(rf'(?s)<form method="post" action="[^"]*{path}[^"]*".*?</form>', text)
    assert own is not None
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', own[0]))


async def test_the_list_tells_whose_a_difference_is_and_an_explanation_closes_none(
    pages: WebPages, found: tuple[str, list[BankDifference]]
) -> None:
    first, rows = found[1][0], found[1]
    listed = await csv_records(pages.http, f"/differences{CLOSE}&csv=1")
    assert len(listed) == len(rows) + 1, "the totals stand below"
    said = [row for row in listed if row["说明"] == "银行次日入账"]
    assert [row["核查人"] for row in said] == ["王芳"]
    left = await csv_records(pages.http, f"/differences{CLOSE}&said=none&csv=1")
    assert len(left) == len(listed) - 1
    own = await csv_records(pages.http, f"/differences{CLOSE}&owner=wang-fang&csv=1")
    assert len(own) == 2
    shares = await csv_records(pages.http, f"/tasks/differences{CLOSE}&csv=1")
    assert [(row["核查人"], row["差异（笔）"], row["未说明（笔）"]) for row in shares] == [
        ("尚未指定", str(len(rows) - 1), str(len(rows) - 1)),
        ("王芳", "1", "0"),
        ("合计", str(len(rows)), str(len(rows) - 1)),
    ]
    for asked, count in (("owner=none", len(rows) - 1), ("owner=me", 0), ("owner=wang-fang", 1)):
        for path in ("/differences", "/tasks/differences"):
            found_ones = await csv_records(pages.http, f"{path}{CLOSE}&{asked}&csv=1")
            total = (
                sum(int(r["差异（笔）"]) for r in found_ones if r.get("核查人") != "合计")
                if (path == "/tasks/differences")
                else max(len(found_ones) - 1, 0)
            )
            assert total == count, (path, asked)
    aged = await csv_records(pages.http, f"/tasks/differences{CLOSE}&age=0-1&csv=1")
    young = [row for row in rows if row.age_days <= 1]
    assert sum(int(row["差异（笔）"]) for row in aged[:-1]) == len(young) > 0
    workbench = (await pages.http.get(f"/{CLOSE}")).text
    assert re.search(r'href="/differences\?[^"]*said=none', workbench)
    page = (await pages.http.get(f"/differences/{first.account}/{first.number}{CLOSE}")).text
    assert "银行次日入账" in page
    assert "已说明，未一致" in page


async def test_the_page_sends_what_was_seen_and_a_stranger_finds_nothing(
    pages: WebPages, found: tuple[str, list[BankDifference]]
) -> None:
    first = found[1][0]
    path = f"/differences/{first.account}/{first.number}"
    text = (await pages.http.get(path)).text
    hidden = form_of(text, "/explain")
    assert hidden["notes"] == "2"
    answer = await pages.http.post(
        f"{path}/explain", data={**hidden, "reason": "已电话核实", "expected_on": "2022-12-01"}
    )
    assert answer.status_code == 303, answer.text[:300]
    body = pages.sent[-1]["body"]
    assert (body["after"], body["reason"], body["seen"]["amount"]) == (
        2,
        "已电话核实",
        first.difference,
    )
    gone = await pages.http.get(f"/differences/{first.account}/D-000000000000")
    assert gone.status_code == 404


async def test_a_line_of_the_bank_alone_is_proposed_for_two_people(
    pages: WebPages, found: tuple[str, list[BankDifference]]
) -> None:
    row = next(one for one in found[1] if one.kind == "unknown_at_bank" and not one.instruction)
    path = f"/differences/{row.account}/{row.number}"
    hidden = form_of((await pages.http.get(path)).text, "/classify")
    answer = await pages.http.post(
        f"{path}/classify",
        data={**hidden, "kind": "interest", "district": city.DISTRICT, "reason": "结息"},
    )
    assert answer.status_code == 303, answer.text[:300]
    sent = pages.sent[-1]
    assert (sent["type"], sent["body"]["act"]) == ("ProposeAct", "ClassifyStatementLine")
    assert sent["stream"] == streams.account(row.account, row.month)
    assert sent["body"]["body"]["amount"] == row.difference


async def test_paper_and_workbook_are_the_statement_of_the_screen(
    pages: WebPages, found: tuple[str, list[BankDifference]]
) -> None:
    account = found[1][0].account
    month = f"/reconciliation/{account}/{city.CLOSE:%Y-%m}"
    unfinished = (await pages.http.get(f"{month}{CLOSE}")).text
    assert "缺对账单" in unfinished, "nothing says how the month ended"
    assert "调节后余额" not in unfinished
    path = f"{month}?as_of={city.CLOSE - timedelta(days=1)}"
    screen = (await pages.http.get(path)).text
    paper = await pages.http.get(f"{path}&paper=1")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert paper.content == (await pages.http.get(f"{path}&paper=1")).content
    book = await pages.http.get(f"{path}&xlsx=1")
    assert book.content == (await pages.http.get(f"{path}&xlsx=1")).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0][0] == "银行存款余额调节表"
    ends = next(row for row in rows if row[0] == "调节后余额")
    for yuan in (ends[1], ends[3]):
        assert f"{yuan:,.2f}" in screen


async def test_each_kind_says_what_may_be_done_and_where(
    pages: WebPages, found: tuple[str, list[BankDifference]]
) -> None:
    text = (await pages.http.get(f"/differences{CLOSE}")).text
    for kind in {row.kind for row in found[1]}:
        advice, entries = NEXT[kind]
        assert advice in text
        assert all(PROPOSED_ENTRIES[entry] in text for entry in entries)
    row = next(one for one in found[1] if one.kind == "missing_at_bank")
    text = (await pages.http.get(f"/differences/{row.account}/{row.number}{CLOSE}")).text
    assert NEXT["missing_at_bank"][0] in text
    assert 'href="/results' in text


def test_every_kind_has_something_that_may_be_done() -> None:
    assert set(NEXT) == set(DIFFERENCE_KINDS)
    proposed = {entry for _, entries in NEXT.values() for entry in entries}
    assert proposed == set(PROPOSED_ENTRIES), "what may be proposed is right for some kind"


class OneFile:
    """A vault that keeps one file."""

    async def load_file(self, digest: str) -> StoredFile | None:
        return StoredFile("回单.pdf", b"%PDF") if digest == EVIDENCE else None


async def test_evidence_leads_to_the_file_that_is_kept_and_to_no_other(
    found: tuple[str, list[BankDifference]],
) -> None:
    first, other = found[1][:2]
    path = f"/differences/{first.account}/{first.number}"
    async with web_pages(found[0], "li-jing", vault=cast("Any", OneFile())) as pages:
        assert f'href="{path}/evidence/{EVIDENCE}' in (await pages.http.get(path)).text
        kept = await pages.http.get(f"{path}/evidence/{EVIDENCE}")
        assert (kept.status_code, kept.content) == (200, b"%PDF")
        assert "%E5%9B%9E%E5%8D%95.pdf" in kept.headers["content-disposition"]
        for wrong in (
            f"{path}/evidence/{'0' * 64}",
            f"/differences/{other.account}/{other.number}/evidence/{EVIDENCE}",
        ):
            assert (await pages.http.get(wrong)).status_code == 404
