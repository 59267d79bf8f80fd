"""Give back what an approval does not need, to whoever waits next."""

from events.budgets import BudgetAsk, BudgetReleased, ReleaseBudget
from events.control import CommandRefused
from events.values import Fact
from services.budgets.queue import wake
from services.budgets.state import Attempt, Line

MOST_ATTEMPTS = 100
"""Among so many attempts of one application the granted one is looked for."""


def release(line: Line, command: ReleaseBudget) -> list[Fact]:
    """Give back an amount, or (`amount` None) all that the attempt has here, its place included.

    Refuses: NOTHING_TO_RELEASE; a ceiling that has given everything back already stays quiet
    Holds: what an open advance was paid from stays; it is given back when the advance is freed
    """
    if command.key in line.released:
        return []
    attempt = (command.application, command.attempt or holder(line, command.application))
    held = max(line.commitments.get(attempt, 0), 0)
    queued = command.amount is None and attempt in line.queue
    amount = held if command.amount is None else min(command.amount, held)
    short = _short(line, attempt, command.amount, amount)
    if not queued and not amount and not short:
        if command.reach == "of_ceiling":
            return []
        about = command.application
        return [CommandRefused(command="ReleaseBudget", code="NOTHING_TO_RELEASE", about=about)]
    released = BudgetReleased(
        application=command.application,
        attempt=attempt[1],
        amount=amount,
        key=command.key,
        from_queue=queued,
        short=short,
        ceilings=line.ceilings.get(attempt, ()) if command.reach == "with_ceilings" else (),
    )
    return [released, *wake(line, line.available + amount, leaving=attempt if queued else None)]


def _short(line: Line, attempt: Attempt, wanted: int | None, given: int) -> int:
    """Tell what cannot be given back yet, because an advance of the same approval has it."""
    if wanted is None or wanted == given:
        return 0
    marked = any(mark.attempt == attempt for mark in line.earmarks.values())
    return wanted - given if marked else 0


def holder(line: Line, application: str) -> int:
    """Find the attempt of an application that money is set aside for."""
    attempts = range(1, MOST_ATTEMPTS)
    for no in attempts:
        if (application, no) in line.commitments:
            return no
    marked = (mark.attempt for mark in line.earmarks.values())
    return next((no for of, no in marked if of == application), 1)


def ceilings_of(ask: BudgetAsk) -> tuple[str, ...]:
    """Name the ceilings in money on an ask's way: they take just what its funds take in all."""
    if len(ask.claims) == 1:
        return ()
    funds = sum(claim.amount for claim in ask.claims if claim.shared == "no")
    return tuple(c.lines[0] for c in ask.claims if c.shared != "no" and c.amount == funds)


def fold(line: Line, fact: BudgetReleased) -> None:
    """Fold a release, in place."""
    attempt = (fact.application, fact.attempt)
    line.released.add(fact.key)
    if fact.from_queue:
        line.queue.pop(attempt, None)
    if fact.short:
        line.short[attempt] = line.short.get(attempt, 0) + fact.short
    if fact.amount:
        line.committed -= fact.amount
        hold(line, attempt, -fact.amount)


def hold(line: Line, attempt: Attempt, more: int) -> None:
    """Set more, or less, aside for an attempt; what is nothing has no entry."""
    line.commitments[attempt] = line.commitments.get(attempt, 0) + more
    if not line.commitments[attempt]:
        del line.commitments[attempt]
