"""Decide whether a claim that had to be paid by a day is late, as far as its own history knows."""

from events.deadlines import CheckDeadline, DeadlineMissed, Stage
from events.envelope import Asked
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState


def check(
    state: BeneficiaryState, command: CheckDeadline, asked: Asked, policies: Policies
) -> list[Fact]:
    """Say that a claim is undecided, or granted without a payment ordered.

    Holds: once a claim; whether an ordered payment has arrived is for the payee's history to say
    """
    approvals = state.approvals
    claim = state.applications.filed.get(command.application)
    if claim is None or claim.withdrawn or command.application in approvals.late:
        return []
    approval = approvals.by_application.get(command.application)
    stands = "filed" if approval is None else approval.state
    if stands in ("denied", "withdrawn", "revoked"):
        return []
    stage: Stage = "undecided"
    if approval is not None and approval.proposed is not None and stands == "granted":
        planned = [(command.application, part.no) for part in approval.proposed.instalments]
        if all(key in state.instalments.answered for key in planned):
            return []
        stage = "not_ordered"
    return [DeadlineMissed(stage=stage, **dict(command))]
