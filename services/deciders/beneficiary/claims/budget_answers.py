"""Answer what a budget line says of a proposed claim: granted, held in its queue, lapsed, or too late."""

from events.approvals import (
    AnswerBudget,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    CommitmentDeclined,
    way_of,
)
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.claims.ceilings import ceiling_of, within
from services.deciders.beneficiary.instalments import extending, later_years
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
    if way_of(command.turn):
        return _of_a_later_way(state, approval, command)
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
        case "committed" | "queued", "granted" if command.turn >= approval.turn:
            return _of_another_line(approval, command)
        case _:
            return []


def _of_a_later_way(
    state: BeneficiaryState, approval: Approval, command: AnswerBudget
) -> list[Fact]:
    way = way_of(command.turn)
    ahead = next((one for one in approval.later if way_of(one.year.turn) == way), None)
    if ahead is not None:
        return later_years.answer(approval, ahead, state.instalments, command)
    return extending.answer(state.approvals, command)


def _of_another_line(approval: Approval, command: AnswerBudget) -> list[Fact]:
    """Give back what a granted claim's first way has found beyond the year that it was granted on:
    an earlier version of this code let it go on from line to line."""
    known = {item.line for item in approval.taken}
    if command.line in known:
        return []
    beyond = tuple(item for item in command.taken if item.line not in known)
    return _decline(command.model_copy(update={"taken": beyond}))


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
    proposed = within(approval.proposed, command.taken, command.ahead)
    return ApprovalGranted(
        application=command.application,
        attempt=command.attempt,
        policy=proposed.policy,
        amount=proposed.amount,
        instalments=proposed.instalments,
        taken=command.taken,
        payee=proposed.payee,
        turn=command.turn,
        later=later_years.years_ahead(proposed.instalments, command.ahead, command.taken),
    )
