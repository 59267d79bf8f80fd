"""Decide what becomes of a claim that is taken back after its payments were ordered.

In:    WithdrawalAsked, then the payee's answer: AnswerWithdrawal
Out:   ApplicationWithdrawn, ApprovalWithdrawn | CommandRefused
Holds: slots and money are free again only where nothing of the claim was or will be paid.
"""

from events import streams
from events.applications import AnswerWithdrawal, ApplicationWithdrawn, WithdrawalAsked
from events.approvals import ApprovalWithdrawn
from events.control import CommandRefused
from events.disbursements import GiveUpPayments
from events.envelope import Asked, Recorded, follow_up
from events.values import Fact, LineTaken
from policies.engine.registry import Policies
from services.deciders.beneficiary.claims.revoking import of_ceilings, unordered
from services.deciders.beneficiary.instalments import later_years
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState


def answer_withdrawal(
    state: BeneficiaryState, command: AnswerWithdrawal, asked: Asked, policies: Policies
) -> list[Fact]:
    """Take a claim back, now that its payments are given up.

    Refuses: PAYMENT_UNDER_WAY
    Holds: what is ordered gives its money back by itself; the rest is given back here
    """
    application = command.application
    if not command.given_up:
        code = "PAYMENT_UNDER_WAY"
        return [CommandRefused(command="WithdrawApplication", code=code, about=application)]
    approval = state.approvals.by_application.get(application)
    claim = state.applications.filed.get(application)
    if claim is None or claim.withdrawn or approval is None or approval.state != "granted":
        return []
    _, held = unordered(approval, state.instalments, application)
    taken = held | of_ceilings(approval)
    return [
        ApplicationWithdrawn(application=application, reason=command.reason),
        ApprovalWithdrawn(
            application=application,
            attempt=approval.attempt,
            taken=tuple(
                LineTaken(line=line, amount=amount, step=0) for line, amount in taken.items()
            ),
            queued_on=None,
            later=later_years.waiting(approval),
        ),
    ]


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask the payee's books to give the payments up."""
    match recorded.body:
        case WithdrawalAsked() as fact:
            ask = GiveUpPayments(
                application=fact.application, beneficiary=recorded.stream, reason=fact.reason
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), ask)]
        case _:
            return []
