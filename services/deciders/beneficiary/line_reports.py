"""Which decisions an employer's batch must hear of: those on its lines.

A line's application is named ``source:application:line``, so it names its batch by itself.
"""

from typing import Any

from events import approvals, streams
from events.applications import ApplicationWithdrawn
from events.envelope import Asked, Recorded, follow_up
from events.ids import application_parts, submission_of
from events.submissions import ReportLine

ORDINAL = 1000
"""Behind whatever else a decision leads to, so that no two follow-ups share an id."""


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Report a line's decision to its batch; an application by itself has none.

    Holds: a pure function of one committed fact; a reviewer's own words stay where they were said
    """
    application = getattr(recorded.body, "application", "")
    if not application_parts(application).line:
        return []
    decision = _decision(recorded)
    report = ReportLine(
        application=application,
        seq=recorded.seq,
        outcome=decision["outcome"],
        amount=decision.get("amount"),
        code=decision.get("code", ""),
        failing=decision.get("failing", ()),
        policy=decision.get("policy"),
    )
    submission = streams.submission(submission_of(application))
    return [follow_up(recorded, ORDINAL, submission, report)]


def _decision(recorded: Recorded) -> dict[str, Any]:
    match recorded.body:
        case approvals.ApprovalGranted() as fact:
            return {"outcome": "granted", "amount": fact.amount, "policy": fact.policy}
        case approvals.ApprovalDenied() as fact:
            return {
                "outcome": "denied",
                "code": fact.code,
                "failing": fact.failing,
                "policy": fact.policy,
            }
        case approvals.ApprovalReferred() as fact:
            open_nodes = tuple(node for node, ok, _, _ in fact.trail if ok is None)
            return {
                "outcome": "referred",
                "code": fact.code,
                "failing": open_nodes,
                "policy": fact.policy,
            }
        case approvals.ApprovalHeld():
            return {"outcome": "held", "code": "HELD"}
        case approvals.ApprovalLapsed():
            return {"outcome": "lapsed", "code": "LAPSED"}
        case ApplicationWithdrawn():
            return {"outcome": "withdrawn"}
        case approvals.ApprovalRevoked():
            return {"outcome": "revoked", "code": "REVOKED"}
        case other:
            raise AssertionError(f"{type(other).__name__} decides nothing about a line")
