"""Find what stops a payment: by the calendar of its months, or on its day where it is paid once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from events.instalments import InstalmentStopped, StopReason
from events.values import Fact, PlannedInstalment
from policies.duties.stops import StopRules
from policies.vocabulary.calendar import add_months
from services.deciders.beneficiary.instalments import later_years
from services.deciders.beneficiary.instalments.budget_lines import line_of, still_planned
from services.deciders.beneficiary.instalments.calendar import StopSpan, stop_spans_of_status
from services.deciders.beneficiary.state.approvals import Approval, Approvals
from services.deciders.beneficiary.state.instalments import (
    NOTHING_FOUND,
    Instalments,
    PaidInstalment,
)
from services.deciders.beneficiary.state.status import Status


class StopFound(NamedTuple):
    """What stops a payment, since when, and the rule that says so."""

    reason: StopReason
    since: date
    rule: str


def stop_of(
    stops: StopRules, status: Status, programme: str, on: date, hired_on: date | None = None
) -> StopFound | None:
    """Tell what stops a programme's payments on a day, if anything does."""
    for span in stop_spans_of_status(stops, status, programme, hired_on):
        if span.covers(on):
            return StopFound(span.reason, span.since, span.rule)
    return None


def stopped_for_good(stops: StopRules, status: Status, approval: Approval) -> StopSpan | None:
    """Tell which status stops all that is still to come of a grant, and has no end on record."""
    proposed = approval.proposed
    if proposed is None:
        return None
    spans = stop_spans_of_status(stops, status, proposed.policy.programme, proposed.hired_on)
    return next((span for span in spans if span.lasting and span.ends is None), None)


def exclusion_of(
    stops: StopRules, approvals: Approvals, instalments: Instalments, application: str, month: str
) -> StopFound | None:
    """Tell which payment for the same month excludes this one: the first one paid stays."""
    approval = approvals.by_application[application]
    own = approval.proposed and stops.of(approval.proposed.policy.programme)
    if not own or not own.not_with:
        return None
    for (other, no), paid in instalments.paid.items():
        beside = approvals.by_application[other]
        programme = beside.proposed and beside.proposed.policy.programme
        if programme in own.not_with and month in paid_for(beside, no, paid):
            return StopFound("excluded", paid.on, f"stops/{own.id}/{programme}")
    return None


def excluded_spans(
    stops: StopRules,
    approvals: Approvals,
    instalments: Instalments,
    application: str,
    part: PlannedInstalment,
) -> list[StopSpan]:
    """The months of an instalment that a payment of an excluding programme has taken, whole."""
    spans: list[StopSpan] = []
    for one in part.months:
        found = exclusion_of(stops, approvals, instalments, application, one.month)
        if found is not None:
            first = date.fromisoformat(f"{one.month}-01")
            end = add_months(first, 1)
            spans.append(StopSpan(first, end, found.reason, found.rule, found.since, lasting=False))
    return spans


def paid_for(approval: Approval, no: int, paid: PaidInstalment) -> Mapping[str, int]:
    """What was paid for which month; a payment without months, or an old one, is of its day's."""
    if paid.months:
        return {one.month: one.amount for one in paid.months}
    part = part_of(approval, no)
    if part is not None and len(part.months) == 1:
        return {part.months[0].month: paid.amount}
    return {f"{paid.on:%Y-%m}": paid.amount}


def paid_by_month(approval: Approval, instalments: Instalments, application: str) -> dict[str, int]:
    """What the parts of a plan have brought for each month so far, and keep."""
    months: dict[str, int] = {}
    for (of, no), paid in instalments.paid.items():
        if of != application:
            continue
        undue = instalments.undue.get((of, no), NOTHING_FOUND).months
        for month, fen in paid_for(approval, no, paid).items():
            kept = fen - undue.get(month, undue.get("", 0))
            months[month] = months.get(month, 0) + kept
    return months


def part_of(approval: Approval, no: int) -> PlannedInstalment | None:
    """Find a part of a plan by its number."""
    parts = approval.proposed.instalments if approval.proposed else ()
    return next((part for part in parts if part.no == no), None)


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
        line = line_of(approval, part)
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
                committed=not approval.waits_for_its_year(part.no),
            )
        )
    return [*facts, *later_years.dropped(approval, instalments, application, gone)]
