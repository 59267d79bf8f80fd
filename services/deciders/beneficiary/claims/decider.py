"""Decide whether money is due, ask for it, and answer what the budget says."""

from datetime import date

from events.applications import (
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    Stated,
)
from events.approvals import (
    EXTENSION_TURN,
    AnswerBudget,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalWithdrawn,
    CommitmentDeclined,
    ReviewApplication,
)
from events.promises import AnswerPromise
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.claims.ceilings import ceiling_of, within
from services.deciders.beneficiary.claims.history_record import HistoryRecord
from services.deciders.beneficiary.claims.judgement import approve_by_review, judge, untrusted
from services.deciders.beneficiary.instalments import extending
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approval, Approvals
from services.deciders.refusal import refuse


def decide_claim(
    applications: Applications,
    approvals: Approvals,
    filing: list[Fact],
    on: date,
    policies: Policies,
    record: HistoryRecord,
) -> list[Fact]:
    """Add to what `filing` says of a claim what is decided about its money.

    Holds: a claim is judged on the last content that `filing` gives it, and one that was taken
           back is not judged; money under way for earlier content is given back first
    """
    match filing:
        case [ApplicationFiled(application=application, stated=stated), *later]:
            if application in applications.withdrawn_early:
                return filing
            stated = _last_stated(stated, later)
            judged = judge(
                approvals.caps, application, 1, stated, on, policies, record, marks=approvals.marks
            )
            return [*filing, *judged]
        case [
            ApplicationCorrected(before_filing=False, application=application, stated=stated),
            *later,
        ]:
            stated = _last_stated(stated, later)
            return _judge_again(approvals, filing, application, stated, on, policies, record)
        case [ApplicationWithdrawn(before_filing=False, application=application)]:
            return [*filing, *take_back(approvals, application)]
        case _:
            return filing


def _last_stated(stated: Stated, later: list[Fact]) -> Stated:
    for fact in later:
        if isinstance(fact, ApplicationCorrected):
            stated = fact.stated
    return stated


def _judge_again(
    approvals: Approvals,
    filing: list[Fact],
    application: str,
    stated: Stated,
    on: date,
    policies: Policies,
    record: HistoryRecord,
) -> list[Fact]:
    earlier = approvals.by_application[application]
    undone = take_back(approvals, application)
    attempt = earlier.attempt + 1
    caps = approvals.caps.without(application) if undone else approvals.caps
    judged = judge(caps, application, attempt, stated, on, policies, record, marks=approvals.marks)
    return [*filing, *undone, *judged]


def take_back(approvals: Approvals, application: str) -> list[Fact]:
    """Give back what is under way for an application, or was granted."""
    approval = approvals.by_application.get(application)
    if approval is None or approval.state not in ("proposed", "held", "granted"):
        return []
    return [
        ApprovalWithdrawn(
            application=application,
            attempt=approval.attempt,
            taken=approval.taken,
            queued_on=approval.queued_on,
        )
    ]


def review(
    applications: Applications,
    approvals: Approvals,
    command: ReviewApplication,
    on: date,
    policies: Policies,
    record: HistoryRecord,
) -> list[Fact]:
    """Answer a person's judgement of a referred application.

    Refuses: NOT_FILED, WITHDRAWN, NOT_REFERRED, then as `approve_by_review`  (first match wins)
    """
    claim = applications.filed.get(command.application)
    approval = approvals.by_application.get(command.application)
    if claim is None or approval is None:
        return refuse(command, "NOT_FILED", command.application)
    if claim.withdrawn:
        return refuse(command, "WITHDRAWN", command.application)
    if approval.state != "referred":
        return refuse(command, "NOT_REFERRED", command.application)
    if command.verdict == "deny":
        return [
            ApprovalDenied(
                application=command.application,
                code="REVIEWED",
                failing=(),
                policy=None,
                trail=(),
                text=command.reason,
                reviewer=command.reviewer,
            )
        ]
    return approve_by_review(approvals.caps, approval, claim.stated, command, on, policies, record)


def answer_budget(approvals: Approvals, command: AnswerBudget) -> list[Fact]:
    """Answer a budget line.

    Holds: an answer that nobody waits for gives its money back, once; a repeat changes nothing
    """
    if (command.application, command.attempt, command.turn, command.outcome) in approvals.heard:
        return []
    approval = approvals.by_application.get(command.application)
    current = approval is not None and approval.attempt == command.attempt
    if approval is None or not current or approval.state not in ("proposed", "held", "granted"):
        return _decline(command)
    if command.turn >= EXTENSION_TURN:
        return extending.answer(approvals, command)
    # Answers of two lines may cross: the claim waits where it was queued last.
    later = approval.state == "proposed" or command.turn > approval.turn
    match command.outcome, approval.state:
        case "committed", "proposed" | "held":
            return [_granted(approval, command)]
        case "queued", "proposed" | "held" if later:
            return [
                ApprovalHeld(
                    application=command.application,
                    attempt=command.attempt,
                    line=command.line,
                    turn=command.turn,
                    taken=command.taken,
                )
            ]
        case "ceiling", "proposed" | "held":
            return _over_ceiling(approval, command)
        case "lapsed", "proposed" | "held":
            return [
                ApprovalLapsed(
                    application=command.application, attempt=command.attempt, line=command.line
                )
            ]
        case _:
            return []


def _over_ceiling(approval: Approval, command: AnswerBudget) -> list[Fact]:
    """Deny what a shared ceiling has no room for; its slots are free again."""
    assert approval.proposed is not None
    name = ceiling_of(command.line)
    return [
        ApprovalLapsed(application=command.application, attempt=command.attempt, line=command.line),
        ApprovalDenied(
            application=command.application,
            code="CAP_REACHED",
            failing=(name,),
            policy=approval.proposed.policy,
            trail=((name, False, "已满", "共同上限"),),
            text=f"共同上限已满：{name}",
        ),
    ]


def _decline(command: AnswerBudget) -> list[Fact]:
    if command.outcome in ("lapsed", "ceiling"):
        return []
    return [
        CommitmentDeclined(
            application=command.application,
            attempt=command.attempt,
            turn=command.turn,
            taken=command.taken,
            queued_on=command.line if command.outcome == "queued" else None,
        )
    ]


def _granted(approval: Approval, command: AnswerBudget) -> ApprovalGranted:
    assert approval.proposed is not None
    proposed = within(approval.proposed, command.taken)
    return ApprovalGranted(
        application=command.application,
        attempt=command.attempt,
        policy=proposed.policy,
        amount=proposed.amount,
        instalments=proposed.instalments,
        taken=command.taken,
        payee=proposed.payee,
        turn=command.turn,
    )


def answer_promise(
    applications: Applications,
    approvals: Approvals,
    command: AnswerPromise,
    on: date,
    policies: Policies,
    record: HistoryRecord,
) -> list[Fact]:
    """Go on with a claim that rests on a promise, now that the payee's history has answered.

    Holds: an answer that nobody waits for (taken back, corrected) changes nothing
    """
    claim = applications.filed.get(command.application)
    approval = approvals.by_application.get(command.application)
    if claim is None or approval is None or claim.withdrawn:
        return []
    if (approval.state, approval.attempt) != ("promised", command.attempt):
        return []
    caps, application = approvals.caps, command.application
    if not command.accepted:
        return untrusted(caps, application, claim.stated, command.grade, policies, record)
    return judge(
        caps,
        application,
        command.attempt,
        claim.stated,
        on,
        policies,
        record,
        trusted=True,
        marks=approvals.marks,
    )
