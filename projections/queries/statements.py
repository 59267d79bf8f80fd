"""statements: the bank's own words: which months there are, and their lines."""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.keyset import Mark, Page
from projections.queries.scope import Scope


async def months(db: Db, account: str) -> list[str]:
    """The months of an account that the bank's statements cover, the latest first."""
    rows = await db.fetch(
        "SELECT month FROM books.statements WHERE bank_account = $1 ORDER BY month DESC", account
    )
    return [row["month"] for row in rows]


class StatementLineRow(NamedTuple):
    """One line of a bank's statement, as the bank wrote it."""

    bank_account: str
    month: str
    line: str
    booked_on: date
    amount_fen: int
    reference: str
    purpose: str
    balance_after_fen: int | None
    kind: str


class StatementLineDetail(NamedTuple):
    """One line with what it was said to be, and the file that brought it."""

    bank_account: str
    month: str
    line: str
    booked_on: date
    amount_fen: int
    reference: str
    purpose: str
    kind: str
    fund: str | None
    district: str | None
    statement: str
    reversed_on: date | None


async def one(db: Db, account: str, month: str, line: str) -> StatementLineDetail | None:
    """One line of an account, also one that was taken back."""
    row = await db.fetchrow(
        f"""SELECT {", ".join(StatementLineDetail._fields)} FROM books.statement_lines
            WHERE bank_account = $1 AND month = $2 AND line = $3""",  # noqa: S608 - constants
        account,
        month,
        line,
    )
    return StatementLineDetail(*row) if row else None


class StatementFlows(NamedTuple):
    """What came in and went out of the lines that a list shows."""

    number: int
    in_fen: int
    out_fen: int


class StatementFilter(NamedTuple):
    """Which lines a list shows; empty means all, and so does None for the accounts of a scope."""

    account: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    accounts: tuple[str, ...] | None = None


_STANDS = """(reversed_on IS NULL
                OR reversed_on >= ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)"""
"""A line that was not taken back, as far as was known before the instant ``$2``."""

_WHERE = f"""booked_on <= $1 AND recorded_at < $2 AND {_STANDS} AND ($3 = '' OR bank_account = $3)
            AND ($4::date IS NULL OR booked_on >= $4) AND ($5::date IS NULL OR booked_on <= $5)
            AND ($6 = '' OR strpos(reference, $6) > 0 OR line = $6)
            AND ($7::text[] IS NULL OR bank_account = ANY($7))"""


async def page(db: Db, scope: Scope, wanted: StatementFilter, at: Page) -> list[StatementLineRow]:
    """One page of the bank's lines, the latest first; one more where there are further ones."""
    values: list[object] = [scope.as_of, scope.known_until, *wanted]
    mark, beyond = at.before or at.after, ""
    if mark is not None:
        account, _, line = mark.id.partition("/")
        values += [mark.on, account, line]
        beyond = f"AND (booked_on, bank_account, line) {'>' if at.before else '<'} ($8, $9, $10)"
    order = "ASC" if at.backwards else "DESC"
    rows = await db.fetch(
        f"""SELECT {", ".join(StatementLineRow._fields)} FROM books.statement_lines WHERE {_WHERE} {beyond}
            ORDER BY booked_on {order}, bank_account {order}, line {order}
            LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = [StatementLineRow(**dict(row)) for row in rows]
    return found[::-1] if at.backwards else found


def mark_of(line: StatementLineRow) -> Mark:
    """Where a page of lines may begin."""
    return Mark(line.booked_on, f"{line.bank_account}/{line.line}")


async def flows(db: Db, scope: Scope, wanted: StatementFilter) -> StatementFlows:
    """Count and sums of everything that the filter lets through."""
    row = await db.fetchrow(
        f"""SELECT count(*) AS number,
                   coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0)::bigint AS in_fen,
                   coalesce(-sum(amount_fen) FILTER (WHERE amount_fen < 0), 0)::bigint AS out_fen
            FROM books.statement_lines WHERE {_WHERE}""",  # noqa: S608
        scope.as_of,
        scope.known_until,
        *wanted,
    )
    assert row is not None
    return StatementFlows(**dict(row))


async def latest_day(db: Db, scope: Scope, accounts: tuple[str, ...] | None = None) -> date | None:
    """The last day, up to the scope's, that a statement of these accounts, or of any, has a line for."""
    last: date | None = await db.fetchval(
        f"""SELECT max(last.booked_on) FROM (
                SELECT DISTINCT bank_account FROM books.statements
                WHERE $3::text[] IS NULL OR bank_account = ANY($3)
            ) AS account CROSS JOIN LATERAL (
                SELECT booked_on FROM books.statement_lines AS l
                WHERE l.bank_account = account.bank_account
                  AND booked_on <= $1 AND recorded_at < $2 AND {_STANDS}
                ORDER BY booked_on DESC LIMIT 1
            ) AS last""",  # noqa: S608 -- a constant
        scope.as_of,
        scope.known_until,
        accounts,
    )
    return last
