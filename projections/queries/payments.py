"""payments: disbursements, listed, counted and summed, and what is due and in no batch yet."""

from datetime import date
from typing import NamedTuple

import asyncpg

from projections.queries.after_payment import after
from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.payment_filter import (
    PAYABLE,
    WAITING,
    PaymentFilter,
    are_summed,
    conditions,
    conditions_on_sums,
    days_of,
    state,
)
from projections.queries.scope import Scope


class PaymentRow(NamedTuple):
    """One payment."""

    disbursement: str
    application: str
    instalment: int
    payee: str
    programme: str
    fund: str
    district: str
    amount_fen: int
    state: str
    attempt: int
    batch: str | None
    instruction: str | None
    bank_account: str | None
    ordered_on: date
    sent_on: date | None
    settled_on: date | None
    return_reason: str | None


class DuePaymentsTotal(NamedTuple):
    """Payments of one fund and district that no batch has."""

    fund: str
    district: str
    number: int
    amount_fen: int
    oldest_on: date


class DuePayment(NamedTuple):
    """One payment that a batch may ask for."""

    disbursement: str
    payee: str
    amount_fen: int


_ROWS = """
SELECT {columns} FROM books.disbursements WHERE {where}
ORDER BY ordered_on {order}, disbursement {order} LIMIT {limit}
"""
_ROWS_BY_SUMS = """
WITH near AS (
    SELECT ordered_on, payments FROM books.payment_days
    WHERE {summed} AND {days} ORDER BY ordered_on {order} LIMIT {limit}
), reached AS (
    SELECT ordered_on, sum(payments) OVER (
        ORDER BY ordered_on {order} RANGE UNBOUNDED PRECEDING EXCLUDE GROUP) AS nearer
    FROM near
), cells AS MATERIALIZED (
    SELECT DISTINCT ordered_on, state, district FROM books.payment_days
    WHERE {summed} AND (
        ordered_on = ANY (SELECT ordered_on FROM reached WHERE coalesce(nearer, 0) < {limit})
        {or_at_mark})
)
SELECT listed.* FROM cells AS c CROSS JOIN LATERAL (
    SELECT {columns} FROM books.disbursements AS d
    WHERE d.district = c.district AND d.state = c.state AND d.ordered_on = c.ordered_on AND {where}
    ORDER BY disbursement {order} LIMIT {limit}
) AS listed
ORDER BY ordered_on {order}, disbursement {order} LIMIT {limit}
"""
"""The sums say on which days, in which states and districts the next rows stand: nothing else is read."""


def _rows(scope: Scope, wanted: PaymentFilter, at: Page) -> tuple[str, list[object]]:
    """The question for the rows of a page, in the order in which it is read."""
    where, values = conditions(scope, wanted)
    mark = at.before or at.after
    days, or_at_mark = "true", ""
    if mark is not None:
        values += [mark.on, mark.id]
        sign = ">" if bool(at.before) != wanted.oldest_first else "<"
        on, own = f"${len(values) - 1}", f"${len(values)}"
        where += f" AND (ordered_on, disbursement) {sign} ({on}, {own})"
        days, or_at_mark = f"ordered_on {sign} {on}", f"OR ordered_on = {on}"
    asked, summed = _ROWS, ""
    if are_summed(scope, wanted):
        asked, last = _ROWS_BY_SUMS, len(values)
        days += f" AND ordered_on BETWEEN ${last + 1} AND ${last + 2}"
        summed, more = conditions_on_sums(scope, wanted, first=last + 3)
        values += [*days_of(scope, wanted), *more]
    order = "ASC" if at.backwards != wanted.oldest_first else "DESC"
    columns = ", ".join(
        f"{state(scope)} AS state" if name == "state" else name for name in PaymentRow._fields
    )
    return asked.format(
        columns=columns,
        where=where,
        summed=summed,
        days=days,
        or_at_mark=or_at_mark,
        order=order,
        limit=at.size + 1,
    ), values


async def page(db: Db, scope: Scope, wanted: PaymentFilter, at: Page) -> list[PaymentRow]:
    """One page, newest first if not asked otherwise; one row more where there are further ones."""
    asked, values = _rows(scope, wanted, at)
    found = [PaymentRow(**dict(row)) for row in await db.fetch(asked, *values)]
    after_payment = await after(
        db, scope, (row.application for row in found if row.state == "settled")
    )
    found = [
        row._replace(state=after_payment.state(row.application, row.state, row.instruction))
        for row in found
    ]
    return found[::-1] if at.backwards else found


async def due(db: Db, scope: Scope, wanted: PaymentFilter = WAITING) -> list[DuePaymentsTotal]:
    """What could be put into a batch on the day of the scope, by fund and district."""
    where, values = conditions(scope, wanted)
    rows = await db.fetch(
        f"""
        SELECT fund, district, count(*) AS number, sum(amount_fen)::bigint AS amount_fen,
               min(ordered_on) AS oldest_on
        FROM books.disbursements WHERE {where}
        GROUP BY fund, district ORDER BY oldest_on, fund, district
        """,  # noqa: S608 -- conditions are ours, values are bound
        *values,
    )
    return [DuePaymentsTotal(**dict(row)) for row in rows]


async def due_lines(
    db: Db,
    fund: str,
    districts: tuple[str, ...],
    limit: int,
    since: date | None = None,
    until: date | None = None,
) -> list[DuePayment]:
    """The payments that a batch would ask for, the oldest first."""
    rows: list[asyncpg.Record] = await db.fetch(
        f"""
        SELECT disbursement, payee, amount_fen FROM books.disbursements
        WHERE state = 'ordered' AND {PAYABLE} AND fund = $1
          AND district = ANY($2::text[])
          AND ($4::date IS NULL OR ordered_on >= $4) AND ($5::date IS NULL OR ordered_on <= $5)
        ORDER BY ordered_at, disbursement LIMIT $3
        """,  # noqa: S608 -- a constant condition
        fund,
        list(districts),
        limit,
        since,
        until,
    )
    return [DuePayment(**dict(row)) for row in rows]
