"""Case: one evaluation under way, and the ways in which nodes read it.

In:    what is claimed, on which day, with which counters
Out:   the trail so far, and for each node that cannot tell, why
Holds: days travel as ISO text, which sorts like the days themselves; nothing is changed that
       came in.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Literal

from events.facts import APPLIED_ON
from events.values import FactValue
from policies import trace
from policies.outcomes import Counters, Seen
from policies.standards import Figure
from policies.words import ParamRef

Lack = Literal["MISSING_FACT", "NOT_STATED"]
Figures = Mapping[str, Figure]

seen = partial(tuple.__new__, Seen)
"""Build a `Seen` from a tuple, at half the cost of calling the class."""


class Case:
    """What is claimed, and what was seen of it so far."""

    __slots__ = ("applied", "applied_on", "counters", "doubts", "facts", "gaps", "noted", "trail")

    def __init__(
        self, facts: Mapping[str, FactValue], applied_on: date, counters: Counters
    ) -> None:
        self.facts = facts
        self.applied_on = applied_on
        self.applied = applied_on.isoformat()
        self.counters = counters
        self.trail: list[Seen] = []
        self.noted: dict[str, bool | None] = {}
        self.gaps: dict[str, tuple[Lack, str]] = {}
        self.doubts: list[str] = []

    def lacks(self, node: str, fact: str) -> None:
        """Note that a node cannot tell because a fact is missing."""
        self.gap(node, "MISSING_FACT", trace.missing(fact))

    def gap(self, node: str, lack: Lack, text: str) -> None:
        """Note that a node cannot tell, and why."""
        self.gaps[node] = (lack, text)
        self.trail.append(Seen(node, None, None, text))


Check = Callable[[Case], bool | None]
"""True, false, or None where nobody can tell."""


def read_day(fact: str) -> Callable[[Case], str | None]:
    """A function that reads a date fact of a case as ISO text, or None where it is not stated."""
    if fact == APPLIED_ON:
        return lambda case: case.applied
    return lambda case: case.facts.get(fact)  # type: ignore[return-value]  # a date fact is text


def read_figure(ref: ParamRef, figures: Figures) -> Callable[[Case, str], object | None]:
    """A function that reads a dated figure for a node, noting what is lacking."""
    figure, as_of, day_of = figures[ref.of], ref.as_of, read_day(ref.as_of)

    def read(case: Case, node: str) -> object | None:
        day = day_of(case)
        if day is None:
            case.lacks(node, as_of)
            return None
        value = figure.on(day)
        if value is None:
            case.gap(node, "NOT_STATED", trace.not_stated(figure.label, figure.name, day))
        return value

    return read


def key_of(facts: tuple[str, ...]) -> Callable[[Case, str], str | None]:
    """A function that joins the facts of a unique key, or notes the one that is missing."""

    def read(case: Case, node: str) -> str | None:
        parts: list[str] = []
        for fact in facts:
            value = case.facts.get(fact)
            if value is None:
                case.lacks(node, fact)
                return None
            parts.append(str(value))
        return "|".join(parts)

    return read
