"""Decide whether a plan is prolonged, as its clause allows once, and find the money for it."""

from datetime import date

from events import streams
from events.approvals import (
    EXTENSION_TURN,
    AnswerBudget,
    ApprovalExtended,
    ExtendApproval,
    ExtensionLapsed,
    ExtensionProposed,
    way_of,
)
from events.budgets import BudgetAsk, CommitBudget
from events.envelope import Asked, Recorded, follow_up
from events.values import Fact, LaterYear, MonthPaid, PlannedInstalment
from policies.duties.months import day_after
from policies.engine.registry import Policies
from policies.vocabulary.calendar import months_from
from services.deciders.beneficiary.instalments.budget_lines import budget_claims
from services.deciders.beneficiary.state.approvals import (
    Approval,
    Approvals,
    AskedExtension,
    YearAhead,
)
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.refusal import refuse


def extend(
    state: BeneficiaryState, command: ExtendApproval, asked: Asked, policies: Policies
) -> list[Fact]:
    """Propose the further months of a plan.

    Refuses: NOT_GRANTED, NO_EXTENSION, EXTENDED, PLAN_ENDED (before its last month, or that month
             was not due)  (first match wins)
    Holds: a repeat by the same document changes nothing, whatever became of the grant since
    """
    instalments, on = state.instalments, asked.effective_on
    approval = state.approvals.by_application.get(command.application)
    if approval is not None and approval.extended_by == command.document != "":
        return []
    if approval is None or approval.state != "granted" or approval.proposed is None:
        return refuse(command, "NOT_GRANTED", command.application)
    proposed = approval.proposed
    plan = policies.duties.plans.of(proposed.policy.programme, proposed.policy.version)
    last = max(proposed.instalments, key=lambda part: (part.due_on or date.min, part.no))
    if plan is None or plan.extension is None or last.due_on is None or not last.months:
        return refuse(command, "NO_EXTENSION", command.application)
    if approval.extended_by:
        return refuse(command, "EXTENDED", command.application)
    key = (command.application, last.no)
    if command.application in instalments.ended or instalments.answered.get(key) == "stopped":
        return refuse(command, "PLAN_ENDED", command.application)
    highest = max(part.no for part in proposed.instalments)
    after = months_from(day_after(last.months[-1].month), plan.extension.months)
    months = tuple(
        PlannedInstalment(
            no=highest + number,
            amount=last.months[-1].amount,
            due_on=max(day_after(month), on),
            months=(MonthPaid(month=month, amount=last.months[-1].amount),),
        )
        for number, month in enumerate(after, 1)
    )
    rule = f"plans/{plan.id}"
    return [
        *further(
            approval,
            command.application,
            months,
            on,
            command.reviewer,
            command.document,
            rule,
        )
    ]


def further(
    approval: Approval,
    application: str,
    parts: tuple[PlannedInstalment, ...],
    on: date,
    reviewer: str,
    document: str,
    rule: str,
) -> list[ExtensionProposed]:
    """Propose further parts of a plan, each out of the year in which it falls due, or of this one: one
    proposal a year, so that none waits for another's budget.

    Holds: a plan is prolonged once by its clause, which is what has a document; what is planned
           again after a stop has none
    """
    carrying = [t.line for t in approval.taken if streams.line_parts(t.line)[0] == "fund"][-1]
    _, fund, district, _ = streams.line_parts(carrying)
    of_year: dict[int, list[PlannedInstalment]] = {}
    for part in parts:
        of_year.setdefault(max(part.due_on or on, on).year, []).append(part)
    return [
        ExtensionProposed(
            application=application,
            attempt=approval.attempt,
            turn=approval.extension_turn + EXTENSION_TURN * number,
            instalments=tuple(own),
            claims=budget_claims(own, (fund,), district, on),
            rule=rule,
            reviewer=reviewer,
            document=document,
        )
        for number, (_, own) in enumerate(sorted(of_year.items()), 1)
    ]


def _open(approval: Approval, turn: int) -> AskedExtension | None:
    return next((one for one in approval.extensions if way_of(one.turn) == way_of(turn)), None)


def answer(approvals: Approvals, command: AnswerBudget) -> list[Fact]:
    """Take a budget's answer to an extension; one that waits is answered later."""
    approval = approvals.by_application[command.application]
    waiting = _open(approval, command.turn)
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
            instalments=waiting.parts,
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
            asked = AskedExtension(fact.turn, fact.instalments, fact.document)
            approval.extensions += (asked,)
            approval.extension_turn = fact.turn
            approval.extending_by = fact.document
            approval.extended_by = fact.document or approval.extended_by
        case ApprovalExtended():
            assert approval.proposed is not None
            longer = (*approval.proposed.instalments, *fact.instalments)
            approval.proposed = approval.proposed._replace(instalments=longer)
            approval.taken += fact.taken
            approval.later += _carried_by(fact)
            _close(approval, fact.turn)
            approval.extending_by = ""  # the clause has been used, whatever becomes of other years
            # the answer may come once more, after the grant was taken back
            approvals.heard |= {(fact.application, fact.attempt, fact.turn, "committed")}
        case ExtensionLapsed():
            _close(approval, fact.turn)
            if approval.extending_by and not approval.extensions:
                approval.extended_by = ""


def _carried_by(fact: ApprovalExtended) -> tuple[YearAhead, ...]:
    """Note which line carries further months, for it may be another year's than that of their day; a
    fact of an earlier version may name several."""
    if len(fact.taken) != 1:
        return ()
    (taken,) = fact.taken
    year = LaterYear(
        turn=fact.turn,
        year=streams.line_parts(taken.line)[3],
        amount=taken.amount,
        line=taken.line,
        instalments=tuple(part.no for part in fact.instalments),
    )
    return (YearAhead(year, taken.line, state="committed"),)


def _close(approval: Approval, turn: int) -> None:
    approval.extensions = tuple(
        one for one in approval.extensions if way_of(one.turn) != way_of(turn)
    )


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
