"""Reports on a real log and a real database: the same to the byte after a rebuild, and proved."""

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from events import streams
from events.codec import encode_fact
from events.disbursements import DisbursementSettled
from events.reports import ReportIssued
from events.statements import OpeningBalance
from policies.engine.registry import Policies
from projections.engine.migrate import migrate
from projections.engine.rebuild import rebuild
from services.reports.content import MadeReport
from services.reports.issuing import ReportFile, files_of, prepare
from services.reports.making import BooksBehind, BooksStopped, make
from services.reports.verifying import Verifier
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.tools.operations.verify_ledger import verified
from tests.given_when_then import policies
from tests.handmade_ledgers import BANK, DISTRICT, FUND, History, grant, paid_history, pay, publish
from tests.ledger_writer import pen
from tests.system.test_projector import facts_are, projecting, until
from tests.whole_ledger import call

AUGUST = {"area": "211200", "fund": "", "month": "2022-08"}


def ledger_of(payments: int) -> History:
    """A bank account with money, and so many payments of August."""
    history = paid_history(payments, per_batch=10)
    opening = OpeningBalance(
        bank_account=BANK, fund=FUND, district=DISTRICT, amount=90_000_000, document="期初-1"
    )
    history.add(streams.account(BANK, "2022-08"), opening, on=date(2022, 8, 1))
    return history


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    await migrate(settings.postgres_dsn)
    connection = await asyncpg.connect(settings.postgres_dsn, server_settings={"timezone": "UTC"})
    try:
        yield connection
    finally:
        await connection.close()


async def read_all(settings: Settings, db: asyncpg.Connection, facts: int) -> None:
    """Let the projector read so many facts."""
    async with projecting(settings):
        await until(facts_are(db, facts))


async def publish_to(settings: Settings, history: History, start: int = 0) -> None:
    await publish(
        settings.kafka_bootstrap,
        settings.topics.ledger,
        history.facts[start:],
        settings.partitions,
    )


def cell(report: MadeReport, sheet: str, row: str, column: str) -> object:
    """A figure of a report, by its sheet, the first cell of its row, and the heading."""
    found = next(one for one in report.sheets if one.name == sheet)
    place = [one.header for one in found.columns].index(column)
    lines = [*found.rows, found.totals]
    return next(line[place] for line in lines if line and line[0] == row)


def with_other_figure(workbook: bytes, before: str, after: str) -> bytes:
    """The workbook with one number replaced in its first sheet, as an office program would save it."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert content.count(f"<v>{before}</v>".encode()) >= 1
                content = content.replace(
                    f"<v>{before}</v>".encode(), f"<v>{after}</v>".encode(), 1
                )
            new.writestr(name, content)
    return held.getvalue()


async def issue(
    settings: Settings, db: asyncpg.Connection, vault: Vault, history: History
) -> tuple[MadeReport, tuple[ReportFile, ...]]:
    """Make the report of August, keep its files, and put its fact on the ledger."""
    law: Policies = policies()
    report = await make(db, law, "fund-month", AUGUST)
    command = await prepare(report, vault, "li-jing")
    history.add(streams.report(report.number), ReportIssued(**dict(command)), on=date(2022, 9, 1))
    await publish_to(settings, history, len(history.facts) - 1)
    await read_all(settings, db, len(history.facts))
    return report, files_of(report)


async def test_a_report_is_the_same_to_the_byte_from_books_built_anew(settings: Settings) -> None:
    history = ledger_of(30)
    await publish_to(settings, history)
    async with connected(settings) as db:
        await read_all(settings, db, len(history.facts))
        report = await make(db, policies(), "fund-month", AUGUST)
        files = files_of(report)
        assert cell(report, "资金收支", "　待遇支付", "本月（元）") == 30 * 150_000
        assert cell(report, "资金收支", "期末银行存款", "本月（元）") == 90_000_000 - 30 * 150_000
        assert cell(report, "科目余额", "合计", "月末借方（元）") == 90_000_000

        # a later payment changes the report of now, and not that of then
        grant(history, "district-211202.hrss:B1", "tok-later-1")
        pay(history, "B2208310099", [("district-211202.hrss:B1", "tok-later-1")])
        before = 0
        async with projecting(settings):
            before = await db.fetchval("SELECT count(*) FROM books.facts")
            await publish_to(settings, history, before)
            await until(facts_are(db, len(history.facts)))
        assert files_of(await make(db, policies(), "fund-month", AUGUST, report.vector)) == files
        now = await make(db, policies(), "fund-month", AUGUST)
        assert cell(now, "资金收支", "　待遇支付", "本月（元）") == 31 * 150_000
        assert now.number != report.number

        # into an empty database
        await db.execute("DROP SCHEMA books CASCADE")
        await db.execute("DELETE FROM control.projector_alarms")
        await db.execute("DELETE FROM control.generations")
        with pytest.raises((asyncpg.UndefinedTableError, BooksBehind)):
            await make(db, policies(), "fund-month", AUGUST, report.vector)
    built = await rebuild(settings)
    assert built.swapped
    async with connected(settings) as db:
        again = await make(db, policies(), "fund-month", AUGUST, report.vector)
        assert (again.number, again.digest) == (report.number, report.digest)
        assert files_of(again) == files


async def test_a_changed_row_cell_and_record_are_each_found_and_named(settings: Settings) -> None:
    history = ledger_of(30)
    await publish_to(settings, history)
    make_key_file(settings.vault_key_file)
    async with connected(settings) as db, asyncpg.create_pool(settings.postgres_dsn) as pool:
        vault = await Vault.open(pool, settings.vault_key_file)
        await read_all(settings, db, len(history.facts))
        report, files = await issue(settings, db, vault, history)
        verifier = Verifier(db, vault, policies())
        for file in files:
            found = await verifier.file(file.content)
            assert found.agrees, found
        assert (await verifier.issued(report.number)).agrees

        # a cell in the file
        changed = with_other_figure(files[0].content, "45000", "45000.01")
        found = await verifier.file(changed)
        assert (found.file, found.books, found.agrees) == ("differs", "agree", False)
        assert found.in_file is not None
        assert found.in_file == ("资金收支!B11", "45000", "45000.01")
        # a line on paper
        paper = files_of(report._replace(title="基金收支月报（更正）"))[1]
        found = await verifier.file(paper.content, report.number)
        assert found.in_file is not None
        assert found.in_file.where == "第 1 页第 1 行"
        assert found.in_file.found.startswith("基金收支月报（更正）")

        # the same from a terminal, with files that came by mail
        said = await call("report", "verify", "--all", settings=settings)
        assert (said.code, said.out.splitlines()[0]) == (0, f"{report.number}：一致")
        mailed = settings.data_dir / "mailed.xlsx"
        mailed.write_bytes(changed)
        said = await call("report", "verify", str(mailed), settings=settings)
        assert said.code == 1
        assert "第一处不同：资金收支!B11　签发时 45000　这份文件 45000.01" in said.out
        said = await call(
            "report", "files", report.number, str(settings.data_dir), settings=settings
        )
        assert said.code == 0
        assert (settings.data_dir / files[1].name).read_bytes() == files[1].content

        # a row in the database
        place = await db.fetchrow(
            "SELECT partition, ledger_offset FROM books.postings WHERE code = '1002' "
            "AND amount_fen < 0 ORDER BY 1, 2 LIMIT 1"
        )
        assert place is not None
        await db.execute("ALTER TABLE books.postings DISABLE TRIGGER USER")
        await db.execute(
            "UPDATE books.postings SET amount_fen = amount_fen * 2 "
            "WHERE partition = $1 AND ledger_offset = $2",
            *place,
        )
        found = await verifier.file(files[0].content)
        assert (found.file, found.books, found.agrees) == ("same_bytes", "differ", False)
        assert found.in_books == ("资金收支!B11", "45000", "46500")
        built = await rebuild(settings, swap=False)
        assert [(one.table, one.partition) for one in built.differences] == [
            ("postings", place["partition"])
        ]
        # and the row that says what was issued
        await db.execute("UPDATE books.reports SET digest = $1", "0" * 64)
        assert (await verifier.file(files[0].content)).books == "row_changed"
        await db.execute("UPDATE books.reports SET digest = $1", report.digest)


async def test_a_changed_record_of_the_log_is_found_and_no_report_passes_over_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = ledger_of(30)
    settled = next(fact for fact in history.facts if isinstance(fact.body, DisbursementSettled))
    true = encode_fact(settled)
    async with pen(settings.kafka_bootstrap, settings.topics.ledger, settings.partitions) as own:
        send = own._send

        async def altered(partition: int, key: bytes, value: bytes, headers: Any = None) -> None:
            """What is sealed is the true fact; what lies in the log is another."""
            forged = true.replace(b"150000", b"150001")
            await send(partition, key, forged if value == true else value, headers)

        monkeypatch.setattr(own, "_send", altered)
        await own.write(history.facts, settings.partitions)

    home = streams.partition_of(settled.stream, settings.partitions)
    own_partition = [
        fact
        for fact in history.facts
        if streams.partition_of(fact.stream, settings.partitions) == home
    ]
    nth, of = own_partition.index(settled) + 1, len(own_partition)

    async def committed() -> bool:
        """Whether the broker shows the transaction: it commits a moment after it says so."""
        seen = await verified(settings, lambda done, of: None)
        return sum(one.end for one in seen) >= len(history.facts)

    await until(committed)
    bad = [one for one in await verified(settings, lambda done, of: None) if not one.holds]
    assert [(one.partition, one.broken_at) for one in bad] == [(home, of)]
    assert bad[0].why == f"fact {nth} of the {of} before it is missing or was changed"

    # no report leaves out in silence what lies behind it
    async with connected(settings) as db, projecting(settings):
        stopped = "SELECT count(*) = 1 FROM books.positions WHERE stopped IS NOT NULL"
        await until(lambda: db.fetchval(stopped))
        with pytest.raises(BooksStopped, match=f"分区 {home} 的入账已停"):
            await make(db, policies(), "fund-month", AUGUST)
