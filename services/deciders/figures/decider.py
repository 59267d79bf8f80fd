"""Decide whether a figure may be stated as it is asked.

In:   StateFigure
Out:  FigureStated
Holds: pure; what the files say and what was stated before is looked at, never what a partition has
       taken up by now
Source: docs/adr/0036-figures-are-dated-facts.md
"""

from datetime import date, timedelta
from typing import NamedTuple

from events import streams
from events.canonical import document_number
from events.envelope import Asked, Recorded
from events.figures import FigureStated, StatedFigure, StateFigure, TakeUpFigure
from events.values import Fact
from policies.engine.registry import Policies
from policies.reference_data.stated_figures import unfit
from services.deciders.every_partition import ask_every_partition
from services.deciders.figures.state import FiguresState
from services.deciders.refusal import refuse
from services.deciders.stream import Decider, members_of


class _Row(NamedTuple):
    """What is in force already: its days and its document."""

    first: date
    last: date
    document: str


def decide(
    figures: FiguresState, command: StateFigure, asked: Asked, policies: Policies
) -> list[Fact]:
    """State a figure.

    Refuses: UNKNOWN_DISTRICT, UNKNOWN_FIGURE, WRONG_VALUE, ENDS_BEFORE_IT_BEGINS,
             NOTHING_SUPERSEDED, FIGURE_OVERLAPS  (first match wins)
    Holds: the same statement again changes nothing. One that begins after what is in force takes
           over from its day on; one that covers the first day of another document's must name
           that document as superseded
    """
    place, name = command.jurisdiction, command.name
    if place not in policies.cities.served or asked.stream != streams.figures(place):
        return refuse(command, "UNKNOWN_DISTRICT", name, place)
    declared = policies.written.declared.get(name)
    if declared is None:
        return refuse(command, "UNKNOWN_FIGURE", name, name)
    if wrong := unfit(declared, command.value) or _by_ages(policies, place, name):
        return refuse(command, "WRONG_VALUE", name, wrong)
    if command.to_on is not None and command.to_on < command.from_on:
        days = f"{command.from_on} / {command.to_on}"
        return refuse(command, "ENDS_BEFORE_IT_BEGINS", name, days)
    earlier = [one for one in figures.stated if one.name == name]
    if earlier and _same(earlier[-1], command):
        return []
    seen = _in_force(earlier, command, policies)
    superseded = document_number(command.supersedes)
    if superseded and all(row.document != superseded for row in seen):
        return refuse(command, "NOTHING_SUPERSEDED", name, command.supersedes)
    if covered := _covered_unnamed(seen, command):
        text = f"{covered.document}（{covered.first} 起）"
        return refuse(command, "FIGURE_OVERLAPS", name, text)
    stated = StatedFigure(
        jurisdiction=place,
        number=len(figures.stated) + 1,
        name=name,
        from_on=command.from_on,
        to_on=command.to_on,
        value=command.value,
        document=document_number(command.document),
        maker="",
        checker="",
    )
    return [FigureStated(figure=stated, supersedes=superseded, partitions=0)]


def _by_ages(policies: Policies, place: str, name: str) -> str:
    """A list whose items count by age is written in files alone, where the ages stand beside them."""
    rows = policies.written.stated.get((name, place), ())
    return "该清单按年龄列项，须在文件夹中规定" if any(row.from_age for row in rows) else ""


def _same(stated: StatedFigure, command: StateFigure) -> bool:
    said = (command.from_on, command.to_on, command.value, document_number(command.document))
    return (stated.from_on, stated.to_on, stated.value, stated.document) == said


def _in_force(earlier: list[StatedFigure], command: StateFigure, policies: Policies) -> list[_Row]:
    """The rows that count on some day of a statement, before it."""
    written = policies.written.stated.get((command.name, command.jurisdiction), ())
    rows = [
        *(_Row(one.from_on, one.to_on or date.max, one.document) for one in reversed(earlier)),
        *(
            _Row(row.from_, row.to or date.max, document_number(row.source or row.cite or ""))
            for row in written
        ),
    ]
    first, last = command.from_on, command.to_on or date.max
    begins = {first, *(row.first for row in rows)}
    begins |= {row.last + timedelta(days=1) for row in rows if row.last < date.max}
    found = (
        next((row for row in rows if row.first <= day <= row.last), None)
        for day in sorted(begins)
        if first <= day <= last
    )
    return list(dict.fromkeys(row for row in found if row is not None))


def _covered_unnamed(seen: list[_Row], command: StateFigure) -> _Row | None:
    """The first row of another document that would be covered from its first day on, and is not
    named."""
    named = [document_number(one) for one in (command.document, command.supersedes)]
    covered = (row for row in seen if row.first >= command.from_on and row.document not in named)
    return next(covered, None)


def evolve(figures: FiguresState, fact: FigureStated) -> None:
    """Fold one fact, in place."""
    figures.stated.append(fact.figure)


def _taken_up_everywhere(recorded: Recorded) -> list[Asked]:
    """Every partition must decide by it: each has one stream that takes figures up."""
    fact = recorded.body
    assert isinstance(fact, FigureStated)
    return ask_every_partition(recorded, fact.partitions, TakeUpFigure(figure=fact.figure))


DECIDER = Decider[FiguresState, StateFigure, FigureStated](
    kind="figures",
    initial=FiguresState,
    decide=decide,
    evolve=lambda figures, fact, recorded: evolve(figures, fact),
    commands=members_of(StateFigure),
    facts=members_of(FigureStated),
    follow_ups={FigureStated: _taken_up_everywhere},
    for_every_partition=(FigureStated,),
)
