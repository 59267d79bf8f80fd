"""Let a person resume a stopped plan: no status does it by itself.

In:    a status told, JudgeResumption
Out:   ResumptionRaised; PlanResumed | PlanKeptStopped
Holds: a plan goes on from a day on which nothing stops it, by a document and for a reason.
"""

from dataclasses import replace
from datetime import date

from events.canonical import has_words
from events.instalments import (
    JudgeResumption,
    PlanKeptStopped,
    PlanResumed,
    ResumptionRaised,
)
from events.status import RecordStatus, StatusKind
from events.values import Fact, MonthPaid, PlannedInstalment
from policies.duties.months import day_after
from policies.engine.registry import Policies
from services.deciders.beneficiary.instalments import plans
from services.deciders.beneficiary.instalments.calendar import (
    StopSpan,
    is_ahead,
    stop_spans,
    stop_spans_of_status,
)
from services.deciders.beneficiary.instalments.extending import further
from services.deciders.beneficiary.instalments.month_values import value_of
from services.deciders.beneficiary.instalments.stopping import excluded_spans, paid_by_month
from services.deciders.beneficiary.state.approvals import Approval, Approvals
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.status import Status
from services.deciders.refusal import refuse


def stop_in_force(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    policies: Policies,
) -> StopSpan | None:
    """Find what keeps a plan stopped until a person resumes it."""
    approval = approvals.by_application.get(application)
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return None
    if not any(part.months and is_ahead(approval, part) for part in approval.proposed.instalments):
        return None
    found = stop_spans(
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
    approval: Approval, status: Status, stop: StopSpan, policies: Policies
) -> tuple[StatusKind, date] | None:
    """Tell since when nothing stops a stopped plan any more, and which word said so."""
    proposed = approval.proposed
    assert proposed is not None
    found = stop_spans_of_status(
        policies.duties.stops, status, proposed.policy.programme, proposed.hired_on
    )
    held = [one for one in found if one.lasting and (one.ends is None or one.ends > stop.begins)]
    if stop.reason in ("household", "ended") or any(one.ends is None for one in held):
        return None
    day = max(one.ends for one in held if one.ends is not None)
    ended_by = next((kind for kind, since, _ in sorted(status.reported) if since == day), None)
    return None if ended_by is None else (ended_by, day)


def raise_resumptions(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    reported_status: RecordStatus,
    policies: Policies,
) -> list[Fact]:
    """Raise what a status leaves to a person: a stopped plan that nothing stops any more, months
    that were not paid and are due as things are known now; once for each day."""
    facts: list[Fact] = []
    for application, approval in approvals.by_application.items():
        if approval.state != "granted" or approval.proposed is None:
            continue
        stop = stop_in_force(approvals, instalments, status, application, policies)
        over = stop and over_since(approval, status, stop, policies)
        if stop is not None and over is not None and _any_left(approval, over[1]):
            found = (stop.reason, stop.since, *over)
        elif owed := arrears(approvals, instalments, status, application, policies):
            (month, no) = min((month, no) for month, (no, _) in owed.items())
            first = date.fromisoformat(f"{month}-01")
            reason = instalments.stopped_for.get((application, no), "ended")
            found = (reason, first, reported_status.status, first)
        else:
            continue
        if (application, found[3]) not in instalments.raised:
            facts.append(
                ResumptionRaised(
                    application=application,
                    stopped_by=found[0],
                    stopped_since=found[1],
                    status=found[2],
                    since=found[3],
                )
            )
    return facts


def arrears(
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    policies: Policies,
) -> dict[str, tuple[int, int]]:
    """Find the months that were stopped, wholly or in part, and are due as things are known now: by
    month, the part that stood for it and what it was planned at."""
    approval = approvals.by_application[application]
    assert approval.proposed is not None
    had = paid_by_month(approval, instalments, application)
    waiting = {
        one.month
        for part in approval.proposed.instalments
        if (application, part.no) not in instalments.answered
        for one in part.months
    }
    owed: dict[str, tuple[int, int]] = {}
    for part in approval.proposed.instalments:
        key = (application, part.no)
        if key not in instalments.stopped_for and key not in instalments.undue:
            continue
        taken = excluded_spans(policies.duties.stops, approvals, instalments, application, part)
        value = value_of(approvals, instalments, status, application, part, policies, taken, had)
        for one in value.months:
            if one.amount and one.month not in waiting:
                owed[one.month] = (part.no, one.planned)
    return owed


def _any_left(approval: Approval, since: date) -> bool:
    """Tell whether a plan has months that end after a day."""
    assert approval.proposed is not None
    return any(
        one.month >= f"{since:%Y-%m}"
        for part in approval.proposed.instalments
        if is_ahead(approval, part)
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
             (the status holds on the day, or nothing was held back from it on), EXTENSION_WAITS
             (its money is not found yet)  (first match wins)
    Holds: a repeat by the same document changes nothing; what was held back from the day on and is
           due as things are known now is planned again
    """
    application = command.application
    approval = approvals.by_application.get(application)
    key = (application, command.since, command.document)
    if key in instalments.resumed and command.verdict == "resume":
        return []
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return refuse(command, "NOT_GRANTED", command.application)
    if not all(map(has_words, (command.by, command.document, command.reason))):
        return refuse(command, "NO_REASON", command.application)
    stop = stop_in_force(approvals, instalments, status, application, policies)
    owed = arrears(approvals, instalments, status, application, policies)
    if stop is None and not owed:
        return refuse(command, "NOT_STOPPED", command.application)
    signed = {"by": command.by, "document": command.document, "reason": command.reason}
    if command.verdict == "stay":
        return [PlanKeptStopped(application=application, **signed)]
    if stop is not None and command.since > stop.begins:
        over = over_since(approval, status, stop, policies)
        if over is None or command.since < over[1]:
            return refuse(command, "STILL_STOPPED", command.application)
    elif not any(month >= f"{command.since:%Y-%m}" for month in owed):
        return refuse(command, "STILL_STOPPED", command.application)
    if approval.extensions:
        return refuse(command, "EXTENSION_WAITS", command.application)
    resumed = PlanResumed(application=application, since=command.since, **signed)
    instalments_after = replace(instalments, resumed=instalments.resumed | {key})
    again = _again(approvals, instalments_after, status, command, on, policies)
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
    planned = {
        month: fen
        for month, (_, fen) in arrears(
            approvals, instalments, status, application, policies
        ).items()
        if month >= f"{command.since:%Y-%m}"
    }
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
    return [*further(approval, application, parts, on, command.by, "", "stops/R1")]
