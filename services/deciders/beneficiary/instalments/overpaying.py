"""Find what was paid although something, told only now, leaves less of it due.

Holds: what was found once is not found again; what is told later adds what is undue beside it
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from events.ids import disbursement_id
from events.instalments import OverpaymentFound, StopReason
from events.values import Fact, MonthPaid, PlannedInstalment
from policies.engine.registry import Policies
from services.deciders.beneficiary.instalments.month_values import (
    CONVENTION,
    InstalmentValue,
    MonthValue,
    value_of,
)
from services.deciders.beneficiary.instalments.stopping import (
    paid_for,
    part_of,
    stop_of,
    stopped_for_good,
)
from services.deciders.beneficiary.state.approvals import Approval, Approvals
from services.deciders.beneficiary.state.instalments import (
    NOTHING_FOUND,
    Instalments,
    PaidInstalment,
    Undue,
)
from services.deciders.beneficiary.state.status import Status


class _Why(NamedTuple):
    reason: StopReason
    since: date
    rule: str
    convention: str


def overpayments(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    policies: Policies,
    only: str | None = None,
) -> list[Fact]:
    """Find what of all that was paid, or of one application's, is not due as things are known now.

    Holds: a month that ended before a status stays paid; the month of the change counts by days
    """
    facts: list[Fact] = []
    had: dict[tuple[str, str], int] = {}
    for (application, no), paid in sorted(instalments.paid.items()):
        if only is not None and application != only:
            continue
        approval = approvals.by_application[application]
        part = part_of(approval, no)
        if approval.proposed is None or part is None:
            continue
        if part.months:
            before = {month: fen for (of, month), fen in had.items() if of == application}
            value = value_of(
                approvals, instalments, status, application, part, policies, had=before
            )
            of_month = paid_for(approval, no, paid)
            facts += _of_months(approval, instalments, application, part, paid, value, of_month)
            for month, fen in of_month.items():
                had[application, month] = had.get((application, month), 0) + fen
        else:
            facts += _of_once(approval, instalments, status, application, no, paid, policies)
    return facts


def advances_not_due(
    approvals: Approvals, instalments: Instalments, status: Status, policies: Policies
) -> list[Fact]:
    """Find the advances whose plans are stopped for good, as things are known now: what of them has
    not left need not leave.

    Holds: what a payment of the programme may have netted already is left alone
    """
    facts: list[Fact] = []
    paid = {_programme(approvals, application) for application, _ in instalments.paid}
    for (application, no), amount in sorted(instalments.advanced.items()):
        approval = approvals.by_application[application]
        if approval.state != "granted" or (application, no) in instalments.undue:
            continue
        if _programme(approvals, application) in paid:
            continue
        stop = stopped_for_good(policies.duties.stops, status, approval)
        if stop is not None:
            why = _Why(stop.reason, stop.since, stop.rule, "")
            whole = PaidInstalment(stop.since, amount)
            facts.append(_found(approval, instalments, application, no, whole, why, {}, amount))
    return facts


def _programme(approvals: Approvals, application: str) -> str:
    proposed = approvals.by_application[application].proposed
    return proposed.policy.programme if proposed is not None else ""


def _of_once(
    approval: Approval,
    instalments: Instalments,
    status: Status,
    application: str,
    no: int,
    paid: PaidInstalment,
    policies: Policies,
) -> list[Fact]:
    """What is paid once is due or not on its day."""
    proposed = approval.proposed
    assert proposed is not None
    if (application, no) in instalments.undue:
        return []
    stops, programme = policies.duties.stops, proposed.policy.programme
    stop = stop_of(stops, status, programme, paid.on, proposed.hired_on)
    if stop is None:
        return []
    why = _Why(stop.reason, stop.since, stop.rule, "")
    return [_found(approval, instalments, application, no, paid, why, {}, paid.amount)]


def _of_months(
    approval: Approval,
    instalments: Instalments,
    application: str,
    part: PlannedInstalment,
    paid: PaidInstalment,
    value: InstalmentValue,
    of_month: Mapping[str, int],
) -> list[Fact]:
    """What is paid by the month is due by the days of each."""
    known = instalments.undue.get((application, part.no), NOTHING_FOUND)
    undue: dict[str, int] = {}
    why: _Why | None = None
    for one in value.months:
        found = known.months.get(one.month, known.months.get("", 0))
        more = of_month.get(one.month, 0) - one.amount - found
        if more > 0:
            undue[one.month] = more
            why = why or _why(one, f"plans/{value.rule.id}" if value.rule else "")
    if why is None:
        return []
    amount = sum(undue.values())
    return [_found(approval, instalments, application, part.no, paid, why, undue, amount)]


def _why(one: MonthValue, evidence: str) -> _Why:
    if one.stop is not None:
        return _Why(one.stop.reason, one.stop.since, one.stop.rule, CONVENTION)
    return _Why("nothing_due", date.fromisoformat(f"{one.month}-01"), evidence, "")


def _found(
    approval: Approval,
    instalments: Instalments,
    application: str,
    no: int,
    paid: PaidInstalment,
    why: _Why,
    undue: dict[str, int],
    amount: int,
) -> OverpaymentFound:
    assert approval.proposed is not None
    known = instalments.undue.get((application, no), NOTHING_FOUND)
    return OverpaymentFound(
        application=application,
        no=no,
        disbursement=disbursement_id(application, no),
        amount=amount,
        payee=approval.proposed.payee,
        reason=why.reason,
        since=why.since,
        rule=why.rule,
        whole=amount + sum(known.months.values()) == paid.amount,
        months=tuple(MonthPaid(month=month, amount=fen) for month, fen in undue.items()),
        convention=why.convention,
        finding=known.findings + 1,
    )


def undue_with(known: Undue, fact: OverpaymentFound) -> Undue:
    """Add what a fact has found; an old one named no month."""
    more = {one.month: one.amount for one in fact.months} or {"": fact.amount}
    months = dict(known.months)
    for month, amount in more.items():
        months[month] = months.get(month, 0) + amount
    return Undue(months, known.findings + 1)
