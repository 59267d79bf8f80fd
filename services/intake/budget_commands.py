"""Budget commands: what upstream reports of a budget line: its money, its ceiling, its end; and what
an authority states of a figure."""

from events import streams
from events.budgets import AdjustBudget, AllocateBudget, CloseLine
from events.contract.inbound.budgets import (
    BudgetAdjusted,
    BudgetAllocated,
    BudgetClosed,
    CeilingSet,
)
from events.contract.inbound.figures import FigureStated
from events.contract.inbound.reader import Inbound
from events.figures import StateFigure
from services.intake.stream_command import CommandByMessage, StreamCommand
from services.runtime.vault.requests import VaultAnswer


def _allocate(inbound: Inbound, body: BudgetAllocated, _: VaultAnswer) -> StreamCommand:
    line = streams.fund_line(body.fund, body.district, body.year)
    command = AllocateBudget(document=body.document, amount=body.amount_fen)
    return StreamCommand(line, command, inbound.on)


def _adjust(inbound: Inbound, body: BudgetAdjusted, _: VaultAnswer) -> StreamCommand:
    line = streams.fund_line(body.fund, body.district, body.year)
    command = AdjustBudget(document=body.document, by=body.by_fen, reason=body.reason)
    return StreamCommand(line, command, inbound.on)


def _set_ceiling(inbound: Inbound, body: CeilingSet, _: VaultAnswer) -> StreamCommand:
    line = streams.ceiling_line(body.ceiling, body.district, body.year)
    command = AllocateBudget(document=body.document, amount=body.amount_fen)
    return StreamCommand(line, command, inbound.on)


def _close(inbound: Inbound, body: BudgetClosed, _: VaultAnswer) -> StreamCommand:
    line = streams.fund_line(body.fund, body.district, body.year)
    command = CloseLine(document=body.document, queue=body.queue)
    return StreamCommand(line, command, inbound.on)


def _state(inbound: Inbound, body: FigureStated, _: VaultAnswer) -> StreamCommand:
    command = StateFigure(
        jurisdiction=body.jurisdiction,
        name=body.name,
        from_on=body.from_on,
        to_on=body.to_on,
        value=body.value,
        document=body.document,
        supersedes=body.supersedes or "",
    )
    return StreamCommand(streams.figures(body.jurisdiction), command, inbound.on)


BUDGET_COMMANDS: CommandByMessage = {
    BudgetAllocated: _allocate,
    BudgetAdjusted: _adjust,
    CeilingSet: _set_ceiling,
    BudgetClosed: _close,
    FigureStated: _state,
}
