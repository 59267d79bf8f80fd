"""No list is cut in silence: every row is on some page, totals are of all, an export is whole."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.runtime.embedded.postgres_server import PostgresServer
from tests.web_pages import books_of, csv_rows, web_pages

MANY = 2_103
ROWS = f"generate_series(1, {MANY}) AS n"
BOOKS = (
    f"""INSERT INTO books.batches (partition, batch, bank_account, fund, district, maker, state,
            wanted, count, total_fen, requested_at, requested_on, released_on)
        SELECT 0, 'B220801' || lpad(n::text, 4, '0'), 'icbc-1234', 'employment_subsidy', '211202',
               'li-jing', 'sent', 1, 1, 100, '2022-08-01T01:00Z', '2022-08-01', '2022-08-01'
        FROM {ROWS}""",
    f"""INSERT INTO books.batch_lines (partition, batch, line_no, disbursement, payee, instruction,
            amount_fen, state)
        SELECT 0, 'B220801' || lpad(n::text, 4, '0'), 1, 'a:' || n || '#1', 'p' || n,
               'B220801' || lpad(n::text, 4, '0') || '00001', 100, 'sent'
        FROM {ROWS}""",
    f"""INSERT INTO books.disbursement_attempts (partition, disbursement, attempt, batch, line_no,
            instruction, bank_account, payee, fund, district, amount_fen, state, sent_on)
        SELECT 0, 'a:' || n || '#1', 1, 'B220801' || lpad(n::text, 4, '0'), 1,
               'B220801' || lpad(n::text, 4, '0') || '00001', 'icbc-1234', 'p' || n,
               'employment_subsidy', '211202', 100, 'sent', '2022-08-01'
        FROM {ROWS}""",
    f"""INSERT INTO books.disbursements (partition, disbursement, application, instalment,
            beneficiary, payee, account, programme, fund, district, amount_fen, state, attempt,
            instruction, ordered_at, ordered_on, returned_on)
        SELECT 0, 'a:' || n || '#1', 'a:' || n, 1, 'p' || n, 'p' || n, 'acc', 'skill-upgrade',
               'employment_subsidy', '211202', 100, 'returned', 1, 'i' || n,
               '2022-08-01T01:00Z', '2022-08-01', '2022-08-02'
        FROM {ROWS}""",
    f"""INSERT INTO books.clawbacks (partition, payee, clawback, application, cause, fund, district,
            document, reason, source, state, amount_fen, left_fen, proposed_fen, maker,
            proposed_on, ordered_on)
        SELECT 0, 'p' || n, 'ZH-' || n, 'a:' || n, 'fraud', 'employment_subsidy', '211202', 'd',
               'r', 's', CASE WHEN n % 2 = 0 THEN 'open' ELSE 'proposed' END, 100, 100, 100,
               'li-jing', '2022-08-01', CASE WHEN n % 2 = 0 THEN date '2022-08-02' END
        FROM {ROWS}""",
    f"""INSERT INTO books.advances (partition, disbursement, application, payee, beneficiary,
            programme, nets, fund, district, amount_fen, settle_by, opened_on)
        SELECT 0, 'a:' || n || '#0', 'a:' || n, 'p' || n, 'p' || n, 'internship', 'claim',
               'employment_subsidy', '211202', 100, '2022-12-31', '2022-08-01'
        FROM {ROWS}""",
    f"""INSERT INTO books.statement_lines (partition, bank_account, month, line, seq, booked_on,
            amount_fen, reference, purpose, kind, recorded_at, known_on)
        SELECT 0, 'icbc-1234', '2022-08', 'L' || n, n, date '2022-08-01' + n % 31, 100, '', '', '',
               '2022-08-31T01:00Z', '2022-08-31'
        FROM {ROWS}""",
    f"""INSERT INTO books.entries (partition, ledger_offset, fact, kind, reference, fund, district,
            amount_fen, value_on, known_on)
        SELECT n % 4, n, gen_random_uuid(), 'interest', '', 'f', 'd', 100,
               date '2022-08-01' + n % 31, '2022-08-31'
        FROM {ROWS}""",
    f"""INSERT INTO books.postings (partition, ledger_offset, no, code, fund, district, sub,
            amount_fen, value_on, known_on)
        SELECT n % 4, n, no, CASE no WHEN 0 THEN '1002' ELSE '2231' END, 'f', 'd', 'icbc-1234',
               CASE no WHEN 0 THEN 100 ELSE -100 END, date '2022-08-01' + n % 31, '2022-08-31'
        FROM {ROWS}, generate_series(0, 1) AS no""",
    """INSERT INTO books.general_ledger_months (partition, value_month, known_month, code, fund,
            district, debit_fen, credit_fen, postings, credits)
        SELECT -1, '2022-08-01', '2022-08-01', code, fund, district,
               coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0),
               coalesce(-sum(amount_fen) FILTER (WHERE amount_fen < 0), 0),
               count(*), count(*) FILTER (WHERE amount_fen < 0)
        FROM books.postings GROUP BY code, fund, district""",
    f"""INSERT INTO books.dead_letters (partition, source_topic, source_partition, source_offset,
            line, code, reason, field, received_at)
        SELECT 0, 'benefits.applications.v1', n % 12, n, 0, 'BAD', 'r', 'f', '2022-08-31T01:00Z'
        FROM {ROWS}""",
    f"""INSERT INTO books.submissions (partition, submission, programme, region, employer,
            applied_on, state, round, opened_on, opened_at)
        SELECT 0, 's:' || n, 'post-skill', '211202', 'e', '2022-08-01', 'open', 1, '2022-08-01',
               '2022-08-01T01:00Z'
        FROM {ROWS}""",
    f"""INSERT INTO books.imports (partition, number, state, file_digest, digest, region, rows,
            uses, doubtful, refused, total_fen, maker, held_on, held_at)
        SELECT 0, 'IM' || n, 'done', 'f', 'd', '211202', 1, 1, 0, 0, 100, 'li-jing',
               '2022-08-01', '2022-08-01T01:00Z'
        FROM {ROWS}""",
)  # fmt: skip
LISTS = {
    "/batches": (MANY, "金额（元）", MANY * 100),
    "/clawbacks": (MANY, "应追回（元）", MANY * 100),
    "/advances": (MANY, "预拨（元）", MANY * 100),
    "/tasks/returns": (MANY, "金额（元）", MANY * 100),
    "/tasks/unknown": (MANY, "金额（元）", MANY * 100),
    "/tasks/second": (MANY // 2 + 1, None, None),
    "/results": (MANY, "金额（元）", MANY * 100),
    "/statements": (MANY, "收入（元）", MANY * 100),
    "/journal": (MANY * 2, "借方（元）", MANY * 100),
    "/dead-letters": (MANY, None, None),
    "/submissions": (MANY, "行数", 0),
    "/past": (MANY, "金额（元）", MANY * 100),
}


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """Tables with more rows than any screen shows."""
    return books_of(postgres, "web_lists", [], BOOKS)


@pytest.fixture
async def pages(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over these books."""
    async with web_pages(database) as opened:
        yield opened.http


def rows(text: str) -> list[str]:
    body = re.search(r"(?s)<tbody>(.*?)</tbody>", text)
    return re.findall(r"(?s)<tr>.*?</tr>", body[1]) if body else []


def link(text: str, words: str) -> str | None:
    found = re.search(rf'href="([^"]+)">{words}</a>', text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("path", LISTS)
async def test_a_long_list_is_whole_on_the_screen_and_in_its_export(
    pages: httpx.AsyncClient, path: str
) -> None:
    number, column, total = LISTS[path]
    header, *lines = await csv_rows(pages, f"{path}?csv=1")
    if column is not None:
        assert round(float(lines[-1][header.index(column)]) * (1 if total == 0 else 100)) == total
        lines = lines[:-1]
    assert len(lines) == number

    following: str | None = path
    seen: list[str] = []
    while following is not None:
        text = (await pages.get(following)).text
        assert "不认识的条件" not in text
        seen += rows(text)
        following = link(text, "下一页")
    assert len(seen) == len(set(seen)) == number
    last = link((await pages.get(path)).text, "末页")
    assert last is not None
    end = (await pages.get(last)).text
    assert rows(end)[-1] == seen[-1]
    back = link(end, "上一页")
    assert back is not None
    assert rows((await pages.get(back)).text)[-1] in seen


async def test_a_place_in_a_list_that_is_none_is_refused(pages: httpx.AsyncClient) -> None:
    for path in LISTS:
        assert (await pages.get(f"{path}?after=nowhere")).status_code == 422, path


def test_no_query_of_a_page_has_a_limit_of_its_own() -> None:
    """A limit is a page's size, one row, or what a batch may hold; a test names each."""
    allowed = {
        "LIMIT {at.size + 1}", "LIMIT {limit}", "LIMIT 1", "LIMIT $3", "LIMIT $5",
    }  # fmt: skip
    found = {
        limit
        for file in Path("services/web").rglob("*.py")
        for limit in re.findall(r"LIMIT (?:\{[^}]+\}|\$?\w+)", file.read_text())
    }
    assert found <= allowed
