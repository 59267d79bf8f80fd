"""Early requests: keep what upstream asks of an application before its time, and ask it again in time.

In:   commands from messages; the facts that they, or what they wait for, led to
Out:  RequestKept, RequestTakenUp, and the command again as its follow-up
Holds: only what a message asks is kept: staff are told at once; one message is kept once, and asked
       again under an id that follows from the fact; no more than `MOST_KEPT` wait for an application
"""

import orjson

from events import approvals as appr
from events.advances import GrantAdvance
from events.applications import ApplicationFiled
from events.approvals import ExtendApproval, ReviewApplication, RevokeApproval
from events.codec import command_of, encode_command
from events.early import RequestKept, RequestTakenUp
from events.envelope import Asked, Recorded
from events.ids import derived_id, message_of
from events.instalments import EndPlan, RecordEvidence
from events.values import Fact
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.early_requests import EarlyRequests

MOST_KEPT = 50

OfGrant = RevokeApproval | GrantAdvance | ExtendApproval | EndPlan | RecordEvidence
"""What rests on a grant, so that it waits while the budget is asked."""

_ANSWERS = (
    ApplicationFiled
    | appr.ApprovalGranted
    | appr.ApprovalDenied
    | appr.ApprovalReferred
    | appr.ApprovalHeld
    | appr.ApprovalLapsed
)
_UNANSWERED = ("proposed", "promised")


def kept_for_later(
    early: EarlyRequests,
    applications: Applications,
    approvals: Approvals,
    asked: Asked,
    proposal: Asked | None = None,
) -> list[Fact] | None:
    """Keep a request whose time has not come; None for one that is to be decided now.

    `proposal` is the command that it came in, where it takes two people: that is asked again.
    """
    command = asked.body
    if not isinstance(command, ReviewApplication | OfGrant) or not message_of(asked.by)[0]:
        return None
    waiting = early.get(command.application, ())
    if len(waiting) >= MOST_KEPT:
        return None
    approval = approvals.by_application.get(command.application)
    unanswered = approval is not None and approval.state in _UNANSWERED
    if command.application in applications.filed and not (
        unanswered and isinstance(command, OfGrant)
    ):
        return None
    raw = encode_command(proposal or asked).decode()
    name = type(command).__name__
    return [RequestKept(application=command.application, command=name, raw=raw)]


def taken_up(early: EarlyRequests, facts: list[Fact]) -> list[Fact]:
    """Take up what has waited for one of these facts, behind them."""
    if not early:
        return facts
    ready = dict.fromkeys(fact.application for fact in facts if isinstance(fact, _ANSWERS))
    again = [
        RequestTakenUp(**dict(request))
        for application in ready
        for request in early.get(application, ())
    ]
    return [*facts, *again]


def evolve(early: EarlyRequests, fact: RequestKept | RequestTakenUp) -> EarlyRequests:
    """Fold one fact."""
    waiting = early.get(fact.application, ())
    if isinstance(fact, RequestKept):
        return {**early, fact.application: (*waiting, fact)}
    left = tuple(request for request in waiting if request.raw != fact.raw)
    return {name: found for name, found in {**early, fact.application: left}.items() if found}


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask once more what was taken up, as of its own day."""
    match recorded.body:
        case RequestTakenUp(raw=raw):
            asked = command_of(orjson.loads(raw))
            again = derived_id(recorded.id, 0)
            return [asked._replace(id=again, stream=recorded.stream, sent_at=recorded.recorded_at)]
        case _:
            return []
