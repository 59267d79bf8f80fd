"""What the budget lines must be asked because of an approval's fact."""

from events import approvals, budgets, streams
from events.envelope import Asked, Recorded, follow_up
from events.values import LineTaken
from services.deciders.beneficiary.instalments import later_years


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask for money when it is proposed; give it back when nobody waits for it.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case approvals.ApprovalProposed() as fact:
            claims = budgets.merged(fact.claims)
            ask = budgets.BudgetAsk(
                application=fact.application,
                attempt=fact.attempt,
                beneficiary=recorded.stream,
                claims=claims,
            )
            return [follow_up(recorded, 0, claims[0].lines[0], budgets.CommitBudget(ask=ask))]
        case approvals.CeilingStated() as fact:
            allocation = budgets.AllocateBudget(document=fact.document, amount=fact.limit)
            return [follow_up(recorded, 0, fact.line, allocation)]
        case approvals.CommitmentDeclined() as fact:
            return _declined(recorded, fact)
        case approvals.ApprovalWithdrawn() as fact:
            back = _releases(recorded, fact.application, fact.attempt, fact.taken, fact.queued_on)
            return [*back, *later_years.of_an_ended_grant(recorded)]
        case _:
            return []


def _declined(recorded: Recorded, fact: approvals.CommitmentDeclined) -> list[Asked]:
    """Give back what one way over the lines has taken, and no more: others are the same attempt's."""
    amounts: dict[str, int] = {}
    for item in fact.taken:
        amounts[item.line] = amounts.get(item.line, 0) + item.amount
    back = [
        (
            line,
            budgets.ReleaseBudget(
                application=fact.application,
                attempt=fact.attempt,
                key=recorded.id,
                amount=amount,
                reach=_reach(line),
            ),
        )
        for line, amount in amounts.items()
    ]
    if fact.queued_on:
        place = budgets.ReleaseBudget(
            application=fact.application,
            attempt=fact.attempt,
            key=f"{recorded.id} place",
            amount=0,
            turn=fact.turn,
        )
        back.append((fact.queued_on, place))
    return [follow_up(recorded, number, line, ask) for number, (line, ask) in enumerate(back)]


def _releases(
    recorded: Recorded,
    application: str,
    attempt: int,
    taken: tuple[LineTaken, ...],
    queued_on: str | None,
) -> list[Asked]:
    lines = [item.line for item in taken] + ([queued_on] if queued_on else [])
    return [
        follow_up(
            recorded,
            ordinal,
            line,
            budgets.ReleaseBudget(
                application=application, attempt=attempt, key=recorded.id, reach=_reach(line)
            ),
        )
        for ordinal, line in enumerate(dict.fromkeys(lines))
    ]


def _reach(line: str) -> budgets.Reach:
    """A ceiling may have given everything back already, with the payments that were given up."""
    return "of_ceiling" if streams.line_parts(line)[0] == "ceiling" else "line"
