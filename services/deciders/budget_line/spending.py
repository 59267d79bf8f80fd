"""Count what is spent of a line, and keep the money of advances apart until they are settled.

Holds: a line has spent what payments under it have cost: what the bank has paid, what was kept of
       them for debts, what advances had paid before; and what advances have been paid that are
       neither settled nor back. What comes back of a benefit is no line's: it is committed anew by
       a document alone
Source: docs/adr/0018-what-a-line-holds.md
"""

from events import budgets
from events.values import Fact
from services.deciders.budget_line.queue import serve_queue
from services.deciders.budget_line.releasing import attempt_holding, give_back
from services.deciders.budget_line.state import Attempt, BudgetLineState
from services.deciders.refusal import refuse


def spend(line: BudgetLineState, command: budgets.SpendBudget) -> list[Fact]:
    """Count money as spent.

    Refuses: MORE_THAN_COMMITTED
    """
    if command.key in line.counted:
        return []
    if line.spent + command.amount > line.committed:
        return refuse(command, "MORE_THAN_COMMITTED", command.disbursement)
    return [budgets.BudgetSpent(**dict(command))]


def reverse(line: BudgetLineState, command: budgets.ReverseSpending) -> list[Fact]:
    """Take a payment that came back out of what is spent.

    Refuses: NOT_SPENT
    """
    if command.key in line.counted:
        return []
    if (command.disbursement, command.attempt) not in line.paid:
        return refuse(command, "NOT_SPENT", command.disbursement)
    return [budgets.BudgetSpendingReversed(**dict(command))]


def earmark(line: BudgetLineState, command: budgets.EarmarkAdvance) -> list[Fact]:
    """Note what an advance is paid from, once; a plan that is stopped does not give it back."""
    if _earmarked(command.disbursement) in line.counted:
        return []
    return [
        budgets.AdvanceEarmarked(
            attempt=attempt_holding(line, command.application), **dict(command)
        )
    ]


def free(line: BudgetLineState, command: budgets.FreeEarmark) -> list[Fact]:
    """Let an advance go; what its plan had wanted to give back meanwhile is given back now.

    Holds: where it comes before the earmark itself, both amount to the same
    """
    if command.key in line.counted:
        return []
    attempt = (command.application, attempt_holding(line, command.application))
    wanted = {
        "own_instalment": 0,
        "elsewhere": line.short.get(attempt, 0),
        "no_plan": command.amount,
    }[command.by]
    released = min(wanted, command.amount, line.commitments.get(attempt, 0))
    freed = budgets.EarmarkFreed(
        attempt=attempt[1],
        released=released,
        ceilings=line.ceilings.get(attempt, ()) if released else (),
        **dict(command),
    )
    return [freed, *(serve_queue(line, line.available + released) if released else ())]


def _earmarked(disbursement: str) -> str:
    return f"{disbursement} earmarked"


def fold(
    line: BudgetLineState,
    fact: budgets.BudgetSpent
    | budgets.BudgetSpendingReversed
    | budgets.AdvanceEarmarked
    | budgets.EarmarkFreed,
) -> None:
    """Fold one fact, in place."""
    match fact:
        case budgets.BudgetSpent():
            line.spent += fact.amount
            line.counted.add(fact.key)
            if fact.kind == "paid":
                line.paid.add((fact.disbursement, fact.attempt))
        case budgets.BudgetSpendingReversed():
            line.spent -= fact.amount
            line.counted.add(fact.key)
            line.paid.discard((fact.disbursement, fact.attempt))
        case budgets.AdvanceEarmarked():
            line.counted.add(_earmarked(fact.disbursement))
            _earmark(line, (fact.application, fact.attempt), fact.disbursement, fact.amount)
        case budgets.EarmarkFreed():
            line.counted.add(fact.key)
            _fold_freed(line, fact)


def _fold_freed(line: BudgetLineState, fact: budgets.EarmarkFreed) -> None:
    attempt = (fact.application, fact.attempt)
    if fact.spent:
        line.spent -= fact.amount
    if fact.by != "no_plan":
        _earmark(line, attempt, fact.disbursement, -fact.amount)
    if fact.released:
        give_back(line, attempt, fact.released)
    if fact.released and fact.by == "elsewhere":
        line.short[attempt] -= fact.released


def _earmark(line: BudgetLineState, attempt: Attempt, disbursement: str, more: int) -> None:
    marks = line.earmarks.setdefault(attempt, {})
    marks[disbursement] = marks.get(disbursement, 0) + more
    if not marks[disbursement]:
        del marks[disbursement]
    if not marks:
        del line.earmarks[attempt]
