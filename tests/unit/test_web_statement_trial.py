"""The page on which a statement's file is tried: it says how the file reads, and keeps nothing of it."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from services.runtime.embedded.postgres_server import PostgresServer
from tests.statement_samples import SAMPLES
from tests.web_pages import WebPages, books_of, said, web_pages

ACCOUNT = "icbc-1234"
PATH = "/statements/try"


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """Empty books: the page asks nothing of them."""
    return books_of(postgres, "web_statement_trial", [])


@pytest.fixture
async def pages(database: str) -> AsyncIterator[WebPages]:
    async with web_pages(database, "li-jing") as opened:
        yield opened


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("gb18030")


async def tried(
    pages: WebPages, raw: bytes, layout: str = "auto", account: str = ACCOUNT, opening: str = ""
) -> str:
    """Hand a file in; what the page says, word by word."""
    form = await pages.http.get(PATH)
    assert form.status_code == 200
    data = {"account": account, "layout": layout, "opening": opening}
    answer = await pages.http.post(PATH, data=data, files={"file": ("八月.csv", raw)})
    assert answer.status_code == 200, answer.text[:400]
    return "\n".join(said(answer.text))


async def test_a_file_is_read_on_the_page_and_nothing_of_it_is_kept(
    pages: WebPages, database: str
) -> None:
    rows = [list(row) for row in SAMPLES["ccb"]]
    rows[-1][9] = "结息 21120219900307000X"
    page = await tried(pages, as_csv(rows))
    assert "建设银行 企业网银明细\n" in page
    assert "读得通。请核对" in page
    assert "2022-08-01 – 2022-08-30" in page
    for figure in ("10,000.00", "1,500.00", "12.34", "5.00", "8,517.34", "10,012.34"):
        assert f"\n{figure}\n" in page
    assert "21120219900307000X" not in page

    wrong = await tried(pages, as_csv(rows), "ccb", "icbc-1282")
    assert "这份文件不能这样导入：1 处问题" in wrong
    assert "末四位" in wrong

    lost = await tried(pages, "日期,金额\n2022-08-01,1\n".encode(), "boc", "")
    assert "没有一种格式找到表头" in lost or "没有找到表头" in lost
    both = [["交易日期", "交易流水号", "摘要", "支出金额", "收入金额", "余额"]]
    both += [["2022-08-02", "1", "补贴", "30.00", "", "70.00"]]
    both += [["2022-08-02", "2", "退汇", "", "30.00", "100.00"]]
    assert "请填写期初余额" in await tried(pages, as_csv(both), "rcb", "")
    assert "读得通" in await tried(pages, as_csv(both), "rcb", "", "100.00")
    assert pages.sent == []
    books = await asyncpg.connect(database)
    assert await books.fetchval("SELECT count(*) FROM books.statement_files") == 0
    await books.close()


async def test_what_is_asked_wrong_is_named(pages: WebPages) -> None:
    for data, name in (
        ({"layout": "auto", "opening": "x"}, "期初余额"),
        ({"layout": "nobody"}, "回盘格式"),
        ({"layout": "auto", "account": "x"}, "账户"),
    ):
        answer = await pages.http.post(
            PATH, data={"account": ""} | data, files={"file": ("a", b"1")}
        )
        assert answer.status_code == 422
        assert name in answer.text
