"""Decide what becomes of a payment: ordered, claimed by a batch, sent, settled, returned."""

from typing import assert_never

from events import disbursements
from events.advances import AdvanceSettled
from events.clawbacks import ClawbackOffset, ClawbackOrdered
from events.payees import AccountChanged
from events.values import Fact
from policies.cities import Cities
from services.deciders.incompatible import Done, why_not
from services.deciders.payee.advances.decider import netted
from services.deciders.payee.debts.offsets import offset_debts
from services.deciders.payee.disbursements import finding, folding, outcomes
from services.deciders.payee.disbursements.steps import (
    given_up,
    is_netted,
    recalled,
    refused,
    sent,
)
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import TAKEN_BACK, Payment, Payments

PaymentFact = (
    disbursements.DisbursementFact
    | AccountChanged
    | ClawbackOffset
    | ClawbackOrdered
    | AdvanceSettled
)
"""What changes payments: facts of debts, advances and accounts do too."""


def decide(
    state: PayeeState, command: disbursements.DisbursementCommand, cities: Cities
) -> list[Fact]:
    """Answer one request about one payment.

    Refuses: UNKNOWN_DISBURSEMENT, then as each step below
    """
    if isinstance(command, disbursements.OrderPayment):
        return _order(state, command)
    if isinstance(command, disbursements.GiveUpPayments):
        return _give_up(state, command)
    payment = state.payments.by_id.get(command.disbursement)
    if isinstance(command, disbursements.ClaimDisbursement):
        return _claim(state, payment, command, cities)
    if isinstance(command, disbursements.FreeDisbursement):
        return _free(state, payment, command)
    if payment is None:
        return refused(command, "UNKNOWN_DISBURSEMENT")
    match command:
        case disbursements.MarkSent():
            return _mark_sent(payment, command)
        case disbursements.RecordOutcome():
            return outcomes.record(state, payment, command)
        case disbursements.ResolveDispute():
            return finding.resolve(state, payment, command)
        case disbursements.AskOutcome():
            return _ask(payment, command)
        case disbursements.CancelPayment():
            return _cancel(state, payment, command)
        case _:
            assert_never(command)


def _order(state: PayeeState, command: disbursements.OrderPayment) -> list[Fact]:
    """Order what is due, net of advances, into the account that counts now; then keep what is owed."""
    if command.disbursement in state.payments.by_id:
        return []
    stopped = state.debts.stopped.get(command.application)
    ended = stopped or command.application in state.payments.given_up
    settles, surplus = ([], []) if ended else netted(state, command)
    used = sum(fact.money.amount for fact in settles if isinstance(fact, AdvanceSettled))
    money = command.money
    if used:
        money = money.model_copy(update={"amount": money.amount - used})
    ordered = disbursements.DisbursementOrdered(
        disbursement=command.disbursement,
        application=command.application,
        instalment=command.instalment,
        beneficiary=command.beneficiary,
        account=state.accounts.account(command.application, command.account),
        money=money,
        judged_by=command.judged_by,
    )
    if command.application in state.payments.given_up:
        return [ordered, given_up(command.disbursement, "benefit", money, TAKEN_BACK)]
    if stopped:
        return [ordered, given_up(command.disbursement, "benefit", money, stopped.reason)]
    kept = offset_debts(state.debts, command.disbursement, money, at_order=True)
    return [ordered, *settles, *surplus, *kept]


def _claim(
    state: PayeeState,
    payment: Payment | None,
    command: disbursements.ClaimDisbursement,
    cities: Cities,
) -> list[Fact]:
    """Give the payment to a batch, or say why not.

    Refuses: UNKNOWN_DISBURSEMENT, IN_ANOTHER_BATCH, DISPUTED, NOT_PAYABLE, OBJECTED, AMOUNT_DIFFERS,
             WRONG_ACCOUNT (the batch pays from an account of another fund or district),
             INCOMPATIBLE_ACTS (whoever prepares the batch has judged what is paid)
    """
    if payment is None:
        return [_claim_refused(command, "UNKNOWN_DISBURSEMENT")]
    if payment.was_asked_by(command.batch):
        return []
    if payment.state == "batched":
        return [_claim_refused(command, "IN_ANOTHER_BATCH")]
    if payment.disputed:
        return [_claim_refused(command, "DISPUTED")]
    if payment.state != "ordered":
        return [_claim_refused(command, "NOT_PAYABLE")]
    if state.must_wait(payment.application):
        return [_claim_refused(command, "OBJECTED")]
    if payment.money.amount != command.amount:
        return [_claim_refused(command, "AMOUNT_DIFFERS")]
    if not cities.belongs(command.bank_account, payment.money.fund, payment.money.district):
        return [_claim_refused(command, "WRONG_ACCOUNT")]
    judged_by = state.judged_by(payment)
    if why_not("prepare", command.prepared_by, Done("judge", judged_by)):
        return [_claim_refused(command, "INCOMPATIBLE_ACTS")]
    return [
        disbursements.DisbursementBatched(
            disbursement=command.disbursement,
            attempt=1 + max((a.no for a in (*payment.earlier, payment.last) if a), default=0),
            batch=command.batch,
            line_no=command.line_no,
            instruction=f"{command.batch}{command.line_no:05d}",
            bank_account=command.bank_account,
            account=payment.account,
            money=payment.money,
            judged_by=judged_by,
        )
    ]


def _claim_refused(
    command: disbursements.ClaimDisbursement, code: str
) -> disbursements.DisbursementClaimRefused:
    return disbursements.DisbursementClaimRefused(
        disbursement=command.disbursement,
        batch=command.batch,
        line_no=command.line_no,
        code=code,
    )


def _free(
    state: PayeeState, payment: Payment | None, command: disbursements.FreeDisbursement
) -> list[Fact]:
    if payment is None or payment.state != "batched" or payment.last is None:
        return []
    if payment.last.batch != command.batch:
        return []
    freed = disbursements.DisbursementUnbatched(
        disbursement=command.disbursement,
        attempt=payment.last.no,
        batch=command.batch,
        money=payment.money,
    )
    if payment.disputed:
        return [freed]
    return [freed, *outcomes.payable_again(state, command.disbursement, payment)]


def _mark_sent(payment: Payment, command: disbursements.MarkSent) -> list[Fact]:
    """Refuses: ANOTHER_INSTRUCTION. A note that comes after the outcome changes nothing."""
    attempt = payment.attempt(command.instruction)
    if attempt is None or attempt.state == "unbatched":
        return refused(command, "ANOTHER_INSTRUCTION")
    if attempt.state != "batched":
        return []
    return [sent(command.disbursement, attempt, payment.money)]


def _ask(payment: Payment, command: disbursements.AskOutcome) -> list[Fact]:
    """Refuses: ANOTHER_INSTRUCTION, KNOWN (first match wins)"""
    attempt = payment.attempt(command.instruction)
    if attempt is None:
        return refused(command, "ANOTHER_INSTRUCTION")
    if attempt.state != "sent":
        return refused(command, "KNOWN")
    return [
        disbursements.OutcomeAsked(
            disbursement=command.disbursement,
            attempt=attempt.no,
            instruction=attempt.instruction,
            batch=attempt.batch,
            bank_account=attempt.bank_account,
            amount=attempt.amount,
            by=command.by,
        )
    ]


def _cancel(
    state: PayeeState, payment: Payment, command: disbursements.CancelPayment
) -> list[Fact]:
    """Refuses: DISPUTED, UNDER_WAY, NETTED (first match wins); a batch is asked to leave it out"""
    if payment.state == "cancelled" or payment.recalled:
        return []
    if payment.disputed:
        return refused(command, "DISPUTED")
    if not payment.waits and payment.state != "batched":
        return refused(command, "UNDER_WAY")
    if is_netted(state, command.disbursement, payment):
        return refused(command, "NETTED")
    if payment.state == "batched":
        signed = (command.document, command.reason, command.by)
        return [recalled(command.disbursement, payment, *signed)]
    return [given_up(command.disbursement, payment.kind, payment.money, command.reason)]


def _give_up(state: PayeeState, command: disbursements.GiveUpPayments) -> list[Fact]:
    """Give up all that was ordered for a claim, in advance too, where nothing of it has left or was
    set off."""
    if command.application in state.payments.given_up:
        return []
    answer = {
        "application": command.application,
        "beneficiary": command.beneficiary,
        "reason": command.reason,
    }
    payments = state.payments.of(command.application)
    open_ones = [(name, one) for name, one in payments if one.state != "cancelled"]
    if any(not one.waits or one.netted or is_netted(state, name, one) for name, one in open_ones):
        return [disbursements.PaymentsKept(**answer)]
    cancelled = [
        given_up(name, payment.kind, payment.money, command.reason) for name, payment in open_ones
    ]
    return [*cancelled, disbursements.PaymentsGivenUp(**answer)]


def evolve(payments: Payments, fact: PaymentFact) -> None:
    """Fold one fact, in place."""
    folding.evolve(payments, fact)
