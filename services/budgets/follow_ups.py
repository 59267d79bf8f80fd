"""Whom a budget line's answer must reach: the next line on the way, or the approval."""

from events.approvals import AnswerBudget
from events.budgets import (
    WHOEVER_HOLDS_IT,
    BudgetAsk,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetPassedOn,
    BudgetQueued,
    CeilingReached,
    CloseLine,
    CommitBudget,
    ReleaseBudget,
    ReverseSpending,
    SpendBudget,
    WakeLine,
)
from events.disbursements import (
    DisbursementCancelled,
    DisbursementReturned,
    DisbursementSettled,
)
from events.envelope import Asked, Recorded, follow_up
from events.values import LineTaken


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Go on over the lines: claims in order, the alternatives of a claim one after the other.

    Holds: what is taken is kept until the claim is answered in full, lapses or begins again
    """
    match recorded.body:
        case BudgetCommitted(ask=ask):
            return [_next(recorded, ask)]
        case BudgetPassedOn(ask=ask):
            asked = ask.model_copy(update={"choice": ask.choice + 1})
            line = ask.claims[ask.step].lines[ask.choice + 1]
            return [follow_up(recorded, 0, line, CommitBudget(ask=asked))]
        case CeilingReached(ask=ask):
            return [_answer(recorded, ask, "ceiling", ()), *_give_back(recorded, ask)]
        case BudgetQueued(ask=ask):
            return [_answer(recorded, ask, "queued", ask.taken)]
        case BudgetDequeued(ask=ask, lapsed=True, more=more, document=document):
            closing = (
                [follow_up(recorded, 1, recorded.stream, CloseLine(document=document))]
                if more
                else []
            )
            lapsed = _answer(recorded, ask, "lapsed", ())
            return [lapsed, *closing, *_give_back(recorded, ask)]
        case BudgetCarried(ask=ask, onward=onward, document=document, more=more):
            # given back first, so that the way over the same ceilings can begin again
            back = _give_back(recorded, ask)
            first = onward.claims[0].lines[0]
            asks = [*back, follow_up(recorded, 0, first, CommitBudget(ask=onward))]
            if more:
                close = CloseLine(document=document, queue="carry")
                asks.append(follow_up(recorded, 1, recorded.stream, close))
            return asks
        case BudgetDequeued(more=True):
            return [follow_up(recorded, 0, recorded.stream, WakeLine())]
        case _:
            return []


def _next(recorded: Recorded, ask: BudgetAsk) -> Asked:
    taken = (
        *ask.taken,
        LineTaken(line=recorded.stream, amount=ask.amount, step=ask.step),
    )
    have = {item.step for item in taken}
    for step, claim in enumerate(ask.claims):
        if step not in have:
            onward = ask.model_copy(update={"taken": taken, "step": step, "choice": 0})
            return follow_up(recorded, 0, claim.lines[0], CommitBudget(ask=onward))
    return _answer(recorded, ask, "committed", taken)


def _answer(
    recorded: Recorded, ask: BudgetAsk, outcome: str, taken: tuple[LineTaken, ...]
) -> Asked:
    answer = AnswerBudget(
        application=ask.application,
        attempt=ask.attempt,
        outcome=outcome,  # type: ignore[arg-type]
        line=recorded.stream,
        taken=taken,
        turn=ask.turn,
    )
    return follow_up(recorded, 0, ask.beneficiary, answer)


def _give_back(recorded: Recorded, ask: BudgetAsk) -> list[Asked]:
    """Give back exactly what this way took: the lines may be asked again by the next turn."""
    taken: dict[str, int] = {}
    for item in ask.taken:
        taken[item.line] = taken.get(item.line, 0) + item.amount
    return [
        follow_up(
            recorded,
            2 + ordinal,
            line,
            ReleaseBudget(
                application=ask.application, attempt=ask.attempt, key=recorded.id, amount=amount
            ),
        )
        for ordinal, (line, amount) in enumerate(taken.items())
    ]


_OF_PAYMENTS = 900
"""Where the ordinals of these begin: a payment's own follow-ups come before."""


def of_payments(recorded: Recorded) -> list[Asked]:
    """Tell the line that carried a payment what the bank has done with it.

    Holds: the line counts as spent what the bank has paid and has not given back; what was given
           up is free again
    """
    match recorded.body:
        case DisbursementSettled() as fact:
            body: SpendBudget | ReverseSpending | ReleaseBudget = SpendBudget(
                disbursement=fact.disbursement, attempt=fact.attempt, amount=fact.money.amount
            )
        case DisbursementReturned(after_settlement=True) as fact:
            body = ReverseSpending(
                disbursement=fact.disbursement, attempt=fact.attempt, amount=fact.money.amount
            )
        case DisbursementCancelled(kind="benefit") as fact:
            body = ReleaseBudget(
                application=fact.disbursement.rpartition("#")[0],
                attempt=WHOEVER_HOLDS_IT,
                key=recorded.id,
                amount=fact.money.amount,
            )
        case _:
            return []
    return [follow_up(recorded, _OF_PAYMENTS, fact.money.line, body)]
