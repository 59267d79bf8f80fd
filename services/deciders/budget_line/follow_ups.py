"""Whom a budget line's answer must reach: the next line on the way, or the approval."""

from events import budgets, streams
from events.approvals import AnswerBudget, way_of
from events.envelope import Asked, Recorded, follow_up
from events.values import BudgetClaim, Fact, LineTaken
from services.deciders.stream import FollowUps


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Go on over the lines: claims in order, the alternatives of a claim one after the other.

    Holds: what is taken is kept until the claim is answered in full, lapses or begins again
    """
    match recorded.body:
        case budgets.BudgetCommitted(ask=ask):
            return [_next(recorded, ask)]
        case budgets.BudgetPassedOn(ask=ask):
            asked = ask.model_copy(update={"choice": ask.choice + 1})
            line = ask.claims[ask.step].lines[ask.choice + 1]
            return [follow_up(recorded, 0, line, budgets.CommitBudget(ask=asked))]
        case budgets.CeilingReached(ask=ask):
            return [_answer(recorded, ask, "ceiling", ()), *_give_back(recorded, ask)]
        case budgets.BudgetQueued(ask=ask):
            return [_answer(recorded, ask, "queued", ask.taken)]
        case budgets.BudgetDequeued(ask=ask, lapsed=True, more=more, document=document):
            closing = (
                [follow_up(recorded, 1, recorded.stream, budgets.CloseLine(document=document))]
                if more
                else []
            )
            lapsed = _answer(recorded, ask, "lapsed", ())
            return [lapsed, *closing, *_give_back(recorded, ask)]
        case budgets.BudgetCarried(ask=ask, onward=onward, document=document, more=more):
            # given back first, so that the way over the same ceilings can begin again
            back = _give_back(recorded, ask)
            first = onward.claims[onward.step].lines[0]
            asks = [*back, follow_up(recorded, 0, first, budgets.CommitBudget(ask=onward))]
            if more:
                close = budgets.CloseLine(document=document, queue="carry")
                asks.append(follow_up(recorded, 1, recorded.stream, close))
            return asks
        case budgets.BudgetParted(ask=ask, more=more):
            taken, ahead = ask.taken, ask.claims[ask.step :]
            told = _answer(recorded, ask, "committed", taken, ahead, line=taken[-1].line)
            again = follow_up(recorded, 1, recorded.stream, budgets.WakeLine())
            return [told, again] if more else [told]
        case budgets.BudgetReleased() | budgets.EarmarkFreed() as fact:
            return _of_ceilings(recorded, fact)
        case budgets.BudgetDequeued(more=True):
            return [follow_up(recorded, 0, recorded.stream, budgets.WakeLine())]
        case _:
            return []


def _of_ceilings(
    recorded: Recorded, fact: budgets.BudgetReleased | budgets.EarmarkFreed
) -> list[Asked]:
    """Give back of the ceilings in money what was given back of a fund's line."""
    amount = fact.amount if isinstance(fact, budgets.BudgetReleased) else fact.released
    if not fact.ceilings or not amount:
        return []
    back = budgets.ReleaseBudget(
        application=fact.application,
        attempt=fact.attempt,
        key=recorded.id,
        amount=amount,
        reach="of_ceiling",
    )
    return [follow_up(recorded, n, line, back) for n, line in enumerate(fact.ceilings)]


def _next(recorded: Recorded, ask: budgets.BudgetAsk) -> Asked:
    """Ask the next line. An attempt's first way ends with its first fund: the claims behind that are
    of later years, and each goes a way of its own once the approval is granted."""
    taken = (
        *ask.taken,
        LineTaken(line=recorded.stream, amount=ask.amount, step=ask.step),
    )
    rest = ask.claims[ask.step + 1 :]
    if not way_of(ask.turn) and streams.line_parts(recorded.stream)[0] == "fund":
        return _answer(recorded, ask, "committed", taken, rest)
    if not rest:
        return _answer(recorded, ask, "committed", taken)
    onward = ask.model_copy(update={"taken": taken, "step": ask.step + 1, "choice": 0})
    return follow_up(recorded, 0, rest[0].lines[0], budgets.CommitBudget(ask=onward))


def _answer(
    recorded: Recorded,
    ask: budgets.BudgetAsk,
    outcome: str,
    taken: tuple[LineTaken, ...],
    ahead: tuple[BudgetClaim, ...] = (),
    line: str = "",
) -> Asked:
    answer = AnswerBudget(
        application=ask.application,
        attempt=ask.attempt,
        outcome=outcome,  # type: ignore[arg-type]
        line=line or recorded.stream,
        taken=taken,
        turn=ask.turn,
        ahead=ahead,
    )
    return follow_up(recorded, 0, ask.beneficiary, answer)


def _give_back(recorded: Recorded, ask: budgets.BudgetAsk) -> list[Asked]:
    """Give back exactly what this way took: the lines may be asked again by the next turn."""
    taken: dict[str, int] = {}
    for item in ask.taken:
        taken[item.line] = taken.get(item.line, 0) + item.amount
    return [
        follow_up(
            recorded,
            2 + ordinal,
            line,
            budgets.ReleaseBudget(
                application=ask.application, attempt=ask.attempt, key=recorded.id, amount=amount
            ),
        )
        for ordinal, (line, amount) in enumerate(taken.items())
    ]


FOLLOW_UPS: dict[type[Fact], FollowUps] = dict.fromkeys(
    (
        budgets.BudgetCommitted,
        budgets.BudgetPassedOn,
        budgets.CeilingReached,
        budgets.BudgetQueued,
        budgets.BudgetDequeued,
        budgets.BudgetCarried,
        budgets.BudgetParted,
        budgets.BudgetReleased,
        budgets.EarmarkFreed,
    ),
    follow_ups,
)
