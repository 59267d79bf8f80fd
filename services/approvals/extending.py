"""Decide whether a plan is prolonged, as its clause allows once, and find the money for it."""

from events import streams
from events.approvals import (
    EXTENSION_TURN,
    AnswerBudget,
    ApprovalExtended,
    ExtendApproval,
    ExtensionLapsed,
    ExtensionProposed,
)
from events.budgets import BudgetAsk, CommitBudget
from events.control import CommandRefused
from events.envelope import Asked, Recorded, follow_up
from events.values import BudgetClaim, Fact, MonthPaid, PlannedInstalment
from policies.calendar import months_from
from policies.duties.months import day_after
from policies.registry import Policies
from services.approvals.state import Approvals
from services.instalments.state import Instalments


def extend(
    approvals: Approvals, instalments: Instalments, command: ExtendApproval, policies: Policies
) -> list[Fact]:
    """Propose the further months of a plan.

    Refuses: NOT_GRANTED, NO_EXTENSION, EXTENDED, PLAN_ENDED (before its last month, or that month
             was not due)  (first match wins)
    Holds: a repeat by the same document changes nothing, whatever became of the grant since
    """
    approval = approvals.by_application.get(command.application)
    if approval is not None and approval.extended_by == command.document != "":
        return []
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return [_refused(command, "NOT_GRANTED")]
    proposed = approval.proposed
    plan = policies.duties.plans.of(proposed.policy.programme, proposed.policy.version)
    last = proposed.instalments[-1]
    if plan is None or plan.extension is None or last.due_on is None or not last.months:
        return [_refused(command, "NO_EXTENSION")]
    if approval.extended_by:
        return [_refused(command, "EXTENDED")]
    key = (command.application, last.no)
    if command.application in instalments.ended or instalments.answered.get(key) == "stopped":
        return [_refused(command, "PLAN_ENDED")]
    further = months_from(day_after(last.months[-1].month), plan.extension.months)
    months = tuple(
        PlannedInstalment(
            no=last.no + number,
            amount=last.months[-1].amount,
            due_on=day_after(month),
            months=(MonthPaid(month=month, amount=last.months[-1].amount),),
        )
        for number, month in enumerate(further, 1)
    )
    carrying = [t.line for t in approval.taken if streams.line_parts(t.line)[0] == "fund"][-1]
    by_year: dict[int, int] = {}
    for part in months:
        assert part.due_on is not None
        by_year[part.due_on.year] = by_year.get(part.due_on.year, 0) + part.amount
    _, fund, district, _ = streams.line_parts(carrying)
    return [
        ExtensionProposed(
            application=command.application,
            attempt=approval.attempt,
            turn=approval.extension_turn + EXTENSION_TURN,
            instalments=months,
            claims=tuple(
                BudgetClaim(amount=amount, lines=(streams.fund_line(fund, district, year),))
                for year, amount in by_year.items()
            ),
            rule=f"plans/{plan.id}",
            reviewer=command.reviewer,
            document=command.document,
        )
    ]


def answer(approvals: Approvals, command: AnswerBudget) -> list[Fact]:
    """Take a budget's answer to an extension; one that waits is answered later."""
    approval = approvals.by_application[command.application]
    waiting = approval.extension
    if waiting is None or command.outcome == "queued":
        return []
    if command.outcome == "lapsed":
        return [
            ExtensionLapsed(
                application=command.application,
                attempt=command.attempt,
                turn=command.turn,
                line=command.line,
            )
        ]
    assert approval.proposed is not None
    return [
        ApprovalExtended(
            application=command.application,
            attempt=command.attempt,
            turn=command.turn,
            programme=approval.proposed.policy.programme,
            instalments=waiting,
            taken=command.taken,
        )
    ]


def evolve(
    approvals: Approvals, fact: ExtensionProposed | ApprovalExtended | ExtensionLapsed
) -> None:
    """Fold one fact, in place."""
    approval = approvals.by_application[fact.application]
    match fact:
        case ExtensionProposed():
            approval.extension, approval.extended_by = fact.instalments, fact.document
            approval.extension_turn = fact.turn
        case ApprovalExtended():
            assert approval.proposed is not None
            longer = (*approval.proposed.instalments, *fact.instalments)
            approval.proposed = approval.proposed._replace(instalments=longer)
            approval.taken += fact.taken
            approval.extension = None
            # the answer may come once more, after the grant was taken back
            approvals.heard |= {(fact.application, fact.attempt, fact.turn, "committed")}
        case ExtensionLapsed():
            approval.extension, approval.extended_by = None, ""


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask for the money of the further months."""
    match recorded.body:
        case ExtensionProposed() as fact:
            ask = BudgetAsk(
                application=fact.application,
                attempt=fact.attempt,
                beneficiary=recorded.stream,
                claims=fact.claims,
                turn=fact.turn,
            )
            return [follow_up(recorded, 0, fact.claims[0].lines[0], CommitBudget(ask=ask))]
        case _:
            return []


def _refused(command: ExtendApproval, code: str) -> CommandRefused:
    return CommandRefused(command="ExtendApproval", code=code, about=command.application)
