"""treasury: what a city's treasury has stated of a month, beside what moved on the bank accounts.

In:   a month, accounts, the last day whose knowledge counts or a position
Out:  the latest figures by fund and district, every statement of one; flows of accounts in a month
Units: fen
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import orjson

from events import streams
from events.treasury import TreasuryFiguresStated
from projections.definition.chart_of_accounts import (
    APPROPRIATION,
    BANK,
    BANK_CHARGES,
    BANK_ERRORS,
    BROUGHT_FORWARD,
    INTEREST_DUE,
)
from projections.queries.connection import Db
from projections.queries.position_vector import PositionVector, array_of, at_or_below


class TreasuryFigure(NamedTuple):
    """One fund in one district in a month, as stated."""

    city: str
    month: str
    fund: str
    district: str
    number: int
    appropriated_fen: int
    paid_fen: int
    balance_fen: int
    document: str
    corrects: str
    why: str
    evidence: str
    stated_at: datetime
    known_on: date


class AccountFlows(NamedTuple):
    """One bank account in a month: what came from the treasury, and what left less what came back.

    Shape: `paid` is all that is neither appropriated nor interest, a fee, the bank's own correction
           or what the books began with
    """

    appropriated: int
    paid: int


_COLUMNS = ", ".join(TreasuryFigure._fields)
CLASSIFIED = (APPROPRIATION, INTEREST_DUE, BANK_CHARGES, BANK_ERRORS, BROUGHT_FORWARD)
"""What moves a bank account and is not paid: the treasury's money, interest, fees, corrections, opening."""


class StatedTreasuryFigure(NamedTuple):
    """What holds of one fund in one district in a month, as of a position."""

    fund: str
    district: str
    appropriated: int
    paid: int
    balance: int
    document: str


async def stated_by(
    db: Db, cities: Iterable[str], month: str, vector: PositionVector
) -> list[StatedTreasuryFigure]:
    """What the treasuries of some cities had stated of a month at a position, by fund and district."""
    rows = await db.fetch(
        f"""SELECT body::text FROM books.facts
            WHERE stream = ANY($1::text[]) AND type = 'TreasuryFiguresStated'
              AND {at_or_below("", 2)}
            ORDER BY stream, seq""",  # noqa: S608 -- ours
        [streams.treasury(city, month) for city in cities],
        array_of(vector),
    )
    facts = [TreasuryFiguresStated.model_validate(orjson.loads(row["body"])) for row in rows]
    latest = {
        (row.fund, row.district): StatedTreasuryFigure(
            row.fund, row.district, row.appropriated, row.paid, row.balance, fact.document
        )
        for fact in facts
        for row in fact.rows
    }
    return [latest[key] for key in sorted(latest)]


async def of_month(db: Db, month: str, known_on: date = date.max) -> list[TreasuryFigure]:
    """The figures that hold of a month, by fund and district."""
    rows = await db.fetch(
        f"""SELECT DISTINCT ON (fund, district) {_COLUMNS} FROM books.treasury_figures
            WHERE month = $1 AND known_on <= $2
            ORDER BY fund, district, number DESC""",  # noqa: S608 - constant columns
        month,
        known_on,
    )
    return [TreasuryFigure(*row) for row in rows]


async def statements(
    db: Db, fund: str, districts: Sequence[str], month: str, known_on: date = date.max
) -> list[TreasuryFigure]:
    """Every statement of a fund in some districts and a month, the first first."""
    rows = await db.fetch(
        f"""SELECT {_COLUMNS} FROM books.treasury_figures
            WHERE fund = $1 AND district = ANY($2::text[]) AND month = $3 AND known_on <= $4
            ORDER BY number, district""",  # noqa: S608 - constant columns
        fund,
        list(districts),
        month,
        known_on,
    )
    return [TreasuryFigure(*row) for row in rows]


async def months(db: Db) -> list[str]:
    """The months of which a treasury has stated anything, the latest first."""
    rows = await db.fetch("SELECT DISTINCT month FROM books.treasury_figures ORDER BY month DESC")
    return [row["month"] for row in rows]


async def by_the_books(
    db: Db, days: tuple[date, date], known_on: date = date.max
) -> dict[str, AccountFlows]:
    """What moved on each bank account by the books, from the first to the last of some days."""
    rows = await db.fetch(
        """
        SELECT sub,
               coalesce(sum(credit_fen - debit_fen) FILTER (WHERE code = $5), 0)::bigint,
               (coalesce(sum(credit_fen - debit_fen) FILTER (WHERE code = ANY($6::text[])), 0)
                - coalesce(sum(debit_fen - credit_fen) FILTER (WHERE code = $4), 0))::bigint
        FROM books.account_days
        WHERE value_on BETWEEN $1 AND $2 AND known_on <= $3
          AND (code = $4 OR code = ANY($6::text[]))
        GROUP BY sub
        """,
        *days,
        known_on,
        BANK.code,
        APPROPRIATION.code,
        [account.code for account in CLASSIFIED],
    )
    return {row[0]: AccountFlows(row[1], row[2]) for row in rows}


async def by_the_bank(db: Db, month: str, known_on: date = date.max) -> dict[str, AccountFlows]:
    """What moved on each bank account by the bank's lines of a month."""
    rows = await db.fetch(
        """
        SELECT bank_account,
               coalesce(sum(amount_fen) FILTER (WHERE kind = 'funds_received'), 0)::bigint,
               coalesce(-sum(amount_fen) FILTER (
                   WHERE kind NOT IN ('funds_received', 'interest', 'fee', 'correction')), 0)::bigint
        FROM books.statement_lines
        WHERE month = $1 AND known_on <= $2 AND (reversed_on IS NULL OR reversed_on > $2)
        GROUP BY bank_account
        """,
        month,
        known_on,
    )
    return {row[0]: AccountFlows(row[1], row[2]) for row in rows}
