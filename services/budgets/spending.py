"""Count what is spent of a line, and keep the money of advances apart until they are settled.

Holds: a line has spent what payments under it have cost: what the bank has paid, what was kept of
       them for debts, what advances had paid before; and what open advances have been paid. What
       comes back of a debt is no line's: it is committed anew by a document alone
Source: docs/adr/0015-what-a-line-holds.md
"""

from events.budgets import (
    AdvanceEarmarked,
    BudgetSpendingReversed,
    BudgetSpent,
    EarmarkAdvance,
    EarmarkFreed,
    FreeEarmark,
    ReverseSpending,
    SpendBudget,
)
from events.control import CommandRefused
from events.values import Fact
from services.budgets.queue import wake
from services.budgets.releasing import hold, holder
from services.budgets.state import Earmark, Line


def spend(line: Line, command: SpendBudget) -> list[Fact]:
    """Count money as spent.

    Refuses: MORE_THAN_COMMITTED
    """
    if command.key in line.told:
        return []
    if line.spent + command.amount > line.committed:
        return [_refused(command, "MORE_THAN_COMMITTED")]
    return [BudgetSpent(**dict(command))]


def reverse(line: Line, command: ReverseSpending) -> list[Fact]:
    """Take a payment that came back out of what is spent.

    Refuses: NOT_SPENT
    """
    if command.key in line.told:
        return []
    if (command.disbursement, command.attempt) not in line.paid:
        return [_refused(command, "NOT_SPENT")]
    return [BudgetSpendingReversed(**dict(command))]


def earmark(line: Line, command: EarmarkAdvance) -> list[Fact]:
    """Take an advance's money out of its plan's, once; releases of the plan cannot touch it."""
    if f"{command.disbursement} earmarked" in line.told:
        return []
    return [AdvanceEarmarked(attempt=holder(line, command.application), **dict(command))]


def free(line: Line, command: FreeEarmark) -> list[Fact]:
    """Give an advance's money back to its plan, and to others what the plan does not need.

    Holds: where it comes before the earmark itself, both amount to the same
    """
    if command.key in line.told:
        return []
    mark = line.earmarks.get(command.disbursement)
    attempt = mark.attempt if mark else (command.application, holder(line, command.application))
    wanted = line.short.get(attempt, 0) if command.planned else command.amount
    there = line.commitments.get(attempt, 0) + (command.amount if command.planned else 0)
    released = max(min(wanted, command.amount, there), 0)
    freed = EarmarkFreed(
        attempt=attempt[1],
        released=released,
        ceilings=line.ceilings.get(attempt, ()) if released else (),
        **dict(command),
    )
    return [freed, *(wake(line, line.available + released) if released else ())]


def fold(
    line: Line, fact: BudgetSpent | BudgetSpendingReversed | AdvanceEarmarked | EarmarkFreed
) -> None:
    """Fold one fact, in place."""
    match fact:
        case BudgetSpent():
            line.spent += fact.amount
            line.told.add(fact.key)
            if fact.kind == "paid":
                line.paid.add((fact.disbursement, fact.attempt))
        case BudgetSpendingReversed():
            line.spent -= fact.amount
            line.told.add(fact.key)
            line.paid.discard((fact.disbursement, fact.attempt))
        case AdvanceEarmarked():
            line.told.add(f"{fact.disbursement} earmarked")
            attempt = (fact.application, fact.attempt)
            _mark(line, fact.disbursement, attempt, fact.amount)
            hold(line, attempt, -fact.amount)
        case EarmarkFreed():
            line.told.add(fact.key)
            _fold_freed(line, fact)


def _fold_freed(line: Line, fact: EarmarkFreed) -> None:
    attempt = (fact.application, fact.attempt)
    line.committed -= fact.released
    if fact.spent:
        line.spent -= fact.amount
    if not fact.planned:
        hold(line, attempt, -fact.released)
        return
    _mark(line, fact.disbursement, attempt, -fact.amount)
    hold(line, attempt, fact.amount - fact.released)
    if fact.released:
        line.short[attempt] -= fact.released


def _mark(line: Line, disbursement: str, attempt: tuple[str, int], more: int) -> None:
    mark = line.earmarks.setdefault(disbursement, Earmark(attempt, 0))
    mark.left += more
    if not mark.left:
        del line.earmarks[disbursement]


def _refused(command: SpendBudget | ReverseSpending, code: str) -> CommandRefused:
    return CommandRefused(command=type(command).__name__, code=code, about=command.disbursement)
