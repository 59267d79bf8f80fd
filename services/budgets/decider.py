"""Decide what a budget line can carry, and in which order those who wait are served."""

from typing import assert_never

from events.budgets import (
    AllocateBudget,
    BudgetAllocated,
    BudgetAsk,
    BudgetCommitted,
    BudgetDequeued,
    BudgetPassedOn,
    BudgetQueued,
    BudgetReleased,
    CloseLine,
    CommitBudget,
    LineClosed,
    ReleaseBudget,
    WakeLine,
)
from events.control import CommandRefused
from events.invariants import BrokenInvariant
from events.values import Fact
from services.budgets.state import Line, asking, attempt_of

BudgetCommand = AllocateBudget | CommitBudget | ReleaseBudget | WakeLine | CloseLine
BudgetFact = (
    BudgetAllocated
    | BudgetCommitted
    | BudgetPassedOn
    | BudgetQueued
    | BudgetDequeued
    | BudgetReleased
    | LineClosed
)

SLICE = 200
"""How many of those who wait one command serves; a follow-up serves the rest."""


def decide(line: Line, command: BudgetCommand) -> list[Fact]:
    """Answer one request to the line.

    Refuses: LINE_CLOSED (allocations), NOTHING_TO_RELEASE  (first match wins)
    Holds: each question is answered once; what is given back wakes the queue
    """
    match command:
        case AllocateBudget():
            return _allocate(line, command)
        case CommitBudget():
            return _commit(line, command.ask)
        case ReleaseBudget():
            return _release(line, command)
        case WakeLine():
            return _wake(line, line.available)
        case CloseLine():
            return _close(line, command)
        case _:
            assert_never(command)


def _allocate(line: Line, command: AllocateBudget) -> list[Fact]:
    if command.document in line.documents:
        return []
    if line.closed:
        return [
            CommandRefused(command="AllocateBudget", code="LINE_CLOSED", about=command.document)
        ]
    allocated = BudgetAllocated(document=command.document, amount=command.amount)
    return [allocated, *_wake(line, line.available + command.amount)]


def _commit(line: Line, ask: BudgetAsk) -> list[Fact]:
    if asking(ask) in line.answered:
        return []
    if not line.closed and not line.queue and line.available >= ask.amount:
        return [BudgetCommitted(ask=ask, amount=ask.amount)]
    if ask.choice + 1 < len(ask.claims[ask.step].lines):
        return [BudgetPassedOn(ask=ask, available=max(line.available, 0))]
    if line.closed:
        return [BudgetDequeued(ask=ask, lapsed=True)]
    return [BudgetQueued(ask=ask, place=len(line.queue) + 1)]


def _release(line: Line, command: ReleaseBudget) -> list[Fact]:
    """Give back an amount, or (`amount` None) all that the attempt has here, its place included."""
    if command.key in line.released:
        return []
    attempt = (command.application, command.attempt)
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
        attempt=command.attempt,
        amount=amount,
        key=command.key,
        from_queue=queued,
    )
    return [released, *_wake(line, line.available + amount, leaving=attempt if queued else None)]


def _wake(line: Line, available: int, leaving: tuple[str, int] | None = None) -> list[Fact]:
    """Serve the head of the queue, and the next, while the money lasts."""
    if line.closed:
        return []
    facts: list[Fact] = []
    served = 0
    for attempt, ask in line.queue.items():
        if attempt == leaving:
            continue
        if ask.amount > available:
            break
        served += 1
        facts.append(BudgetDequeued(ask=ask, more=served == SLICE))
        facts.append(BudgetCommitted(ask=_resumed(ask), amount=ask.amount))
        available -= ask.amount
        if served == SLICE:
            break
    return facts


def _resumed(ask: BudgetAsk) -> BudgetAsk:
    """Nothing was taken while it waited, so the way over the other lines begins again."""
    return ask.model_copy(update={"taken": (), "turn": ask.turn + 1})


def _close(line: Line, command: CloseLine) -> list[Fact]:
    if line.closed:
        return []
    waiting = list(line.queue.values())
    lapsed: list[Fact] = [
        BudgetDequeued(
            ask=ask,
            lapsed=True,
            document=command.document,
            more=place == SLICE and len(waiting) > SLICE,
        )
        for place, ask in enumerate(waiting[:SLICE], start=1)
    ]
    if len(waiting) > SLICE:
        return lapsed
    closed = LineClosed(
        document=command.document, committed=line.committed, allocated=line.allocated
    )
    return [*lapsed, closed]


def evolve(line: Line, fact: BudgetFact) -> None:
    """Fold one fact, in place.

    Raises: BrokenInvariant when more is committed than allocated
    """
    match fact:
        case BudgetAllocated():
            line.allocated += fact.amount
            line.documents.add(fact.document)
        case BudgetCommitted():
            line.committed += fact.amount
            attempt = attempt_of(fact.ask)
            line.commitments[attempt] = line.commitments.get(attempt, 0) + fact.amount
            line.answered.add(asking(fact.ask))
            if line.committed > line.allocated:
                raise BrokenInvariant(f"committed {line.committed} of {line.allocated} fen")
        case BudgetPassedOn():
            line.answered.add(asking(fact.ask))
        case BudgetQueued():
            line.answered.add(asking(fact.ask))
            line.queue[attempt_of(fact.ask)] = fact.ask
        case BudgetDequeued():
            line.answered.add(asking(fact.ask))
            line.queue.pop(attempt_of(fact.ask), None)
        case BudgetReleased():
            _fold_release(line, fact)
        case LineClosed():
            line.closed = True
        case _:
            assert_never(fact)


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
