"""Doubt what the bank says where it contradicts what it has said, or what was ordered."""

from typing import Literal

from events import disbursements
from events.values import Fact
from services.deciders.payee.state.payments import Attempt, Payment

Doubt = Literal["settled_after_return", "settled_twice", "amount_differs"]


def paid_again(
    payment: Payment, attempt: Attempt, command: disbursements.RecordOutcome
) -> list[Fact]:
    """Doubt a payment that is told once more under another reference of the bank's.

    Holds: told again without a reference, or with one for the first time, it is the same payment
    """
    if not command.bank_reference or not any(attempt.references):
        return []
    return disputed(payment, attempt, command, "settled_twice")


def disputed(
    payment: Payment, attempt: Attempt, command: disbursements.RecordOutcome, doubt: Doubt
) -> list[Fact]:
    """Note what the bank says and cannot be, once; a batch that would pay once more is stopped."""
    doubted = (command.instruction, command.bank_reference, command.outcome, command.amount)
    if doubted in payment.disputes:
        return []
    if doubt != "amount_differs" and command.bank_reference in attempt.references:
        return []
    last = payment.last
    waiting = last is not None and last is not attempt and last.state == "batched"
    return [
        disbursements.DisbursementDisputed(
            disbursement=command.disbursement,
            attempt=attempt.no,
            instruction=command.instruction,
            bank_account=attempt.bank_account,
            amount=command.amount,
            value_on=command.value_on,
            bank_reference=command.bank_reference,
            said=doubt,
            stops=last.batch if last is not None and waiting else "",
            outcome=command.outcome,
            code=command.code,
            reason=command.reason,
            prepared_by=command.prepared_by,
            released_by=command.released_by,
        )
    ]
