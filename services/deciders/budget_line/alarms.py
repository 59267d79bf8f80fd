"""Alarms: tell once that a share of a line, in percent, is committed."""

from collections.abc import Sequence

from events import budgets
from events.values import Fact
from services.deciders.budget_line.state import BudgetLineState


def raise_alarm(line: BudgetLineState, facts: list[Fact], alarms: Sequence[int]) -> list[Fact]:
    """Tell once that a share is committed: of those that these facts reach, the highest."""
    committed, allocated = line.committed, line.allocated
    rising = False
    for fact in facts:
        match fact:
            case budgets.BudgetCommitted():
                committed += fact.amount
                rising = True
            case budgets.BudgetReleased():
                committed -= fact.amount
            case budgets.EarmarkFreed():
                committed -= fact.released
            case budgets.BudgetAllocated():
                allocated += fact.amount
            case budgets.BudgetAdjusted():
                allocated += fact.by
                rising = rising or fact.by < 0
            case _:
                pass
    if not rising:
        return []
    reached = max((share for share in alarms if committed * 100 >= share * allocated), default=0)
    if reached <= line.alarmed:
        return []
    return [budgets.BudgetAlarmRaised(share=reached, committed=committed, allocated=allocated)]
