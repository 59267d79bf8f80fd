"""later years: find the money of a plan's later parts, each year's on its own line, after the grant.

In:    the claims of later years that a budget's answer leaves open; AnswerBudget on their ways
Out:   LaterYearHeld | LaterYearCommitted | LaterYearLapsed | LaterYearDropped
Holds: what this year covers waits for nobody; an instalment whose year has not committed its money
       is not due; what a year has committed and its instalments do not need is given back at once.
Source: docs/adr/0037-each-year-pays-its-own-part.md
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date

from events import budgets, streams
from events.approvals import (
    EXTENSION_TURN,
    AnswerBudget,
    ApprovalGranted,
    ApprovalRevoked,
    ApprovalWithdrawn,
    CommitmentDeclined,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
    way_of,
)
from events.envelope import Asked, Recorded, follow_up
from events.instalments import InstalmentStopped
from events.invariants import BrokenInvariant
from events.values import BudgetClaim, Fact, LaterYear, LineTaken, PlannedInstalment
from services.deciders.beneficiary.state.approvals import Approval, Approvals, YearAhead
from services.deciders.beneficiary.state.instalments import Instalments

RULE = "budgets/Y1"
"""The assumption of the table of budgets by which a queue ends with its year."""


def years_ahead(
    plan: Sequence[PlannedInstalment], ahead: Iterable[BudgetClaim], taken: Sequence[LineTaken]
) -> tuple[LaterYear, ...]:
    """Name the parts of a plan whose years come later, each with the line that is asked for it: that
    of the fund which carries the first part. The claims, year by year, are for the parts in the order
    of their days.

    Raises: BrokenInvariant where a year's claim is not what its instalments come to
    """
    claims = [claim for claim in ahead if claim.amount]
    if not claims:
        return ()
    funds = [item for item in taken if not _is_ceiling(item.line)]
    _, fund, district, _ = streams.line_parts(funds[-1].line)
    total = sum(item.amount for item in funds) + sum(claim.amount for claim in claims)
    ceilings = tuple(i.line for i in taken if _is_ceiling(i.line) and i.amount == total)
    found: list[LaterYear] = []
    in_order = sorted(plan, key=lambda part: (part.due_on or date.min, part.no))
    _taken_from(in_order, sum(item.amount for item in funds))
    for number, claim in enumerate(claims, 1):
        year = streams.line_parts(claim.lines[0])[3]
        parts = _taken_from(in_order, claim.amount)
        found.append(
            LaterYear(
                turn=number * EXTENSION_TURN,
                year=year,
                amount=claim.amount,
                line=streams.fund_line(fund, district, year),
                instalments=tuple(part.no for part in parts),
                ceilings=ceilings,
            )
        )
    return tuple(found)


def _taken_from(parts: list[PlannedInstalment], amount: int) -> list[PlannedInstalment]:
    """Take the first parts from a list that come to an amount.

    Raises: BrokenInvariant
    """
    taken: list[PlannedInstalment] = []
    while amount > 0 and parts:
        taken.append(parts.pop(0))
        amount -= taken[-1].amount
    if amount:
        raise BrokenInvariant(f"a year's claim is not what its instalments come to: {taken}")
    return taken


def _is_ceiling(line: str) -> bool:
    return streams.line_parts(line)[0] == "ceiling"


def answer(
    approval: Approval, ahead: YearAhead, instalments: Instalments, command: AnswerBudget
) -> list[Fact]:
    """Take the answer of a later year's line to a granted claim.

    Holds: answers may cross and come again: the part waits where it was queued last, and what comes
           for a part that waits no more is given back
    """
    if ahead.state in ("committed", "lapsed"):
        return []
    if ahead.state == "dropped":
        return [] if command.outcome == "lapsed" else [_declined(command)]
    match command.outcome:
        case "queued":
            if command.turn <= ahead.heard:
                return []
            return [
                LaterYearHeld(
                    application=command.application,
                    attempt=command.attempt,
                    turn=command.turn,
                    year=ahead.year.year,
                    line=command.line,
                    amount=ahead.year.amount,
                )
            ]
        case "committed":
            return [_committed(approval, ahead, instalments, command)]
        case "lapsed":
            return _lapsed(approval, ahead, instalments, command)
        case _:
            return []


def _committed(
    approval: Approval, ahead: YearAhead, instalments: Instalments, command: AnswerBudget
) -> LaterYearCommitted:
    """What was stopped while it waited is not needed any more."""
    amount = command.taken[-1].amount
    open_ones = _open(approval, instalments, command.application, ahead)
    return LaterYearCommitted(
        application=command.application,
        attempt=command.attempt,
        turn=command.turn,
        year=ahead.year.year,
        line=command.line,
        amount=amount,
        surplus=amount - sum(part.amount for part in open_ones),
        instalments=tuple(part.no for part in open_ones),
    )


def _lapsed(
    approval: Approval, ahead: YearAhead, instalments: Instalments, command: AnswerBudget
) -> list[Fact]:
    """End the wait: its instalments are stopped, by a rule that is named, and a person may plan them
    again."""
    gone = _open(approval, instalments, command.application, ahead)
    lapsed = LaterYearLapsed(
        application=command.application,
        attempt=command.attempt,
        turn=command.turn,
        year=ahead.year.year,
        line=command.line,
        amount=ahead.year.amount,
        instalments=tuple(one.no for one in gone),
        ceilings=ahead.year.ceilings,
        since=_begins(gone),
        rule=RULE,
    )
    stopped = [
        InstalmentStopped(
            application=command.application,
            no=one.no,
            attempt=command.attempt,
            amount=one.amount,
            line=command.line,
            reason="unfunded",
            rule=RULE,
            still_planned=0,
            committed=False,
        )
        for one in gone
    ]
    return [lapsed, *stopped]


def _begins(parts: Iterable[PlannedInstalment]) -> date:
    """The first day of the first month that parts are for; of a part without months, its own."""
    days = [
        date.fromisoformat(f"{part.months[0].month}-01") if part.months else part.due_on
        for part in parts
    ]
    return min(day for day in days if day is not None)


def dropped(
    approval: Approval, instalments: Instalments, application: str, gone: Container[int]
) -> list[Fact]:
    """Let go of the years of which nothing is left to wait for, now that these instalments stop."""
    return [
        LaterYearDropped(
            application=application,
            attempt=approval.attempt,
            turn=ahead.year.turn,
            year=ahead.year.year,
            line=ahead.line,
            amount=ahead.year.amount,
            ceilings=ahead.year.ceilings,
        )
        for ahead in approval.later
        if ahead.state == "waiting"
        and all(one.no in gone for one in _open(approval, instalments, application, ahead))
    ]


def _open(
    approval: Approval, instalments: Instalments, application: str, ahead: YearAhead
) -> list[PlannedInstalment]:
    """The instalments of a later year that nothing has stopped."""
    parts = approval.proposed.instalments if approval.proposed else ()
    return [
        part
        for part in parts
        if part.no in ahead.year.instalments and (application, part.no) not in instalments.answered
    ]


def waiting(approval: Approval) -> tuple[LaterYear, ...]:
    """List what still waits for a later year's money, with the line where it waits now."""
    return tuple(
        ahead.year.model_copy(update={"line": ahead.line})
        for ahead in approval.later
        if ahead.state == "waiting"
    )


def _declined(command: AnswerBudget) -> CommitmentDeclined:
    return CommitmentDeclined(
        application=command.application,
        attempt=command.attempt,
        turn=command.turn,
        taken=command.taken,
        queued_on=command.line if command.outcome == "queued" else None,
    )


def evolve(
    approvals: Approvals,
    fact: LaterYearHeld | LaterYearCommitted | LaterYearLapsed | LaterYearDropped,
) -> None:
    """Fold one fact, in place."""
    approval = approvals.by_application[fact.application]
    approval.later = tuple(
        _after(ahead, fact) if way_of(ahead.year.turn) == way_of(fact.turn) else ahead
        for ahead in approval.later
    )
    if isinstance(fact, LaterYearCommitted):
        approval.taken += (LineTaken(line=fact.line, amount=fact.amount, step=0),)
    match fact:  # an answer may come once more, after the grant was taken back
        case LaterYearHeld():
            approvals.heard |= {(fact.application, fact.attempt, fact.turn, "queued")}
        case LaterYearCommitted():
            approvals.heard |= {(fact.application, fact.attempt, fact.turn, "committed")}
        case _:
            pass


def _after(
    ahead: YearAhead,
    fact: LaterYearHeld | LaterYearCommitted | LaterYearLapsed | LaterYearDropped,
) -> YearAhead:
    match fact:
        case LaterYearHeld():
            return ahead._replace(line=fact.line, heard=fact.turn)
        case LaterYearCommitted():
            return ahead._replace(line=fact.line, state="committed")
        case LaterYearLapsed():
            return ahead._replace(line=fact.line, state="lapsed")
        case LaterYearDropped():
            return ahead._replace(state="dropped")


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask each later year's line for its part; give back what nobody needs of it.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case ApprovalGranted() as fact:
            return [
                follow_up(recorded, number, later.line, _asking(recorded.stream, fact, later))
                for number, later in enumerate(fact.later)
            ]
        case LaterYearCommitted(surplus=surplus) as fact if surplus:
            back = budgets.ReleaseBudget(
                application=fact.application,
                attempt=fact.attempt,
                key=recorded.id,
                amount=surplus,
                reach="with_ceilings",
            )
            return [follow_up(recorded, 0, fact.line, back)]
        case LaterYearDropped() as fact:
            ceilings = of_ceilings(fact.ceilings, fact.amount)
            return leaving(recorded, fact.application, fact.attempt, (fact,), ceilings)
        case LaterYearLapsed() as fact:
            ceilings = of_ceilings(fact.ceilings, fact.amount)
            return leaving(recorded, fact.application, fact.attempt, (), ceilings)
        case _:
            return []


def _asking(beneficiary: str, fact: ApprovalGranted, later: LaterYear) -> budgets.CommitBudget:
    """One way over one line; the ceilings before it are named, not asked."""
    ceilings = tuple(
        BudgetClaim(amount=later.amount, lines=(line,), shared="part") for line in later.ceilings
    )
    return budgets.CommitBudget(
        ask=budgets.BudgetAsk(
            application=fact.application,
            attempt=fact.attempt,
            beneficiary=beneficiary,
            claims=(*ceilings, BudgetClaim(amount=later.amount, lines=(later.line,))),
            step=len(ceilings),
            turn=later.turn,
        )
    )


def of_ceilings(ceilings: Iterable[str], amount: int) -> dict[str, int]:
    """Tell what ceilings in money get back of a year that was never committed."""
    return dict.fromkeys(ceilings, amount)


_ORDINAL = 2000
"""Behind what else these facts lead to."""


def leaving(
    recorded: Recorded,
    application: str,
    attempt: int,
    places: Iterable[LaterYear | LaterYearDropped],
    ceilings: dict[str, int],
) -> list[Asked]:
    """Leave the queues of later years, and give back what ceilings hold for them."""
    releases = [
        (
            place.line,
            budgets.ReleaseBudget(
                application=application,
                attempt=attempt,
                key=f"{recorded.id} {place.turn}",
                amount=0,
                turn=place.turn,
            ),
        )
        for place in places
    ] + [
        (
            line,
            budgets.ReleaseBudget(
                application=application,
                attempt=attempt,
                key=f"{recorded.id} {line}",
                amount=amount,
                reach="of_ceiling",
            ),
        )
        for line, amount in ceilings.items()
    ]
    return [
        follow_up(recorded, _ORDINAL + number, line, release)
        for number, (line, release) in enumerate(releases)
    ]


def of_an_ended_grant(recorded: Recorded) -> list[Asked]:
    """Leave the queues of later years with a grant that is withdrawn or taken back.

    Holds: a withdrawal, and an error of the administration, give back all of the ceilings themselves
    """
    match recorded.body:
        case ApprovalWithdrawn() as fact:
            given_back = {item.line for item in fact.taken}
            places = [later for later in fact.later if later.line not in given_back]
            return leaving(recorded, fact.application, fact.attempt, places, {})
        case ApprovalRevoked() as fact:
            ceilings: dict[str, int] = {}
            for later in () if fact.gives_back_slots else fact.later:
                for line in later.ceilings:
                    ceilings[line] = ceilings.get(line, 0) + later.amount
            return leaving(recorded, fact.application, fact.attempt, fact.later, ceilings)
        case _:
            return []
