"""Pages of returns, unknown outcomes, debts and advances, over the books of a busy treasury."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import orjson
import pytest

from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.masking import Account
from services.web.trail.money_back_lines import BANK, DECISION, PAYMENT
from tests.office_at_work import PEOPLE
from tests.treasury_at_work import Treasury
from tests.web_pages import WebPages, books_of, csv_rows, fen, web_pages

HISTORY = Treasury(5)


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """The books of a treasury after many random acts."""
    HISTORY.run(900)
    while not has_everything(HISTORY):
        HISTORY.run(50)
    return books_of(postgres, "web_money_back", HISTORY.network.facts)


def has_everything(treasury: Treasury) -> bool:
    """Tell whether something has come back, and a debt for fraud is open."""
    returned = any(payment.state == "returned" for _, _, payment in treasury.standing_payments())
    debts = [item for person in PEOPLE for item in treasury.payee(person).debts.by_id.items()]
    fraud = any(debt.left and debt.cause == "fraud" and "#" not in name for name, debt in debts)
    return returned and fraud


@pytest.fixture
def kept_accounts() -> list[tuple[str, Account]]:
    """The accounts that the pages have put into the vault, with whose they are."""
    return []


@pytest.fixture
async def desk(database: str, kept_accounts: list[tuple[str, Account]]) -> AsyncIterator[WebPages]:
    """Pages on which somebody acts."""

    async def keep(token: str, account: Account) -> str:
        kept_accounts.append((token, account))
        return "a" + "0" * 31 + "9"

    async with web_pages(database, "li-jing", keep_account=keep) as opened:
        yield opened


@pytest.fixture
async def books(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


PAGES = (
    "/tasks/returns",
    "/tasks/unknown",
    "/clawbacks",
    "/clawbacks?state=proposed",
    "/clawbacks/new",
    "/decisions/new",
    "/advances",
    "/disbursements",
    "/accounts?by=books",
    "/journal",
    "/",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_shown_in_both_languages(desk: WebPages, path: str) -> None:
    for language in ("", "en"):
        sign = "&" if "?" in path else "?"
        answer = await desk.http.get(f"{path}{sign}lang={language}" if language else path)
        assert answer.status_code == 200, answer.text[:400]


async def test_an_applications_page_tells_its_debts_accounts_and_disputes_in_words(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    names = [kind.__name__ for kind in (*DECISION, *PAYMENT, *BANK)]
    rows = await books.fetch(
        "SELECT DISTINCT ON (type) type, application FROM books.facts WHERE type = ANY($1)", names
    )
    assert len(rows) > 15
    for row in rows:
        page = await desk.http.get(f"/applications/{row['application']}")
        assert page.status_code == 200
        trail = re.sub(r"<details.*?</details>", "", page.text, flags=re.DOTALL)
        assert not [name for name in names if name in trail]


async def test_grants_are_revoked_advanced_and_payees_marked_by_name(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    application = await books.fetchval(
        "SELECT application FROM books.applications WHERE state = 'granted' LIMIT 1"
    )
    page = await desk.http.get("/decisions/new", params={"application": application})
    assert page.status_code == 200
    papers = {"document": "d", "reason": "r"}
    acts: dict[str, dict[str, str]] = {
        "revoke": {"cause": "administrative_error", **papers},
        "advance": {
            "rate": "20",
            "planned": "100",
            "nets": "first",
            "settle_by": "2099-12-31",
            "document": "d",
        },
        "fraud": papers,
        "credit": {"grade": "C", **papers},
    }
    for act, form in acts.items():
        command = {"command": str(uuid4()), "application": application}
        answer = await desk.http.post(f"/decisions/{act}", data={**command, **form})
        assert answer.status_code == 303, answer.text[:300]
    assert [one["type"] for one in desk.sent] == [
        "ProposeAct",
        "GrantAdvance",
        "ProposeAct",
        "ProposeAct",
    ]
    proposed = [one["body"] for one in desk.sent if one["type"] == "ProposeAct"]
    assert [one["act"] for one in proposed] == ["RevokeApproval", "MarkFraud", "GradeCredit"]
    assert {(one["maker"], one["checker"]) for one in proposed} == {("li-jing", "")}
    assert desk.sent[1]["body"]["rate_bp"] == 2000


async def test_the_list_of_debts_is_the_receivable_of_the_books(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    header, *rows, total = await csv_rows(desk.http, "/clawbacks?csv=clawbacks&as_of=2023-12-31")
    owed = header.index("尚欠（元）")
    receivable = await books.fetchval(
        "SELECT sum(amount_fen) FROM books.postings WHERE code = '1221'"
    )
    assert len(rows) > 10
    assert fen(total[owed]) == sum(fen(row[owed]) for row in rows) == receivable > 0


async def test_what_is_open_of_advances_is_their_account(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    header, *rows, total = await csv_rows(desk.http, "/advances?csv=advances&as_of=2023-12-31")
    unsettled = header.index("未结算（元）")
    account = await books.fetchval("SELECT sum(amount_fen) FROM books.postings WHERE code = '1223'")
    assert rows
    assert fen(total[unsettled]) == account


async def test_the_list_to_ask_the_bank_with_is_what_is_in_transit(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    header, *rows, total = await csv_rows(
        desk.http, "/tasks/unknown?csv=unknown-outcomes&as_of=2023-12-31"
    )
    amount = header.index("金额（元）")
    transit = await books.fetchval("SELECT sum(amount_fen) FROM books.postings WHERE code = '2241'")
    assert fen(total[amount]) == sum(fen(row[amount]) for row in rows) == -transit


async def test_the_trial_balance_by_fund_and_district_balances_in_each(desk: WebPages) -> None:
    header, *rows, total = await csv_rows(
        desk.http, "/accounts?by=books&csv=trial-balance&as_of=2023-12-31"
    )
    fund, district = header.index("基金"), header.index("区划")
    debit, credit = header.index("借方发生额（元）"), header.index("贷方发生额（元）")
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        where = (row[fund], row[district])
        sums[where] = sums.get(where, 0) + fen(row[debit]) - fen(row[credit])
    assert len(sums) == 2
    assert set(sums.values()) == {0}
    assert total[debit] == total[credit]


async def test_every_entry_of_a_debt_leads_to_its_fact_and_back(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    row = await books.fetchrow(
        "SELECT payee, clawback FROM books.clawback_moves WHERE kind = 'offset' LIMIT 1"
    )
    assert row is not None
    path = f"/clawbacks/{row['payee']}/{row['clawback'].replace('#', '%23')}"
    page = await desk.http.get(path)
    assert page.status_code == 200
    numbers = set(re.findall(r"/journal/(J-\d+-\d+)", page.text))
    assert len(numbers) >= 2, "the order and the offset"
    for number in numbers:
        entry = await desk.http.get(f"/journal/{number}")
        assert entry.status_code == 200
        assert "Clawback" in entry.text, "the fact is shown"
        assert "/applications/" in entry.text


async def test_every_entry_has_its_fact_and_every_fact_that_moves_money_its_entry(
    books: asyncpg.Connection,
) -> None:
    alone = await books.fetchval(
        """SELECT count(*) FROM books.entries e FULL JOIN books.facts f
             ON f.partition = e.partition AND f.ledger_offset = e.ledger_offset
           WHERE e.fact IS DISTINCT FROM f.id
             AND (f.type IS NULL OR f.type IN ('ClawbackOrdered', 'ClawbackOffset',
                  'ClawbackRecovered', 'ClawbackWrittenOff', 'AdvanceSettled'))"""
    )
    assert alone == 0


async def test_a_notice_names_amount_clause_and_number(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    row = await books.fetchrow(
        "SELECT payee, clawback FROM books.clawbacks WHERE cause = 'fraud' AND state = 'open'"
        " AND clawback NOT LIKE '%#%' LIMIT 1"
    )
    assert row is not None
    page = await desk.http.get(
        f"/clawbacks/{row['payee']}/{row['clawback'].replace(':', '%3A')}/notice"
    )
    assert page.status_code == 200
    for words in (
        "追回就业补贴资金通知书",
        row["clawback"],
        "辽人社发〔2021〕7号",
        "人民币（大写）",
    ):
        assert words in page.text


async def test_a_corrected_account_goes_to_the_vault_and_its_token_to_the_ledger(
    desk: WebPages, kept_accounts: list[tuple[str, Account]], books: asyncpg.Connection
) -> None:
    row = await books.fetchrow(
        "SELECT disbursement, payee FROM books.disbursements WHERE state = 'returned' LIMIT 1"
    )
    assert row is not None
    path = f"/tasks/returns/{row['disbursement'].replace('#', '%23')}"
    assert (await desk.http.get(path)).status_code == 200
    form = {
        "command": "3e2a6f80-6e8f-4f3b-9c43-000000000001",
        "bank": "中国工商银行铁岭银州支行",
        "number": "6222 0200 0000 0000 041",
        "holder": "张示例",
        "document": "更正-1",
        "reason": "原账户已销户",
    }
    assert (await desk.http.post(path, data=form)).status_code == 303
    assert kept_accounts == [
        (row["payee"], Account("中国工商银行铁岭银州支行", "6222020000000000041", "张示例"))
    ]
    (sent,) = desk.sent
    assert sent["type"] == "ProposeAccount"
    assert sent["stream"] == f"payee/{row['payee']}"
    assert "6222020000000000041" not in orjson.dumps(sent).decode()
    wrong = await desk.http.post(path, data={**form, "number": "12x"})
    assert wrong.status_code == 422
    assert "没有办理：“账号”" in wrong.text
    assert 'value="张示例"' in wrong.text, "what was typed stands there again"
    for field, called in (("bank", "开户银行"), ("holder", "户名")):
        wrong = await desk.http.post(path, data={**form, field: "张"})
        assert wrong.status_code == 422
        assert f"没有办理：“{called}”" in wrong.text
        assert "至少两个字" in wrong.text
    assert len(desk.sent) == 1
    assert len(kept_accounts) == 1


async def test_what_staff_do_with_a_debt_is_a_command_with_their_name(
    desk: WebPages, books: asyncpg.Connection
) -> None:
    row = await books.fetchrow(
        "SELECT payee, clawback, application FROM books.clawbacks WHERE state = 'open'"
        " AND clawback NOT LIKE '%#%' LIMIT 1"
    )
    assert row is not None
    path = f"/clawbacks/{row['payee']}/{row['clawback'].replace(':', '%3A')}"
    acts = {
        "/clawbacks": {
            "payee": row["payee"],
            "application": row["application"],
            "cause": "fraud",
            "document": "d",
            "reason": "r",
            "amount": "1,000.50",
        },
        f"{path}/recovered": {
            "amount": "1",
            "received_on": "2022-09-01",
            "bank_account": "icbc-1234",
            "bank_reference": "x1",
        },
        f"{path}/write-off": {"amount": "2", "document": "d", "reason": "r"},
        f"{path}/write-off/judge": {"verdict": "confirm"},
        f"{path}/judge": {"verdict": "reject", "reason": "r"},
    }
    for address, form in acts.items():
        answer = await desk.http.post(address, data={"command": str(uuid4()), **form})
        assert answer.status_code == 303, (address, answer.text[:300])
    assert [one["type"] for one in desk.sent] == [
        "ProposeClawback",
        "ProposeAct",
        "ProposeWriteOff",
        "JudgeWriteOff",
        "JudgeClawback",
    ]
    assert {one["by"] for one in desk.sent} == {"staff:li-jing"}
    assert desk.sent[0]["body"]["amount"] == 100_050
    form = {"command": str(uuid4()), "amount": "1.234", "document": "d", "reason": "r"}
    wrong = await desk.http.post(f"{path}/write-off", data=form)
    assert wrong.status_code == 422
    assert "没有办理：“金额”须为金额" in wrong.text
    assert 'value="1.234"' in wrong.text
