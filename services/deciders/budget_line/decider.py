"""Decide what a budget line can carry, and in which order those who wait are served."""

from collections.abc import Sequence
from typing import assert_never

from events.budgets import (
    AdjustBudget,
    AdjustmentProposed,
    AdjustmentRejected,
    AdvanceEarmarked,
    AllocateBudget,
    BudgetAdjusted,
    BudgetAlarmRaised,
    BudgetAllocated,
    BudgetAsk,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetPassedOn,
    BudgetQueued,
    BudgetReleased,
    BudgetSpendingReversed,
    BudgetSpent,
    CeilingReached,
    CloseLine,
    CommitBudget,
    ConfirmAdjustment,
    EarmarkAdvance,
    EarmarkFreed,
    FreeEarmark,
    LineClosed,
    ProposeAdjustment,
    ReleaseBudget,
    ReverseSpending,
    SpendBudget,
    WakeLine,
)
from events.invariants import BrokenInvariant
from events.values import Fact
from services.deciders.budget_line import adjusting, releasing, spending
from services.deciders.budget_line.queue import close, ending, wake
from services.deciders.budget_line.state import (
    Adjustment,
    Line,
    asking,
    attempt_of,
)

BudgetCommand = (
    AllocateBudget
    | AdjustBudget
    | ProposeAdjustment
    | ConfirmAdjustment
    | CommitBudget
    | ReleaseBudget
    | WakeLine
    | SpendBudget
    | ReverseSpending
    | EarmarkAdvance
    | FreeEarmark
    | CloseLine
)
BudgetFact = (
    BudgetAllocated
    | BudgetAdjusted
    | AdjustmentProposed
    | AdjustmentRejected
    | BudgetCommitted
    | BudgetPassedOn
    | CeilingReached
    | BudgetQueued
    | BudgetDequeued
    | BudgetCarried
    | BudgetReleased
    | BudgetSpent
    | BudgetSpendingReversed
    | AdvanceEarmarked
    | EarmarkFreed
    | BudgetAlarmRaised
    | LineClosed
)


def decide(line: Line, command: BudgetCommand, alarms: Sequence[int] = ()) -> list[Fact]:
    """Answer one request to the line; say when a share of `alarms` (percent) is reached by it.

    Refuses: as `adjusting`, `releasing` and `spending`
    Holds: each question is answered once; what is given back wakes the queue; once all is at rest,
           a line has committed what was spent of its approvals and what can still be paid of them:
           a revoked or withdrawn approval, a stopped plan's rest, a cancelled payment and an
           advance that was called give their money back
    """
    facts = _answer(line, command)
    return facts if not alarms else facts + _alarm(line, facts, alarms)


def _answer(line: Line, command: BudgetCommand) -> list[Fact]:
    match command:
        case AllocateBudget():
            return adjusting.allocate(line, command)
        case AdjustBudget():
            return adjusting.adjust(line, command)
        case ProposeAdjustment():
            return adjusting.propose(line, command)
        case ConfirmAdjustment():
            return adjusting.confirm(line, command)
        case CommitBudget():
            return _commit(line, command.ask)
        case ReleaseBudget():
            return releasing.release(line, command)
        case WakeLine():
            return wake(line, line.available)
        case SpendBudget():
            return spending.spend(line, command)
        case ReverseSpending():
            return spending.reverse(line, command)
        case EarmarkAdvance():
            return spending.earmark(line, command)
        case FreeEarmark():
            return spending.free(line, command)
        case CloseLine():
            return close(line, command)
        case _:
            assert_never(command)


def _commit(line: Line, ask: BudgetAsk) -> list[Fact]:
    if asking(ask) in line.answered:
        return []
    if ask.claims[ask.step].shared != "no":
        return [_under_ceiling(line, ask)]
    if not line.closed and not line.queue and line.available >= ask.amount:
        return [BudgetCommitted(ask=ask, amount=ask.amount)]
    if ask.choice + 1 < len(ask.claims[ask.step].lines):
        return [BudgetPassedOn(ask=ask, available=max(line.available, 0))]
    if line.closed:
        return [ending(ask, line.queue_rule, "")]
    return [BudgetQueued(ask=ask, place=len(line.queue) + 1)]


def _under_ceiling(line: Line, ask: BudgetAsk) -> Fact:
    """Take what a ceiling has left, whole or in part; nobody waits for one."""
    if line.available >= ask.amount:
        return BudgetCommitted(ask=ask, amount=ask.amount)
    if line.available > 0 and ask.claims[ask.step].shared == "part":
        return BudgetCommitted(ask=cut(ask, line.available), amount=line.available)
    return CeilingReached(ask=ask, available=max(line.available, 0))


def cut(ask: BudgetAsk, amount: int) -> BudgetAsk:
    """Claim no more than a ceiling has left: here, and of the funds behind it from the last on."""
    claims, left = list(ask.claims), amount
    claims[ask.step] = claims[ask.step].model_copy(update={"amount": amount})
    for step, claim in enumerate(ask.claims):
        if claim.shared == "no":
            part = min(claim.amount, left)
            claims[step] = claim.model_copy(update={"amount": part})
            left -= part
    return ask.model_copy(update={"claims": tuple(claims)})


def _alarm(line: Line, facts: list[Fact], alarms: Sequence[int]) -> list[Fact]:
    """Tell once that a share is committed: of those that these facts reach, the highest."""
    committed, allocated = line.committed, line.allocated
    rising = False
    for fact in facts:
        match fact:
            case BudgetCommitted():
                committed += fact.amount
                rising = True
            case BudgetReleased():
                committed -= fact.amount
            case EarmarkFreed():
                committed -= fact.released
            case BudgetAllocated():
                allocated += fact.amount
            case BudgetAdjusted():
                allocated += fact.by
                rising = rising or fact.by < 0
            case _:
                pass
    if not rising:
        return []
    reached = max((share for share in alarms if committed * 100 >= share * allocated), default=0)
    if reached <= line.alarmed:
        return []
    return [BudgetAlarmRaised(share=reached, committed=committed, allocated=allocated)]


def evolve(line: Line, fact: BudgetFact) -> None:
    """Fold one fact, in place.

    Raises: BrokenInvariant when more is committed than allocated, or spent than committed
    """
    match fact:
        case BudgetAllocated():
            line.allocated += fact.amount
            line.documents.add(fact.document)
        case BudgetAdjusted():
            _fold_adjustment(line, fact)
        case AdjustmentProposed():
            line.adjustments[fact.document] = Adjustment(
                fact.by, fact.reason, fact.maker, "proposed"
            )
        case AdjustmentRejected():
            line.adjustments[fact.document] = line.adjustments[fact.document]._replace(
                state="rejected"
            )
        case BudgetCommitted():
            _fold_commitment(line, fact)
        case BudgetPassedOn() | CeilingReached():
            line.answered.add(asking(fact.ask))
        case BudgetQueued():
            line.answered.add(asking(fact.ask))
            line.queue[attempt_of(fact.ask)] = fact.ask
        case BudgetDequeued() | BudgetCarried():
            line.answered.add(asking(fact.ask))
            line.queue.pop(attempt_of(fact.ask), None)
        case BudgetReleased():
            releasing.fold(line, fact)
        case BudgetSpent() | BudgetSpendingReversed() | AdvanceEarmarked() | EarmarkFreed():
            spending.fold(line, fact)
        case BudgetAlarmRaised():
            line.alarmed = fact.share
        case LineClosed():
            line.closed, line.queue_rule = True, fact.queue
        case _:
            assert_never(fact)
    if line.alarmed and line.below_alarm():
        line.alarmed = 0


def _fold_adjustment(line: Line, fact: BudgetAdjusted) -> None:
    line.allocated += fact.by
    line.documents.add(fact.document)
    if fact.document in line.adjustments:
        line.adjustments[fact.document] = line.adjustments[fact.document]._replace(state="made")
    _check(line)


def _fold_commitment(line: Line, fact: BudgetCommitted) -> None:
    line.committed += fact.amount
    attempt = attempt_of(fact.ask)
    line.commitments[attempt] = line.commitments.get(attempt, 0) + fact.amount
    line.answered.add(asking(fact.ask))
    if ceilings := releasing.ceilings_of(fact.ask):
        line.ceilings[attempt] = ceilings
    _check(line)


def _check(line: Line) -> None:
    if line.committed > line.allocated:
        raise BrokenInvariant(f"committed {line.committed} of {line.allocated} fen")
