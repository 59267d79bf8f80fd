"""account_balances: what every account holds, over all books or by fund and district.

Units: fen; a debit is positive
Holds: value day and day of knowledge are obeyed exactly
"""

from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope


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
        SELECT code, {sub} AS sub, sum(debit_fen)::bigint AS debit, sum(credit_fen)::bigint AS credit
        FROM books.account_days
        WHERE value_on <= $1 AND known_on <= $2
          AND ($3::text IS NULL OR district LIKE $3) AND ($4::text IS NULL OR fund = $4)
        GROUP BY 1, 2 ORDER BY 1, 2
        """,  # noqa: S608 -- one of two constants
        scope.as_of,
        scope.known_on,
        scope.districts,
        scope.fund,
    )
    return [(row["sub"], AccountBalance(row["code"], row["debit"], row["credit"])) for row in rows]


async def by_books(db: Db, scope: Scope) -> list[BooksBalance]:
    """The trial balance of each fund in each district, as of the scope."""
    rows = await db.fetch(
        """
        SELECT fund, district, code, sum(debit_fen)::bigint AS debit,
               sum(credit_fen)::bigint AS credit
        FROM books.account_days
        WHERE value_on <= $1 AND known_on <= $2
          AND ($3::text IS NULL OR district LIKE $3) AND ($4::text IS NULL OR fund = $4)
        GROUP BY fund, district, code ORDER BY fund, district, code
        """,
        scope.as_of,
        scope.known_on,
        scope.districts,
        scope.fund,
    )
    return [
        BooksBalance(r["fund"], r["district"], AccountBalance(r["code"], r["debit"], r["credit"]))
        for r in rows
    ]
