"""Decide what a budget line can carry, and in which order those who wait are served."""

from collections.abc import Sequence
from typing import assert_never

from events import budgets
from events.values import Fact
from services.deciders.budget_line import adjusting, committing, releasing, spending
from services.deciders.budget_line.alarms import raise_alarm
from services.deciders.budget_line.follow_ups import FOLLOW_UPS
from services.deciders.budget_line.queue import (
    close,
    fold_parted,
    part_from_earlier_years,
    serve_queue,
)
from services.deciders.budget_line.state import BudgetLineState, place_of, question_of
from services.deciders.stream import Decider, members_of


def decide(
    line: BudgetLineState, command: budgets.BudgetCommand, alarms: Sequence[int] = ()
) -> list[Fact]:
    """Answer one request to the line; say when a share of `alarms` (percent) is reached by it.

    Refuses: as `adjusting`, `releasing` and `spending`
    Holds: each question is answered once; what is given back wakes the queue; once all is at rest,
           a line has committed what was spent of its approvals and what can still be paid of them:
           a revoked or withdrawn approval, a stopped plan's rest, a cancelled payment and an
           advance that was called give their money back
    """
    facts = _answer(line, command)
    return facts if not alarms else facts + raise_alarm(line, facts, alarms)


def _answer(line: BudgetLineState, command: budgets.BudgetCommand) -> list[Fact]:
    match command:
        case budgets.AllocateBudget():
            return adjusting.allocate(line, command)
        case budgets.AdjustBudget():
            return adjusting.adjust(line, command)
        case budgets.ProposeAdjustment():
            return adjusting.propose(line, command)
        case budgets.ConfirmAdjustment():
            return adjusting.confirm(line, command)
        case budgets.CommitBudget():
            return committing.commit(line, command.ask)
        case budgets.ReleaseBudget():
            return releasing.release(line, command)
        case budgets.WakeLine():
            return part_from_earlier_years(line) or serve_queue(line, line.available)
        case budgets.SpendBudget():
            return spending.spend(line, command)
        case budgets.ReverseSpending():
            return spending.reverse(line, command)
        case budgets.EarmarkAdvance():
            return spending.earmark(line, command)
        case budgets.FreeEarmark():
            return spending.free(line, command)
        case budgets.CloseLine():
            return close(line, command)
        case _:
            assert_never(command)


def evolve(line: BudgetLineState, fact: budgets.BudgetFact) -> None:
    """Fold one fact, in place.

    Raises: BrokenInvariant when more is committed than allocated, or spent than committed
    """
    match fact:
        case (
            budgets.BudgetAllocated()
            | budgets.BudgetAdjusted()
            | budgets.AdjustmentProposed()
            | budgets.AdjustmentRejected()
        ):
            adjusting.fold(line, fact)
        case budgets.BudgetCommitted():
            committing.fold(line, fact)
        case budgets.BudgetPassedOn() | budgets.CeilingReached():
            line.answered.add(question_of(fact.ask))
        case budgets.BudgetQueued():
            line.answered.add(question_of(fact.ask))
            line.queue[place_of(fact.ask)] = fact.ask
        case budgets.BudgetDequeued() | budgets.BudgetCarried():
            line.answered.add(question_of(fact.ask))
            line.queue.pop(place_of(fact.ask), None)
        case budgets.BudgetParted():
            fold_parted(line, fact)
        case budgets.BudgetReleased():
            releasing.fold(line, fact)
        case (
            budgets.BudgetSpent()
            | budgets.BudgetSpendingReversed()
            | budgets.AdvanceEarmarked()
            | budgets.EarmarkFreed()
        ):
            spending.fold(line, fact)
        case budgets.BudgetAlarmRaised():
            line.alarmed = fact.share
        case budgets.LineClosed():
            line.closed, line.queue_rule = True, fact.queue
        case _:
            assert_never(fact)
    if line.alarmed and line.below_alarm():
        line.alarmed = 0


DECIDER = Decider[BudgetLineState, budgets.BudgetCommand, budgets.BudgetFact](
    kind="budget",
    initial=BudgetLineState,
    decide=lambda line, command, asked, policies: decide(
        line, command, policies.duties.budgets.alarms
    ),
    evolve=lambda line, fact, recorded: evolve(line, fact),
    commands=members_of(budgets.BudgetCommand),
    facts=members_of(budgets.BudgetFact),
    follow_ups=FOLLOW_UPS,
)
