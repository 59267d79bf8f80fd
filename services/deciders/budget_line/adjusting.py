"""Decide what a line may commit in all: allocated, raised, lowered, by one document each once."""

from typing import Literal, assert_never

from events import budgets
from events.values import Fact
from services.deciders.budget_line.queue import serve_queue
from services.deciders.budget_line.state import Adjustment, BudgetLineState
from services.deciders.refusal import refuse, refuse_first, refuse_same_person


def allocate(line: BudgetLineState, command: budgets.AllocateBudget) -> list[Fact]:
    """Put a document's money on the line, and serve those who wait for it.

    Refuses: LINE_CLOSED
    """
    if command.document in line.documents:
        return []
    if line.closed:
        return refuse(command, "LINE_CLOSED", command.document)
    allocated = budgets.BudgetAllocated(document=command.document, amount=command.amount)
    return [allocated, *serve_queue(line, line.available + command.amount)]


def adjust(line: BudgetLineState, command: budgets.AdjustBudget) -> list[Fact]:
    """Raise or lower the line by the document of whoever may.

    Refuses: LINE_CLOSED, NOTHING_TO_ADJUST, BELOW_COMMITTED  (first match wins)
    """
    if command.document in line.documents:
        return []
    if refused := _refuse_impossible(line, command):
        return refused
    return _adjusted(line, command, command.reason)


def propose(line: BudgetLineState, command: budgets.ProposeAdjustment) -> list[Fact]:
    """Note an adjustment that a second person must agree to.

    Refuses: LINE_CLOSED, NOTHING_TO_ADJUST, BELOW_COMMITTED, DOCUMENT_USED  (first match wins)
    """
    earlier = line.adjustments.get(command.document)
    this = (command.by, command.reason, command.maker)
    if earlier is not None and (earlier.by, earlier.reason, earlier.maker) == this:
        return []
    if refused := _refuse_impossible(line, command):
        return refused
    if earlier is not None or command.document in line.documents:
        return refuse(command, "DOCUMENT_USED", command.document)
    return [
        budgets.AdjustmentProposed(
            document=command.document,
            by=command.by,
            reason=command.reason,
            maker=command.maker,
        )
    ]


def confirm(line: BudgetLineState, command: budgets.ConfirmAdjustment) -> list[Fact]:
    """Answer the second person.

    Refuses: NOT_PROPOSED, STALE, SAME_PERSON, LINE_CLOSED, BELOW_COMMITTED  (first match wins)
    """
    waiting = line.adjustments.get(command.document)
    if waiting is None:
        return refuse(command, "NOT_PROPOSED", command.document)
    if waiting.state != "proposed":
        same = (waiting.state == "made") == command.approve
        return [] if same else refuse(command, "NOT_PROPOSED", command.document)
    if waiting.by != command.by:
        return refuse(command, "STALE", command.document)
    if refused := refuse_same_person(command, waiting.maker, command.checker, command.document):
        return refused
    if not command.approve:
        return [
            budgets.AdjustmentRejected(
                document=command.document,
                maker=waiting.maker,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    if refused := _refuse_impossible(line, command):
        return refused
    return _adjusted(line, command, waiting.reason, waiting.maker, command.checker)


def _adjusted(
    line: BudgetLineState,
    command: budgets.AdjustBudget | budgets.ConfirmAdjustment,
    reason: str,
    maker: str = "",
    checker: str = "",
) -> list[Fact]:
    adjusted = budgets.BudgetAdjusted(
        document=command.document, by=command.by, reason=reason, maker=maker, checker=checker
    )
    return [adjusted, *serve_queue(line, line.available + command.by)]


def _refuse_impossible(
    line: BudgetLineState,
    command: budgets.AdjustBudget | budgets.ProposeAdjustment | budgets.ConfirmAdjustment,
) -> list[Fact]:
    """Refuses: LINE_CLOSED, NOTHING_TO_ADJUST, BELOW_COMMITTED  (first match wins)"""
    return refuse_first(
        command,
        command.document,
        (line.closed, "LINE_CLOSED", ""),
        (command.by == 0, "NOTHING_TO_ADJUST", ""),
        (
            line.available + command.by < 0,
            "BELOW_COMMITTED",
            f"{line.available} fen are not committed",
        ),
    )


def fold(
    line: BudgetLineState,
    fact: budgets.BudgetAllocated
    | budgets.BudgetAdjusted
    | budgets.AdjustmentProposed
    | budgets.AdjustmentRejected,
) -> None:
    """Fold one fact, in place.

    Raises: BrokenInvariant when more is committed than allocated
    """
    match fact:
        case budgets.BudgetAllocated():
            line.allocated += fact.amount
            line.documents.add(fact.document)
        case budgets.BudgetAdjusted():
            line.allocated += fact.by
            line.documents.add(fact.document)
            if fact.document in line.adjustments:
                _mark(line, fact.document, "made")
            line.check()
        case budgets.AdjustmentProposed():
            line.adjustments[fact.document] = Adjustment(
                fact.by, fact.reason, fact.maker, "proposed"
            )
        case budgets.AdjustmentRejected():
            _mark(line, fact.document, "rejected")
        case _:
            assert_never(fact)


def _mark(line: BudgetLineState, document: str, state: Literal["made", "rejected"]) -> None:
    line.adjustments[document] = line.adjustments[document]._replace(state=state)
