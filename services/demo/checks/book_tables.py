"""Book tables: the half year month by month, the trial balance, each account beside its bank.

In:   `books.*`
Out:  MonthFigures, AccountTotals, AccountReconciliation, and what must hold of them
Units: money in fen
"""

from collections.abc import Mapping
from datetime import date

from asyncpg import Pool, Record
from pydantic import BaseModel

from policies.cities import BankAccount
from projections.definition.chart_of_accounts import BY_CODE
from projections.queries.differences import BankDifference
from services.banking.reconciliation.balance_statement import balance_statement
from services.banking.reconciliation.reading import AccountOverview
from services.demo.cast.calendar import Calendar


class MonthFigures(BaseModel):
    """One month of the half year, or what lies before or after it."""

    title: str
    applied: int = 0
    granted: int = 0
    granted_fen: int = 0
    settled: int = 0
    settled_fen: int = 0
    returned: int = 0
    stopped: int = 0
    called_back_fen: int = 0
    got_back_fen: int = 0


class AccountTotals(BaseModel):
    """One account of the trial balance; a debit balance where positive."""

    code: str
    name: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen


class AccountReconciliation(BaseModel):
    """One account's 余额调节表 in a line; the adjusted balances are equal, or `difference_fen` says."""

    account: str
    title: str
    book_fen: int
    bank_received_fen: int
    bank_paid_fen: int
    unequal_fen: int
    adjusted_book_fen: int
    bank_fen: int
    book_received_fen: int
    book_paid_fen: int
    adjusted_bank_fen: int
    difference_fen: int
    in_transit_fen: int


_MONTHS = """
    SELECT month, sum(applied)::int AS applied, sum(granted)::int AS granted,
           sum(granted_fen)::bigint AS granted_fen, sum(settled)::int AS settled,
           sum(settled_fen)::bigint AS settled_fen, sum(returned)::int AS returned,
           sum(stopped)::int AS stopped, sum(called_back_fen)::bigint AS called_back_fen,
           sum(got_back_fen)::bigint AS got_back_fen
    FROM (
        SELECT to_char(applied_on, 'YYYY-MM') AS month, 1 AS applied, 0 AS granted,
               0::bigint AS granted_fen, 0 AS settled, 0::bigint AS settled_fen, 0 AS returned,
               0 AS stopped, 0::bigint AS called_back_fen, 0::bigint AS got_back_fen
        FROM books.applications WHERE application = ANY($1)
        UNION ALL
        SELECT to_char(granted_on, 'YYYY-MM'), 0, 1, amount_fen, 0, 0, 0, 0, 0, 0
        FROM books.approvals WHERE application = ANY($1) AND state = 'granted'
        UNION ALL
        SELECT to_char(settled_on, 'YYYY-MM'), 0, 0, 0, 1, amount_fen, 0, 0, 0, 0
        FROM books.disbursement_attempts WHERE settled_on IS NOT NULL
        UNION ALL
        SELECT to_char(returned_on, 'YYYY-MM'), 0, 0, 0, 0, 0, 1, 0, 0, 0
        FROM books.disbursement_attempts WHERE returned_on IS NOT NULL
        UNION ALL
        SELECT to_char(checked_on, 'YYYY-MM'), 0, 0, 0, 0, 0, 0, 1, 0, 0
        FROM books.instalments WHERE application = ANY($1) AND state = 'stopped'
        UNION ALL
        SELECT to_char(ordered_on, 'YYYY-MM'), 0, 0, 0, 0, 0, 0, 0, amount_fen, 0
        FROM books.clawbacks WHERE ordered_on IS NOT NULL
        UNION ALL
        SELECT to_char(moved_on, 'YYYY-MM'), 0, 0, 0, 0, 0, 0, 0, 0, amount_fen
        FROM books.clawback_moves WHERE kind IN ('recovered', 'offset')
    ) AS each
    GROUP BY month ORDER BY month
"""
"""What happened in each month: a row a thing that happened, added up by month; money in fen."""

_TRIAL = """
    SELECT code, coalesce(sum(debit_fen), 0)::bigint AS debit,
           coalesce(sum(credit_fen), 0)::bigint AS credit
    FROM books.account_days GROUP BY code ORDER BY code
"""
"""Debits and credits of each account of the ledger, in fen."""


async def monthly_figures(
    pool: "Pool[Record]", keys: list[str], calendar: Calendar
) -> list[MonthFigures]:
    """Add up what happened by month; what lies before the first, or after the story's months, stands
    in one row each."""
    before, after, last = (
        "以前申请",
        calendar.last.title,
        "以后" if calendar.ends_on is None else "次年",
    )
    titles = {month.name: month.title for month in calendar.months if month.of_the_story}
    of_rows = dict.fromkeys((before, *titles.values(), after, last))
    rows = {title: MonthFigures(title=title) for title in of_rows}
    for row in await pool.fetch(_MONTHS, keys):
        month = row["month"]
        title = titles.get(month) or (before if month < calendar.first.name else after)
        if month > calendar.last.name:
            title = last
        figures = rows[title]
        for name in MonthFigures.model_fields:
            if name != "title":
                setattr(figures, name, getattr(figures, name) + row[name])
    return list(rows.values())


async def trial_balance(pool: "Pool[Record]") -> list[AccountTotals]:
    """Add up every account's debits and credits."""
    return [
        AccountTotals(
            code=row["code"],
            name=BY_CODE[row["code"]].name,
            debit_fen=row["debit"],
            credit_fen=row["credit"],
        )
        for row in await pool.fetch(_TRIAL)
    ]


def balance_sheets(
    overview: list[AccountOverview],
    found: list[BankDifference],
    as_of: date,
    accounts: Mapping[str, BankAccount],
) -> list[AccountReconciliation]:
    """Draw up the reconciliation statement of every bank account that has a statement."""
    drawn = []
    for row in overview:
        if row.bank_balance is None or row.account not in accounts:
            continue
        named = accounts[row.account]
        sheet = balance_statement(
            row.account,
            as_of,
            row.book_balance,
            row.bank_balance,
            [one for one in found if one.account == row.account],
            row.in_transit,
        )
        drawn.append(
            AccountReconciliation(
                account=row.account,
                title=f"{named.title} {named.bank} {named.last_four}",
                book_fen=sheet.book_balance,
                bank_received_fen=sheet.bank_received.total,
                bank_paid_fen=sheet.bank_paid.total,
                unequal_fen=sheet.unequal.total,
                adjusted_book_fen=sheet.adjusted_book,
                bank_fen=sheet.bank_balance,
                book_received_fen=sheet.book_received.total,
                book_paid_fen=sheet.book_paid.total,
                adjusted_bank_fen=sheet.adjusted_bank,
                difference_fen=sheet.difference_after,
                in_transit_fen=sheet.in_transit.total,
            )
        )
    return drawn
