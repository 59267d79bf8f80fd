"""reconciliation: the books and the bank's statements side by side, at the close of a day.

In:   the last legal day that counts, and the last day whose knowledge does
Out:  balances by bank account, open differences, the bank's lines of some payments
Units: fen
Holds: the same tables and day give the same rows, so a rebuild changes nothing; what the projector
       keeps is asked where all that is known counts, and else the matching is made anew
"""

from datetime import date
from typing import NamedTuple

from projections.matching.neighbours import neighbours
from projections.matching.rules import matching
from projections.matching.sides import KEPT, OWN_BANK, OWN_BOOK, OWN_MANUAL
from projections.queries.account_balances import flows, flows_until
from projections.queries.connection import Db
from projections.queries.differences import COLUMNS, OPEN_ITEMS, ORDER, BankDifference
from projections.queries.matches import all_is_known, relation

_OPEN_ITEMS = OPEN_ITEMS.format(as_of="$1::date")

_OWN_LINES = f"""
    WITH {matching(*(side.format(known="$6::date") for side in (OWN_BOOK, OWN_BANK, OWN_MANUAL)))},
    own AS (
        SELECT m.account, m.match, m.instruction
        FROM matches AS m JOIN books.bank_movements AS b USING (movement)
        WHERE b.application = ANY($7::text[])
    ),
    theirs AS (
        SELECT l.account, l.month, l.line, l.day, l.amount, l.verdict, l.match, l.instruction
        FROM matches AS l WHERE l.line IS NOT NULL
          AND (l.instruction IN (SELECT instruction FROM own)
               OR (l.account, l.match) IN (SELECT account, match FROM own))
    )
"""  # noqa: S608 - constants of this package
_OWN_KEPT_LINES = f"""
    WITH matches AS NOT MATERIALIZED ({KEPT}),
    own AS MATERIALIZED (
        SELECT m.bank_account AS account, m.match, m.instruction
        FROM books.bank_movements AS b
        JOIN books.matches AS m ON m.bank_account = b.bank_account AND m.member = b.movement
        WHERE b.application = ANY($1::text[])
    ),
    theirs AS (
        SELECT l.account, l.month, l.line, l.day, l.amount, l.verdict, l.match, l.instruction
        FROM own JOIN matches AS l USING (account, match) WHERE l.line IS NOT NULL
        UNION
        SELECT s.bank_account, s.month, s.line, m.day, m.amount_fen, m.verdict, m.match,
               m.instruction
        FROM books.statement_lines AS s
        JOIN books.matches AS m
          ON m.bank_account = s.bank_account AND m.member = concat(s.month, '/', s.line)
        WHERE s.instruction IN (SELECT instruction FROM own)
    )
"""  # noqa: S608 - constants of this package
_THEIRS = """
    SELECT DISTINCT l.account, l.month, l.line, l.day, l.amount,
           CASE WHEN o.match IS NULL AND l.verdict = 'matched' THEN 'reversed'
                ELSE l.verdict END AS verdict,
           coalesce(o.instruction, l.instruction) AS instruction
    FROM theirs AS l LEFT JOIN own AS o USING (account, match)
    WHERE l.day <= {as_of}
    ORDER BY l.day, l.account, l.line, instruction
"""

_OWN_MOVEMENTS = "SELECT movement FROM books.bank_movements WHERE application = ANY($1::text[])"

_BOOK_BALANCES = f"""
    WITH {flows(by_sub=True)}
    SELECT sub AS account, sum(debit_fen - credit_fen)::bigint AS balance
    FROM flows WHERE code = '1002' GROUP BY sub HAVING sum(postings) > 0
"""  # noqa: S608 - constants of this package

_BANK_BALANCES = """
    WITH proved AS (
        SELECT DISTINCT ON (bank_account) bank_account, day, closing_fen
        FROM books.statement_days
        WHERE day BETWEEN date_trunc('month', $1::date) AND $1 AND known_on <= $2
          AND (reversed_on IS NULL OR reversed_on > $2)
        ORDER BY bank_account, day DESC, seq DESC
    ),
    opened AS (
        SELECT s.bank_account, s.opening_fen
        FROM books.statements AS s
        WHERE s.opened_on <= $2 AND s.month = to_char($1::date, 'YYYY-MM')
          AND s.opening_fen IS NOT NULL
    ),
    known AS (
        SELECT coalesce(p.bank_account, o.bank_account) AS bank_account, p.day,
               coalesce(p.closing_fen, o.opening_fen) AS base_fen
        FROM proved AS p FULL JOIN opened AS o USING (bank_account)
    )
    SELECT k.bank_account AS account,
           (k.base_fen + coalesce(sum(l.amount_fen), 0))::bigint AS balance,
           coalesce(max(l.booked_on), (
               SELECT max(booked_on) FROM books.statement_lines AS last
               WHERE last.bank_account = k.bank_account AND last.booked_on <= k.day
                 AND last.booked_on >= date_trunc('month', $1::date)
                 AND last.known_on <= $2 AND (last.reversed_on IS NULL OR last.reversed_on > $2)
           )) AS last_booked_on,
           (SELECT array_agg(said.balance_after_fen) FROM books.statement_lines AS said
            WHERE said.bank_account = k.bank_account AND said.booked_on = max(l.booked_on)
              AND said.balance_after_fen IS NOT NULL AND said.known_on <= $2
              AND (said.reversed_on IS NULL OR said.reversed_on > $2)) AS stated
    FROM known AS k
    LEFT JOIN books.statement_lines AS l
           ON l.bank_account = k.bank_account AND l.month = to_char($1::date, 'YYYY-MM')
          AND l.booked_on <= $1 AND l.booked_on > coalesce(k.day, '-infinity')
          AND l.known_on <= $2 AND (l.reversed_on IS NULL OR l.reversed_on > $2)
    GROUP BY k.bank_account, k.base_fen, k.day
"""
"""The latest day that a file proves, and the messages after it; else the month's opening balance."""

_IN_TRANSIT = f"""
    WITH {flows(by_sub=True)}
    SELECT sub AS account, (2 * sum(credits) - sum(postings))::bigint AS count,
           sum(credit_fen - debit_fen)::bigint AS total
    FROM flows WHERE code = '2241' GROUP BY sub HAVING sum(postings) > 0
"""  # noqa: S608 - constants of this package
"""What left for the bank, less what it has answered: the account that holds it in the books."""

_OPEN_BY_ACCOUNT = """
    SELECT account, count(*) AS count, sum(abs(difference))::bigint AS absolute,
           sum(difference)::bigint AS difference, max(age_days) AS oldest_days
    FROM open_items GROUP BY account
"""


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


class BankBalance(NamedTuple):
    """What the bank says of one account at the close of a day.

    `stated_fen` are the balances that the bank wrote beside the lines of the last day, where they came
    as messages: a file has proved its own
    """

    account: str
    balance_fen: int
    last_booked_on: date | None
    stated_fen: list[int] | None

    @property
    def misstated(self) -> bool:
        """Whether the lines on record come to none of the balances that the bank wrote itself."""
        return bool(self.stated_fen) and self.balance_fen not in (self.stated_fen or ())


class OpenDifferences(NamedTuple):
    """The open differences of one account; `difference_fen` is bank − books."""

    account: str
    number: int
    absolute_fen: int
    difference_fen: int
    oldest_days: int


class SentUnanswered(NamedTuple):
    """What left one account for the bank, less what the bank has answered."""

    account: str
    number: int
    total_fen: int


async def book_balances(db: Db, as_of: date, known_on: date = date.max) -> dict[str, int]:
    """What each bank account holds by the books, in fen."""
    rows = await db.fetch(_BOOK_BALANCES, *flows_until(as_of, known_on))
    return {row["account"]: row["balance"] for row in rows}


async def bank_balances(db: Db, as_of: date, known_on: date = date.max) -> dict[str, BankBalance]:
    """What each bank account holds by the bank's statement of the day's month."""
    rows = await db.fetch(_BANK_BALANCES, as_of, known_on)
    return {row["account"]: BankBalance(*row) for row in rows}


async def open_differences(
    db: Db, as_of: date, known_on: date = date.max
) -> dict[str, OpenDifferences]:
    """The open differences counted and summed, by account."""
    matches = await relation(db, known_on)
    rows = await db.fetch(f"WITH {matches}, {_OPEN_ITEMS} {_OPEN_BY_ACCOUNT}", as_of, known_on)
    return {row["account"]: OpenDifferences(*row) for row in rows}


async def sent_unanswered(
    db: Db, as_of: date, known_on: date = date.max
) -> dict[str, SentUnanswered]:
    """What is in transit, by account."""
    rows = await db.fetch(_IN_TRANSIT, *flows_until(as_of, known_on))
    return {row["account"]: SentUnanswered(*row) for row in rows}


async def differences(
    db: Db, as_of: date, *, account: str | None = None, known_on: date = date.max
) -> list[BankDifference]:
    """List the differences open at the close of a day, of one account or of all, oldest first."""
    matches = await relation(db, known_on)
    rows = await db.fetch(
        f"WITH {matches}, {_OPEN_ITEMS} "  # noqa: S608 - constants of this package
        f"SELECT {COLUMNS} FROM open_items "
        f"WHERE $3::text IS NULL OR account = $3 ORDER BY {ORDER}",
        as_of,
        known_on,
        account,
    )
    return [BankDifference(*row) for row in rows]


async def lines_of(
    db: Db, applications: list[str], as_of: date, known_on: date = date.max
) -> list[BankLine]:
    """The bank's lines that belong to the payments of these applications, with their verdicts."""
    if await all_is_known(db, known_on):
        kept = f"{_OWN_KEPT_LINES} {_THEIRS.format(as_of='$2')}"
        return [BankLine(*row) for row in await db.fetch(kept, applications, as_of)]
    own = await db.fetch(_OWN_MOVEMENTS, applications)
    near = await neighbours(db, [row["movement"] for row in own], ())
    made = f"{_OWN_LINES} {_THEIRS.format(as_of='$8')}"
    rows = await db.fetch(made, *near.values(), known_on, applications, as_of)
    return [BankLine(*row) for row in rows]
