"""payment_filter: which payments a list asks for, as conditions on the payments and on their sums.

Holds: what is asked for is present states; where a scope looks back, those of that day
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

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


EVERY_PAYMENT = PaymentFilter()

WAITING = PaymentFilter(states=("ordered",), payable=True, oldest_first=True)
"""What a batch may take: ordered, something to pay, nothing in dispute."""


PAYABLE = """
amount_fen > 0 AND coalesce(disputed, '') = '' AND NOT (application = ANY (
    SELECT application FROM books.objections WHERE state <> 'dismissed' AND clawback = ''
))
"""


def state(scope: Scope) -> str:
    """The state of a payment as a scope counts it."""
    return STATE_ON_A_DAY if scope.looks_back else "state"


def _standing(scope: Scope, wanted: PaymentFilter) -> Iterator[tuple[str, object]]:
    """What sums tell apart: conditions on columns that payments and their sums share."""
    yield "district LIKE {}", scope.districts
    yield "district = ANY({})", list(wanted.districts)
    yield "fund = {}", scope.fund
    yield "fund = {}", wanted.fund
    yield f"({state(scope)}) = ANY({{}})", list(wanted.states)
    yield "programme = ANY({})", list(wanted.programmes)
    yield "bank_account = {}", wanted.bank_account


_OF_BATCH = """batch = {0} AND disbursement = ANY (
    SELECT a.disbursement FROM books.disbursement_attempts AS a WHERE a.batch = {0})"""


def conditions(scope: Scope, wanted: PaymentFilter) -> tuple[str, list[object]]:
    """The condition on payments; `$1` is the day, `$2` the end of knowledge."""
    values: list[object] = [scope.as_of, scope.known_until]
    parts = ["ordered_on <= $1", "ordered_at < $2"]
    for condition, value in (
        *_standing(scope, wanted),
        ("ordered_on >= {}", wanted.since),
        ("ordered_on <= {}", wanted.until),
        (_OF_BATCH, wanted.batch),
        ("strpos(disbursement, {}) > 0", wanted.text),
    ):
        if value:
            values.append(value)
            parts.append(condition.format(f"${len(values)}"))
    if wanted.payable:
        parts.append(PAYABLE)
    return " AND ".join(parts), values


def are_summed(scope: Scope, wanted: PaymentFilter) -> bool:
    """Whether the sums tell apart all that is asked for."""
    if scope.looks_back or scope.known_on < date.max:
        return False
    return not (wanted.batch or wanted.text or wanted.payable)


def conditions_on_sums(scope: Scope, wanted: PaymentFilter, first: int) -> tuple[str, list[object]]:
    """The condition on sums, but for days; its values begin with number `first`."""
    given = [(condition, value) for condition, value in _standing(scope, wanted) if value]
    parts = [condition.format(f"${n}") for n, (condition, _) in enumerate(given, first)]
    return " AND ".join(parts) or "true", [value for _, value in given]


def days_of(scope: Scope, wanted: PaymentFilter) -> tuple[date, date]:
    """The first and the last day on which payments that are asked for were ordered."""
    return wanted.since or date.min, min(scope.as_of, wanted.until or date.max)
