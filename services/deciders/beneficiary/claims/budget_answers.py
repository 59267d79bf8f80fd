"""Answer what a budget line says of a proposed claim: granted, held in its queue, lapsed, or too late."""

from events.approvals import (
    EXTENSION_TURN,
    AnswerBudget,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    CommitmentDeclined,
)
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.claims.ceilings import ceiling_of, within
from services.deciders.beneficiary.instalments import extending
from services.deciders.beneficiary.state.approvals import Approval
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState


def answer_budget(
    state: BeneficiaryState, command: AnswerBudget, asked: Asked, policies: Policies
) -> list[Fact]:
    """Answer a budget line.

    Holds: an answer that nobody waits for gives its money back, once; a repeat changes nothing
    """
    approvals = state.approvals
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
