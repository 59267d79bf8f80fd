"""Figures: state a figure of the running ledger from a terminal, or confirm one, as the page does.

In:   a declared figure, a jurisdiction, days, a value as people write it, a document; the books
Out:  ProposeAct of StateFigure, or JudgeAct, on the history of the jurisdiction; what came of it
Holds: the ledger keeps the two people apart; nothing here does
"""

from datetime import date
from typing import Literal, NamedTuple

from events import streams
from events.canonical import document_number
from events.figures import StateFigure
from events.proposals import JudgeAct
from policies.engine.registry import Policies
from policies.reference_data.figure_history import Span, history
from policies.reference_data.figure_texts import HOW, read_value
from projections.queries import figures, proposals_waiting
from projections.queries.command_answers import CommandAnswer
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import propose_and_wait, send_and_wait

_ANSWER_SECONDS = 20.0


class NoSuchFigure(OperatingFailure):
    """No rule asks for a figure of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有参数 {name}。", "用 figures list 查看各参数的名称。")


class NotAValue(OperatingFailure):
    """A text that is no value of the figure's type."""

    def __init__(self, label: str, text: str, how: str) -> None:
        super().__init__(f"“{text}”不是{label}的数值。", f"写法：{how}。")


class NoSuchProposal(OperatingFailure):
    """No statement waits under this number."""

    def __init__(self, proposal: str) -> None:
        super().__init__(
            f"没有待复核的参数 {proposal}。", "用 figures list 查看编号；可能已由他人办理。"
        )


class Answered(NamedTuple):
    """The number of a proposal, and what the books have of the command; None where nothing yet."""

    proposal: str
    answer: CommandAnswer | None


class FigureHistory(NamedTuple):
    """One figure of one jurisdiction: its name, and what counts on which days."""

    name: str
    label: str
    jurisdiction: str
    spans: list[Span]


async def policies_now(settings: Settings, policies: Policies) -> Policies:
    """The policies, going by every figure that the books have."""
    async with books(settings.postgres_dsn) as connection:
        return policies.with_figures([one.figure for one in await figures.stated(connection)])


async def waiting(settings: Settings) -> list[figures.FigureProposal]:
    """What waits for a second person."""
    async with books(settings.postgres_dsn) as connection:
        return await figures.waiting(connection)


def listed(policies: Policies, wanted: str = "") -> list[FigureHistory]:
    """Every figure that anybody states, or those of one name or group.

    Raises: NoSuchFigure
    """
    declared, stated = policies.standards
    found = [
        FigureHistory(name, declared[name].label, place, history(rows))
        for (name, place), rows in sorted(stated.items())
        if not wanted or name == wanted or name.startswith(f"{wanted}.")
    ]
    if wanted and not found and wanted not in declared:
        raise NoSuchFigure(wanted)
    return found


async def propose(
    settings: Settings,
    policies: Policies,
    name: str,
    jurisdiction: str,
    days: tuple[date, date | None],
    value: str,
    documents: tuple[str, str],
    maker: str,
) -> Answered:
    """State a figure; another person confirms it. `documents` are what states it and what it
    supersedes.

    Raises: NoSuchFigure, NotAValue, BrokerAway, NotAcknowledged, DatabaseAway
    """
    declared = policies.standards.declared.get(name)
    if declared is None:
        raise NoSuchFigure(name)
    try:
        meant = read_value(declared, value)
    except ValueError as error:
        raise NotAValue(declared.label, value, HOW[declared.type]) from error
    act = StateFigure(
        jurisdiction=jurisdiction,
        name=name,
        from_on=days[0],
        to_on=days[1],
        value=meant,
        document=document_number(documents[0]),
        supersedes=document_number(documents[1]),
    )
    stream = streams.figures(jurisdiction)
    return Answered(*await propose_and_wait(settings, stream, act, maker, _ANSWER_SECONDS))


async def judge(
    settings: Settings,
    proposal: str,
    verdict: Literal["confirm", "reject"],
    checker: str,
    reason: str = "",
) -> Answered:
    """Confirm a figure that somebody else has stated, or turn it down.

    Raises: NoSuchProposal, BrokerAway, NotAcknowledged, DatabaseAway
    """
    async with books(settings.postgres_dsn) as connection:
        found = await proposals_waiting.proposal(connection, proposal)
    if found is None or found.act != StateFigure.__name__:
        raise NoSuchProposal(proposal)
    body = JudgeAct(proposal=proposal, checker=checker, verdict=verdict, reason=reason)
    asked = asked_by_staff(found.stream, checker, body)
    return Answered(proposal, await send_and_wait(settings, asked, _ANSWER_SECONDS))
