"""Work a month out by what it rests on; end a plan early, whole or not."""

from datetime import date
from fractions import Fraction

from events.control import CommandRefused
from events.instalments import (
    EndPlan,
    EvidenceRecorded,
    InstalmentReduced,
    PlanEnded,
    RecordEvidence,
)
from events.values import Fact, PlannedInstalment
from policies.duties.plans import Plan
from policies.registry import Policies
from policies.words import fraction
from services.approvals.state import Approval, Approvals, Proposal
from services.instalments.lines import line_of, still_planned
from services.instalments.state import Instalments
from services.instalments.stopping import stopped


def rule_of(policies: Policies, proposed: Proposal) -> Plan | None:
    """Find the rule of a plan, None where each month is due as it was planned."""
    return policies.duties.plans.of(proposed.policy.programme, proposed.policy.version)


def worked_out(
    policies: Policies, rule: Plan, proposed: Proposal, planned: int, measure: int
) -> int:
    """Tell what is due for a month, by what was contributed or served."""
    share = Fraction(0)
    if rule.share is not None and rule.share.value is not None:
        share = fraction(rule.share.value)
    elif rule.share is not None and rule.share.param is not None:
        figure = policies.standards.figure(rule.share.param, proposed.region)
        stated = figure.on(str(rule.from_))
        share = stated if isinstance(stated, Fraction) else Fraction(1)
    return rule.due(planned, share, measure)


def reduced(
    application: str,
    approval: Approval,
    instalments: Instalments,
    part: PlannedInstalment,
    rule: Plan,
    due: int,
    measure: int,
) -> list[Fact]:
    """Say that less is due than was planned, if it is."""
    if due == part.amount:
        return []
    line = line_of(approval, part.due_on)
    others = still_planned(approval, instalments, application, line, (part.no,))
    return [
        InstalmentReduced(
            application=application,
            no=part.no,
            attempt=approval.attempt,
            planned=part.amount,
            amount=due,
            line=line,
            kind=rule.rests_on,
            measure=measure,
            rule=f"plans/{rule.id}",
            still_planned=others + due,
        )
    ]


def record(
    approvals: Approvals, instalments: Instalments, command: RecordEvidence, policies: Policies
) -> list[Fact]:
    """Note what a month rests on.

    Refuses: NOT_GRANTED, NOT_RESTING, NO_INSTALMENT, ALREADY_PAID  (first match wins)
    """
    approval = approvals.by_application.get(command.application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return [_refused(command, "NOT_GRANTED")]
    rule = rule_of(policies, approval.proposed)
    if rule is None or rule.rests_on != command.kind:
        return [_refused(command, "NOT_RESTING")]
    part = next(
        (p for p in approval.proposed.instalments if f"{p.due_on}"[:7] == command.month), None
    )
    if part is None:
        return [_refused(command, "NO_INSTALMENT")]
    key = (command.application, part.no)
    if instalments.evidence.get(key) == command.measure:
        return []
    if key in instalments.answered:
        return [_refused(command, "ALREADY_PAID")]
    return [
        EvidenceRecorded(
            application=command.application,
            no=part.no,
            kind=command.kind,
            measure=command.measure,
            document=command.document,
            source=command.source,
        )
    ]


def end(
    approvals: Approvals, instalments: Instalments, command: EndPlan, policies: Policies
) -> list[Fact]:
    """End a plan early: the rest counts whole by its clause, or is stopped.

    Refuses: NOT_GRANTED  (first match wins)
    Holds: the month in which it ended is paid by its evidence; a repeat changes nothing
    """
    if command.application in instalments.ended:
        return []
    approval = approvals.by_application.get(command.application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return [_refused(command, "NOT_GRANTED")]
    plan = approval.proposed.instalments
    left = [part for part in plan if part.due_on is not None and part.due_on > command.ended_on]
    rule = rule_of(policies, approval.proposed)
    whole_term = None if rule is None else rule.whole_term
    whole = (
        command.because == "stable_job"
        and whole_term is not None
        and whole_term.holds(len(left), len(plan), command.ended_on)
    )
    clause = f"plans/{rule.id}" if rule else ""
    ended = PlanEnded(
        application=command.application,
        ended_on=command.ended_on,
        because=command.because,
        whole=whole,
        left=len(left),
        months=len(plan),
        document=command.document,
        source=command.source,
        rule=clause,
    )
    if whole:
        return [ended]
    return [ended, *stopped(command.application, approval, instalments, left, "ended", clause)]


def is_whole(instalments: Instalments, application: str, due_on: date | None) -> bool:
    """Tell whether a month counts as served because its whole term does."""
    return due_on is not None and instalments.ended.get(application, False)


def _refused(command: RecordEvidence | EndPlan, code: str) -> CommandRefused:
    about = command.application
    if isinstance(command, RecordEvidence):
        about = f"{about}#{command.month}"
    return CommandRefused(command=type(command).__name__, code=code, about=about)
