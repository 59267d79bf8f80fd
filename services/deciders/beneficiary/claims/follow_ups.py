"""What the budget lines must be asked because of an approval's fact."""

from events import approvals, budgets, streams
from events.envelope import Asked, Recorded, follow_up
from events.values import LineTaken


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
        case approvals.CommitmentDeclined() as fact if fact.turn >= approvals.EXTENSION_TURN:
            return _of_an_extension(recorded, fact)
        case approvals.ApprovalWithdrawn() | approvals.CommitmentDeclined() as fact:
            return _releases(recorded, fact.application, fact.attempt, fact.taken, fact.queued_on)
        case _:
            return []


def _of_an_extension(recorded: Recorded, fact: approvals.CommitmentDeclined) -> list[Asked]:
    """Give back what further months took, and no more: the plan before them is the same attempt's."""
    amounts: dict[str, int] = {fact.queued_on: 0} if fact.queued_on else {}
    for item in fact.taken:
        amounts[item.line] = amounts.get(item.line, 0) + item.amount
    return [
        follow_up(
            recorded,
            ordinal,
            line,
            budgets.ReleaseBudget(
                application=fact.application,
                attempt=fact.attempt,
                key=recorded.id,
                amount=amount,
            ),
        )
        for ordinal, (line, amount) in enumerate(amounts.items())
    ]


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
