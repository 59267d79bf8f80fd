"""Decide what becomes of a payment: ordered, claimed by a batch, sent, settled, returned."""

from typing import assert_never

from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementClaimRefused,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    DisbursementUnbatched,
    FreeDisbursement,
    MarkSent,
    OrderPayment,
    RecordOutcome,
)
from events.instructions import instruction_id
from events.values import Fact
from services.disbursements.state import Payment, Payments

DisbursementCommand = OrderPayment | ClaimDisbursement | FreeDisbursement | MarkSent | RecordOutcome
DisbursementFact = (
    DisbursementOrdered
    | DisbursementBatched
    | DisbursementClaimRefused
    | DisbursementUnbatched
    | DisbursementSent
    | DisbursementSettled
    | DisbursementReturned
    | DisbursementCancelled
)


def decide(payments: Payments, command: DisbursementCommand) -> list[Fact]:
    """Answer one request about one payment.

    Refuses: UNKNOWN_DISBURSEMENT, ANOTHER_INSTRUCTION, AMOUNT_DIFFERS, SETTLED_TWICE,
             ALREADY_RETURNED  (first match wins); claims as `_claim`
    """
    payment = payments.by_id.get(command.disbursement)
    match command:
        case OrderPayment():
            return [] if payment is not None else [_ordered(command)]
        case ClaimDisbursement():
            return _claim(payment, command)
        case FreeDisbursement():
            return _free(payment, command)
        case MarkSent():
            return _mark_sent(payment, command)
        case RecordOutcome():
            return _record(payment, command)
        case _:
            assert_never(command)


def _ordered(command: OrderPayment) -> DisbursementOrdered:
    return DisbursementOrdered(
        disbursement=command.disbursement,
        application=command.application,
        instalment=command.instalment,
        beneficiary=command.beneficiary,
        account=command.account,
        money=command.money,
    )


def _claim(payment: Payment | None, command: ClaimDisbursement) -> list[Fact]:
    """Give the payment to a batch, or say why not.

    Refuses: UNKNOWN_DISBURSEMENT, IN_ANOTHER_BATCH, NOT_PAYABLE, AMOUNT_DIFFERS
    """
    if payment is None:
        return [_claim_refused(command, "UNKNOWN_DISBURSEMENT")]
    if payment.batch == command.batch or command.batch in payment.given_up_by:
        return []
    if payment.state == "batched":
        return [_claim_refused(command, "IN_ANOTHER_BATCH")]
    if payment.state != "ordered":
        return [_claim_refused(command, "NOT_PAYABLE")]
    if payment.money.amount != command.amount:
        return [_claim_refused(command, "AMOUNT_DIFFERS")]
    return [
        DisbursementBatched(
            disbursement=command.disbursement,
            attempt=payment.attempt + 1,
            batch=command.batch,
            line_no=command.line_no,
            instruction=instruction_id(command.batch, command.line_no),
            bank_account=command.bank_account,
            account=payment.account,
            money=payment.money,
        )
    ]


def _free(payment: Payment | None, command: FreeDisbursement) -> list[Fact]:
    if payment is None or payment.state != "batched" or payment.batch != command.batch:
        return []
    return [
        DisbursementUnbatched(
            disbursement=command.disbursement,
            attempt=payment.attempt,
            batch=payment.batch,
            money=payment.money,
        )
    ]


def _mark_sent(payment: Payment | None, command: MarkSent) -> list[Fact]:
    if payment is None:
        return [_refused(command, "UNKNOWN_DISBURSEMENT")]
    if payment.instruction != command.instruction:
        return [_refused(command, "ANOTHER_INSTRUCTION")]
    return [_sent(command.disbursement, payment)] if payment.state == "batched" else []


def _record(payment: Payment | None, command: RecordOutcome) -> list[Fact]:
    if payment is None:
        return [_refused(command, "UNKNOWN_DISBURSEMENT")]
    if payment.instruction != command.instruction:
        return [_refused(command, "ANOTHER_INSTRUCTION")]
    if command.amount != payment.money.amount:
        return [_refused(command, "AMOUNT_DIFFERS")]
    # The bank may be quicker than our own note that the file has left.
    sent: list[Fact] = [_sent(command.disbursement, payment)] if payment.state == "batched" else []
    if command.outcome == "settled":
        if payment.was_settled and payment.bank_reference == command.bank_reference:
            return []
        if payment.state == "settled":
            return [_refused(command, "SETTLED_TWICE")]
        if payment.state == "returned":
            return [_refused(command, "ALREADY_RETURNED")]
        return [*sent, _settled(payment, command)]
    return [] if payment.state == "returned" else [*sent, _returned(payment, command)]


def _sent(disbursement: str, payment: Payment) -> DisbursementSent:
    return DisbursementSent(
        disbursement=disbursement,
        attempt=payment.attempt,
        batch=payment.batch,
        instruction=payment.instruction,
        bank_account=payment.bank_account,
        money=payment.money,
    )


def _settled(payment: Payment, command: RecordOutcome) -> DisbursementSettled:
    return DisbursementSettled(
        disbursement=command.disbursement,
        attempt=payment.attempt,
        instruction=command.instruction,
        bank_account=payment.bank_account,
        value_on=command.value_on,
        bank_reference=command.bank_reference,
        money=payment.money,
    )


def _returned(payment: Payment, command: RecordOutcome) -> DisbursementReturned:
    return DisbursementReturned(
        disbursement=command.disbursement,
        attempt=payment.attempt,
        instruction=command.instruction,
        bank_account=payment.bank_account,
        value_on=command.value_on,
        code=command.code,
        reason=command.reason,
        after_settlement=payment.state == "settled",
        money=payment.money,
    )


def _claim_refused(command: ClaimDisbursement, code: str) -> DisbursementClaimRefused:
    return DisbursementClaimRefused(
        disbursement=command.disbursement,
        batch=command.batch,
        line_no=command.line_no,
        code=code,
    )


def _refused(command: MarkSent | RecordOutcome, code: str) -> CommandRefused:
    return CommandRefused(
        command=type(command).__name__,
        code=code,
        about=f"{command.disbursement} {command.instruction}",
    )


def evolve(payments: Payments, fact: DisbursementFact) -> None:
    """Fold one fact, in place."""
    if isinstance(fact, DisbursementOrdered):
        payments.by_id[fact.disbursement] = Payment(fact.money, fact.account)
        return
    if isinstance(fact, DisbursementClaimRefused):
        return
    payment = payments.by_id[fact.disbursement]
    match fact:
        case DisbursementBatched():
            payment.state, payment.attempt, payment.batch = "batched", fact.attempt, fact.batch
            payment.instruction, payment.bank_account = fact.instruction, fact.bank_account
        case DisbursementUnbatched():
            payment.state, payment.batch, payment.instruction = "ordered", "", ""
            payment.given_up_by += (fact.batch,)
        case DisbursementSent():
            payment.state = "sent"
        case DisbursementSettled():
            payment.state, payment.bank_reference = "settled", fact.bank_reference
            payment.was_settled = True
        case DisbursementReturned():
            payment.state = "returned"
        case DisbursementCancelled():
            payment.state = "cancelled"
        case _:
            assert_never(fact)
