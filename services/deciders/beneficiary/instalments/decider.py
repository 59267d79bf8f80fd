"""Decide whether an instalment that has fallen due may be paid, and how much of it."""

from dataclasses import replace
from datetime import date

from events.envelope import Asked
from events.ids import disbursement_id
from events.instalments import (
    EndPlan,
    EvidenceRecorded,
    InstalmentCommand,
    InstalmentDue,
    InstalmentWaits,
    JudgeResumption,
    PlanEnded,
    PreCheckInstalment,
    RecordEvidence,
)
from events.values import Fact, MonthPaid, PlannedInstalment
from policies.engine.registry import Policies
from services.deciders.beneficiary.instalments import plans, resuming
from services.deciders.beneficiary.instalments.advance_granting import advanced, is_advance
from services.deciders.beneficiary.instalments.budget_lines import line_of
from services.deciders.beneficiary.instalments.folding import evolve
from services.deciders.beneficiary.instalments.month_values import value_of
from services.deciders.beneficiary.instalments.overpaying import overpayments
from services.deciders.beneficiary.instalments.reductions import reductions_of
from services.deciders.beneficiary.instalments.stopping import (
    excluded_spans,
    paid_by_month,
    part_of,
    stop_of,
    stopped,
)
from services.deciders.beneficiary.state.approvals import Approval, Approvals, Proposal
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.instalments import (
    Instalments,
)
from services.deciders.beneficiary.state.status import Status
from services.deciders.refusal import refuse


def decide(
    state: BeneficiaryState, command: InstalmentCommand, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer whether an instalment is paid now, or note what one rests on.

    Refuses: NOT_GRANTED, NO_INSTALMENT, NOT_YET_DUE, YEAR_NOT_COMMITTED  (first match wins); else
             as `plans`
    Holds: a repeat of an answered check changes nothing
    """
    approvals, instalments, status = state.approvals, state.instalments, state.status
    on = asked.effective_on
    match command:
        case RecordEvidence():
            return _with_evidence(approvals, instalments, status, command, on, policies)
        case EndPlan():
            return _ended(approvals, instalments, status, command, on, policies)
        case JudgeResumption():
            return resuming.judge(approvals, instalments, status, command, on, policies)
        case PreCheckInstalment():
            pass
    about = disbursement_id(command.application, command.no)
    if (command.application, command.no) in instalments.answered:
        return []
    approval = approvals.by_application.get(command.application)
    waits = (command.application, command.no) in instalments.waiting
    if approval is None or approval.state != "granted" or approval.proposed is None:
        # the check that found it to wait, repeated after the grant was taken back
        return [] if waits else refuse(command, "NOT_GRANTED", about)
    part = next((part for part in approval.proposed.instalments if part.no == command.no), None)
    if part is None:
        return refuse(command, "NO_INSTALMENT", about)
    whole = plans.is_whole(instalments, command.application, part)
    if part.due_on is not None and part.due_on > on and not whole:
        return refuse(command, "NOT_YET_DUE", about)
    if approval.waits_for_its_year(part.no):
        return refuse(command, "YEAR_NOT_COMMITTED", about)
    if waits and not whole:
        return []  # its evidence brings the next check; the first one, repeated, must not act
    return _check(approvals, instalments, status, command.application, part, on, policies)


def _with_evidence(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: RecordEvidence,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Note what a month rests on; an instalment that has waited for it is paid at once, and what
    was paid on more than it gives is found."""
    facts = plans.record(approvals, instalments, command, policies)
    match facts:
        case [EvidenceRecorded(application=application, no=no) as recorded]:
            instalments_after = replace(instalments, evidence=dict(instalments.evidence))
            evolve(instalments_after, recorded, on)
            if (application, no) in instalments.paid:
                found = overpayments(
                    approvals, instalments_after, status, policies, only=application
                )
                return [*facts, *found]
            if (application, no) not in instalments.waiting:
                return facts
            part = part_of(approvals.by_application[application], no)
            assert part is not None
            day = max(on, part.due_on or on)
            return [
                *facts,
                *_check(approvals, instalments_after, status, application, part, day, policies),
            ]
        case _:
            return facts


def _ended(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: EndPlan,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """End a plan early, and find what was paid for months after its end."""
    facts = plans.end(approvals, instalments, command, policies)
    match facts:
        case [PlanEnded() as ended, *_]:
            instalments_after = replace(instalments)
            evolve(instalments_after, ended, on)
            found = overpayments(
                approvals, instalments_after, status, policies, only=ended.application
            )
            return [*facts, *found]
        case _:
            return facts


def _check(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    part: PlannedInstalment,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Stop, wait for, or pay one instalment that has fallen due.

    Holds: a part that pays for months is tested for those, one that is paid once for its day
    """
    approval = approvals.by_application[application]
    proposed = approval.proposed
    assert proposed is not None
    if not part.months:
        table = policies.duties.stops
        if found := stop_of(table, status, proposed.policy.programme, on, proposed.hired_on):
            return stopped(application, approval, instalments, (part,), found.reason, found.rule)
        due_now = _due(application, approval, proposed, part, part.amount)
        if is_advance(approvals, application):
            return [advanced(approval, due_now, on, policies)]
        return [due_now]
    taken = excluded_spans(policies.duties.stops, approvals, instalments, application, part)
    had = paid_by_month(approval, instalments, application)
    value = value_of(approvals, instalments, status, application, part, policies, taken, had)
    if value.stop is not None and not any(one.days for one in value.months):
        stop = value.stop
        return stopped(application, approval, instalments, (part,), stop.reason, stop.rule)
    if value.lacks and value.rule is not None:
        if (application, part.no) in instalments.waiting:
            return []
        waits = InstalmentWaits(
            application=application, no=part.no, needs=value.rule.rests_on, month=value.lacks
        )
        return [waits]
    if value.amount == 0:
        clause = f"plans/{value.rule.id}" if value.rule else ""
        return stopped(application, approval, instalments, (part,), "nothing_due", clause)
    months = tuple(
        MonthPaid(month=one.month, amount=one.amount) for one in value.months if one.amount
    )
    return [
        *reductions_of(application, approval, instalments, part, value),
        _due(application, approval, proposed, part, value.amount, months),
    ]


def _due(
    application: str,
    approval: Approval,
    proposed: Proposal,
    part: PlannedInstalment,
    amount: int,
    months: tuple[MonthPaid, ...] = (),
) -> InstalmentDue:
    return InstalmentDue(
        application=application,
        no=part.no,
        disbursement=disbursement_id(application, part.no),
        amount=amount,
        line=line_of(approval, part),
        programme=proposed.policy.programme,
        region=proposed.region,
        payee=proposed.payee,
        account=proposed.account,
        months=months,
    )
