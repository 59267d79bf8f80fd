"""Tell the line that carries a payment what has become of its money."""

from events.advances import INSTALMENT, AdvanceSettled
from events.budgets import (
    WHOEVER_HOLDS_IT,
    FreeEarmark,
    ReleaseBudget,
    ReverseSpending,
    SpendBudget,
)
from events.clawbacks import ClawbackOffset, ClawbackOrdered
from events.disbursements import (
    DisbursementCancelled,
    DisbursementReturned,
    DisbursementSettled,
)
from events.envelope import Asked, Recorded, follow_up

_ORDINAL = 900
"""Where the ordinals of these begin: a payment's own follow-ups come before."""


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Count what is spent; free what is not needed.

    Holds: what was kept for a debt is spent as if it had been paid, for it settles what the payee
           owes; what an advance had paid before is spent where it is settled; what was given up
           is free again, of the ceilings in money too
    """
    key = recorded.id
    match recorded.body:
        case DisbursementSettled() as fact:
            paid = SpendBudget(
                disbursement=fact.disbursement,
                attempt=fact.attempt,
                amount=fact.money.amount,
                kind="paid",
                key=key,
            )
            return [follow_up(recorded, _ORDINAL, fact.money.line, paid)]
        case DisbursementReturned(after_settlement=True) as fact:
            came_back = ReverseSpending(
                disbursement=fact.disbursement,
                attempt=fact.attempt,
                amount=fact.money.amount,
                key=key,
            )
            return [follow_up(recorded, _ORDINAL, fact.money.line, came_back)]
        case ClawbackOffset() as fact:
            kept = SpendBudget(
                disbursement=fact.disbursement,
                attempt=0,
                amount=fact.money.amount,
                kind="kept",
                key=key,
            )
            return [follow_up(recorded, _ORDINAL, fact.line, kept)]
        case AdvanceSettled() as fact:
            here = SpendBudget(
                disbursement=fact.disbursement,
                attempt=0,
                amount=fact.money.amount,
                kind="advanced",
                key=key,
            )
            # freed first, for both may be one line
            return [
                _free(recorded, _ORDINAL, fact.advance, fact.line, fact.money.amount),
                follow_up(recorded, _ORDINAL + 1, fact.money.line, here),
            ]
        case ClawbackOrdered(basis="advance") as fact:
            return [
                _free(recorded, _ORDINAL + n, part.disbursement, fact.money.line, part.amount)
                for n, part in enumerate(fact.parts)
            ]
        case DisbursementCancelled(kind="advance") as fact:
            money = fact.money
            return [
                _free(recorded, _ORDINAL, fact.disbursement, money.line, money.amount, spent=False)
            ]
        case DisbursementCancelled() as fact:
            release = ReleaseBudget(
                application=fact.disbursement.rpartition("#")[0],
                attempt=WHOEVER_HOLDS_IT,
                key=key,
                amount=fact.money.amount,
                reach="with_ceilings",
            )
            return [follow_up(recorded, _ORDINAL, fact.money.line, release)]
        case _:
            return []


def _free(
    recorded: Recorded, ordinal: int, advance: str, line: str, amount: int, *, spent: bool = True
) -> Asked:
    """Free an advance's money; one that is no instalment of its own was paid out of a plan."""
    application, _, number = advance.rpartition("#")
    free = FreeEarmark(
        application=application,
        disbursement=advance,
        amount=amount,
        spent=spent,
        planned=number == str(INSTALMENT),
        key=f"{recorded.id} {advance}",
    )
    return follow_up(recorded, ordinal, line, free)
