"""Reading: the reconciliation pages' rows, from the books' tables at the close of a day.

In:   an asyncpg connection on which `books` can be read, and the last legal day that counts
Out:  AccountOverview, BalanceStatement, Difference
Units: fen
Holds: nothing is stored: the same tables and day give the same rows, so a rebuild changes nothing.
"""

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from asyncpg import Connection, Record
from asyncpg.pool import PoolConnectionProxy

from services.reconciliation.balance_statement import (
    BalanceStatement,
    InTransit,
    balance_statement,
)
from services.reconciliation.differences import COLUMNS, OPEN_ITEMS, ORDER, Difference
from services.reconciliation.matching import matching

Reader: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"

BOOK = """
    SELECT p.sub, f.id::text, p.value_on, p.amount_fen, nullif(f.body ->> 'instruction', ''),
           coalesce(f.body ->> 'bank_reference', ''), f.body ->> 'line'
    FROM books.postings AS p
    JOIN books.facts AS f USING (partition, ledger_offset)
    WHERE p.code = '1002' AND f.type <> 'OpeningBalance'
"""
"""What moved on the bank accounts by the books: the journal's postings, and what they cite."""

BANK = """
    SELECT bank_account, line, booked_on, amount_fen, reference, purpose FROM books.statement_lines
"""

_ITEMS = f"WITH {matching(BOOK, BANK)}, {OPEN_ITEMS.format(as_of='$1::date')}"

_BOOK_BALANCES = """
    SELECT sub AS account, sum(debit_fen - credit_fen)::bigint AS balance
    FROM books.account_days
    WHERE code = '1002' AND value_on <= $1
    GROUP BY sub
"""

_BANK_BALANCES = """
    SELECT s.bank_account AS account,
           (s.opening_fen + coalesce(sum(l.amount_fen), 0))::bigint AS balance,
           max(l.booked_on) AS last_booked_on
    FROM books.statements AS s
    LEFT JOIN books.statement_lines AS l
           ON l.bank_account = s.bank_account AND l.month = s.month AND l.booked_on <= $1
    WHERE s.month = to_char($1::date, 'YYYY-MM') AND s.opening_fen IS NOT NULL
    GROUP BY s.bank_account, s.opening_fen
"""

_IN_TRANSIT = """
    SELECT bank_account AS account, count(*) AS count, sum(amount_fen)::bigint AS total
    FROM books.disbursement_attempts
    WHERE sent_on <= $1
      AND (settled_on IS NULL OR settled_on > $1)
      AND (returned_on IS NULL OR returned_on > $1)
    GROUP BY bank_account
"""

_OPEN_BY_ACCOUNT = f"""{_ITEMS}
    SELECT account, count(*) AS count, sum(abs(difference))::bigint AS absolute,
           sum(difference)::bigint AS difference, max(age_days) AS oldest_days
    FROM open_items GROUP BY account
"""  # noqa: S608 - constants of this package

AccountState = Literal["agreed", "to_explain", "unexplained", "no_statement"]


class AccountOverview(NamedTuple):
    """One bank account beside the books; the state follows the count, never a netted sum.

    `difference` is bank − books; `unexplained` is what the listed differences do not account for
    (the two sides began with different opening balances), and 0 where all is well.
    """

    account: str
    state: AccountState
    book_balance: int
    bank_balance: int | None
    difference: int | None
    open_count: int
    open_absolute: int
    oldest_days: int | None
    unexplained: int
    in_transit: InTransit
    last_booked_on: date | None


async def accounts_overview(connection: Reader, as_of: date) -> list[AccountOverview]:
    """List every bank account that the books or a statement know, by alias."""
    books = {
        row["account"]: row["balance"] for row in await connection.fetch(_BOOK_BALANCES, as_of)
    }
    banks = {row["account"]: row for row in await connection.fetch(_BANK_BALANCES, as_of)}
    items = {row["account"]: row for row in await connection.fetch(_OPEN_BY_ACCOUNT, as_of)}
    transit = await _in_transit(connection, as_of)
    return [
        _overview(
            account,
            books.get(account, 0),
            banks.get(account),
            items.get(account),
            transit.get(account, InTransit(0, 0)),
        )
        for account in sorted(books.keys() | banks.keys())
    ]


async def statement_of(connection: Reader, account: str, as_of: date) -> BalanceStatement | None:
    """Draw up one account's 余额调节表; None where the bank's statement of that month is missing."""
    books = {
        row["account"]: row["balance"] for row in await connection.fetch(_BOOK_BALANCES, as_of)
    }
    banks = {
        row["account"]: row["balance"] for row in await connection.fetch(_BANK_BALANCES, as_of)
    }
    if account not in banks:
        return None
    transit = await _in_transit(connection, as_of)
    return balance_statement(
        account,
        as_of,
        books.get(account, 0),
        banks[account],
        await differences(connection, as_of, account=account),
        transit.get(account, InTransit(0, 0)),
    )


async def differences(
    connection: Reader, as_of: date, *, account: str | None = None
) -> list[Difference]:
    """List the differences open at the close of a day, of one account or of all, oldest first."""
    rows = await connection.fetch(
        f"{_ITEMS} SELECT {COLUMNS} FROM open_items "  # noqa: S608 - constants of this package
        f"WHERE $2::text IS NULL OR account = $2 ORDER BY {ORDER}",
        as_of,
        account,
    )
    return [Difference(*row) for row in rows]


async def _in_transit(connection: Reader, as_of: date) -> dict[str, InTransit]:
    rows = await connection.fetch(_IN_TRANSIT, as_of)
    return {row["account"]: InTransit(row["count"], row["total"]) for row in rows}


def _overview(
    account: str,
    book_balance: int,
    bank: Record | None,
    items: Record | None,
    in_transit: InTransit,
) -> AccountOverview:
    count = items["count"] if items and bank else 0
    listed = items["difference"] if items and bank else 0
    difference = bank["balance"] - book_balance if bank else None
    unexplained = 0 if difference is None else difference - listed
    state: AccountState = "agreed"
    if bank is None:
        state = "no_statement"
    elif unexplained:
        state = "unexplained"
    elif count:
        state = "to_explain"
    return AccountOverview(
        account=account,
        state=state,
        book_balance=book_balance,
        bank_balance=bank["balance"] if bank else None,
        difference=difference,
        open_count=count,
        open_absolute=items["absolute"] if items and bank else 0,
        oldest_days=items["oldest_days"] if items and bank else None,
        unexplained=unexplained,
        in_transit=in_transit,
        last_booked_on=bank["last_booked_on"] if bank else None,
    )
