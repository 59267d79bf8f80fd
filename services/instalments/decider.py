"""Decide whether an instalment that has fallen due may be paid, and how much of it."""

from datetime import date
from typing import assert_never

from events import streams
from events.advances import AdvanceGranted
from events.budgets import ReleaseBudget
from events.clawbacks import ProposeClawback
from events.control import CommandRefused
from events.disbursements import CancelPayment, Money, OrderPayment
from events.envelope import Asked, Recorded, follow_up
from events.instalments import (
    EndPlan,
    EvidenceRecorded,
    InstalmentDue,
    InstalmentReduced,
    InstalmentStopped,
    InstalmentWaits,
    OverpaymentFound,
    PlanEnded,
    PreCheckInstalment,
    RecordEvidence,
)
from events.values import Fact, PlannedInstalment
from policies.registry import Policies
from services.advances.granting import advanced, is_advance
from services.approvals.state import Approval, Approvals, Proposal
from services.instalments import plans
from services.instalments.lines import line_of
from services.instalments.state import Instalments, Paid
from services.instalments.stopping import exclusion_of, stop_of, stopped
from services.status.state import Status

InstalmentCommand = PreCheckInstalment | RecordEvidence | EndPlan
InstalmentFact = (
    EvidenceRecorded
    | InstalmentWaits
    | InstalmentReduced
    | PlanEnded
    | InstalmentDue
    | InstalmentStopped
    | OverpaymentFound
    | AdvanceGranted
)


def decide(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: InstalmentCommand,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Answer whether an instalment is paid now, or note what one rests on.

    Refuses: NOT_GRANTED, NO_INSTALMENT, NOT_YET_DUE  (first match wins); else as `plans`
    Holds: a repeat of an answered check changes nothing
    """
    match command:
        case RecordEvidence():
            return _with_evidence(approvals, instalments, status, command, on, policies)
        case EndPlan():
            return plans.end(approvals, instalments, command, policies)
        case PreCheckInstalment():
            pass
    about = f"{command.application}#{command.no}"
    if (command.application, command.no) in instalments.answered:
        return []
    approval = approvals.by_application.get(command.application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return [_refused("NOT_GRANTED", about)]
    part = next((part for part in approval.proposed.instalments if part.no == command.no), None)
    if part is None:
        return [_refused("NO_INSTALMENT", about)]
    whole = plans.is_whole(instalments, command.application, part.due_on)
    if part.due_on is not None and part.due_on > on and not whole:
        return [_refused("NOT_YET_DUE", about)]
    if (command.application, command.no) in instalments.waiting and not whole:
        return []  # its evidence brings the next check; the first one, repeated, must not act
    measure = instalments.evidence.get((command.application, part.no))
    return _check(approvals, instalments, status, command.application, part, measure, on, policies)


def _with_evidence(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: RecordEvidence,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Note what a month rests on; an instalment that has waited for it is paid at once."""
    facts = plans.record(approvals, instalments, command, policies)
    match facts:
        case [EvidenceRecorded(application=application, no=no, measure=measure)] if (
            application,
            no,
        ) in instalments.waiting:
            proposed = approvals.by_application[application].proposed
            assert proposed is not None
            part = next(part for part in proposed.instalments if part.no == no)
            day = max(on, part.due_on or on)
            return [
                *facts,
                *_check(approvals, instalments, status, application, part, measure, day, policies),
            ]
        case _:
            return facts


def _check(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    part: PlannedInstalment,
    measure: int | None,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Stop, wait for, or pay one instalment that has fallen due."""
    approval = approvals.by_application[application]
    proposed = approval.proposed
    assert proposed is not None
    table = policies.duties.stops
    # a whole term counts as served: the job that ended it does not stop it
    whole = plans.is_whole(instalments, application, part.due_on)
    found = stop_of(table, status, proposed.policy.programme, on)
    if whole and found is not None and found.reason != "deceased":
        found = None
    found = found or exclusion_of(table, approvals, instalments, application, on)
    if found is not None:
        return stopped(application, approval, instalments, (part,), found.reason, found.rule)
    rule = None if whole or part.due_on is None else plans.rule_of(policies, proposed)
    if rule is None:
        due_now = _due(application, approval, proposed, part, part.amount)
        if is_advance(approvals, application):
            return [advanced(approval, due_now, on, policies)]
        return [due_now]
    if measure is None:
        if (application, part.no) in instalments.waiting:
            return []
        return [InstalmentWaits(application=application, no=part.no, needs=rule.rests_on)]
    due = plans.worked_out(policies, rule, proposed, part.amount, measure)
    if due == 0:
        clause = f"plans/{rule.id}"
        return stopped(application, approval, instalments, (part,), "nothing_due", clause)
    return [
        *plans.reduced(application, approval, instalments, part, rule, due, measure),
        _due(application, approval, proposed, part, due),
    ]


def _due(
    application: str, approval: Approval, proposed: Proposal, part: PlannedInstalment, amount: int
) -> InstalmentDue:
    return InstalmentDue(
        application=application,
        no=part.no,
        disbursement=f"{application}#{part.no}",
        amount=amount,
        line=line_of(approval, part.due_on),
        programme=proposed.policy.programme,
        region=proposed.region,
        payee=proposed.payee,
        account=proposed.account,
    )


def _refused(code: str, about: str) -> CommandRefused:
    return CommandRefused(command="PreCheckInstalment", code=code, about=about)


def evolve(instalments: Instalments, fact: InstalmentFact, on: date) -> None:
    """Fold one fact of a legal day, in place."""
    match fact:
        case EvidenceRecorded():
            instalments.evidence[fact.application, fact.no] = fact.measure
        case InstalmentWaits():
            instalments.waiting |= {(fact.application, fact.no)}
        case InstalmentReduced():
            pass
        case PlanEnded():
            instalments.ended[fact.application] = fact.whole
        case InstalmentDue():
            instalments.answered[fact.application, fact.no] = "due"
            instalments.paid[fact.application, fact.no] = Paid(on, fact.amount)
            instalments.waiting -= {(fact.application, fact.no)}
        case InstalmentStopped():
            instalments.answered[fact.application, fact.no] = "stopped"
            instalments.waiting -= {(fact.application, fact.no)}
        case OverpaymentFound():
            instalments.overpaid |= {(fact.application, fact.no)}
        case AdvanceGranted():
            number = int(fact.disbursement.rpartition("#")[2])
            instalments.answered[fact.application, number] = "due"
        case _:
            assert_never(fact)


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Order the payment of what is due; give back what is not; propose to take back what was."""
    match recorded.body:
        case InstalmentDue() as fact:
            fund = streams.line_parts(fact.line)
            order = OrderPayment(
                disbursement=fact.disbursement,
                application=fact.application,
                instalment=fact.no,
                beneficiary=recorded.stream,
                account=fact.account,
                money=Money(
                    amount=fact.amount,
                    fund=fund[1],
                    district=fund[2],
                    programme=fact.programme,
                    line=fact.line,
                ),
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), order)]
        case InstalmentStopped() | InstalmentReduced() as fact:
            kept = fact.amount if isinstance(fact, InstalmentReduced) else 0
            planned = fact.planned if isinstance(fact, InstalmentReduced) else fact.amount
            release = ReleaseBudget(
                application=fact.application,
                attempt=fact.attempt,
                key=recorded.id,
                amount=planned - kept,
                reach="with_ceilings",
                still_planned=fact.still_planned,
            )
            return [follow_up(recorded, 0, fact.line, release)]
        case OverpaymentFound() as fact:
            proposal = ProposeClawback(
                clawback=f"{fact.disbursement}-{fact.reason}",
                application=fact.application,
                cause="not_entitled",
                document=fact.rule,
                reason=f"{fact.reason} {fact.since}",
                maker="rule:stops",
                amount=fact.amount,
            )
            payee = streams.payee(fact.payee)
            cancel = CancelPayment(
                disbursement=fact.disbursement,
                document=fact.rule,
                reason=proposal.reason,
                by=proposal.maker,
            )
            # what has not left yet is not sent; what has is asked back
            asks = [follow_up(recorded, 0, payee, cancel)] if fact.whole else []
            return [*asks, follow_up(recorded, 1, payee, proposal)]
        case _:
            return []
