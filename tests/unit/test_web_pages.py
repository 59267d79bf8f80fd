"""The pages over a real database: as of a day, paged, exported, and honest when nothing is read."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from services.http_intake.metrics import SourceNumbers
from services.http_intake.reading_metrics import NoNumbers
from services.runtime.embedded.postgres_server import PostgresServer
from tests.browser import city
from tests.web_pages import books_of, csv_records, csv_rows, web_pages

PAID = f"/applications/district-{city.DISTRICT}.hrss:TL-2022-004000"


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """A city's books, made once: these tests only read."""
    return books_of(postgres, "web_pages", city.build().ledger.facts)


@pytest.fixture
async def pages(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over these books."""
    async with web_pages(database) as opened:
        yield opened.http


async def test_a_list_shows_the_state_at_the_close_of_the_day_asked_for(
    pages: httpx.AsyncClient,
) -> None:
    withdrawn = "/applications?csv=applications&q=TL-2022-004207&as_of={}"
    before = await csv_rows(pages, withdrawn.format("2022-08-24"))
    after = await csv_rows(pages, withdrawn.format("2022-08-25"))
    assert before[1][5] in {"已核准", "待预算"}
    assert after[1][5] == "已撤回"
    assert len(await csv_rows(pages, withdrawn.format("2022-08-23"))) == 2, (
        "header and totals alone"
    )


async def test_a_trail_ends_on_the_day_asked_for(pages: httpx.AsyncClient) -> None:
    early = (await pages.get(f"{PAID}?as_of=2022-08-16")).text
    whole = (await pages.get(PAID)).text
    assert "已制批" not in early
    assert "B2208170003" not in early
    assert "B2208170003" in whole
    assert "历史视图 · 只读" in early


async def test_a_trial_balance_obeys_the_day_and_balances(pages: httpx.AsyncClient) -> None:
    for day in ("2022-08-05", "2022-08-19", "2022-08-31"):
        rows = await csv_rows(pages, f"/accounts?csv=trial-balance&as_of={day}")
        header, *lines, total = rows
        debit, credit = header.index("借方发生额（元）"), header.index("贷方发生额（元）")
        assert total[debit] == total[credit], day
        assert sum(round(float(line[debit]) * 100) for line in lines) == round(
            float(total[debit]) * 100
        )


async def test_pages_walk_over_every_row_once_and_back_again(pages: httpx.AsyncClient) -> None:
    def keys(text: str) -> list[str]:
        return re.findall(r'<td class="id" [^>]*><a href="[^"]*"><span class="id">([^<]+)', text)

    def link(text: str, words: str) -> str | None:
        found = re.search(rf'href="([^"]+)">{words}</a>', text)
        return found[1].replace("&amp;", "&") if found else None

    first = (await pages.get("/applications")).text
    seen, text = [keys(first)], first
    while (following := link(text, "下一页")) is not None:
        text = (await pages.get(following)).text
        seen.append(keys(text))
    everything = [key for page in seen for key in page]
    assert len(everything) == len(set(everything)) == 71
    back = link(text, "上一页")
    assert back is not None
    assert keys((await pages.get(back)).text) == seen[-2]
    last = link(first, "末页")
    assert last is not None
    assert keys((await pages.get(last)).text)[-1] == seen[-1][-1]


async def test_count_and_sum_are_of_the_whole_filter(pages: httpx.AsyncClient) -> None:
    rows = await csv_rows(pages, "/applications?csv=applications&state=denied")
    assert len(rows) == 1 + 3 + 1
    assert {row[5] for row in rows[1:-1]} == {"不予核准"}


async def test_an_export_of_every_table_can_be_opened(pages: httpx.AsyncClient) -> None:
    for path in (
        "/disbursements?csv=disbursements",
        "/batches?csv=batches",
        "/batches/B2208170003?csv=batch",
        "/budgets?year=2022&csv=budgets",
        "/reconciliation?csv=reconciliation&as_of=2022-08-31",
        "/reconciliation/icbc-1234/2022-08?csv=differences",
        "/differences?csv=differences&as_of=2022-08-31",
        "/journal?csv=journal",
        "/statements?csv=statements",
        "/policies?csv=policies",
        "/operations?csv=positions",
        "/dead-letters?csv=dead-letters",
        f"{PAID}?csv=entries",
    ):
        assert len(await csv_rows(pages, path)) >= 1, path


async def test_the_page_of_operations_shows_what_each_source_has_sent_over_http(
    database: str,
) -> None:
    codes = (("PROGRAMME_UNKNOWN", 2),)
    hall = SourceNumbers("hall-211202", 9, 7, 2, 1, 3, 4096, 0.25, codes)

    async def numbers() -> list[SourceNumbers]:
        return [hall]

    async def away() -> list[SourceNumbers]:
        raise NoNumbers("127.0.0.1:9106")

    async with web_pages(database, http_intake=numbers) as opened:
        (row,) = await csv_records(opened.http, "/operations?csv=http-intake")
        assert list(row.values())[:4] == ["hall-211202", "9", "7", "1"]
        assert list(row.values())[4:] == ["2", "3", "250", "PROGRAMME_UNKNOWN 2"]
        assert "hall-211202" in (await opened.http.get("/operations")).text
    async with web_pages(database, http_intake=away) as opened:
        assert "127.0.0.1:9106 没有应答" in (await opened.http.get("/operations")).text
    async with web_pages(database) as opened:
        assert "HTTP 受理" not in (await opened.http.get("/operations")).text


async def test_every_answer_carries_the_content_policy_and_is_kept_nowhere(
    pages: httpx.AsyncClient,
) -> None:
    for path in ("/", "/nothing", "/applications?as_of=yesterday"):
        answer = await pages.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"


async def test_no_page_has_script_or_style_inside(pages: httpx.AsyncClient) -> None:
    for path in ("/", PAID, "/budgets?year=2022", "/batches/B2208310001", "/reconciliation"):
        text = (await pages.get(path)).text
        assert not re.findall(r"<script(?![^>]*src=)", text), path
        assert not re.findall(r"<style|\sstyle=|\son\w+=", text), path


async def test_a_condition_that_a_page_does_not_know_is_named(pages: httpx.AsyncClient) -> None:
    assert "colour" in (await pages.get("/applications?colour=red")).text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/applications/nobody:nothing", 404, "E-404"),
        ("/nothing", 404, "E-404"),
        ("/journal/J-9-9", 404, "E-404"),
        ("/applications?as_of=yesterday", 422, "E-QUERY"),
        ("/applications?after=nonsense", 422, "E-QUERY"),
        ("/journal?after=2022-08-31,nonsense", 422, "E-QUERY"),
    ],
)
async def test_what_cannot_be_shown_says_so_in_three_parts(
    pages: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await pages.get(path)
    assert answer.status_code == status
    assert code in answer.text
    assert "Traceback" not in answer.text


async def test_books_that_are_away_show_no_amount_and_never_a_zero() -> None:
    async with web_pages("postgresql://nobody@127.0.0.1:1/nothing", least_connections=0) as away:
        answer = await away.http.get("/")
    assert answer.status_code == 503
    assert "E-READ" in answer.text
    assert re.search(r"编号\s*<span class=\"id\">[0-9A-F]{4}", answer.text)
    assert not re.search(r"\d[.,]\d", re.sub(r"<[^>]+>", "", answer.text))


async def test_a_host_that_is_not_ours_is_refused(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400


async def test_nobody_is_named_in_address_or_title(pages: httpx.AsyncClient) -> None:
    text = (await pages.get(PAID)).text
    title = re.search(r"<title>(.*?)</title>", text)
    assert title is not None
    assert "*" not in title[1]
    assert "***" in text, "the masked number is on the page itself"
