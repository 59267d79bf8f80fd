"""Count what is spent of a line, and keep the money of advances apart until they are settled.

Holds: a line has spent what payments under it have cost: what the bank has paid, what was kept of
       them for debts, what advances had paid before; and what advances have been paid that are
       neither settled nor back. What comes back of a benefit is no line's: it is committed anew by
       a document alone
Source: docs/adr/0018-what-a-line-holds.md
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
from services.deciders.budget_line.queue import wake
from services.deciders.budget_line.releasing import give_back, holder
from services.deciders.budget_line.state import Attempt, Line


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
    """Note what an advance is paid from, once; a plan that is stopped does not give it back."""
    if _earmarked(command.disbursement) in line.told:
        return []
    return [AdvanceEarmarked(attempt=holder(line, command.application), **dict(command))]


def free(line: Line, command: FreeEarmark) -> list[Fact]:
    """Let an advance go; what its plan had wanted to give back meanwhile is given back now.

    Holds: where it comes before the earmark itself, both amount to the same
    """
    if command.key in line.told:
        return []
    attempt = (command.application, holder(line, command.application))
    wanted = {
        "own_instalment": 0,
        "elsewhere": line.short.get(attempt, 0),
        "no_plan": command.amount,
    }[command.by]
    released = min(wanted, command.amount, line.commitments.get(attempt, 0))
    freed = EarmarkFreed(
        attempt=attempt[1],
        released=released,
        ceilings=line.ceilings.get(attempt, ()) if released else (),
        **dict(command),
    )
    return [freed, *(wake(line, line.available + released) if released else ())]


def _earmarked(disbursement: str) -> str:
    return f"{disbursement} earmarked"


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
            line.told.add(_earmarked(fact.disbursement))
            _mark(line, (fact.application, fact.attempt), fact.disbursement, fact.amount)
        case EarmarkFreed():
            line.told.add(fact.key)
            _fold_freed(line, fact)


def _fold_freed(line: Line, fact: EarmarkFreed) -> None:
    attempt = (fact.application, fact.attempt)
    if fact.spent:
        line.spent -= fact.amount
    if fact.by != "no_plan":
        _mark(line, attempt, fact.disbursement, -fact.amount)
    if fact.released:
        give_back(line, attempt, fact.released)
    if fact.released and fact.by == "elsewhere":
        line.short[attempt] -= fact.released


def _mark(line: Line, attempt: Attempt, disbursement: str, more: int) -> None:
    marks = line.earmarks.setdefault(attempt, {})
    marks[disbursement] = marks.get(disbursement, 0) + more
    if not marks[disbursement]:
        del marks[disbursement]
    if not marks:
        del line.earmarks[attempt]


def _refused(command: SpendBudget | ReverseSpending, code: str) -> CommandRefused:
    return CommandRefused(command=type(command).__name__, code=code, about=command.disbursement)
