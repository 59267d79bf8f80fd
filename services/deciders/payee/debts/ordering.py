"""Order what is due back: which payments it takes back, in whose books, and what is kept at once."""

from typing import NamedTuple

from events.clawbacks import Basis, Cause, ClawbackOrdered, PartBack
from events.disbursements import Money
from events.ids import debt_id
from events.payees import FRAUD_GRADE, CreditGraded, FraudMarked
from events.values import Fact
from services.deciders.payee.debts.offsets import offset_debts_of_all
from services.deciders.payee.debts.promises import lower_credit
from services.deciders.payee.state.debts import Debt
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import Payment


class ClawbackOrder(NamedTuple):
    """What is asked back, on which ground, by whom; without an amount, everything."""

    clawback: str
    application: str
    cause: Cause
    document: str
    reason: str
    source: str
    amount: int | None = None
    floor: int = 0
    checker: str = ""


def order_clawback(
    state: PayeeState,
    order: ClawbackOrder,
    payable: dict[str, int] | None = None,
    *,
    waiting: bool = False,
) -> list[Fact]:
    """Take back what an application has brought, and what is `waiting` to be paid where that is
    told, the latest payment first.

    Holds: no more is taken back than was enjoyed, or waits and is kept at once; one debt for each
           fund and district; the caller has checked that there is something (`enjoyed_amount`)
    """
    payable = {} if payable is None else payable
    wanted = enjoyed_amount(state, order.application) if order.amount is None else order.amount
    groups: dict[tuple[str, str], list[tuple[PartBack, Money]]] = {}
    for disbursement, payment in reversed(state.payments.of(order.application)):
        there = available(payment, waiting=waiting) if payment.kind == "benefit" else 0
        amount = min(wanted, there)
        if amount > 0:
            wanted -= amount
            part = PartBack(disbursement=disbursement, amount=amount)
            key = (payment.money.fund, payment.money.district)
            groups.setdefault(key, []).append((part, payment.money))
    facts: list[Fact] = []
    for number, parts in enumerate(groups.values(), start=1):
        name = order.clawback if number == 1 else f"{order.clawback}.{number}"
        total = sum(part.amount for part, _ in parts)
        money = parts[0][1].model_copy(update={"amount": total})
        facts += order_debt(
            state, order, name, "benefit", money, tuple(part for part, _ in parts), payable
        )
    if order.amount is None:
        facts += advances_back(state, order, payable)
    return [*facts, *marks(state, order)]


def available(payment: Payment, *, waiting: bool) -> int:
    """Tell how much of a payment can be taken back now: enjoyed, or `waiting` for a batch."""
    coming = payment.money.amount if waiting and payment.waits else 0
    return max(payment.enjoyed_amount + coming, 0)


def enjoyed_amount(state: PayeeState, application: str) -> int:
    """Sum what an application has brought the payee and is not due back yet."""
    return sum(
        max(payment.enjoyed_amount, 0)
        for _, payment in state.payments.of(application)
        if payment.kind == "benefit"
    )


def open_advances(state: PayeeState, application: str) -> int:
    """Sum what of an application's advances is not settled."""
    return sum(a.left for a in state.advances.by_id.values() if a.application == application)


def advances_back(state: PayeeState, order: ClawbackOrder, payable: dict[str, int]) -> list[Fact]:
    """Take back whatever of an application's advances is not settled."""
    facts: list[Fact] = []
    for disbursement, advance in state.advances.by_id.items():
        if advance.application == order.application and advance.left:
            facts += advance_back(state, order, disbursement, advance.left, payable)
    return facts


def advance_back(
    state: PayeeState, order: ClawbackOrder, disbursement: str, left: int, payable: dict[str, int]
) -> list[Fact]:
    """Take back what is left of one advance; what of it is not paid yet is kept at once."""
    money = state.advances.by_id[disbursement].money.model_copy(update={"amount": left})
    part = PartBack(disbursement=disbursement, amount=left)
    return order_debt(
        state, order, debt_id(disbursement, "due"), "advance", money, (part,), payable
    )


def order_debt(
    state: PayeeState,
    order: ClawbackOrder,
    name: str,
    basis: Basis,
    money: Money,
    parts: tuple[PartBack, ...],
    payable: dict[str, int],
) -> list[Fact]:
    """Order one debt, and keep of it what waits to be paid.

    Holds: an advance is netted whole, so of a payment that takes it back nothing stays
    """
    floor = 0 if basis == "advance" else order.floor
    ordered = ClawbackOrdered(
        clawback=name,
        application=order.application,
        cause=order.cause,
        basis=basis,
        money=money,
        parts=parts,
        floor=floor,
        document=order.document,
        reason=order.reason,
        source=order.source,
        checker=order.checker,
    )
    advance = advance_of(basis, parts)
    owed = Debt(order.application, order.cause, basis, money, money.amount, floor, advance)
    return [ordered, *offset_debts_of_all(state.payments, name, owed, payable)]


def advance_of(basis: Basis, parts: tuple[PartBack, ...]) -> str:
    """Name the advance that a debt takes back, empty where it takes back none."""
    return parts[0].disbursement if basis == "advance" else ""


def marks(state: PayeeState, order: ClawbackOrder) -> list[Fact]:
    """Mark a payee for fraud; lower the credit where only a promise was not kept."""
    if order.cause == "not_entitled":
        return lower_credit(state, order.application, order.document, order.reason, order.source)
    if order.cause != "fraud":
        return []
    return mark_fraud(state, order.document, order.reason, order.source)


def mark_fraud(state: PayeeState, document: str, reason: str, source: str) -> list[Fact]:
    """Mark a payee for fraud, once a document, and lower the credit to the last grade."""
    if document in state.accounts.frauds:
        return []
    facts: list[Fact] = [FraudMarked(document=document, reason=reason, source=source)]
    if state.accounts.grade != FRAUD_GRADE:
        facts.append(
            CreditGraded(
                grade=FRAUD_GRADE,
                before=state.accounts.grade,
                document=document,
                reason=reason,
                source=source,
            )
        )
    return facts
