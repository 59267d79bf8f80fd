"""Take what a person has found out about an instruction of which the bank's words were doubted."""

from typing import Literal

from events.clawbacks import ClawbackOrdered, PartBack
from events.disbursements import DisbursementDisputed, DisputeResolved, OutcomeFound, ResolveDispute
from events.ids import by_staff
from events.values import Fact
from services.deciders.incompatible import Done, refuse_incompatible
from services.deciders.payee.disbursements.outcomes import (
    FoundOutcome,
    payable_again,
    returned,
    settled,
)
from services.deciders.payee.disbursements.steps import refused, sent
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import Attempt, Payment


def resolve(state: PayeeState, payment: Payment, command: ResolveDispute) -> list[Fact]:
    """Take a person's finding on what the bank had said.

    Refuses: NO_DISPUTE, INCOMPATIBLE_ACTS (who prepared, released or judged the payment), UNDER_WAY
             (a newer attempt is in a batch or sent)  (first match wins)
    Holds: what the bank did pay settles what was still to be paid; what is beyond that is owed
           back, and the bank account it left from carries it
    """
    attempt, dispute = payment.attempt(command.instruction), payment.dispute
    if payment.disputed != command.instruction or attempt is None or dispute is None:
        return refused(command, "NO_DISPUTE")
    about = command.disbursement
    if incompatible := refuse_incompatible(
        command,
        "bank_answers",
        command.by,
        about,
        Done("prepare", (dispute.prepared_by,), about),
        Done("release", (dispute.released_by,), about),
        Done("judge", state.judged_by(payment), about),
    ):
        return incompatible
    if payment.state in ("batched", "sent") and payment.last is not attempt:
        return refused(command, "UNDER_WAY")
    facts: list[Fact] = [DisputeResolved(**dict(command))]
    if attempt.state in ("batched", "sent", "settled") and dispute.said == "amount_differs":
        return [*facts, *_of_amount(state, payment, attempt, dispute, command.verdict)]
    owed = payment.money.amount if payment.state in ("ordered", "returned") else 0
    if command.verdict == "not_paid":
        again = payable_again(state, command.disbursement, payment) if owed else []
        return [*facts, *again]
    if owed:
        facts.append(sent(command.disbursement, attempt, payment.money))
        facts += settled(state, payment, attempt, _said(dispute))
    beyond = attempt.amount - owed
    if beyond and (dispute.said != "amount_differs" or attempt.state == "returned"):
        facts.append(_beyond(payment, attempt, dispute, command, beyond))
    return facts


def _of_amount(
    state: PayeeState,
    payment: Payment,
    attempt: Attempt,
    dispute: DisbursementDisputed,
    verdict: Literal["paid", "not_paid"],
) -> list[Fact]:
    """Settle or return the whole amount that was ordered, whatever amount the bank had told.

    Holds: a bank that moved another amount puts that right itself; the finding is taken after it has
    """
    known = attempt.state == "settled" and verdict == "paid"
    left = attempt.state == "batched"
    facts: list[Fact] = [sent(dispute.disbursement, attempt, payment.money)] if left else []
    ends = settled if verdict == "paid" else returned
    found = OutcomeFound(
        disbursement=dispute.disbursement,
        batch=attempt.batch,
        instruction=attempt.instruction,
        outcome="settled" if verdict == "paid" else "returned",
        amount=attempt.amount,
        value_on=dispute.value_on,
        code=dispute.code,
        reason=dispute.reason,
        # the reference of what was doubted is no payment's
        bank_reference="" if known else dispute.bank_reference,
    )
    if known:  # the batch alone had doubted it
        return [found]
    return [*facts, *ends(state, payment, attempt, _said(dispute)), found]


def _said(dispute: DisbursementDisputed) -> FoundOutcome:
    return FoundOutcome(
        dispute.disbursement,
        dispute.value_on,
        dispute.bank_reference,
        dispute.code,
        dispute.reason,
    )


def _beyond(
    payment: Payment,
    attempt: Attempt,
    dispute: DisbursementDisputed,
    command: ResolveDispute,
    amount: int,
) -> ClawbackOrdered:
    """Ask back what the bank paid beyond what was still to be paid."""
    return ClawbackOrdered(
        clawback=f"{command.disbursement}-{dispute.bank_reference or attempt.no}",
        application=payment.application,
        cause="paid_twice",
        basis="bank",
        money=payment.money.model_copy(update={"amount": amount}),
        parts=(PartBack(disbursement=command.disbursement, amount=amount),),
        floor=0,
        document=command.document,
        reason="银行重复支付",
        source=by_staff(command.by),
        bank_account=attempt.bank_account,
        bank_reference=dispute.bank_reference,
        instruction=attempt.instruction,
    )
