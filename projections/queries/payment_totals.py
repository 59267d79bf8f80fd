"""payment_totals: how many payments a list holds, what they come to, and how many stand in each state.

Units: fen
Holds: read from the sums (`projections.read_models.payment_sums`): whole months, and the days of the
       months that count in part; where a list asks for what the sums do not tell apart, its payments
       are counted one by one
"""

from datetime import date, timedelta
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.payment_filter import (
    EVERY_PAYMENT,
    PaymentFilter,
    are_summed,
    conditions,
    conditions_on_sums,
    days_of,
    state,
)
from projections.queries.scope import Scope

_SUMS = """
sums AS (
    SELECT ordered_month AS since, state, payments, amount_fen FROM books.payment_months
    WHERE ordered_month >= $3 AND ordered_month < $4 AND {where}
    UNION ALL
    SELECT ordered_on, state, payments, amount_fen FROM books.payment_days
    WHERE ordered_on >= $1 AND ordered_on <= $2 AND ordered_on < $3 AND {where}
    UNION ALL
    SELECT ordered_on, state, payments, amount_fen FROM books.payment_days
    WHERE ordered_on >= $3 AND ordered_on >= $4 AND ordered_on <= $2 AND {where}
)"""
"""All that is asked for, once: `$1` to `$2` are days, `$3` up to before `$4` their whole months."""


class PaymentStateTotal(NamedTuple):
    """Payments of one state."""

    state: str
    number: int
    amount_fen: int
    oldest_on: date | None


def _next_month(day: date) -> date:
    if (day.year, day.month) == (date.max.year, date.max.month):
        return date.max
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first whole month, and the day after the last one."""
    begins = first if first.day == 1 else _next_month(first)
    ends = last if last == date.max else (last + timedelta(days=1)).replace(day=1)
    return begins, ends


def _sums(scope: Scope, wanted: PaymentFilter) -> tuple[str, str, list[object]]:
    where, values = conditions_on_sums(scope, wanted, first=5)
    first, last = days_of(scope, wanted)
    return _SUMS.format(where=where), where, [first, last, *_whole_months(first, last), *values]


async def total(db: Db, scope: Scope, wanted: PaymentFilter) -> tuple[int, int]:
    """Count and sum of everything that the filter lets through."""
    if are_summed(scope, wanted):
        sums, _, values = _sums(scope, wanted)
        asked = f"""WITH {sums} SELECT coalesce(sum(payments), 0)::bigint AS count,
                    coalesce(sum(amount_fen), 0)::bigint AS amount FROM sums"""  # noqa: S608
    else:
        where, values = conditions(scope, wanted)
        asked = f"""SELECT count(*) AS count, coalesce(sum(amount_fen), 0)::bigint AS amount
                    FROM books.disbursements WHERE {where}"""  # noqa: S608
    row = await db.fetchrow(asked, *values)
    assert row is not None
    return row["count"], row["amount"]


async def by_state(
    db: Db, scope: Scope, wanted: PaymentFilter = EVERY_PAYMENT
) -> list[PaymentStateTotal]:
    """Payments as of the scope, by state."""
    if are_summed(scope, wanted):
        sums, where, values = _sums(scope, wanted)
        asked = f"""
            WITH {sums}, by_state AS (
                SELECT state, sum(payments)::bigint AS number, sum(amount_fen)::bigint AS amount_fen,
                       min(since) AS since FROM sums GROUP BY state
            )
            SELECT s.state, s.number, s.amount_fen, (
                SELECT min(ordered_on) FROM books.payment_days AS d
                WHERE d.state = s.state AND {where} AND ordered_on >= s.since
                  AND ordered_on < s.since + interval '1 month'
            ) AS oldest_on
            FROM by_state AS s ORDER BY s.state"""  # noqa: S608
    else:
        where, values = conditions(scope, wanted)
        asked = f"""
            SELECT {state(scope)} AS state, count(*) AS number,
                   sum(amount_fen)::bigint AS amount_fen, min(ordered_on) AS oldest_on
            FROM books.disbursements WHERE {where} GROUP BY 1 ORDER BY 1"""  # noqa: S608
    return [PaymentStateTotal(**dict(row)) for row in await db.fetch(asked, *values)]
