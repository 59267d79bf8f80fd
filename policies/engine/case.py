"""Case: one evaluation under way, and the ways in which nodes read it.

In:    what is claimed, on which day, with which counters
Out:   the trail so far, and for each node that cannot tell, why
Holds: days travel as ISO text, which sorts like the days themselves; nothing is changed that
       came in.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from events.application_facts import FactType
from events.application_facts.checking import APPLIED_ON, BY_NAME
from events.values import ClauseSeen, FactValue
from policies.duties import Duties
from policies.engine import trace
from policies.engine.record import Corrected
from policies.reference_data.standards import Figure
from policies.vocabulary.outcomes import BeneficiaryRecord, Counters
from policies.vocabulary.words import ParamRef

MONTH = "month"
"""``as_of: month`` reads a figure for the month that an amount is computed for."""

_NONE: Final[frozenset[str]] = frozenset()

Lack = Literal["MISSING_FACT", "NOT_STATED", "CONTRADICTED"]
Figures = Mapping[str, Figure]

_DAYS = 4096
"""For how many days of application, and of figures, what is the same on each is kept."""

iso = lru_cache(maxsize=_DAYS)(date.isoformat)
"""A day as ISO text: applications come with the same few days again and again."""


class Case:
    """What is claimed, and what was seen of it so far."""

    __slots__ = (
        "applied",
        "applied_on",
        "by_month",
        "contradicted",
        "correction",
        "counters",
        "doubts",
        "duties",
        "facts",
        "gaps",
        "month",
        "noted",
        "record",
        "trail",
    )

    def __init__(
        self,
        facts: Mapping[str, FactValue],
        applied_on: date,
        counters: Counters,
        record: BeneficiaryRecord | None = None,
    ) -> None:
        self.facts = facts
        self.applied_on = applied_on
        self.applied = iso(applied_on)
        self.counters = counters
        self.trail: list[ClauseSeen] = []
        self.noted: dict[str, bool | None] = {}
        self.gaps: dict[str, tuple[Lack, str]] = {}
        self.doubts: list[str] = []
        self.by_month: dict[str, Fraction | int] = {}
        """What an amount that is computed month by month comes to in each."""
        self.month: str | None = None
        """The first day of the month for which an amount is being computed, as ISO text."""
        self.record = record
        """What the ledger knows of whom the claim is for, None where that is nothing."""
        self.correction: Corrected | None = None
        """What the record has made of the facts."""
        self.duties: Duties
        """What holds whatever the programme; there where the claim comes with a record."""
        self.contradicted: set[str] | frozenset[str] = _NONE
        """The nodes of which the record knew better than the claim."""

    def holds(self, condition: str) -> bool | None:
        """What a condition that was named by id has answered; None is kept as a doubt."""
        answer = self.noted[condition]
        if answer is None:
            self.doubts.append(condition)
        return answer

    def lacks(self, node: str, fact: str) -> ClauseSeen:
        """Note that a node cannot tell because a fact is missing, or contradicts the record."""
        if self.correction is not None and fact in self.correction.words:
            return self.gap(
                node, "CONTRADICTED", trace.contradicted(fact, self.correction.words[fact])
            )
        line, self.gaps[node] = _missing(node, fact)
        self.trail.append(line)
        return line

    def contradicts(self, node: str) -> None:
        """Note that the record knew better than the claim what a node asks for."""
        self.contradicted = {*self.contradicted, node}

    def gap(self, node: str, lack: Lack, text: str) -> ClauseSeen:
        """Note that a node cannot tell, and why."""
        self.gaps[node] = (lack, text)
        line: ClauseSeen = (node, None, None, text)
        self.trail.append(line)
        return line


@cache
def _missing(node: str, fact: str) -> tuple[ClauseSeen, tuple[Lack, str]]:
    """The line and the gap that a missing fact leaves: one for each node that asks for it."""
    text = trace.missing(fact)
    return (node, None, None, text), ("MISSING_FACT", text)


Check = Callable[[Case], bool | None]
"""True, false, or None where nobody can tell."""

Look = Callable[[Case], ClauseSeen]
"""What a condition sees, as its line of the trail; a gap is in the case's trail already."""


class Sight(NamedTuple):
    """How a condition looks: the lines of what a fact may say, made before anybody applies, and a
    look at whatever else there is to see."""

    fact: str | None
    known: dict[FactValue | None, ClauseSeen]
    look: Look


def looking(look: Look) -> Sight:
    """The sight of a condition that has to look every time."""
    return Sight(None, {}, look)


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
    on = lru_cache(maxsize=_DAYS)(figure.on)

    def read_now(case: Case, node: str) -> object | None:
        value = on(case.applied)
        if value is None:
            text = trace.not_stated(figure.label, figure.name, case.applied)
            case.gap(node, "NOT_STATED", text)
        return value

    if as_of == APPLIED_ON:
        return read_now

    def read(case: Case, node: str) -> object | None:
        day = day_of(case)
        if day is None:
            case.lacks(node, as_of)
            return None
        value = on(day)
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


def lists_among(facts: Iterable[str]) -> list[str]:
    """The facts of a unique key that list months."""
    return [one for one in facts if one != APPLIED_ON and BY_NAME[one].type is FactType.MONTHS]


def desk_keys(facts: tuple[str, ...]) -> Callable[[Case, str], list[str] | None]:
    """A function that joins the facts of a unique key: one key, or one for each of its months."""
    lists = lists_among(facts)
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
    if len(facts) == 1:
        return _sole_key(facts[0])

    def read(case: Case, node: str) -> str | None:
        values = [*map(case.facts.get, facts)]
        if None in values:
            case.lacks(node, facts[values.index(None)])
            return None
        return "|".join(map(str, values))

    return read


def _sole_key(fact: str) -> Callable[[Case, str], str | None]:
    """A function that reads a key of one fact."""

    def read(case: Case, node: str) -> str | None:
        value = case.facts.get(fact)
        if value is None:
            case.lacks(node, fact)
            return None
        return str(value)

    return read
