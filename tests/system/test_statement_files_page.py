"""The page of statement files, over a real database and vault: one hands in, another takes."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import asyncpg
import httpx
import pytest

from events.statement_files import (
    ReverseStatement,
    StatementHeld,
    StatementReversed,
    StatementTaken,
)
from projections.engine.migrate import migrate
from projections.queries import reconciliation, statement_files
from services.clerk.statement_files import statement_commands
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.web.app import create_app
from services.web.request.sources import Sources
from tests.browser.city import project
from tests.example_cities import cities
from tests.given_when_then import Scene, policies
from tests.system.test_prior_uses_page import ADDRESS, Desk, field

ACCOUNT = "icbc-1234"
PATH = "/statements/import"
HEADING = "交易日期,交易流水号,摘要,借方发生额,贷方发生额,余额"
NOW = datetime(2022, 9, 1, 1, tzinfo=UTC)


@pytest.fixture
async def desk(settings: Settings) -> Desk:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    await project(settings.postgres_dsn, [])
    return Desk(settings.postgres_dsn)


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=4) as opened:
        yield opened


@pytest.fixture
async def vault(desk: Desk, pool: "asyncpg.Pool[asyncpg.Record]", settings: Settings) -> Vault:
    return await Vault.open(pool, settings.vault_key_file)


@pytest.fixture
async def pages(
    desk: Desk, pool: "asyncpg.Pool[asyncpg.Record]", vault: Vault, settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    sources = Sources(pool, policies(), settings.data_dir, vault.names, send=desk.send, vault=vault)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(sources)),
        base_url=ADDRESS,
        headers={"origin": ADDRESS},
        follow_redirects=True,
    ) as client:
        yield client


def table(*lines: str) -> bytes:
    """A file of the bank."""
    return "\r\n".join([HEADING, *lines]).encode("gb18030")


AUGUST = table(
    "2022-08-15,W1,财政拨款,,1000.00,1010.00",
    "2022-08-16,W2,手续费 21120219900307000X,1.50,,1008.50",
    "2022-08-16,W3,手续费,1.50,,1007.00",
)


async def hand_in(
    pages: httpx.AsyncClient, content: bytes, name: str = "8月.csv"
) -> httpx.Response:
    pages.cookies.set("acting_as", "li-jing")
    page = (await pages.get(PATH)).text
    return await pages.post(
        PATH,
        data={"command": field(page, "command", PATH), "account": ACCOUNT},
        files={"file": (name, content)},
    )


async def take(pages: httpx.AsyncClient, address: str, who: str = "wang-fang") -> httpx.Response:
    pages.cookies.set("acting_as", who)
    page = (await pages.get(address)).text
    form = f"{address}/release"
    return await pages.post(
        form,
        data={
            "command": field(page, "command", form),
            "digest": field(page, "digest", form),
        },
    )


async def clerk(desk: Desk, vault: Vault, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Do what the clerk does with files that were taken."""
    for released in await statement_files.released(pool):
        asked = await statement_commands(released, vault, cities(), NOW)
        await project(desk.dsn, desk.ledger.ask(asked))


async def test_a_file_goes_through_two_people_onto_the_record_and_back(
    pages: httpx.AsyncClient, desk: Desk, vault: Vault, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    answer = await hand_in(pages, AUGUST)
    assert "等待另一人收下" in answer.text
    held = next(one.body for one in desk.ledger.facts if isinstance(one.body, StatementHeld))
    address = f"{PATH}/{held.number}"
    own = (await pages.get(address)).text
    assert "您是这份文件的提交人" in own
    assert "21120219900307000X" not in own
    assert "1,007.00" in own
    waiting = (await pages.get("/tasks/second")).text
    assert held.number in waiting
    refused = await take(pages, address, "li-jing")
    assert "本次尝试已记录" in refused.text

    assert "正在登记" in (await take(pages, address)).text
    await clerk(desk, vault, pool)
    assert [one for one in desk.ledger.facts if isinstance(one.body, StatementTaken)]
    page = (await pages.get(address)).text
    assert "已登记" in page
    close = date(2022, 8, 31)
    balances = await reconciliation.bank_balances(pool, close)
    assert balances[ACCOUNT].balance_fen == 100_700

    # the same in other words, with a line that the bank had left out
    later = table(
        "2022-08-15,X1,拨款,,1000.00,1010.00",
        "2022-08-15,X9,补记,0.50,,1009.50",
        "2022-08-16,X2,费,1.50,,1008.00",
        "2022-08-16,X3,费,1.50,,1006.50",
    )
    await hand_in(pages, later, "补.csv")
    more = [one.body for one in desk.ledger.facts if isinstance(one.body, StatementHeld)][-1]
    compared = (await pages.get(f"{PATH}/{more.number}")).text
    assert "已登记，文字不同" in compared
    await take(pages, f"{PATH}/{more.number}")
    await clerk(desk, vault, pool)
    balances = await reconciliation.bank_balances(pool, close)
    assert balances[ACCOUNT].balance_fen == 100_650
    assert await pool.fetchval("SELECT count(*) FROM books.statement_lines") == 4

    # one that says less than the record does not fit, and the page says where
    await hand_in(pages, table("2022-08-16,W2,手续费,1.50,,1008.50"), "缺.csv")
    less = [one.body for one in desk.ledger.facts if isinstance(one.body, StatementHeld)][-1]
    page = (await pages.get(f"{PATH}/{less.number}")).text
    assert "已登记，文件里没有" in page
    assert "收下后台账也不会登记" in page
    await take(pages, f"{PATH}/{less.number}")
    await clerk(desk, vault, pool)
    page = (await pages.get(f"{PATH}/{less.number}")).text
    assert "已登记的一行，这份文件里没有" in page

    # taken back: proposed by one; what the second confirms is in the other tests of two people
    scene = Scene()
    scene.ledger = desk.ledger
    for number in (more.number, held.number):
        facts = scene.when(f"statement/{number}", ReverseStatement(number=number, reason="导错"))
        await project(desk.dsn, facts)
        assert any(isinstance(one.body, StatementReversed) for one in facts)
    assert "已撤销" in (await pages.get(address)).text
    assert await reconciliation.bank_balances(pool, close) == {}

    # and the right one is taken once more, after it was taken back
    await hand_in(pages, AUGUST)
    await take(pages, address)
    await clerk(desk, vault, pool)
    balances = await reconciliation.bank_balances(pool, close)
    assert balances[ACCOUNT].balance_fen == 100_700
    exported = await pages.get(f"{PATH}?csv=1")
    assert exported.text.count("\r\n") == 5, "header, three files, total"


async def test_a_file_with_a_problem_is_told_and_not_kept(
    pages: httpx.AsyncClient, desk: Desk, settings: Settings
) -> None:
    answer = await hand_in(pages, table("2022-08-15,W1,财政拨款,,1O00.00,1010.00"))
    assert answer.status_code == 200
    assert "没有提交，也没有保存" in answer.text
    assert "不是数字" in answer.text
    without = await hand_in(
        pages, "交易日期,交易流水号,摘要,借方发生额,贷方发生额\r\n2022-08-15,W1,拨款,,5.00".encode()
    )
    assert "请填写期初余额" in without.text
    assert desk.ledger.facts == []
