"""Decide whether a claim that had to be paid by a day is late, as far as its own history knows."""

from events.deadlines import CheckDeadline, DeadlineMissed, Stage
from events.values import Fact
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.instalments import Instalments


def check(
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    command: CheckDeadline,
) -> list[Fact]:
    """Say that a claim is undecided, or granted without a payment ordered.

    Holds: once a claim; whether an ordered payment has arrived is for the payee's history to say
    """
    claim = applications.filed.get(command.application)
    if claim is None or claim.withdrawn or command.application in approvals.late:
        return []
    approval = approvals.by_application.get(command.application)
    state = "filed" if approval is None else approval.state
    if state in ("denied", "withdrawn", "revoked"):
        return []
    stage: Stage = "undecided"
    if approval is not None and approval.proposed is not None and state == "granted":
        planned = [(command.application, part.no) for part in approval.proposed.instalments]
        if all(key in instalments.answered for key in planned):
            return []
        stage = "not_ordered"
    return [DeadlineMissed(stage=stage, **dict(command))]
