"""Serve those who wait for a line, strictly in its order; end or carry them with the year."""

from collections.abc import Container

from events import budgets, streams
from events.approvals import EXTENSION_TURN, way_of
from events.values import BudgetClaim, Fact
from services.deciders.budget_line.state import (
    BudgetLineState,
    Place,
    place_of,
    question_of,
)

SLICE = 200
"""How many of those who wait one command serves; a follow-up serves the rest."""


def serve_queue(
    line: BudgetLineState, available: int, leaving: Container[Place] = ()
) -> list[Fact]:
    """Serve the head of the queue, and the next, while the money lasts.

    Holds: whoever cannot be served stops those behind, however small their claims
    """
    if line.closed:
        return []
    facts: list[Fact] = []
    served = 0
    for place, ask in line.queue.items():
        if place in leaving:
            continue
        if ask.amount > available:
            break
        served += 1
        facts.append(budgets.BudgetDequeued(ask=ask, more=served == SLICE))
        facts.append(budgets.BudgetCommitted(ask=_resumed(ask), amount=ask.amount))
        available -= ask.amount
        if served == SLICE:
            break
    return facts


def part_from_earlier_years(line: BudgetLineState) -> list[Fact]:
    """Let those who wait here with an earlier year's money wait for this line's part alone.

    Holds: each keeps its place and its amount; nobody does who came with this version of the code
    """
    parted = [(ask, onward) for ask in line.queue.values() if (onward := _apart(ask)) is not None]
    last = len(parted[:SLICE])
    return [
        budgets.BudgetParted(ask=ask, onward=onward, more=number == last)
        for number, (ask, onward) in enumerate(parted[:SLICE], 1)
    ]


def _apart(ask: budgets.BudgetAsk) -> budgets.BudgetAsk | None:
    """The way that the approval will ask for this line's part, once it is granted; None where what is
    taken is no earlier year's of the same fund."""
    kind, fund, *_ = streams.line_parts(ask.claims[ask.step].lines[ask.choice])
    earlier = streams.line_parts(ask.taken[-1].line)[:2] if ask.taken else ()
    if way_of(ask.turn) or not ask.amount or kind != "fund" or earlier != (kind, fund):
        return None
    here = ask.claims[ask.step].lines[ask.choice]
    funds = sum(claim.amount for claim in ask.claims if claim.shared == "no")
    ceilings = tuple(
        BudgetClaim(amount=ask.amount, lines=claim.lines, shared="part")
        for claim in ask.claims
        if claim.shared != "no" and claim.amount == funds
    )
    return ask.model_copy(
        update={
            "claims": (*ceilings, BudgetClaim(amount=ask.amount, lines=(here,))),
            "step": len(ceilings),
            "choice": 0,
            "taken": (),
            "turn": EXTENSION_TURN,
        }
    )


def fold_parted(line: BudgetLineState, fact: budgets.BudgetParted) -> None:
    """Fold one parting, in place: the place in the queue stays, under its new name."""
    before = place_of(fact.ask)
    line.queue = {
        place_of(fact.onward) if place == before else place: fact.onward if place == before else ask
        for place, ask in line.queue.items()
    }
    line.answered.add(question_of(fact.onward))


def _resumed(ask: budgets.BudgetAsk) -> budgets.BudgetAsk:
    """What it has taken before it waited it has kept; the lines after this one come next."""
    return ask.model_copy(update={"turn": ask.turn + 1})


def close(line: BudgetLineState, command: budgets.CloseLine) -> list[Fact]:
    """End the line's year: those who wait lapse or go on to the next year's lines."""
    if line.closed:
        return []
    waiting = list(line.queue.values())
    ended: list[Fact] = [
        ending(
            ask,
            command.queue,
            command.document,
            more=place == SLICE and len(waiting) > SLICE,
        )
        for place, ask in enumerate(waiting[:SLICE], start=1)
    ]
    if len(waiting) > SLICE:
        return ended
    closed = budgets.LineClosed(
        document=command.document,
        committed=line.committed,
        allocated=line.allocated,
        spent=line.spent,
        queue=command.queue,
    )
    return [*ended, closed]


def ending(
    ask: budgets.BudgetAsk, rule: budgets.QueueRule, document: str, *, more: bool = False
) -> Fact:
    """Say what becomes of a claim that a closed line cannot carry."""
    if rule == "lapse":
        return budgets.BudgetDequeued(ask=ask, lapsed=True, document=document, more=more)
    return budgets.BudgetCarried(ask=ask, onward=carried(ask), document=document, more=more)


def carried(ask: budgets.BudgetAsk) -> budgets.BudgetAsk:
    """Ask for the same money anew, of the next year's lines where this year's are meant.

    Holds: a claim that then names the lines of another becomes one with it; a later year's part
           keeps what its claim has taken of ceilings at the grant
    """
    year = streams.line_parts(ask.claims[ask.step].lines[ask.choice])[3]
    kept = ask.claims[: first_step(ask)]
    claims = budgets.merged(
        tuple(
            claim.model_copy(update={"lines": tuple(_next(line, year) for line in claim.lines)})
            for claim in ask.claims[len(kept) :]
        )
    )
    onward = {
        "claims": (*kept, *claims),
        "step": len(kept),
        "choice": 0,
        "taken": (),
        "turn": ask.turn + 1,
    }
    return ask.model_copy(update=onward)


def first_step(ask: budgets.BudgetAsk) -> int:
    """Where a way over the lines begins: those after an attempt's first name the ceilings that were
    taken at the grant, and ask them no more."""
    if not way_of(ask.turn):
        return 0
    return sum(streams.line_parts(claim.lines[0])[0] == "ceiling" for claim in ask.claims)


def _next(line: str, year: int) -> str:
    kind, name, district, of = streams.line_parts(line)
    return streams.budget_line(kind, name, district, of + 1) if of == year else line
