"""Decide what a payee owes back, and how a debt ends."""

from datetime import date
from typing import assert_never

from events import clawbacks
from events.ids import by_staff, is_staff
from events.values import Fact
from policies.cities import Cities
from services.deciders.payee.clawbacks.recovering import receipt, recover
from services.deciders.payee.clawbacks.stopping import RULE, is_to_come, stop, take_back
from services.deciders.payee.clawbacks.writing_off import judge_write_off, propose_write_off
from services.deciders.payee.debts.ordering import (
    ClawbackOrder,
    advance_of,
    enjoyed_amount,
    open_advances,
    order_clawback,
)
from services.deciders.payee.state.debts import Debt, Debts
from services.deciders.payee.state.payee import PayeeState
from services.deciders.refusal import refuse, refuse_same_person


def decide(
    state: PayeeState, command: clawbacks.ClawbackCommand, today: date, cities: Cities
) -> list[Fact]:
    """Answer one request about a debt, on the legal day `today`.

    Refuses: as each step below; a repeat of a step already taken changes nothing
    """
    match command:
        case clawbacks.OrderClawback():
            return _order(state, command)
        case clawbacks.ProposeClawback():
            return _propose(state, command)
        case clawbacks.JudgeClawback():
            return _judge(state, command)
        case clawbacks.StopPayments():
            return _stop(state, command)
        case clawbacks.RecordRecovery():
            return recover(state, command, today, cities)
        case clawbacks.ProposeWriteOff():
            return propose_write_off(state.debts, command)
        case clawbacks.JudgeWriteOff():
            return judge_write_off(state.debts, command)
        case _:
            assert_never(command)


def _order(state: PayeeState, command: clawbacks.OrderClawback) -> list[Fact]:
    """Refuses: NOTHING_PAID, EXCEEDS_PAID (first match wins); what a rule asks waits for the money, and
    a repeat of what has stopped all of it changes nothing"""
    if command.clawback in state.debts.known:
        return []
    if is_to_come(state, command):
        return take_back(state, command)
    if code := _nothing_to_take(state, command.application, command.amount):
        stopped = command.source == RULE and command.application in state.debts.stopped
        return [] if stopped else refuse(command, code, command.clawback)
    return order_clawback(
        state,
        ClawbackOrder(
            command.clawback,
            command.application,
            command.cause,
            command.document,
            command.reason,
            command.source,
            command.amount,
            command.floor,
        ),
    )


def _nothing_to_take(state: PayeeState, application: str, amount: int | None) -> str:
    paid = enjoyed_amount(state, application)
    if paid == 0 and (amount is not None or open_advances(state, application) == 0):
        return "NOTHING_PAID"
    return "EXCEEDS_PAID" if amount is not None and not 0 < amount <= paid else ""


def _under_way(state: PayeeState, application: str) -> int:
    """Sum what is on its way to the payee, and is not paid yet."""
    return sum(
        payment.money.amount
        for _, payment in state.payments.of(application)
        if payment.kind == "benefit" and payment.state in ("ordered", "batched", "sent")
    )


def _propose(state: PayeeState, command: clawbacks.ProposeClawback) -> list[Fact]:
    """Refuses: NOTHING_PAID, EXCEEDS_PAID (first match wins); it is judged once it is paid"""
    if command.clawback in state.debts.known:
        return []
    code = _nothing_to_take(state, command.application, command.amount)
    if code and (command.amount or 0) > _under_way(state, command.application):
        return refuse(command, code, command.clawback)
    if code and command.amount is None:
        return refuse(command, code, command.clawback)
    whole = command.amount is None
    amount = command.amount
    if amount is None:
        amount = enjoyed_amount(state, command.application) + open_advances(
            state, command.application
        )
    return [
        clawbacks.ClawbackProposed(
            clawback=command.clawback,
            application=command.application,
            cause=command.cause,
            amount=amount,
            whole=whole,
            floor=command.floor,
            document=command.document,
            reason=command.reason,
            maker=command.maker,
        )
    ]


def _judge(state: PayeeState, command: clawbacks.JudgeClawback) -> list[Fact]:
    """Refuses: NOT_PROPOSED, SAME_PERSON, NOTHING_PAID, EXCEEDS_PAID (first match wins)"""
    proposed = state.debts.proposals.get(command.clawback)
    if proposed is None:
        return refuse(command, "NOT_PROPOSED", command.clawback)
    if refused := refuse_same_person(
        command, proposed.maker, command.checker, command.clawback, command.checker
    ):
        return refused
    if command.verdict == "reject":
        return [
            clawbacks.ClawbackRejected(
                clawback=command.clawback,
                application=proposed.application,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    amount = None if proposed.whole else proposed.amount
    if code := _nothing_to_take(state, proposed.application, amount):
        return refuse(command, code, command.clawback)
    order = ClawbackOrder(
        proposed.clawback,
        proposed.application,
        proposed.cause,
        proposed.document,
        proposed.reason,
        by_staff(proposed.maker),
        amount,
        proposed.floor,
        command.checker,
    )
    return order_clawback(state, order)


def _stop(state: PayeeState, command: clawbacks.StopPayments) -> list[Fact]:
    if command.application in state.debts.stopped:
        return []
    return stop(state, clawbacks.PaymentsStopped(**dict(command)), "rule:revoked")


def evolve(debts: Debts, fact: clawbacks.ClawbackFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case clawbacks.ClawbackProposed():
            debts.known.add(fact.clawback)
            debts.proposals[fact.clawback] = fact
        case clawbacks.ClawbackRejected():
            debts.proposals.pop(fact.clawback, None)
        case clawbacks.ClawbackOrdered():
            debts.known.add(fact.clawback)
            debts.proposals.pop(fact.clawback, None)
            debts.by_id[fact.clawback] = Debt(
                fact.application,
                fact.cause,
                fact.basis,
                fact.money,
                fact.money.amount,
                fact.floor,
                advance_of(fact.basis, fact.parts),
                tuple(part.disbursement for part in fact.parts),
            )
        case clawbacks.ClawbackRecovered():
            debts.receipts.add(receipt(fact))
            debt = debts.by_id[fact.clawback]
            debt.left = fact.left
            if is_staff(fact.source):
                debt.received_by = _with(debt.received_by, fact.source)
        case clawbacks.ClawbackOffset():
            debts.by_id[fact.clawback].left = fact.left
        case clawbacks.WriteOffProposed():
            debts.write_offs[fact.clawback] = fact
            debt = debts.by_id[fact.clawback]
            debt.given_up_by = _with(debt.given_up_by, fact.maker)
        case clawbacks.WriteOffRejected():
            debts.write_offs.pop(fact.clawback, None)
        case clawbacks.ClawbackWrittenOff():
            debts.write_offs.pop(fact.clawback, None)
            debts.by_id[fact.clawback].left = fact.left
        case clawbacks.PaymentsStopped():
            debts.stopped[fact.application] = fact
        case _:
            assert_never(fact)


def _with(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)
