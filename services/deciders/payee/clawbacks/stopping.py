"""Stop what is to come of an application, whole or as far as a rule takes it back.

In:    StopPayments, OrderClawback by a rule
Out:   PaymentsStopped, DisbursementCancelled, DisbursementRecalled, ClawbackOrdered, ClawbackProposed
Holds: nobody reads the refusal of what a rule asks, so nothing is lost between an order and its
       payment: what no bank has is kept back at once, what one may have is remembered
"""

from events.clawbacks import ClawbackProposed, OrderClawback, PaymentsStopped
from events.disbursements import DisbursementCancelled
from events.values import Fact
from services.deciders.payee.debts import arriving
from services.deciders.payee.debts.ordering import (
    ClawbackOrder,
    advances_back,
    available,
    enjoyed_amount,
    marks,
    order_clawback,
)
from services.deciders.payee.disbursements.steps import recalled
from services.deciders.payee.state.payee import PayeeState

RULE = "rule"
"""The source of what a rule orders."""


def stop(state: PayeeState, stopped: PaymentsStopped, by: str) -> list[Fact]:
    """Stop what is to come, give up what waits, take back what was paid.

    Holds: what a batch has is left out of it, or, where its file has left, due back once it settles
    """
    application, reason = stopped.application, stopped.reason
    facts: list[Fact] = [stopped]
    payable: dict[str, int] = {}
    for disbursement, payment in state.payments.of(application):
        if payment.waits and payment.kind == "benefit":
            payable[disbursement] = 0
            facts.append(
                DisbursementCancelled(disbursement=disbursement, reason=reason, money=payment.money)
            )
        elif payment.state == "batched" and not payment.recalled:
            facts.append(recalled(disbursement, payment, stopped.document, reason, by))
    facts += arriving.rejected(state, application, reason)
    order = ClawbackOrder(
        stopped.clawback, application, stopped.cause, stopped.document, reason, RULE
    )
    if enjoyed_amount(state, application):
        return [*facts, *order_clawback(state, order, payable)]
    return [*facts, *advances_back(state, order, payable), *marks(state, order)]


def is_to_come(state: PayeeState, command: OrderClawback) -> bool:
    """Tell whether a rule takes back what has not arrived yet, all of it or a part."""
    return command.source == RULE and any(
        arriving.is_coming(payment) for _, payment in state.payments.of(command.application)
    )


def take_back(state: PayeeState, command: OrderClawback) -> list[Fact]:
    """Take back what a rule says, of what has arrived and of what is to come.

    Holds: where that is everything, nothing more is paid for the application; where it is a part,
           a payment that waits is made without it. A repeat changes nothing
    """
    application = command.application
    if application in state.debts.stopped:
        return []
    payments = [one for _, one in state.payments.of(application) if one.kind == "benefit"]
    everything = sum(
        one.enjoyed_amount + (one.money.amount if arriving.is_coming(one) else 0)
        for one in payments
    )
    amount = everything if command.amount is None else command.amount
    if amount >= everything:
        stopped = PaymentsStopped(
            application=application,
            clawback=command.clawback,
            cause=command.cause,
            document=command.document,
            reason=command.reason,
        )
        return stop(state, stopped, arriving.RULE_OF_TERMS)
    now = min(amount, sum(available(payment, waiting=True) for payment in payments))
    facts: list[Fact] = []
    if now:
        order = ClawbackOrder(
            command.clawback,
            application,
            command.cause,
            command.document,
            command.reason,
            RULE,
            now,
            command.floor,
        )
        facts += order_clawback(state, order, waiting=True)
    if now < amount:
        facts.append(_to_remember(command, amount - now, "-rest" if now else ""))
    return facts


def _to_remember(command: OrderClawback, amount: int, suffix: str) -> ClawbackProposed:
    return ClawbackProposed(
        clawback=f"{command.clawback}{suffix}",
        application=command.application,
        cause=command.cause,
        amount=amount,
        whole=False,
        floor=command.floor,
        document=command.document,
        reason=command.reason,
        maker=arriving.RULE_OF_TERMS,
    )
