"""payments: disbursements, listed, counted and summed, and what is due and in no batch yet."""

from datetime import date
from typing import NamedTuple

import asyncpg

from projections.queries.after_payment import after
from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.scope import Scope

STATE_ON_A_DAY = """
CASE WHEN cancelled_on <= $1 THEN 'cancelled'
     WHEN netted_on <= $1 THEN 'netted'
     WHEN attempt > 1 THEN coalesce((
         SELECT CASE WHEN a.returned_on <= $1 AND coalesce(retried_on, $1::date + 1) > $1
                     THEN 'returned'
                     WHEN a.returned_on <= $1 THEN 'ordered'
                     WHEN a.settled_on <= $1 THEN 'settled'
                     WHEN a.sent_on <= $1 THEN 'sent'
                     ELSE 'batched' END
         FROM books.disbursement_attempts AS a
         WHERE a.disbursement = disbursements.disbursement AND a.batched_on <= $1
         ORDER BY a.attempt DESC LIMIT 1), 'ordered')
     WHEN returned_on <= $1 AND returned_on >= coalesce(sent_on, returned_on)
          AND coalesce(retried_on, $1::date + 1) > $1 THEN 'returned'
     WHEN settled_on <= $1 THEN 'settled'
     WHEN sent_on <= $1 THEN 'sent'
     WHEN batched_on <= $1 THEN 'batched'
     ELSE 'ordered' END"""
"""The state at the close of a day; `$1` is the day.

A payment keeps the milestones of its last attempt; where there were several, the attempts tell.
"""


AMOUNT_PAID_ON_A_DAY = """
coalesce((SELECT a.amount_fen FROM books.disbursement_attempts AS a
          WHERE a.disbursement = disbursements.disbursement AND a.settled_on <= $1
          ORDER BY a.attempt DESC LIMIT 1), amount_fen)"""
"""What a payment had brought at the close of a day, in fen; `$1` is the day.

A payment that came back and is lessened by a debt since keeps its amount of today; the attempt that
had settled then tells what was paid.
"""


class PaymentFilter(NamedTuple):
    """What of the list is asked for; empty means everything."""

    states: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    batch: str = ""
    bank_account: str = ""
    text: str = ""
    fund: str = ""
    districts: tuple[str, ...] = ()
    payable: bool = False
    oldest_first: bool = False


WAITING = PaymentFilter(states=("ordered",), payable=True, oldest_first=True)
"""What a batch may take: ordered, something to pay, nothing in dispute."""


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


class PaymentStateTotal(NamedTuple):
    """Payments of one state."""

    state: str
    number: int
    amount_fen: int
    oldest_on: date | None


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


_PAYABLE = """
amount_fen > 0 AND coalesce(disputed, '') = '' AND NOT (application = ANY (
    SELECT application FROM books.objections WHERE state <> 'dismissed' AND clawback = ''
))
"""


def _state(scope: Scope) -> str:
    return STATE_ON_A_DAY if scope.looks_back else "state"


def _where(scope: Scope, wanted: PaymentFilter) -> tuple[str, list[object]]:
    values: list[object] = [scope.as_of, scope.known_until]
    parts = ["ordered_on <= $1", "ordered_at < $2"]
    for condition, value in (
        ("district LIKE {}", scope.districts),
        ("district = ANY({})", list(wanted.districts)),
        ("fund = {}", scope.fund),
        ("fund = {}", wanted.fund),
        (f"({_state(scope)}) = ANY({{}})", list(wanted.states)),
        ("programme = ANY({})", list(wanted.programmes)),
        ("ordered_on >= {}", wanted.since),
        ("ordered_on <= {}", wanted.until),
        ("batch = {}", wanted.batch),
        ("bank_account = {}", wanted.bank_account),
        ("strpos(disbursement, {}) > 0", wanted.text),
    ):
        if value:
            values.append(value)
            parts.append(condition.format(f"${len(values)}"))
    if wanted.payable:
        parts.append(_PAYABLE)
    return " AND ".join(parts), values


async def page(db: Db, scope: Scope, wanted: PaymentFilter, at: Page) -> list[PaymentRow]:
    """One page, newest first if not asked otherwise; one row more where there are further ones."""
    where, values = _where(scope, wanted)
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        sign = ">" if bool(at.before) != wanted.oldest_first else "<"
        beyond = f"AND (ordered_on, disbursement) {sign} (${len(values) - 1}, ${len(values)})"
    order = "ASC" if at.backwards != wanted.oldest_first else "DESC"
    columns = ", ".join(
        f"{_state(scope)} AS state" if name == "state" else name for name in PaymentRow._fields
    )
    rows = await db.fetch(
        f"""
        SELECT {columns} FROM books.disbursements WHERE {where} {beyond}
        ORDER BY ordered_on {order}, disbursement {order} LIMIT {at.size + 1}
        """,  # noqa: S608 -- conditions are ours, values are bound
        *values,
    )
    found = [PaymentRow(**dict(row)) for row in rows]
    after_payment = await after(
        db, scope, (row.application for row in found if row.state == "settled")
    )
    found = [
        row._replace(state=after_payment.state(row.application, row.state, row.instruction))
        for row in found
    ]
    return found[::-1] if at.backwards else found


async def total(db: Db, scope: Scope, wanted: PaymentFilter) -> tuple[int, int]:
    """Count and sum of everything that the filter lets through."""
    where, values = _where(scope, wanted)
    row = await db.fetchrow(
        f"""SELECT count(*) AS count, coalesce(sum(amount_fen), 0)::bigint AS amount
            FROM books.disbursements WHERE {where}""",  # noqa: S608
        *values,
    )
    assert row is not None
    return row["count"], row["amount"]


async def by_state(db: Db, scope: Scope) -> list[PaymentStateTotal]:
    """Payments as of the scope, by state."""
    where, values = _where(scope, PaymentFilter())
    rows = await db.fetch(
        f"""SELECT {_state(scope)} AS state, count(*) AS number,
                   sum(amount_fen)::bigint AS amount_fen, min(ordered_on) AS oldest_on
            FROM books.disbursements WHERE {where} GROUP BY 1 ORDER BY 1""",  # noqa: S608
        *values,
    )
    return [PaymentStateTotal(**dict(row)) for row in rows]


async def due(db: Db, scope: Scope, wanted: PaymentFilter = WAITING) -> list[DuePaymentsTotal]:
    """What could be put into a batch on the day of the scope, by fund and district."""
    where, values = _where(scope, wanted)
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
        WHERE state = 'ordered' AND {_PAYABLE} AND fund = $1
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
