"""Summary: what the demo has led to, read from the books and nowhere else.

Units: money in fen
"""

from datetime import date
from typing import Any

from pydantic import BaseModel

from projections.queries.differences import BankDifference
from projections.queries.reconciliation import differences
from services.banking.reconciliation.reading import AccountOverview, accounts_overview
from services.clerk.worker import OUTBOX
from services.demo.bank.books import BankMistake
from services.demo.bank.files import order_in
from services.demo.checks.book_tables import (
    AccountReconciliation,
    AccountTotals,
    MonthFigures,
    balance_sheets,
    monthly_figures,
    trial_balance,
)
from services.demo.checks.report_checks import reports_hold
from services.demo.checks.scene import BooksReader, Scene, SceneFinding
from services.demo.checks.scenes import scenes
from services.demo.checks.whole_books import books_hold
from services.demo.play.stage import Participants


class ReconciliationSummary(BaseModel):
    """Books beside bank."""

    accounts: int
    agreed: int
    to_explain: int
    lacking: int
    differences: int
    differences_by_kind: dict[str, int]
    injected: int
    injected_found_once: bool
    nothing_else_found: bool
    adjusted_balances_equal: bool
    book_balance_fen: int
    bank_balance_fen: int


class DemoSummary(BaseModel):
    """What happened, in figures."""

    city: str
    months_title: str
    story_title: str
    closes_on: date
    messages_published: int
    applications_published: int
    applications_decided: int
    by_programme: dict[str, dict[str, int]]
    corrected: int
    conflicts: int
    granted: int
    granted_fen: int
    instalments_stopped: int
    payments_settled: int
    payments_settled_fen: int
    payments_returned: int
    batches: int
    dead_letters: dict[str, int]
    months: list[MonthFigures]
    story: list[Scene]
    trial_balance: list[AccountTotals]
    sheets: list[AccountReconciliation]
    checks: list[SceneFinding]
    reconciliation: ReconciliationSummary
    journal_entries: int
    journal_balanced: bool
    seconds: float

    @property
    def broken(self) -> list[str]:
        """Whatever is not as it had to be, in words."""
        return what_does_not_hold(self.checks, self.story)


def what_does_not_hold(checks: list[SceneFinding], story: list[Scene]) -> list[str]:
    """Say which checks and which events of the story are not as they had to be."""
    wrong = [one.text for one in checks if not one.holds]
    for scene in story:
        if not scene.holds:
            failed = "；".join(one.text for one in scene.seen if not one.holds)
            wrong.append(f"{scene.title}：{failed or '没有发生'}")
    return wrong


_DECIDED = """
    SELECT programme, state, count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS fen,
           coalesce(sum(corrections), 0)::bigint AS corrections,
           coalesce(sum(conflicts), 0)::bigint AS conflicts
    FROM books.applications WHERE application = ANY($1)
    GROUP BY programme, state ORDER BY programme, state
"""
"""Some applications by programme and state: how many, fen, corrections, conflicts."""
_PAID = """
    SELECT state, count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS fen
    FROM books.disbursements WHERE application = ANY($1) GROUP BY state
"""
"""Payments of some applications by state: how many, and fen."""
_STOPPED = """
    SELECT count(*) FROM books.instalments WHERE application = ANY($1) AND state = 'stopped'
"""
"""Instalments of some applications that were stopped."""
_BATCHES = """
    SELECT count(DISTINCT a.batch) FROM books.disbursement_attempts a
    JOIN books.disbursements d USING (disbursement) WHERE d.application = ANY($1)
"""
"""Batches in which some applications were paid."""
_DEAD = "SELECT code, count(*) AS number FROM books.dead_letters GROUP BY code ORDER BY code"
"""Dead letters by code."""
_JOURNAL = """
    SELECT (SELECT count(*) FROM books.entries) AS entries,
           coalesce(sum(amount_fen), 0)::bigint AS off,
           coalesce((SELECT bool_and(balanced) FROM (
               SELECT sum(amount_fen) = 0 AS balanced FROM books.postings
               GROUP BY partition, ledger_offset) AS each_entry), true) AS each
    FROM books.postings
"""
"""How many entries the journal has, its sum, and whether each entry sums to zero."""


async def summarise(stage: Participants, *, seconds: float) -> DemoSummary:
    """Read everything back, for what was applied for and the close of the last month."""
    pool, keys, accounts = stage.pool, stage.keys, stage.accounts
    as_of, mistakes = stage.calendar.closes_on, stage.bank.mistakes
    by_programme: dict[str, dict[str, int]] = {}
    decided = await pool.fetch(_DECIDED, keys)
    for row in decided:
        by_programme.setdefault(row["programme"], {})[row["state"]] = row["number"]
    granted = [row for row in decided if row["state"] == "granted"]
    paid = {row["state"]: row for row in await pool.fetch(_PAID, keys)}
    journal = await pool.fetchrow(_JOURNAL)
    assert journal is not None
    async with pool.acquire() as connection:
        overview = await accounts_overview(connection, stage.city.cities, as_of)
        found = await differences(connection, as_of)
    sheets = balance_sheets(overview, found, as_of, accounts)
    reconciled = _reconciled(overview, found, mistakes, sheets)
    trial = await trial_balance(pool)
    done = sum(row["number"] for row in decided if row["state"] not in ("filed", "proposed"))
    balanced = journal["off"] == 0 and journal["each"]
    return DemoSummary(
        city=stage.city.name,
        months_title=stage.script.months_title,
        story_title=stage.script.story_title,
        closes_on=as_of,
        messages_published=stage.upstream.published,
        applications_published=len(keys),
        applications_decided=done,
        by_programme=by_programme,
        corrected=sum(row["corrections"] for row in decided),
        conflicts=sum(row["conflicts"] for row in decided),
        granted=sum(row["number"] for row in granted),
        granted_fen=sum(row["fen"] for row in granted),
        instalments_stopped=await pool.fetchval(_STOPPED, keys),
        payments_settled=_of(paid, "settled", "number"),
        payments_settled_fen=_of(paid, "settled", "fen"),
        payments_returned=_of(paid, "returned", "number"),
        batches=await pool.fetchval(_BATCHES, keys),
        dead_letters={row["code"]: row["number"] for row in await pool.fetch(_DEAD)},
        months=await monthly_figures(pool, keys, stage.calendar),
        story=await scenes(BooksReader(pool, stage.vault, stage.demo.story.keys, stage.city)),
        trial_balance=trial,
        sheets=sheets,
        checks=[
            SceneFinding(text=f"{len(keys):,} 件申请都有结论", holds=done == len(keys)),
            SceneFinding(
                text=f"{len(by_programme)} 个补贴项目都有申请",
                holds=set(by_programme) == stage.demo.programmes,
            ),
            *await books_hold(pool, keys, trial, as_of, balanced=balanced),
            await reports_hold(stage),
            _own_name(stage),
            SceneFinding(
                text=f"{len(sheets)} 户余额调节表两边相等，分毫不差",
                holds=len(sheets) == len(accounts)
                and all(sheet.difference_fen == 0 for sheet in sheets),
            ),
            SceneFinding(
                text=f"放入的 {reconciled.injected} 个银行差错各找到一次，没有多报",
                holds=reconciled.injected == 4
                and reconciled.injected_found_once
                and reconciled.nothing_else_found,
            ),
        ],
        reconciliation=reconciled,
        journal_entries=journal["entries"],
        journal_balanced=balanced,
        seconds=round(seconds, 1),
    )


def _own_name(stage: Participants) -> SceneFinding:
    """Say in whose name the payment files have gone out, as the bank reads them."""
    files = sorted((stage.settings.data_dir / OUTBOX / "taken").glob("B*.*"))
    orders = [order_in(file, stage.calendar.closes_on, stage.city.cities) for file in files]
    own = sum(order.payer.name == stage.city.payer for order in orders)
    return SceneFinding(
        text=f"{own} 份付款文件都以“{stage.city.payer}”的名义付出",
        holds=own == len(orders) > 0,
    )


def _of(rows: dict[str, Any], state: str, column: str) -> int:
    return int(rows[state][column]) if state in rows else 0


def _reconciled(
    overview: list[AccountOverview],
    found: list[BankDifference],
    mistakes: list[BankMistake],
    sheets: list[AccountReconciliation],
) -> ReconciliationSummary:
    """Hold what was found against what the bank has done wrong."""
    by_kind: dict[str, int] = {}
    for one in found:
        by_kind[one.kind] = by_kind.get(one.kind, 0) + 1
    listed = sorted((d.kind, d.account, d.instruction or "", d.difference) for d in found)
    planted = sorted((d.kind, d.account, d.instruction or "", d.difference) for d in mistakes)
    banked = [row for row in overview if row.bank_balance is not None]
    return ReconciliationSummary(
        accounts=len(overview),
        agreed=sum(row.state == "agreed" for row in overview),
        to_explain=sum(row.state == "to_explain" for row in overview),
        lacking=sum(row.state == "days_missing" for row in overview),
        differences=len(found),
        differences_by_kind=by_kind,
        injected=len(mistakes),
        injected_found_once=all(listed.count(one) == planted.count(one) for one in planted),
        nothing_else_found=listed == planted,
        adjusted_balances_equal=all(sheet.difference_fen == 0 for sheet in sheets),
        book_balance_fen=sum(row.book_balance for row in banked),
        bank_balance_fen=sum(row.bank_balance or 0 for row in banked),
    )
