"""Give back what an approval does not need, to whoever waits next."""

from events import budgets
from events.values import Fact
from services.deciders.budget_line.queue import serve_queue
from services.deciders.budget_line.state import Attempt, BudgetLineState
from services.deciders.refusal import refuse

MOST_ATTEMPTS = 100
"""Among so many attempts of one application the granted one is looked for."""


def release(line: BudgetLineState, command: budgets.ReleaseBudget) -> list[Fact]:
    """Give back an amount, or (`amount` None) all that the attempt has here, its place included;
    an amount of 0 gives the place back alone.

    Refuses: NOTHING_TO_RELEASE; a ceiling that has given everything back already stays quiet, and so
             does a queue that somebody has left already
    Holds: what an open advance was paid from stays, for as much as no instalment to come will
           settle it; it is given back when the advance ends
    """
    if command.key in line.released:
        return []
    attempt = (command.application, command.attempt or attempt_holding(line, command.application))
    held = line.commitments.get(attempt, 0)
    left = [] if command.amount else line.places_of(attempt, command.turn)
    wanted = held if command.amount is None else min(command.amount, held)
    short = min(_short(line, attempt, command.still_planned), wanted)
    amount = wanted - short
    if not left and not wanted:
        if command.reach == "of_ceiling" or command.amount == 0:
            return []
        return refuse(command, "NOTHING_TO_RELEASE", command.application)
    released = budgets.BudgetReleased(
        application=command.application,
        attempt=attempt[1],
        amount=amount,
        key=command.key,
        from_queue=bool(left),
        short=short,
        ceilings=line.ceilings.get(attempt, ()) if command.reach == "with_ceilings" else (),
        turn=line.queue[left[0]].turn if left else 0,
    )
    others = [
        released.model_copy(
            update={"amount": 0, "short": 0, "ceilings": (), "turn": line.queue[place].turn}
        )
        for place in left[1:]
    ]
    return [released, *others, *serve_queue(line, line.available + amount, leaving=left)]


def _short(line: BudgetLineState, attempt: Attempt, still_planned: int | None) -> int:
    """Tell how much more of an open advance no instalment to come will settle any more."""
    if still_planned is None or attempt not in line.earmarks:
        return 0
    ahead = sum(line.earmarks[attempt].values())
    return max(ahead - still_planned - line.short.get(attempt, 0), 0)


def attempt_holding(line: BudgetLineState, application: str) -> int:
    """Find the attempt of an application that money is set aside for."""
    attempts = range(1, MOST_ATTEMPTS)
    return next((n for n in attempts if (application, n) in line.commitments), 1)


def ceilings_of(ask: budgets.BudgetAsk) -> tuple[str, ...]:
    """Name the ceilings in money on an ask's way: they take just what its funds take in all."""
    if len(ask.claims) == 1:
        return ()
    funds = sum(claim.amount for claim in ask.claims if claim.shared == "no")
    return tuple(c.lines[0] for c in ask.claims if c.shared != "no" and c.amount == funds)


def fold(line: BudgetLineState, fact: budgets.BudgetReleased) -> None:
    """Fold a release, in place."""
    attempt = (fact.application, fact.attempt)
    line.released.add(fact.key)
    if fact.from_queue:
        # an old fact names no turn: an attempt had one place then, that of an extension too
        for place in line.places_of(attempt, fact.turn) or line.places_of(attempt)[:1]:
            del line.queue[place]
    if fact.short:
        line.short[attempt] = line.short.get(attempt, 0) + fact.short
    if fact.amount:
        give_back(line, attempt, fact.amount)


def give_back(line: BudgetLineState, attempt: Attempt, amount: int) -> None:
    """Set less aside for an attempt; what is nothing has no entry."""
    line.committed -= amount
    line.commitments[attempt] -= amount
    if not line.commitments[attempt]:
        del line.commitments[attempt]
