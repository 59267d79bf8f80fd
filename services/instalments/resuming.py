"""Let a person resume a stopped plan: no status does it by itself.

In:    a status told, JudgeResumption
Out:   ResumptionRaised; PlanResumed | PlanKeptStopped
Holds: a plan goes on from a day on which nothing stops it, by a document and for a reason.
"""

from dataclasses import replace
from datetime import date

from events.control import CommandRefused
from events.instalments import (
    JudgeResumption,
    PlanKeptStopped,
    PlanResumed,
    ResumptionRaised,
)
from events.status import StatusKind
from events.values import Fact, MonthPaid, PlannedInstalment
from policies.duties.months import day_after
from policies.registry import Policies
from services.approvals.extending import further
from services.approvals.state import Approval, Approvals
from services.instalments import plans
from services.instalments.calendar import Span, spans, spans_of_status
from services.instalments.state import Instalments
from services.instalments.stopping import brought
from services.instalments.worth import worth_of
from services.status.state import Status


def stop_in_force(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    policies: Policies,
) -> Span | None:
    """Find what keeps a plan stopped until a person resumes it."""
    approval = approvals.by_application.get(application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return None
    if not any(part.due_on is not None and part.months for part in approval.proposed.instalments):
        return None
    found = spans(
        policies,
        status,
        instalments,
        application,
        approval,
        ahead=True,
        by_evidence=plans.rule_of(policies, approval.proposed) is not None,
    )
    return next((one for one in found if one.lasting and one.ends is None), None)


def over_since(
    approval: Approval, status: Status, stop: Span, policies: Policies
) -> tuple[StatusKind, date] | None:
    """Tell since when nothing stops a stopped plan any more, and which word said so."""
    assert approval.proposed is not None
    found = spans_of_status(policies.duties.stops, status, approval.proposed.policy.programme)
    held = [one for one in found if one.lasting and (one.ends is None or one.ends > stop.begins)]
    if stop.reason in ("household", "ended") or any(one.ends is None for one in held):
        return None
    day = max(one.ends for one in held if one.ends is not None)
    said = next((kind for kind, since, _ in sorted(status.seen) if since == day), None)
    return None if said is None else (said, day)


def raised(
    approvals: Approvals, instalments: Instalments, status: Status, policies: Policies
) -> list[Fact]:
    """Raise every stopped plan that nothing stops any more, once for each day since which."""
    facts: list[Fact] = []
    for application, approval in approvals.by_application.items():
        stop = stop_in_force(approvals, instalments, status, application, policies)
        over = stop and over_since(approval, status, stop, policies)
        if stop is None or over is None or (application, over[1]) in instalments.raised:
            continue
        if not _any_left(approval, over[1]):
            continue
        facts.append(
            ResumptionRaised(
                application=application,
                stopped_by=stop.reason,
                stopped_since=stop.since,
                status=over[0],
                since=over[1],
            )
        )
    return facts


def _any_left(approval: Approval, since: date) -> bool:
    """Tell whether a plan has months that end after a day."""
    assert approval.proposed is not None
    return any(
        one.month >= f"{since:%Y-%m}"
        for part in approval.proposed.instalments
        if part.due_on is not None
        for one in part.months
    )


def judge(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: JudgeResumption,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Let a stopped plan go on, or say that it stays stopped.

    Refuses: NOT_GRANTED, NO_REASON (document, reason or name blank), NOT_STOPPED, STILL_STOPPED
             (the status holds on the day, or the day is not after the stop), EXTENSION_WAITS (its
             money is not found yet)  (first match wins)
    Holds: a repeat of a resumption changes nothing; months that were stopped meanwhile are planned
           again, as far as they lie after the day
    """
    application = command.application
    approval = approvals.by_application.get(application)
    if (application, command.since) in instalments.resumed and command.verdict == "resume":
        return []
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return [_refused(command, "NOT_GRANTED")]
    if not all(said.strip() for said in (command.by, command.document, command.reason)):
        return [_refused(command, "NO_REASON")]
    stop = stop_in_force(approvals, instalments, status, application, policies)
    if stop is None:
        return [_refused(command, "NOT_STOPPED")]
    said = {"by": command.by, "document": command.document, "reason": command.reason}
    if command.verdict == "stay":
        return [PlanKeptStopped(application=application, **said)]
    over = over_since(approval, status, stop, policies)
    if command.since <= stop.begins or over is None or command.since < over[1]:
        return [_refused(command, "STILL_STOPPED")]
    if approval.extension is not None:
        return [_refused(command, "EXTENSION_WAITS")]
    resumed = PlanResumed(application=application, since=command.since, **said)
    knowing = replace(instalments, resumed=instalments.resumed | {(application, command.since)})
    again = _again(approvals, knowing, status, command, on, policies)
    return [resumed, *again]


def _again(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    command: JudgeResumption,
    on: date,
    policies: Policies,
) -> list[Fact]:
    """Plan again what was stopped of a plan and is due now, as further parts of it."""
    application = command.application
    approval = approvals.by_application[application]
    assert approval.proposed is not None
    had = brought(approval, instalments, application)
    planned: dict[str, int] = {}
    for part in approval.proposed.instalments:
        answered = (application, part.no) in instalments.answered
        if part.due_on is None or not answered:
            continue
        worth = worth_of(approvals, instalments, status, application, part, policies, had=had)
        for one in worth.months:
            if one.month >= f"{command.since:%Y-%m}" and one.amount:
                planned[one.month] = one.planned
    if not planned:
        return []
    first = max(part.no for part in approval.proposed.instalments) + 1
    parts = tuple(
        PlannedInstalment(
            no=no,
            amount=fen,
            due_on=max(day_after(month), on),
            months=(MonthPaid(month=month, amount=fen),),
        )
        for no, (month, fen) in enumerate(sorted(planned.items()), first)
    )
    return [further(approval, application, parts, on, command.by, "", "stops/R1")]


def _refused(command: JudgeResumption, code: str) -> CommandRefused:
    return CommandRefused(command="JudgeResumption", code=code, about=command.application)
