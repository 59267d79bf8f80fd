"""Commit money for a claim, whole, or from a shared ceiling in part; or let the claim wait or go on."""

from events import budgets
from events.values import Fact
from services.deciders.budget_line.queue import ending
from services.deciders.budget_line.releasing import ceilings_of
from services.deciders.budget_line.state import BudgetLineState, attempt_of, question_of


def commit(line: BudgetLineState, ask: budgets.BudgetAsk) -> list[Fact]:
    """Commit what a claim asks, pass it on to another line, or let it wait for money."""
    if question_of(ask) in line.answered:
        return []
    if ask.claims[ask.step].shared != "no":
        return [_under_ceiling(line, ask)]
    if not line.closed and not line.queue and line.available >= ask.amount:
        return [budgets.BudgetCommitted(ask=ask, amount=ask.amount)]
    if ask.choice + 1 < len(ask.claims[ask.step].lines):
        return [budgets.BudgetPassedOn(ask=ask, available=max(line.available, 0))]
    if line.closed:
        return [ending(ask, line.queue_rule, "")]
    return [budgets.BudgetQueued(ask=ask, place=len(line.queue) + 1)]


def _under_ceiling(line: BudgetLineState, ask: budgets.BudgetAsk) -> Fact:
    """Take what a ceiling has left, whole or in part; nobody waits for one."""
    if line.available >= ask.amount:
        return budgets.BudgetCommitted(ask=ask, amount=ask.amount)
    if line.available > 0 and ask.claims[ask.step].shared == "part":
        return budgets.BudgetCommitted(ask=cut_to(ask, line.available), amount=line.available)
    return budgets.CeilingReached(ask=ask, available=max(line.available, 0))


def cut_to(ask: budgets.BudgetAsk, amount: int) -> budgets.BudgetAsk:
    """Claim no more than a ceiling has left: here, and of the funds behind it from the last on."""
    claims, left = list(ask.claims), amount
    claims[ask.step] = claims[ask.step].model_copy(update={"amount": amount})
    for step, claim in enumerate(ask.claims):
        if claim.shared == "no":
            part = min(claim.amount, left)
            claims[step] = claim.model_copy(update={"amount": part})
            left -= part
    return ask.model_copy(update={"claims": tuple(claims)})


def fold(line: BudgetLineState, fact: budgets.BudgetCommitted) -> None:
    """Fold a commitment, in place.

    Raises: BrokenInvariant when more is committed than allocated
    """
    line.committed += fact.amount
    attempt = attempt_of(fact.ask)
    line.commitments[attempt] = line.commitments.get(attempt, 0) + fact.amount
    line.answered.add(question_of(fact.ask))
    if ceilings := ceilings_of(fact.ask):
        line.ceilings[attempt] = ceilings
    line.check()
