"""Keep what is owed from what is to be paid, within one fund and district.

Holds: the floor of a debt stays with the payee of each payment; no fund pays another's debt
"""

from collections.abc import Iterable

from events.clawbacks import ClawbackOffset
from events.disbursements import Money
from events.ids import application_of
from events.values import Fact
from services.deciders.payee.state.debts import Debt, Debts
from services.deciders.payee.state.payments import Payments


def offset_debts(
    debts: Debts,
    disbursement: str,
    money: Money,
    *,
    at_order: bool = False,
    new: Iterable[tuple[str, Debt]] = (),
) -> list[Fact]:
    """Offset the open debts in one payment: its own claim's advance first, then the oldest, last
    those that are `new` of this decision.

    Holds: no claim is paid in full beside an advance of its own that is still owed
    """
    facts: list[Fact] = []
    payable = money.amount
    application = application_of(disbursement)
    owed = [*debts.open(money.fund, money.district), *new]
    for name, debt in sorted(owed, key=lambda one: not one[1].is_advance_of(application)):
        amount = min(debt.left, max(payable - debt.floor, 0))
        if amount:
            payable -= amount
            left = debt.left - amount
            kept = _offset(name, debt, left, disbursement, payable, amount, money.line)
            facts.append(kept.model_copy(update={"at_order": at_order}))
    return facts


def offset_debts_of_all(
    payments: Payments, name: str, debt: Debt, payable: dict[str, int]
) -> list[Fact]:
    """Offset a debt that is about to be ordered in whatever waits to be paid.

    Shape: `payable` is what earlier facts of this decision leave of payments, and is brought on
    """
    facts: list[Fact] = []
    left = debt.left
    for disbursement, payment in payments.by_id.items():
        money = payment.money
        if not payment.waits or not _same_books(money, debt.money):
            continue
        there = payable.get(disbursement, money.amount)
        amount = min(left, max(there - debt.floor, 0))
        if amount:
            left -= amount
            payable[disbursement] = there - amount
            facts.append(
                _offset(name, debt, left, disbursement, there - amount, amount, money.line)
            )
    return facts


def _same_books(one: Money, other: Money) -> bool:
    return (one.fund, one.district) == (other.fund, other.district)


def _offset(
    name: str, debt: Debt, left: int, disbursement: str, payable: int, amount: int, line: str
) -> ClawbackOffset:
    return ClawbackOffset(
        clawback=name,
        application=debt.application,
        disbursement=disbursement,
        left=left,
        payable_left=payable,
        money=debt.money.model_copy(update={"amount": amount}),
        line=line,
        advance=debt.advance,
        at_order=False,
    )
