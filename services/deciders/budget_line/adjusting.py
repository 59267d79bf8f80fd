"""Decide what a line may commit in all: allocated, raised, lowered, by one document each once."""

from events.budgets import (
    AdjustBudget,
    AdjustmentProposed,
    AdjustmentRejected,
    AllocateBudget,
    BudgetAdjusted,
    BudgetAllocated,
    ConfirmAdjustment,
    ProposeAdjustment,
)
from events.control import CommandRefused
from events.people import same_person
from events.values import Fact
from services.deciders.budget_line.queue import wake
from services.deciders.budget_line.state import Line

AdjustingCommand = AllocateBudget | AdjustBudget | ProposeAdjustment | ConfirmAdjustment


def allocate(line: Line, command: AllocateBudget) -> list[Fact]:
    """Put a document's money on the line, and serve those who wait for it.

    Refuses: LINE_CLOSED
    """
    if command.document in line.documents:
        return []
    if line.closed:
        return [_refused(command, "LINE_CLOSED")]
    allocated = BudgetAllocated(document=command.document, amount=command.amount)
    return [allocated, *wake(line, line.available + command.amount)]


def adjust(line: Line, command: AdjustBudget) -> list[Fact]:
    """Raise or lower the line by the document of whoever may.

    Refuses: LINE_CLOSED, NOTHING_TO_ADJUST, BELOW_COMMITTED  (first match wins)
    """
    if command.document in line.documents:
        return []
    if refused := _impossible(line, command):
        return [refused]
    return _adjusted(line, command, command.reason)


def propose(line: Line, command: ProposeAdjustment) -> list[Fact]:
    """Note an adjustment that a second person must agree to.

    Refuses: LINE_CLOSED, NOTHING_TO_ADJUST, BELOW_COMMITTED, DOCUMENT_USED  (first match wins)
    """
    earlier = line.adjustments.get(command.document)
    this = (command.by, command.reason, command.maker)
    if earlier is not None and (earlier.by, earlier.reason, earlier.maker) == this:
        return []
    if refused := _impossible(line, command):
        return [refused]
    if earlier is not None or command.document in line.documents:
        return [_refused(command, "DOCUMENT_USED")]
    return [
        AdjustmentProposed(
            document=command.document,
            by=command.by,
            reason=command.reason,
            maker=command.maker,
        )
    ]


def confirm(line: Line, command: ConfirmAdjustment) -> list[Fact]:
    """Answer the second person.

    Refuses: NOT_PROPOSED, STALE, SAME_PERSON, LINE_CLOSED, BELOW_COMMITTED  (first match wins)
    """
    waiting = line.adjustments.get(command.document)
    if waiting is None:
        return [_refused(command, "NOT_PROPOSED")]
    if waiting.state != "proposed":
        same = (waiting.state == "made") == command.approve
        return [] if same else [_refused(command, "NOT_PROPOSED")]
    if waiting.by != command.by:
        return [_refused(command, "STALE")]
    if same_person(waiting.maker, command.checker):
        return [_refused(command, "SAME_PERSON")]
    if not command.approve:
        return [
            AdjustmentRejected(
                document=command.document,
                maker=waiting.maker,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    if refused := _impossible(line, command):
        return [refused]
    return _adjusted(line, command, waiting.reason, waiting.maker, command.checker)


def _adjusted(
    line: Line,
    command: AdjustBudget | ConfirmAdjustment,
    reason: str,
    maker: str = "",
    checker: str = "",
) -> list[Fact]:
    adjusted = BudgetAdjusted(
        document=command.document, by=command.by, reason=reason, maker=maker, checker=checker
    )
    return [adjusted, *wake(line, line.available + command.by)]


def _impossible(
    line: Line, command: AdjustBudget | ProposeAdjustment | ConfirmAdjustment
) -> CommandRefused | None:
    if line.closed:
        return _refused(command, "LINE_CLOSED")
    if command.by == 0:
        return _refused(command, "NOTHING_TO_ADJUST")
    if line.available + command.by < 0:
        return _refused(command, "BELOW_COMMITTED", f"{line.available} fen are not committed")
    return None


def _refused(command: AdjustingCommand, code: str, text: str = "") -> CommandRefused:
    return CommandRefused(
        command=type(command).__name__, code=code, about=command.document, text=text
    )
