"""Work a month out by what it rests on; end a plan early, whole or not."""

from fractions import Fraction

from events.ids import instalment_month
from events.instalments import EndPlan, EvidenceRecorded, PlanEnded, RecordEvidence
from events.values import Fact, PlannedInstalment
from policies.duties.plans import Plan
from policies.engine.registry import Policies
from policies.vocabulary.words import fraction
from services.deciders.beneficiary.instalments.stopping import stopped
from services.deciders.beneficiary.state.approvals import Approvals, Proposal
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.refusal import refuse


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
    if rule.share is not None and rule.share.most is not None:
        share = min(share, fraction(rule.share.most))
    return rule.due(planned, share, measure)


def record(
    approvals: Approvals, instalments: Instalments, command: RecordEvidence, policies: Policies
) -> list[Fact]:
    """Note what a month rests on.

    Refuses: NOT_GRANTED, NOT_RESTING, NO_INSTALMENT, ALREADY_PAID (and the evidence takes nothing
             from what was paid)  (first match wins)
    Holds: what a stopped month rests on is noted too: a person may let it be paid
    """
    about = instalment_month(command.application, command.month)
    approval = approvals.by_application.get(command.application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return refuse(command, "NOT_GRANTED", about)
    rule = rule_of(policies, approval.proposed)
    if rule is None or rule.rests_on != command.kind:
        return refuse(command, "NOT_RESTING", about)
    parts = [
        part
        for part in approval.proposed.instalments
        if any(one.month == command.month for one in part.months)
    ]
    if not parts:
        return refuse(command, "NO_INSTALMENT", about)
    # a month that was stopped and is planned again stands in two parts: the later one counts
    part = parts[-1]
    known = instalments.measure(command.application, part.no, command.month)
    if known == command.measure:
        return []
    if (command.application, part.no) in instalments.paid and not _falls(
        instalments, policies, approval.proposed, part, rule, command
    ):
        return refuse(command, "ALREADY_PAID", about)
    return [
        EvidenceRecorded(
            application=command.application,
            no=part.no,
            kind=command.kind,
            measure=command.measure,
            document=command.document,
            source=command.source,
            month=command.month,
        )
    ]


def _falls(
    instalments: Instalments,
    policies: Policies,
    proposed: Proposal,
    part: PlannedInstalment,
    rule: Plan,
    command: RecordEvidence,
) -> bool:
    """Tell whether evidence gives less for a paid month than what it was paid on."""
    planned = next(one.amount for one in part.months if one.month == command.month)
    known = instalments.measure(command.application, part.no, command.month)
    before = planned if known is None else worked_out(policies, rule, proposed, planned, known)
    return worked_out(policies, rule, proposed, planned, command.measure) < before


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
        return refuse(command, "NOT_GRANTED", command.application)
    plan = [part for part in approval.proposed.instalments if part.due_on is not None]
    ended_in = f"{command.ended_on:%Y-%m}"
    months = [one.month for part in plan for one in part.months]
    left = [month for month in months if month > ended_in]
    rule = rule_of(policies, approval.proposed)
    whole_term = None if rule is None else rule.whole_term
    whole = (
        command.because == "stable_job"
        and whole_term is not None
        and whole_term.holds(len(left), len(months), command.ended_on)
    )
    clause = f"plans/{rule.id}" if rule else ""
    later = [part for part in plan if part.months and part.months[-1].month > ended_in]
    ended = PlanEnded(
        application=command.application,
        ended_on=command.ended_on,
        because=command.because,
        whole=whole,
        left=len(left),
        months=len(months),
        document=command.document,
        source=command.source,
        rule=clause,
        at_once=tuple(part.no for part in later) if whole else (),
    )
    if whole:
        return [ended]
    gone = [part for part in later if part.months[0].month > ended_in]
    return [ended, *stopped(command.application, approval, instalments, gone, "ended", clause)]


def is_whole(instalments: Instalments, application: str, part: PlannedInstalment) -> bool:
    """Tell whether a month counts as served because its whole term does."""
    ended = instalments.ended.get(application)
    return part.due_on is not None and ended is not None and ended.whole
