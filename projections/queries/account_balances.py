"""account_balances: what every account holds, over all books or by fund and district.

Units: fen; a debit is positive
Holds: value day and day of knowledge are obeyed exactly
"""

from datetime import date, timedelta
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope

_SUMS = ("debit_fen", "credit_fen", "postings", "credits")


def flows(*, by_sub: bool) -> str:
    """Write the WITH list `flows`: all flows up to a day in the books, as known on a day.

    Shape: the values ``$1`` to ``$4`` are `flows_until`; flows of days that a whole month counts too
           many stand there with the other sign
    Holds: months in the books before ``$3``, as known in the months before ``$4``; then the days
           between ``$3`` and the day in the books, and of the months before ``$3`` what was told
           between ``$4`` and the day of knowledge: added where the day is later, else taken away
    """
    account = "code, fund, district, sub" if by_sub else "code, fund, district"
    months, days = "books.general_ledger_months", "books.general_ledger_days"
    if by_sub:
        months, days = "books.account_months", "books.account_days"
    more = f"SELECT {account}, {', '.join(_SUMS)} FROM"
    less = f"SELECT {account}, {', '.join(f'-{name}' for name in _SUMS)} FROM"
    return f"""
    flows AS NOT MATERIALIZED (
        {more} {months} WHERE value_month < $3 AND known_month < $4
        UNION ALL {more} {days} WHERE value_on >= $3 AND value_on <= $1 AND known_on <= $2
        UNION ALL {less} {days} WHERE value_on > $1 AND value_on < $3 AND known_on <= $2
        UNION ALL {more} {days} WHERE known_on >= $4 AND known_on <= $2 AND value_on < $3
        UNION ALL {less} {days} WHERE known_on > $2 AND known_on < $4 AND value_on < $3
    )
    """


def flows_until(as_of: date, known_on: date) -> tuple[date, date, date, date]:
    """The values of `flows`: both days, and the beginnings of months that are nearest to them."""
    return as_of, known_on, _nearest_month(as_of), _nearest_month(known_on)


def _nearest_month(day: date) -> date:
    if day == date.max:
        return day
    first = day.replace(day=1)
    if day.day <= 15 or first == date.max.replace(day=1):
        return first
    return (first + timedelta(days=32)).replace(day=1)


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
        FROM flows WHERE {_IN_SCOPE} GROUP BY 1, 2 HAVING sum(postings) > 0 ORDER BY 1, 2
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
        GROUP BY fund, district, code HAVING sum(postings) > 0
        ORDER BY fund, district, code
        """,  # noqa: S608 -- constants of this module
        *flows_until(scope.as_of, scope.known_on),
        scope.districts,
        scope.fund,
    )
    return [
        BooksBalance(r["fund"], r["district"], AccountBalance(r["code"], r["debit"], r["credit"]))
        for r in rows
    ]
