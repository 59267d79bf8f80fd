"""One account of a city pays several districts: one batch, one file, one statement, equal to the fen."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from events import streams
from events.batches import (
    BatchLineRefused,
    BatchPrepared,
    BeginSending,
    ConfirmSent,
    PrepareBatch,
    RecordBankResult,
    ReleaseBatch,
    WantedLine,
)
from events.contract.inbound.identity import Account, Party
from events.disbursements import DisbursementOrdered, Money, OrderPayment
from events.statements import OpenStatement, RecordOpeningBalance, StatementLineClassified
from projections.engine.migrate import migrate
from services.banking.banks.of_cities import city_banks
from services.banking.payment_files.writing import BatchToPay, write_payment_file
from services.banking.reconciliation.reading import accounts_overview, statement_of
from services.banking.statements.statement_file import read_statement
from services.clerk.due_questions import sending
from services.clerk.obstacles import note, obstacle_of
from services.clerk.payers import NumberMissing, payer_of
from services.demo.bank.bank import AccountBehaviour, Answering, InventedBank
from services.demo.bank.statements import opening_fen
from services.demo.cast.account_numbers import keep_invented_numbers
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.runtime.vault.requests import RegisterAccount
from services.tools.operations.paying import paying_findings
from tests.browser.city import City, project
from tests.example_cities import cities
from tests.statement_files import takes
from tests.web_pages import csv_records, web_pages

POOLED = next(a for a in cities().accounts.values() if len(a.districts) > 1)
HOME, NEXT, ELSEWHERE = POOLED.districts[0], POOLED.districts[1], "211202"
CITY = cities().city_of_account(POOLED.alias)
BATCH = "B2208260001"
ON, PAID_ON = date(2022, 8, 26), date(2022, 8, 27)


class Office(NamedTuple):
    """A city with payments ordered in two of its districts, its books and its vault."""

    city: City
    dsn: str
    pool: "asyncpg.Pool[asyncpg.Record]"
    vault: Vault
    key: Path

    async def project(self, since: int) -> None:
        """Let the books know of every fact from one on."""
        await project(self.dsn, self.city.ledger.facts[since:])


def order(number: int, payee: str, account: str, district: str, amount: int) -> OrderPayment:
    return OrderPayment(
        disbursement=f"district:{number}#1",
        application=f"district:{number}",
        instalment=1,
        beneficiary=streams.beneficiary(f"b{number}"),
        account=account,
        money=Money(
            amount=amount,
            fund=POOLED.fund,
            district=district,
            programme="skill-upgrade",
            line=streams.fund_line(POOLED.fund, district, 2022),
        ),
    )


@pytest.fixture
async def office(database: str, tmp_path: Path) -> AsyncIterator[Office]:
    await migrate(database)
    make_key_file(tmp_path / "vault.key")
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        vault = await Vault.open(pool, tmp_path / "vault.key")
        made = City()
        wanted = [
            RegisterAccount(
                Party("person", f"21129919900101000{number}", f"测试{number}"),
                Account("测试银行", f"999000000{number}", f"测试{number}"),
            )
            for number in range(1, 4)
        ]
        answers = await vault.answer(wanted)
        for number, (answer, district) in enumerate(
            zip(answers, (HOME, NEXT, ELSEWHERE), strict=True), 1
        ):
            stream = streams.payee(answer.payee_token or answer.token)
            asked = order(number, stream, answer.account_token, district, 100_000 * number)
            made.ask(stream, asked, ON, "desk")
        await project(database, made.ledger.facts)
        yield Office(made, database, pool, vault, tmp_path / "vault.key")


def prepare(office: Office, *, district: str = POOLED.district) -> PrepareBatch:
    lines = [
        WantedLine(payee=stream, disbursement=body.disbursement, amount=body.money.amount)
        for stream, body in office.city.find(DisbursementOrdered)
    ]
    return PrepareBatch(
        batch=BATCH,
        bank_account=POOLED.alias,
        fund=POOLED.fund,
        district=district,
        maker="chen-bo",
        lines=tuple(lines),
    )


def release(office: Office) -> None:
    stream = streams.batch(BATCH)
    office.city.ask(stream, prepare(office), ON, "staff:chen-bo")
    ((_, prepared),) = office.city.find(BatchPrepared)
    released = ReleaseBatch(
        batch=BATCH, checker="xu-lan", digest=prepared.digest, total=prepared.total
    )
    office.city.ask(stream, released, ON, "staff:xu-lan")
    office.city.ask(stream, BeginSending(batch=BATCH), ON, "clerk")


async def to_pay(office: Office) -> BatchToPay:
    ((batch),) = [one async for one in sending(office.pool)]
    return batch


async def test_a_batch_over_two_districts_is_paid_in_one_file_and_reconciled(
    office: Office, tmp_path: Path
) -> None:
    release(office)
    refused = [body.line_no for _, body in office.city.find(BatchLineRefused)]
    assert refused == [3], "a payment of another city's district is not claimed"
    await office.project(3)
    await keep_invented_numbers(office.vault, cities())
    batch = await to_pay(office)
    assert [line.amount for line in batch.lines] == [100_000, 200_000]

    payer = await payer_of(cities(), office.vault, POOLED.alias)
    paid_into = await office.vault.accounts({line.account for line in batch.lines})
    layout = city_banks(cities()).payment_file(POOLED.alias)
    file = write_payment_file(batch, paid_into, payer, layout)
    outbox = tmp_path / "outbox"
    (outbox / "taken").mkdir(parents=True)
    (outbox / file.name).write_bytes(file.content)

    before = len(office.city.ledger.facts)
    stream = streams.batch(BATCH)
    sent = ConfirmSent(batch=BATCH, file=file.name, file_digest=file.digest)
    office.city.ask(stream, sent, ON, "clerk")
    trusted = AccountBehaviour(never_returned=frozenset(one.number for one in paid_into.values()))
    bank = InventedBank(tmp_path / "bank", cities(), Answering("bank", (POOLED.layout,)), trusted)
    (answered,) = bank.pay(outbox, PAID_ON)
    assert answered.answered == 2
    for line in batch.lines:
        result = RecordBankResult(
            batch=BATCH,
            instruction=line.instruction,
            outcome="settled",
            amount=line.amount,
            value_on=PAID_ON,
        )
        office.city.ask(stream, result, PAID_ON, "intake")

    month = streams.account(POOLED.alias, "2022-08")
    opening = RecordOpeningBalance(
        bank_account=POOLED.alias,
        fund=POOLED.fund,
        district=POOLED.district,
        amount=opening_fen(POOLED),
        document="上年决算",
    )
    office.city.ask(month, opening, date(2022, 8, 1), "staff:chen-bo")
    opened = OpenStatement(
        bank_account=POOLED.alias, month="2022-08", opening_balance=opening_fen(POOLED)
    )
    office.city.ask(month, opened, date(2022, 8, 1), "staff:chen-bo")
    bank.book(date(2022, 8, 31), with_mistakes=False)
    raw = bank.statement(POOLED.alias, date(2022, 8, 31))
    statement = read_statement(
        "8月.csv", raw, POOLED.alias, city_banks(cities()).statement(POOLED.alias)
    )
    assert statement.problems == ()
    facts = office.city.ledger.ask(takes(statement, POOLED, datetime(2022, 8, 31, tzinfo=UTC)))
    received = [one.body for one in facts if isinstance(one.body, StatementLineClassified)]
    assert CITY is not None
    assert {one.district for one in received if one.kind == "funds_received"} == {CITY.code}
    await office.project(before)

    async with office.pool.acquire() as books:
        last = statement.lines[-1].booked_on
        (account,) = await accounts_overview(books, cities(), last)
        assert (account.account, account.state, account.difference) == (POOLED.alias, "agreed", 0)
        came_in = sum(line.amount for line in statement.lines if line.amount > 0)
        assert account.book_balance == opening_fen(POOLED) + came_in - 300_000
        drawn_up = await statement_of(books, POOLED.alias, date(2022, 8, 31))
        assert drawn_up is not None
        assert drawn_up.difference_after == 0
        districts = await books.fetch(
            "SELECT DISTINCT district FROM books.disbursements WHERE batch = $1", BATCH
        )
    assert {row["district"] for row in districts} == {HOME, NEXT}


async def test_the_page_puts_the_districts_of_one_account_into_one_batch(office: Office) -> None:
    async with web_pages(office.dsn, "chen-bo", vault=office.vault) as pages:
        mine = f"/tasks/due?account={POOLED.alias}&as_of={ON}"
        rows = await csv_records(pages.http, f"{mine}&csv=due-groups")
        assert [row["笔数"] for row in rows] == ["1", "1", "2"], "two districts and their total"
        page = (await pages.http.get(f"/batches/new?of={POOLED.alias}")).text
        assert "制批 2 笔 3,000.00" in page
        assert "经两人录入的账号" in page, "said before anybody prepares"
        await keep_invented_numbers(office.vault, cities())
        page = (await pages.http.get(f"/batches/new?of={POOLED.alias}")).text
        assert "经两人录入的账号" not in page
        only = (await pages.http.get(f"/batches/new?of={POOLED.alias}&district={NEXT}")).text
        assert "制批 1 笔 2,000.00" in only, "of its districts those in scope"


async def looked_at(office: Office) -> dict[str, bool]:
    """What the doctor says of paying: by what was looked at, whether it is good."""
    settings = Settings(postgres_dsn=office.dsn, vault_key_file=office.key)
    books = await asyncpg.connect(office.dsn)
    try:
        found = [one async for one in paying_findings(settings, cities(), books)]
    finally:
        await books.close()
    return {one.what: one.good for one in found}


async def test_a_missing_number_is_told_before_and_is_bad_once_money_waits(
    office: Office,
) -> None:
    assert await looked_at(office) == {"付款账号": False, "付款文件": True}
    await keep_invented_numbers(office.vault, cities())
    assert await looked_at(office) == {"付款账号": True, "付款文件": True}


async def test_a_file_that_was_never_written_says_so_and_what_to_do(office: Office) -> None:
    release(office)
    await office.project(3)
    async with web_pages(office.dsn, "xu-lan", vault=office.vault) as pages:
        page = (await pages.http.get(f"/batches/{BATCH}")).text
        assert "正在写付款文件" in page
        with pytest.raises(NumberMissing) as missing:
            await payer_of(cities(), office.vault, POOLED.alias)
        obstacle = obstacle_of(missing.value)
        assert await note(office.pool, BATCH, obstacle)
        assert not await note(office.pool, BATCH, obstacle), "the same again is no news"
        page = (await pages.http.get(f"/batches/{BATCH}")).text
        assert "付款文件未写出，这一批没有付款。" in page
        assert f"身份库里没有付款账户 {POOLED.alias}" in page
        assert "accounts confirm" in page
        assert "结果不明" not in page.partition('id="not-written"')[2].partition("</p>")[0]
        assert await looked_at(office) == {"付款账号": False, "付款文件": False}
        (row, _total) = await csv_records(pages.http, f"/batches?csv=batches&district={NEXT}")
        assert (row["批次"], row["状态"]) == (BATCH, "付款文件未写出")
        assert len(await csv_records(pages.http, f"/batches?csv=batches&district={ELSEWHERE}")) == 1
