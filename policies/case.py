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

from events.fact_names import FactType
from events.facts import APPLIED_ON, BY_NAME
from events.values import FactValue
from policies import trace
from policies.outcomes import Counters, Seen
from policies.standards import Figure
from policies.words import ParamRef

MONTH = "month"
"""``as_of: month`` reads a figure for the month that an amount is computed for."""

Lack = Literal["MISSING_FACT", "NOT_STATED"]
Figures = Mapping[str, Figure]

seen = partial(tuple.__new__, Seen)
"""Build a `Seen` from a tuple, at half the cost of calling the class."""


class Case:
    """What is claimed, and what was seen of it so far."""

    __slots__ = (
        "applied",
        "applied_on",
        "counters",
        "doubts",
        "facts",
        "gaps",
        "month",
        "noted",
        "trail",
    )

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
        self.month: str | None = None
        """The first day of the month for which an amount is being computed, as ISO text."""

    def holds(self, condition: str) -> bool | None:
        """What a condition that was named by id has answered; None is kept as a doubt."""
        answer = self.noted[condition]
        if answer is None:
            self.doubts.append(condition)
        return answer

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
    """A function that reads a date fact of a case as ISO text, or None where it is not stated.

    Holds: ``month`` is the month being computed, and a month stands for its first day
    """
    if fact == APPLIED_ON:
        return lambda case: case.applied
    if fact == MONTH:
        return lambda case: case.month
    if BY_NAME[fact].type is FactType.MONTH:
        return lambda case: first_day(case.facts.get(fact))
    return lambda case: case.facts.get(fact)  # type: ignore[return-value]  # a date fact is text


def first_day(month: FactValue | None) -> str | None:
    """The first day of a stated month."""
    return None if month is None else f"{month}-01"


def read_figure(ref: ParamRef, figures: Figures) -> Callable[[Case, str], object | None]:
    """A function that reads a dated figure for a node, noting what is lacking."""
    known = BY_NAME.get(ref.as_of)
    if known is not None and known.type is FactType.MONTHS:
        return _highest(ref, figures)
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


def _highest(ref: ParamRef, figures: Figures) -> Callable[[Case, str], object | None]:
    """A function that reads the highest figure of a list of months: what holds against it, holds
    in every month."""
    figure, as_of = figures[ref.of], ref.as_of

    def read(case: Case, node: str) -> object | None:
        months = case.facts.get(as_of)
        if not isinstance(months, list):
            case.lacks(node, as_of)
            return None
        values: list[int] = []
        for month in months:
            value = figure.on(f"{month}-01")
            if not isinstance(value, int):
                case.gap(node, "NOT_STATED", trace.not_stated(figure.label, figure.name, month))
                return None
            values.append(value)
        return max(values)

    return read


def keys_of(facts: tuple[str, ...]) -> Callable[[Case, str], list[str] | None]:
    """A function that joins the facts of a unique key: one key, or one for each of its months."""
    lists = [fact for fact in facts if fact != APPLIED_ON and BY_NAME[fact].type is FactType.MONTHS]
    read = key_of(tuple(fact for fact in facts if fact not in lists))

    def read_all(case: Case, node: str) -> list[str] | None:
        key = read(case, node)
        if key is None or not lists:
            return None if key is None else [key]
        months = case.facts.get(lists[0])
        if not isinstance(months, list):
            case.lacks(node, lists[0])
            return None
        return [f"{key}|{month}" if key else month for month in months]

    return read_all


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
