"""Remember what a rule takes back of money that a bank may have, until it is known.

In:    the outcomes of the payments of an application
Out:   ClawbackOrdered | ClawbackProposed | ClawbackRejected
Holds: what settles is asked back as it settles, what comes back waits without it; whatever was
       remembered is ordered once, or said to be needed no more
"""

from events.clawbacks import ClawbackOrdered, ClawbackProposed, ClawbackRejected, PartBack
from events.disbursements import DisbursementCancelled
from events.ids import application_of, debt_id
from events.values import Fact
from services.deciders.payee.debts.ordering import ClawbackOrder, order_debt
from services.deciders.payee.state.debts import Debt
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import Payment

RULE_OF_TERMS = "rule:services"
"""Who proposes what is ordered, without anybody else, as soon as the money has arrived."""

NOT_PAID = "未付出，无须追回"

_COMING = ("ordered", "batched", "sent", "returned")


def is_coming(payment: Payment) -> bool:
    """Tell whether a benefit is ordered and has not arrived."""
    return payment.kind == "benefit" and payment.state in _COMING


def remembered(state: PayeeState, application: str) -> list[ClawbackProposed]:
    """List what a rule takes back of an application as soon as it has arrived."""
    return [
        proposed
        for proposed in state.debts.proposals.values()
        if proposed.maker == RULE_OF_TERMS and proposed.application == application
    ]


def when_settled(state: PayeeState, disbursement: str, payment: Payment) -> list[Fact]:
    """Order what was remembered, of a payment that has just arrived."""
    facts: list[Fact] = []
    for order, proposed, amount in _of(state, payment):
        part = PartBack(disbursement=disbursement, amount=amount)
        money = payment.money.model_copy(update={"amount": amount})
        facts += order_debt(state, order, proposed.clawback, "benefit", money, (part,), {})
        facts += _of_the_others(state, disbursement, proposed, amount)
    return facts


def when_it_waits(
    state: PayeeState, disbursement: str, payment: Payment
) -> tuple[list[Fact], list[tuple[str, Debt]]]:
    """Order what was remembered, of a payment that no bank has any more.

    Shape: (facts, the debts that they open, which nobody has kept anything for yet)
    """
    facts: list[Fact] = []
    debts: list[tuple[str, Debt]] = []
    for order, proposed, amount in _of(state, payment):
        money = payment.money.model_copy(update={"amount": amount})
        ordered = ClawbackOrdered(
            clawback=proposed.clawback,
            application=proposed.application,
            cause=proposed.cause,
            basis="benefit",
            money=money,
            parts=(PartBack(disbursement=disbursement, amount=amount),),
            floor=proposed.floor,
            document=proposed.document,
            reason=proposed.reason,
            source=order.source,
        )
        facts += [ordered, *_of_the_others(state, disbursement, proposed, amount)]
        owed = Debt(order.application, order.cause, "benefit", money, amount, order.floor)
        debts.append((proposed.clawback, owed))
    return facts, debts


def _of(state: PayeeState, payment: Payment) -> list[tuple[ClawbackOrder, ClawbackProposed, int]]:
    """Share what is remembered out over what a payment brings."""
    found: list[tuple[ClawbackOrder, ClawbackProposed, int]] = []
    there = payment.money.amount + payment.netted - payment.clawed
    for proposed in remembered(state, payment.application) if payment.kind == "benefit" else ():
        amount = min(proposed.amount, there)
        if amount > 0:
            there -= amount
            order = ClawbackOrder(
                proposed.clawback,
                proposed.application,
                proposed.cause,
                proposed.document,
                proposed.reason,
                "rule",
                amount,
                proposed.floor,
            )
            found.append((order, proposed, amount))
    return found


def _of_the_others(
    state: PayeeState, disbursement: str, proposed: ClawbackProposed, amount: int
) -> list[Fact]:
    """Remember the rest for the payments that are still to arrive, if any are."""
    rest = proposed.amount - amount
    if not rest or not _others_come(state, disbursement, proposed.application):
        return []
    name = debt_id(proposed.clawback, "rest")
    return [proposed.model_copy(update={"clawback": name, "amount": rest})]


def not_needed(state: PayeeState, cancelled: DisbursementCancelled) -> list[Fact]:
    """Say that nothing is to be asked back of what is given up."""
    application = application_of(cancelled.disbursement)
    if _others_come(state, cancelled.disbursement, application):
        return []
    return rejected(state, application, NOT_PAID)


def rejected(state: PayeeState, application: str, reason: str) -> list[Fact]:
    """Take back whatever was remembered."""
    return [
        ClawbackRejected(
            clawback=proposed.clawback,
            application=application,
            checker=RULE_OF_TERMS,
            reason=reason,
        )
        for proposed in remembered(state, application)
    ]


def _others_come(state: PayeeState, disbursement: str, application: str) -> bool:
    return any(
        is_coming(payment)
        for name, payment in state.payments.of(application)
        if name != disbursement
    )
