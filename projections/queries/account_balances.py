"""account_balances: what every account holds, over all books or by fund and district.

Units: fen; a debit is positive
Holds: value day and day of knowledge are obeyed exactly
"""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope


def flows(*, by_sub: bool) -> str:
    """Write the WITH list `flows`: all flows up to a day in the books, as known on a day.

    Shape: the values ``$1`` to ``$4`` are `flows_until`
    Holds: of the month of the day in the books its days; of the months before, whole months by what
           whole months told, and the days on which the last month of knowledge told more
    """
    columns = "code, fund, district, debit_fen, credit_fen, postings, credits"
    months, days = "books.general_ledger_months", "books.general_ledger_days"
    if by_sub:
        columns += ", sub"
        months, days = "books.account_months", "books.account_days"
    return f"""
    flows AS NOT MATERIALIZED (
        SELECT {columns} FROM {months} WHERE value_month < $3 AND known_month < $4
        UNION ALL
        SELECT {columns} FROM {days}
        WHERE value_on BETWEEN $3 AND $1 AND known_on <= $2
        UNION ALL
        SELECT {columns} FROM {days}
        WHERE value_on < $3 AND known_on BETWEEN $4 AND $2
    )
    """  # noqa: S608 -- constants of this module


def flows_until(as_of: date, known_on: date) -> tuple[date, date, date, date]:
    """The values of `flows`: both days, and the first days of their months."""
    return as_of, known_on, as_of.replace(day=1), known_on.replace(day=1)


_IN_SCOPE = "($5::text IS NULL OR district LIKE $5) AND ($6::text IS NULL OR fund = $6)"


class AccountBalance(NamedTuple):
    """One account's sums as of a day."""

    code: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debit where positive."""
        return self.debit_fen - self.credit_fen


class BooksBalance(NamedTuple):
    """One account's sums in the books of one fund and district."""

    fund: str
    district: str
    balance: AccountBalance


async def by_account(
    db: Db, scope: Scope, *, by_sub: bool = False
) -> list[tuple[str, AccountBalance]]:
    """Debits and credits of every account as of the scope.

    Shape: (sub-account or empty, balance), by code and sub-account
    """
    sub = "sub" if by_sub else "''"
    rows = await db.fetch(
        f"""
        WITH {flows(by_sub=by_sub)}
        SELECT code, {sub} AS sub, sum(debit_fen)::bigint AS debit, sum(credit_fen)::bigint AS credit
        FROM flows WHERE {_IN_SCOPE} GROUP BY 1, 2 ORDER BY 1, 2
        """,  # noqa: S608 -- constants of this module
        *flows_until(scope.as_of, scope.known_on),
        scope.districts,
        scope.fund,
    )
    return [(row["sub"], AccountBalance(row["code"], row["debit"], row["credit"])) for row in rows]


async def by_books(db: Db, scope: Scope) -> list[BooksBalance]:
    """The trial balance of each fund in each district, as of the scope."""
    rows = await db.fetch(
        f"""
        WITH {flows(by_sub=False)}
        SELECT fund, district, code, sum(debit_fen)::bigint AS debit,
               sum(credit_fen)::bigint AS credit
        FROM flows WHERE {_IN_SCOPE}
        GROUP BY fund, district, code ORDER BY fund, district, code
        """,  # noqa: S608 -- constants of this module
        *flows_until(scope.as_of, scope.known_on),
        scope.districts,
        scope.fund,
    )
    return [
        BooksBalance(r["fund"], r["district"], AccountBalance(r["code"], r["debit"], r["credit"]))
        for r in rows
    ]
