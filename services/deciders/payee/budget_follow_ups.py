"""Tell the line that carries a payment what has become of its money."""

from events import budgets
from events.advances import AdvanceSettled
from events.clawbacks import ClawbackOffset, ClawbackRecovered, ClawbackWrittenOff
from events.disbursements import (
    DisbursementCancelled,
    DisbursementReturned,
    DisbursementSettled,
)
from events.envelope import Asked, Recorded, follow_up
from events.ids import application_of, is_plan_advance

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
            paid = budgets.SpendBudget(
                disbursement=fact.disbursement,
                attempt=fact.attempt,
                amount=fact.money.amount,
                kind="paid",
                key=key,
            )
            return [follow_up(recorded, _ORDINAL, fact.money.line, paid)]
        case DisbursementReturned(after_settlement=True) as fact:
            came_back = budgets.ReverseSpending(
                disbursement=fact.disbursement,
                attempt=fact.attempt,
                amount=fact.money.amount,
                key=key,
            )
            return [follow_up(recorded, _ORDINAL, fact.money.line, came_back)]
        case ClawbackOffset() as fact:
            kept = budgets.SpendBudget(
                disbursement=fact.disbursement,
                attempt=0,
                amount=fact.money.amount,
                kind="kept",
                key=key,
            )
            return [*_come_back(recorded, fact), follow_up(recorded, _ORDINAL + 1, fact.line, kept)]
        case ClawbackRecovered() | ClawbackWrittenOff() as fact:
            return _come_back(recorded, fact)
        case AdvanceSettled() as fact:
            here = budgets.SpendBudget(
                disbursement=fact.disbursement,
                attempt=0,
                amount=fact.money.amount,
                kind="advanced",
                key=key,
            )
            # freed first, for both may be one line
            return [
                _free(recorded, fact.advance, fact.line, fact.money.amount, _freeing(fact)),
                follow_up(recorded, _ORDINAL + 1, fact.money.line, here),
            ]
        case DisbursementCancelled(kind="advance") as fact:
            money = fact.money
            by = _unless_its_own_plan(fact.disbursement)
            return [_free(recorded, fact.disbursement, money.line, money.amount, by, spent=False)]
        case DisbursementCancelled() as fact:
            release = budgets.ReleaseBudget(
                application=application_of(fact.disbursement),
                attempt=budgets.WHOEVER_HOLDS_IT,
                key=key,
                amount=fact.money.amount,
                reach="with_ceilings",
            )
            return [follow_up(recorded, _ORDINAL, fact.money.line, release)]
        case _:
            return []


def _come_back(
    recorded: Recorded, fact: ClawbackOffset | ClawbackRecovered | ClawbackWrittenOff
) -> list[Asked]:
    """Free what an advance had, when its debt ends; a benefit's stays spent."""
    if not fact.advance:
        return []
    money = fact.money
    return [_free(recorded, fact.advance, money.line, money.amount, _freeing(fact))]


def _freeing(
    fact: AdvanceSettled | ClawbackOffset | ClawbackRecovered | ClawbackWrittenOff,
) -> budgets.Freeing:
    """Tell whether an advance is netted in an instalment of its own plan and line that falls due."""
    match fact:
        case (
            AdvanceSettled(disbursement=payment)
            | ClawbackOffset(disbursement=payment, at_order=True)
        ):
            own = (
                application_of(payment) == application_of(fact.advance) and payment != fact.advance
            )
            if own and fact.line == fact.money.line:
                return "own_instalment"
        case _:
            pass
    return _unless_its_own_plan(fact.advance)


def _unless_its_own_plan(advance: str) -> budgets.Freeing:
    """An advance that is an instalment of an approval was all that the approval was for."""
    return "elsewhere" if is_plan_advance(advance) else "no_plan"


def _free(
    recorded: Recorded,
    advance: str,
    line: str,
    amount: int,
    by: budgets.Freeing,
    *,
    spent: bool = True,
) -> Asked:
    free = budgets.FreeEarmark(
        application=application_of(advance),
        disbursement=advance,
        amount=amount,
        spent=spent,
        by=by,
        key=f"{recorded.id} {advance}",
    )
    return follow_up(recorded, _ORDINAL, line, free)
