"""Reading: the reconciliation pages' rows, from the books' tables at the close of a day.

In:   an asyncpg connection on which `books` can be read, the last legal day that counts, and the
      last day whose knowledge does
Out:  AccountOverview, BalanceStatement, Difference
Units: fen
Holds: nothing is stored: the same tables and day give the same rows, so a rebuild changes nothing.
"""

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from asyncpg import Connection, Record
from asyncpg.pool import PoolConnectionProxy

from services.banking.reconciliation.balance_statement import (
    BalanceStatement,
    InTransit,
    balance_statement,
)
from services.banking.reconciliation.differences import (
    COLUMNS,
    OPEN_ITEMS,
    ORDER,
    Difference,
)
from services.banking.reconciliation.matching import matching

Reader: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"

BOOK = """
    SELECT p.sub, f.id::text, p.value_on, p.amount_fen, nullif(f.body ->> 'instruction', ''),
           coalesce(f.body ->> 'bank_reference', ''), f.body ->> 'line'
    FROM books.postings AS p
    JOIN books.facts AS f USING (partition, ledger_offset)
    WHERE p.code = '1002' AND f.type <> 'OpeningBalance' AND p.known_on <= {known}
"""
"""What moved on the bank accounts by the books: the journal's postings, and what they cite."""

BANK = """
    SELECT bank_account, line, booked_on, amount_fen, reference, purpose
    FROM books.statement_lines WHERE known_on <= {known}
"""

_MATCHED = matching(BOOK.format(known="$2::date"), BANK.format(known="$2::date"))
_ITEMS = f"WITH {_MATCHED}, {OPEN_ITEMS.format(as_of='$1::date')}"

_OWN_BOOK = BOOK.format(known="$1::date") + " AND f.application = ANY($2::text[])"
_OWN_BANK = """
    SELECT bank_account, line, booked_on, amount_fen, reference, purpose
    FROM books.statement_lines AS l
    WHERE known_on <= $1::date AND (
        instruction IN (SELECT instruction FROM book)
        OR reference IN (SELECT reference FROM book WHERE reference <> '')
        OR (bank_account, line) IN (SELECT account, line FROM book WHERE line IS NOT NULL))
"""
_OWN_LINES = f"""WITH {matching(_OWN_BOOK, _OWN_BANK)}
    SELECT p.account, l.month, p.line, p.booked_on, p.bank_amount, p.verdict, p.instruction
    FROM paired AS p JOIN books.statement_lines AS l
      ON l.bank_account = p.account AND l.line = p.line
    WHERE p.booked_on <= $3 ORDER BY p.booked_on, p.account, p.line
"""  # noqa: S608 - constants of this package

_BOOK_BALANCES = """
    SELECT sub AS account, sum(debit_fen - credit_fen)::bigint AS balance
    FROM books.account_days
    WHERE code = '1002' AND value_on <= $1 AND known_on <= $2
    GROUP BY sub
"""

_BANK_BALANCES = """
    SELECT s.bank_account AS account,
           (s.opening_fen + coalesce(sum(l.amount_fen), 0))::bigint AS balance,
           max(l.booked_on) AS last_booked_on,
           CASE WHEN EXISTS (
               SELECT FROM books.statements AS following
               WHERE following.bank_account = s.bank_account AND following.opening_fen IS NOT NULL
                 AND following.month = to_char($1::date + interval '1 month', 'YYYY-MM')
                 AND following.opened_on <= $2
           ) THEN (date_trunc('month', $1::date) + interval '1 month - 1 day')::date
             ELSE max(l.booked_on) END AS proven_until
    FROM books.statements AS s
    LEFT JOIN books.statement_lines AS l
           ON l.bank_account = s.bank_account AND l.month = s.month AND l.booked_on <= $1
          AND l.known_on <= $2
    WHERE s.opened_on <= $2 AND s.month = to_char($1::date, 'YYYY-MM') AND s.opening_fen IS NOT NULL
    GROUP BY s.bank_account, s.opening_fen
"""

_IN_TRANSIT = """
    SELECT sub AS account,
           count(*) FILTER (WHERE amount_fen < 0) - count(*) FILTER (WHERE amount_fen > 0) AS count,
           -sum(amount_fen)::bigint AS total
    FROM books.postings WHERE code = '2241' AND value_on <= $1 AND known_on <= $2
    GROUP BY sub
"""
"""What left for the bank, less what it has answered: the account that holds it in the books."""

_OPEN_BY_ACCOUNT = f"""{_ITEMS}
    SELECT account, count(*) AS count, sum(abs(difference))::bigint AS absolute,
           sum(difference)::bigint AS difference, max(age_days) AS oldest_days
    FROM open_items GROUP BY account
"""  # noqa: S608 - constants of this package


class BankLine(NamedTuple):
    """A line of a statement beside the payments of some applications, as the matching has it."""

    account: str
    month: str
    line: str
    booked_on: date
    amount: int
    verdict: str
    instruction: str | None

    @property
    def proves(self) -> bool:
        """Whether the line is the very payment that the books have."""
        return self.verdict == "matched"


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
    proven_until: date | None

    def proved_on(self, day: date) -> bool:
        """Whether the bank's own words reach that day; nothing is proved beyond its last one."""
        return self.state == "agreed" and self.proven_until is not None and day <= self.proven_until


async def accounts_overview(
    connection: Reader, as_of: date, known_on: date = date.max
) -> list[AccountOverview]:
    """List every bank account that the books or a statement know, by alias."""
    books = await _book_balances(connection, as_of, known_on)
    day = (as_of, known_on)
    banks = {row["account"]: row for row in await connection.fetch(_BANK_BALANCES, *day)}
    items = {row["account"]: row for row in await connection.fetch(_OPEN_BY_ACCOUNT, *day)}
    transit = await _in_transit(connection, as_of, known_on)
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


async def statement_of(
    connection: Reader, account: str, as_of: date, known_on: date = date.max
) -> BalanceStatement | None:
    """Draw up one account's 余额调节表; None where the bank's statement of that month is missing."""
    books = await _book_balances(connection, as_of, known_on)
    found = await connection.fetch(_BANK_BALANCES, as_of, known_on)
    banks = {row["account"]: row["balance"] for row in found}
    if account not in banks:
        return None
    transit = await _in_transit(connection, as_of, known_on)
    return balance_statement(
        account,
        as_of,
        books.get(account, 0),
        banks[account],
        await differences(connection, as_of, account=account, known_on=known_on),
        transit.get(account, InTransit(0, 0)),
    )


async def differences(
    connection: Reader,
    as_of: date,
    *,
    account: str | None = None,
    known_on: date = date.max,
) -> list[Difference]:
    """List the differences open at the close of a day, of one account or of all, oldest first."""
    rows = await connection.fetch(
        f"{_ITEMS} SELECT {COLUMNS} FROM open_items "  # noqa: S608 - constants of this package
        f"WHERE $3::text IS NULL OR account = $3 ORDER BY {ORDER}",
        as_of,
        known_on,
        account,
    )
    return [Difference(*row) for row in rows]


async def lines_of(
    connection: Reader, applications: list[str], as_of: date, known_on: date = date.max
) -> list[BankLine]:
    """The bank's lines that belong to the payments of these applications, with their verdicts."""
    rows = await connection.fetch(_OWN_LINES, known_on, applications, as_of)
    return [BankLine(*row) for row in rows]


async def _book_balances(connection: Reader, as_of: date, known_on: date) -> dict[str, int]:
    rows = await connection.fetch(_BOOK_BALANCES, as_of, known_on)
    return {row["account"]: row["balance"] for row in rows}


async def _in_transit(connection: Reader, as_of: date, known_on: date) -> dict[str, InTransit]:
    rows = await connection.fetch(_IN_TRANSIT, as_of, known_on)
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
        proven_until=bank["proven_until"] if bank else None,
    )
