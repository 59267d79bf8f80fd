"""Fold what happened to payments: their own facts, and those of debts, advances and accounts."""

from typing import assert_never

from events import disbursements
from events.advances import AdvanceSettled
from events.clawbacks import ClawbackOffset, ClawbackOrdered
from events.payees import AccountChanged
from services.deciders.payee.state.payments import (
    Attempt,
    AttemptState,
    Payment,
    Payments,
)

Beside = (
    disbursements.DisbursementRecalled
    | disbursements.DisbursementDisputed
    | disbursements.DisputeResolved
    | AccountChanged
    | ClawbackOffset
    | ClawbackOrdered
    | AdvanceSettled
)
"""What is no step of a payment on its way, and changes it all the same."""

Folded = (
    disbursements.DisbursementOrdered
    | disbursements.DisbursementBatched
    | disbursements.DisbursementClaimRefused
    | disbursements.DisbursementUnbatched
    | disbursements.DisbursementSent
    | disbursements.DisbursementSettled
    | disbursements.DisbursementReturned
    | disbursements.DisbursementCancelled
    | disbursements.OutcomeAsked
    | disbursements.OutcomeFound
    | disbursements.PaymentsGivenUp
    | disbursements.PaymentsKept
    | Beside
)


def evolve(payments: Payments, fact: Folded) -> None:
    """Fold one fact, in place."""
    by_id = payments.by_id
    match fact:
        case disbursements.DisbursementOrdered():
            payment = by_id[fact.disbursement] = Payment(
                fact.money, fact.account, fact.application, fact.kind, judged_by=fact.judged_by
            )
            _end_if_nothing_is_left(payment)
        case disbursements.DisbursementBatched():
            payment = by_id[fact.disbursement]
            if payment.last is not None:
                payment.earlier += (payment.last,)
            payment.state, payment.last = (
                "batched",
                Attempt(
                    fact.attempt, fact.batch, fact.instruction, fact.bank_account, fact.money.amount
                ),
            )
        case disbursements.DisbursementUnbatched():
            payment = by_id[fact.disbursement]
            payment.state = "ordered"
            if payment.last is not None:
                payment.last.state = "unbatched"
        case disbursements.DisbursementSent():
            _advance(by_id[fact.disbursement], fact.instruction, "sent").state = "sent"
        case disbursements.DisbursementSettled():
            payment = _advance(by_id[fact.disbursement], fact.instruction, "settled")
            payment.state, payment.paid_on = "settled", payment.paid_on or fact.value_on
            _attempt(payment, fact.instruction).references += (fact.bank_reference,)
        case disbursements.DisbursementReturned():
            _advance(by_id[fact.disbursement], fact.instruction, "returned").state = "returned"
        case disbursements.DisbursementCancelled():
            by_id[fact.disbursement].state = "cancelled"
        case disbursements.PaymentsGivenUp():
            payments.given_up |= {fact.application}
        case (
            disbursements.DisbursementClaimRefused()
            | disbursements.OutcomeAsked()
            | disbursements.OutcomeFound()
            | disbursements.PaymentsKept()
        ):
            pass
        case _:
            _evolve_beside(payments, fact)


def _evolve_beside(payments: Payments, fact: Beside) -> None:
    by_id = payments.by_id
    match fact:
        case disbursements.DisbursementRecalled():
            by_id[fact.disbursement].recalled = fact.reason
        case disbursements.DisbursementDisputed():
            payment = by_id[fact.disbursement]
            payment.disputed, payment.dispute = fact.instruction, fact
            payment.disputes += (
                (fact.instruction, fact.bank_reference, fact.outcome, fact.amount),
            )
        case disbursements.DisputeResolved():
            by_id[fact.disbursement].disputed = ""
        case AccountChanged():
            for name in (*fact.moved, *fact.retried):
                by_id[name].account = fact.account
            for name in fact.retried:
                by_id[name].state = "ordered"
        case ClawbackOffset():
            payment = by_id[fact.disbursement]
            payment.netted += fact.money.amount
            payment.money = payment.money.model_copy(update={"amount": fact.payable_left})
            _end_if_nothing_is_left(payment)
        case ClawbackOrdered():
            _taken_back(payments, fact)
        case AdvanceSettled():
            by_id[fact.disbursement].netted += fact.money.amount
        case _:
            assert_never(fact)


def _end_if_nothing_is_left(payment: Payment) -> None:
    if payment.money.amount == 0:
        payment.state = "netted"


def _advance(payment: Payment, instruction: str, state: AttemptState) -> Payment:
    _attempt(payment, instruction).state = state
    return payment


def _attempt(payment: Payment, instruction: str) -> Attempt:
    attempt = payment.attempt(instruction)
    assert attempt is not None, f"{instruction} is no attempt of this payment"
    return attempt


def _taken_back(payments: Payments, fact: ClawbackOrdered) -> None:
    for part in fact.parts:
        payment = payments.by_id[part.disbursement]
        if fact.basis == "benefit":
            payment.clawed += part.amount
        elif fact.basis == "bank" and part.amount == _attempt(payment, fact.instruction).amount:
            attempt = _attempt(payment, fact.instruction)
            attempt.state = "double"
            attempt.references += (fact.bank_reference,)
