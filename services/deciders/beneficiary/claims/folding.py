"""Fold what was decided about one beneficiary's claims: states, caps, answers heard."""

from typing import assert_never

from events.approvals import (
    ApprovalDenied,
    ApprovalExtended,
    ApprovalFact,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalReferred,
    ApprovalRevoked,
    ApprovalWithdrawn,
    CeilingStated,
    CommitmentDeclined,
    ExtensionLapsed,
    ExtensionProposed,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
    ServiceLeftEarly,
)
from events.deadlines import DeadlineMissed
from events.payees import MarkNoted
from events.promises import PromiseMade
from services.deciders.beneficiary.instalments import extending, later_years
from services.deciders.beneficiary.state.approvals import (
    Approval,
    Approvals,
    Proposal,
    State,
    YearAhead,
)

ClaimFact = ApprovalFact | PromiseMade | DeadlineMissed | MarkNoted
"""What changes approvals."""


def evolve(approvals: Approvals, fact: ClaimFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case ApprovalProposed():
            proposal = Proposal(
                fact.policy,
                fact.amount,
                fact.instalments,
                fact.payee,
                fact.account,
                fact.region,
            )
            approvals.by_application[fact.application] = Approval(
                "proposed", fact.attempt, proposal
            )
            approvals.caps.take(fact.application, fact.slots)
        case PromiseMade() | DeadlineMissed() | ServiceLeftEarly() | MarkNoted():
            _note(approvals, fact)
        case ApprovalDenied() | ApprovalReferred():
            state: State = "denied" if isinstance(fact, ApprovalDenied) else "referred"
            approvals.end(fact.application, state)
        case ApprovalGranted():
            _grant(approvals.by_application[fact.application], fact)
        case ApprovalHeld():
            approval = approvals.by_application[fact.application]
            approval.state, approval.queued_on, approval.turn = "held", fact.line, fact.turn
            approval.taken = fact.taken
            approvals.heard |= {(fact.application, fact.attempt, fact.turn, "queued")}
        case ApprovalLapsed():
            approvals.by_application[fact.application].state = "lapsed"
            approvals.caps.give_back(fact.application)
        case ApprovalWithdrawn():
            approval = approvals.by_application[fact.application]
            if approval.state == "granted":  # the answer that granted it may come once more
                key = (fact.application, fact.attempt, approval.turn, "committed")
                approvals.heard |= {key}
            approval.state = "withdrawn"
            approvals.caps.give_back(fact.application)
        case ExtensionProposed() | ApprovalExtended() | ExtensionLapsed():
            extending.evolve(approvals, fact)
        case LaterYearHeld() | LaterYearCommitted() | LaterYearLapsed() | LaterYearDropped():
            later_years.evolve(approvals, fact)
        case CeilingStated():
            pass  # the ceiling's own line keeps it
        case ApprovalRevoked():
            approval = approvals.by_application[fact.application]
            approval.state = "revoked"
            approvals.heard |= {(fact.application, fact.attempt, approval.turn, "committed")}
            if fact.gives_back_slots:
                approvals.caps.give_back(fact.application)
        case CommitmentDeclined():
            outcome = "queued" if fact.queued_on else "committed"
            key = (fact.application, fact.attempt, fact.turn, outcome)
            approvals.heard |= {key}
        case _:
            assert_never(fact)


def _grant(approval: Approval, fact: ApprovalGranted) -> None:
    approval.state, approval.taken, approval.queued_on = "granted", fact.taken, None
    approval.turn = fact.turn
    approval.later = tuple(YearAhead(one, one.line) for one in fact.later)
    if fact.later:
        approval.extension_turn = fact.later[-1].turn
    if approval.proposed and approval.proposed.amount != fact.amount:
        approval.proposed = approval.proposed._replace(
            amount=fact.amount, instalments=fact.instalments
        )


def _note(
    approvals: Approvals, fact: PromiseMade | DeadlineMissed | ServiceLeftEarly | MarkNoted
) -> None:
    match fact:
        case PromiseMade():
            approvals.by_application[fact.application] = Approval("promised", fact.attempt)
        case DeadlineMissed():
            approvals.late |= {fact.application}
        case ServiceLeftEarly():
            approvals.left_early |= {fact.application}
        case MarkNoted():
            approvals.marks |= {fact.document}
