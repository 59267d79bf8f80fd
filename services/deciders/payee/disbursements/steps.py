"""The steps of a payment that several acts lead to: sent, recalled from its batch, given up, refused."""

from typing import Literal

from events import disbursements
from events.values import Fact
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import Attempt, Payment
from services.deciders.refusal import refuse


def is_netted(state: PayeeState, disbursement: str, payment: Payment) -> bool:
    """Tell whether an advance was used up before it was paid: then it must be paid."""
    advance = state.advances.by_id.get(disbursement)
    return advance is not None and advance.left < payment.money.amount


def recalled(
    disbursement: str, payment: Payment, document: str, reason: str, by: str
) -> disbursements.DisbursementRecalled:
    """Ask the batch that has a payment to leave it out."""
    assert payment.last is not None
    return disbursements.DisbursementRecalled(
        disbursement=disbursement,
        batch=payment.last.batch,
        document=document,
        reason=reason,
        by=by,
    )


def sent(
    disbursement: str, attempt: Attempt, money: disbursements.Money
) -> disbursements.DisbursementSent:
    """Note that an instruction has left."""
    return disbursements.DisbursementSent(
        disbursement=disbursement,
        attempt=attempt.no,
        batch=attempt.batch,
        instruction=attempt.instruction,
        bank_account=attempt.bank_account,
        money=money,
    )


def given_up(
    disbursement: str, kind: Literal["benefit", "advance"], money: disbursements.Money, reason: str
) -> disbursements.DisbursementCancelled:
    """Give a payment up, with what is still to be paid of it."""
    return disbursements.DisbursementCancelled(
        disbursement=disbursement, reason=reason, kind=kind, money=money
    )


def refused(
    command: disbursements.MarkSent
    | disbursements.RecordOutcome
    | disbursements.ResolveDispute
    | disbursements.AskOutcome
    | disbursements.CancelPayment,
    code: str,
) -> list[Fact]:
    """Refuse, naming payment and instruction."""
    instruction = (
        "" if isinstance(command, disbursements.CancelPayment) else f" {command.instruction}"
    )
    return refuse(command, code, f"{command.disbursement}{instruction}")
