"""Find what stops a payment: by the table of stops, the folded status, and what else was paid."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from events.instalments import InstalmentStopped, OverpaymentFound, StopReason
from events.values import Fact, PlannedInstalment
from policies.calendar import add_months
from policies.duties.plans import DAYS_OF_A_MONTH
from policies.duties.stops import Stops
from policies.words import round_half_up
from services.approvals.state import Approval, Approvals
from services.instalments.lines import line_of, still_planned
from services.instalments.state import Instalments
from services.status.state import Status


class Found(NamedTuple):
    """What stops a payment, since when, and the rule that says so."""

    reason: StopReason
    since: date
    rule: str


def stop_of(stops: Stops, status: Status, programme: str, on: date) -> Found | None:
    """Tell what stops a programme's payments on a day, if anything does."""
    own = stops.of(programme)
    for kind in (*stops.always, *(own.by if own else ())):
        if since := status.holds(kind, on):
            return Found(kind, since, f"stops/{own.id if own else 'always'}")
    for benefit in own.benefits if own else ():
        if since := status.holds("receiving", on, benefit):
            return Found("receiving", since, f"stops/{own.id if own else ''}/{benefit}")
    return None


def exclusion_of(
    stops: Stops, approvals: Approvals, instalments: Instalments, application: str, on: date
) -> Found | None:
    """Tell which payment of the same month excludes this one: the first one paid stays."""
    approval = approvals.by_application[application]
    own = approval.proposed and stops.of(approval.proposed.policy.programme)
    if not own or not own.not_with:
        return None
    for (other, _), paid in instalments.paid.items():
        beside = approvals.by_application[other].proposed
        same_month = (paid.on.year, paid.on.month) == (on.year, on.month)
        if same_month and beside and beside.policy.programme in own.not_with:
            return Found("excluded", paid.on, f"stops/{own.id}/{beside.policy.programme}")
    return None


def stopped(
    application: str,
    approval: Approval,
    instalments: Instalments,
    parts: Iterable[PlannedInstalment],
    reason: StopReason,
    rule: str,
) -> list[Fact]:
    """Stop instalments that are not answered yet."""
    facts: list[Fact] = []
    gone: set[int] = set()
    for part in parts:
        if (application, part.no) in instalments.answered:
            continue
        gone.add(part.no)
        line = line_of(approval, part.due_on)
        facts.append(
            InstalmentStopped(
                application=application,
                no=part.no,
                attempt=approval.attempt,
                amount=part.amount,
                line=line,
                reason=reason,
                rule=rule,
                still_planned=still_planned(approval, instalments, application, line, gone),
            )
        )
    return facts


def overpayments(
    stops: Stops, approvals: Approvals, instalments: Instalments, status: Status
) -> list[Fact]:
    """Find what was paid although a status, told only now, would have stopped it.

    Units: a month that had begun before the status is due for its days until then, each a 30th
    Holds: each instalment is found once; a month that ended before the status stays paid
    """
    facts: list[Fact] = []
    for (application, no), paid in instalments.paid.items():
        proposed = approvals.by_application[application].proposed
        if (application, no) in instalments.overpaid or proposed is None:
            continue
        found = stop_of(stops, status, proposed.policy.programme, paid.on)
        amount = found and _not_due(proposed.instalments, no, paid.amount, found.since)
        if found is not None and amount:
            facts.append(
                OverpaymentFound(
                    application=application,
                    no=no,
                    disbursement=f"{application}#{no}",
                    amount=amount,
                    payee=proposed.payee,
                    reason=found.reason,
                    since=found.since,
                    rule=found.rule,
                    whole=amount == paid.amount,
                )
            )
    return facts


def _not_due(instalments: tuple[PlannedInstalment, ...], no: int, amount: int, since: date) -> int:
    """Work out what of a payment a status leaves undue: a month's days from that day on."""
    begins = next((part.due_on for part in instalments if part.no == no), None)
    if begins is None or since <= begins:
        return amount
    days = (since - begins).days
    if since >= add_months(begins, 1) or days >= DAYS_OF_A_MONTH:
        return 0
    return amount - round_half_up(Fraction(amount * days, DAYS_OF_A_MONTH))
