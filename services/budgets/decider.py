"""Decide what a budget line can carry, and in which order those who wait are served."""

from collections.abc import Sequence
from typing import assert_never

from events.budgets import (
    AdjustBudget,
    AdjustmentProposed,
    AdjustmentRejected,
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
    LineClosed,
    ProposeAdjustment,
    ReleaseBudget,
    ReverseSpending,
    SpendBudget,
    WakeLine,
)
from events.control import CommandRefused
from events.invariants import BrokenInvariant
from events.values import Fact
from services.budgets import adjusting
from services.budgets.queue import close, ending, wake
from services.budgets.state import Adjustment, Line, asking, attempt_of

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
    | BudgetAlarmRaised
    | LineClosed
)


MOST_ATTEMPTS = 100
"""Among so many attempts of one application the granted one is looked for."""


def decide(line: Line, command: BudgetCommand, alarms: Sequence[int] = ()) -> list[Fact]:
    """Answer one request to the line; say when a share of `alarms` (percent) is reached by it.

    Refuses: as `services.budgets.adjusting`; NOTHING_TO_RELEASE; MORE_THAN_COMMITTED, NOT_SPENT
    Holds: each question is answered once; what is given back wakes the queue
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
            return _release(line, command)
        case WakeLine():
            return wake(line, line.available)
        case SpendBudget():
            return _spend(line, command)
        case ReverseSpending():
            return _reverse(line, command)
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


def _release(line: Line, command: ReleaseBudget) -> list[Fact]:
    """Give back an amount, or (`amount` None) all that the attempt has here, its place included."""
    if command.key in line.released:
        return []
    attempt = (command.application, command.attempt or _holder(line, command.application))
    held = line.commitments.get(attempt, 0)
    queued = command.amount is None and attempt in line.queue
    amount = held if command.amount is None else min(command.amount, held)
    if not queued and amount == 0:
        return [
            CommandRefused(
                command="ReleaseBudget", code="NOTHING_TO_RELEASE", about=command.application
            )
        ]
    released = BudgetReleased(
        application=command.application,
        attempt=attempt[1],
        amount=amount,
        key=command.key,
        from_queue=queued,
    )
    return [released, *wake(line, line.available + amount, leaving=attempt if queued else None)]


def _holder(line: Line, application: str) -> int:
    """Find the attempt of an application that money is set aside for."""
    attempts = range(1, MOST_ATTEMPTS)
    return next((n for n in attempts if (application, n) in line.commitments), 1)


def _spend(line: Line, command: SpendBudget) -> list[Fact]:
    if (command.disbursement, command.attempt) in line.paid:
        return []
    if line.spent + command.amount > line.committed:
        return [_refused(command, "MORE_THAN_COMMITTED")]
    return [BudgetSpent(**dict(command))]


def _reverse(line: Line, command: ReverseSpending) -> list[Fact]:
    if (command.disbursement, -command.attempt) in line.paid:
        return []
    if (command.disbursement, command.attempt) not in line.paid:
        return [_refused(command, "NOT_SPENT")]
    return [BudgetSpendingReversed(**dict(command))]


def _refused(command: SpendBudget | ReverseSpending, code: str) -> CommandRefused:
    return CommandRefused(command=type(command).__name__, code=code, about=command.disbursement)


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
            _fold_release(line, fact)
        case BudgetSpent():
            line.spent += fact.amount
            line.paid.add((fact.disbursement, fact.attempt))
        case BudgetSpendingReversed():
            line.spent -= fact.amount
            line.paid.add((fact.disbursement, -fact.attempt))
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
    _check(line)


def _check(line: Line) -> None:
    if line.committed > line.allocated:
        raise BrokenInvariant(f"committed {line.committed} of {line.allocated} fen")


def _fold_release(line: Line, fact: BudgetReleased) -> None:
    attempt = (fact.application, fact.attempt)
    line.released.add(fact.key)
    if fact.from_queue:
        line.queue.pop(attempt, None)
    if fact.amount:
        line.committed -= fact.amount
        line.commitments[attempt] -= fact.amount
        if not line.commitments[attempt]:
            del line.commitments[attempt]
