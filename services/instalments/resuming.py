"""Let a person resume a stopped plan: no status does it by itself.

In:    a status told, JudgeResumption
Out:   ResumptionRaised; PlanResumed | PlanKeptStopped
Holds: a plan goes on from a day on which nothing stops it, by a document and for a reason.
"""

from datetime import date

from events.control import CommandRefused
from events.instalments import (
    JudgeResumption,
    PlanKeptStopped,
    PlanResumed,
    ResumptionRaised,
)
from events.status import StatusKind
from events.values import Fact
from policies.registry import Policies
from services.approvals.state import Approval, Approvals
from services.instalments import plans
from services.instalments.calendar import Span, spans, spans_of_status
from services.instalments.state import Instalments
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
        policies.duties.stops,
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
             (the status holds on the day, or the day is not after the stop)  (first match wins)
    Holds: a repeat of a resumption changes nothing
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
    household = stop.reason == "household"
    if command.since <= stop.begins or (
        not household and (over is None or command.since < over[1])
    ):
        return [_refused(command, "STILL_STOPPED")]
    return [PlanResumed(application=application, since=command.since, **said)]


def _refused(command: JudgeResumption, code: str) -> CommandRefused:
    return CommandRefused(command="JudgeResumption", code=code, about=command.application)
