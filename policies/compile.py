"""Compile: turn conditions into plain functions that leave a trail.

In:    the conditions of a policy, and the dated figures of one region
Out:   one function per condition: a case in, true, false or None out
Holds: nothing is short-circuited, so that a denial can list every failing clause; None means
       that nobody can tell (a fact is missing, a figure is not stated), and `case.gaps` says why.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Literal, assert_never

from events.facts import APPLIED_ON, BY_NAME, FactType, statuses_on
from events.values import FactValue
from policies import trace
from policies.calendar import Period, academic_year, last_day, within
from policies.outcomes import Counters, Seen
from policies.places import lies_in
from policies.standards import Figure
from policies.vocabulary import (
    AllOf,
    AnyOf,
    Between,
    Compare,
    Condition,
    Flag,
    Located,
    Member,
    ParamRef,
    SameYear,
    Used,
    Within,
)

Gap = tuple[Literal["MISSING_FACT", "NOT_STATED"], str]
seen = partial(tuple.__new__, Seen)
"""Build a `Seen` from a tuple, at half the cost of calling the class."""


class Case:
    """One evaluation under way: what is claimed, and the trail so far."""

    __slots__ = ("applied", "applied_on", "counters", "doubts", "facts", "gaps", "results", "trail")

    def __init__(
        self, facts: Mapping[str, FactValue], applied_on: date, counters: Counters
    ) -> None:
        self.facts = facts
        self.applied_on = applied_on
        self.applied = applied_on.isoformat()
        self.counters = counters
        self.trail: list[Seen] = []
        self.results: dict[str, bool | None] = {}
        self.gaps: dict[str, Gap] = {}
        self.doubts: list[str] = []

    def lacks(self, node: str, fact: str) -> None:
        """Note that a node cannot tell because a fact is missing."""
        self._gap(node, "MISSING_FACT", trace.missing(fact))

    def lacks_status(self, node: str, fact: str, day: str) -> None:
        """Note that a dated status says nothing about the day asked for."""
        self._gap(node, "MISSING_FACT", trace.missing_status(fact, day))

    def unstated(self, node: str, figure: Figure, day: date) -> None:
        """Note that a node cannot tell because no source states a figure."""
        self._gap(node, "NOT_STATED", trace.not_stated(figure.label, figure.name, day.isoformat()))

    def _gap(self, node: str, code: Literal["MISSING_FACT", "NOT_STATED"], text: str) -> None:
        self.gaps[node] = (code, text)
        self.trail.append(Seen(node, None, None, text))


Check = Callable[[Case], bool | None]
ReadDay = Callable[[Case], date | None]
Figures = Mapping[str, Figure]

_ORDER: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_SIGN = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}


def compile_condition(node: Condition, figures: Figures) -> Check:
    """The function of one condition; it remembers its result for branches that name it."""
    check = _compile(node, figures)
    name = node.id

    def remembered(case: Case) -> bool | None:
        result = case.results[name] = check(case)
        return result

    return remembered


def _compile(node: Condition, figures: Figures) -> Check:
    match node:
        case AllOf() | AnyOf():
            return _group(node, figures)
        case Member():
            return _status(node) if node.as_of else _member(node)
        case Flag():
            return _flag(node)
        case Compare():
            return _compare(node, figures)
        case Within():
            return _within(node, figures)
        case Between():
            return _between(node)
        case SameYear():
            return _same_year(node)
        case Located():
            return _located(node)
        case Used():
            return _used(node)
        case _:
            assert_never(node)


def read_day(fact: str) -> ReadDay:
    """A function that reads a date fact of a case, or None where it is not stated."""
    if fact == APPLIED_ON:
        return lambda case: case.applied_on
    parse = date.fromisoformat

    def read(case: Case) -> date | None:
        text = case.facts.get(fact)
        return None if text is None else parse(str(text))

    return read


def read_figure(ref: ParamRef, figures: Figures) -> Callable[[Case, str], object | None]:
    """A function that reads a dated figure for a node, noting what is lacking."""
    figure, as_of, day_of = figures[ref.of], ref.as_of, read_day(ref.as_of)

    def read(case: Case, node: str) -> object | None:
        day = day_of(case)
        if day is None:
            return case.lacks(node, as_of)
        value = figure.on(day)
        return case.unstated(node, figure, day) if value is None else value

    return read


def key_of(facts: tuple[str, ...]) -> Callable[[Case, str], str | None]:
    """A function that joins the facts of a unique key, or notes the one that is missing."""

    def read(case: Case, node: str) -> str | None:
        parts: list[str] = []
        for fact in facts:
            value = case.facts.get(fact)
            if value is None:
                return case.lacks(node, fact)
            parts.append(str(value))
        return "|".join(parts)

    return read


def _group(node: AllOf | AnyOf, figures: Figures) -> Check:
    """Three-valued: a known answer decides, else what cannot be told stays open."""
    name = node.id
    checks = tuple(compile_condition(inner, figures) for inner in node.of)
    decides = isinstance(node, AnyOf)
    need = "满足其一" if decides else "全部满足"
    verdicts: dict[bool | None, Seen] = {
        ok: Seen(name, ok, None, need) for ok in (True, False, None)
    }

    def check(case: Case) -> bool | None:
        trail = case.trail
        place = len(trail)
        trail.append(verdicts[None])
        results = [inner(case) for inner in checks]
        ok = decides if decides in results else None if None in results else not decides
        trail[place] = verdicts[ok]
        return ok

    return check


def _member(node: Member) -> Check:
    name, fact, allowed = node.id, node.fact, frozenset(node.in_)
    need = "、".join(node.in_)
    single = BY_NAME[fact].type is FactType.ENUM

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        if single or isinstance(saw, str):
            ok = saw in allowed
        else:
            ok = isinstance(saw, list) and not allowed.isdisjoint(saw)
            saw = "、".join(saw) if isinstance(saw, list) else saw
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def _status(node: Member) -> Check:
    """A status on a day: the application states one for every day asked, or dated ones."""
    name, fact, as_of, allowed = node.id, node.fact, str(node.as_of), frozenset(node.in_)
    need = "、".join(node.in_)

    def check(case: Case) -> bool | None:
        day = case.applied if as_of == APPLIED_ON else case.facts.get(as_of)
        if day is None:
            return case.lacks(name, as_of)
        stated = case.facts.get(fact)
        if stated is None:
            return case.lacks(name, fact)
        held = statuses_on(stated, str(day))
        if not held:
            return case.lacks_status(name, fact, str(day))
        ok = not allowed.isdisjoint(held)
        case.trail.append(seen((name, ok, f"{'、'.join(held)}（{day}）", need)))
        return ok

    return check


def _flag(node: Flag) -> Check:
    name, fact, wanted = node.id, node.fact, node.is_
    need = "是" if wanted else "否"

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        ok = saw is wanted
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def _compare(node: Compare, figures: Figures) -> Check:
    name, fact, order = node.id, node.fact, _ORDER[node.op]
    sign, unit, fixed = _SIGN[node.op], trace.unit(node.fact), node.value
    read = read_figure(node.param, figures) if node.param else None
    fixed_need = f"{sign}{fixed}{unit}"

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        limit, need = fixed, fixed_need
        if read is not None:
            figure = read(case, name)
            if figure is None:
                return None
            limit, need = int(str(figure)), f"{sign}{figure}{unit}"
        ok = order(int(str(saw)), int(str(limit)))
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def _within(node: Within, figures: Figures) -> Check:
    name, start_fact, end_fact = node.id, node.start, node.end
    start_of, end_of = read_day(start_fact), read_day(end_fact)
    fixed = Period.parse(node.max) if node.max else None
    read = read_figure(node.param, figures) if node.param else None

    def check(case: Case) -> bool | None:
        start, end = start_of(case), end_of(case)
        if start is None or end is None:
            return case.lacks(name, start_fact if start is None else end_fact)
        period = fixed if read is None else read(case, name)
        if not isinstance(period, Period):
            return None
        ok = within(start, end, period)
        last = last_day(start, period)
        need = f"末日 {last.rolled or last.corresponding}"
        if ok is None:
            case.gaps[name] = ("NOT_STATED", f"{need} 之后的节假日安排尚未公布")
        case.trail.append(seen((name, ok, f"{start}/{end}", need)))
        return ok

    return check


def _between(node: Between) -> Check:
    name, fact, day_of = node.id, node.fact, read_day(node.fact)
    first, last = node.from_ or date.min, node.to or date.max
    need = trace.window(str(node.from_ or ""), str(node.to or ""))

    def check(case: Case) -> bool | None:
        day = day_of(case)
        if day is None:
            return case.lacks(name, fact)
        ok = first <= day <= last
        case.trail.append(seen((name, ok, day.isoformat(), need)))
        return ok

    return check


def _same_year(node: SameYear) -> Check:
    name, fact, other = node.id, node.fact, node.as_
    day_of, other_of = read_day(fact), read_day(other)
    academic = node.year == "academic"

    def check(case: Case) -> bool | None:
        day, with_day = day_of(case), other_of(case)
        if day is None or with_day is None:
            return case.lacks(name, fact if day is None else other)
        if academic:
            year = academic_year(day)
            ok = year == academic_year(with_day)
            need = f"毕业学年 {year - 1}-09-01至{year}-08-31"
        else:
            year = day.year
            ok = year == with_day.year
            need = f"毕业年度 {year}-01-01至{year}-12-31"
        case.trail.append(seen((name, ok, f"{day}/{with_day}", need)))
        return ok

    return check


def _located(node: Located) -> Check:
    name, fact, inside = node.id, node.fact, node.in_
    need = trace.place(inside)

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        ok = lies_in(str(saw), inside)
        case.trail.append(seen((name, ok, trace.place(str(saw)), need)))
        return ok

    return check


def _used(node: Used) -> Check:
    name, family, cap, read = node.id, node.family, node.cap, key_of(tuple(node.keys))

    def check(case: Case) -> bool | None:
        key = read(case, name)
        if key is None:
            return None
        ok = case.counters.key_used(family, cap, key)
        case.trail.append(seen((name, ok, key, f"已按 {family} 享受的需人工核实")))
        return ok

    return check
