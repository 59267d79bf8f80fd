"""Conditions: one function per kind, from a case to true, false or None.

In:    a leaf of a policy's conditions
Out:   a function that reads the case, appends one `Seen` and answers
Holds: a missing fact or an unstated figure answers None and says which; boundaries are as the
       words say (民法典 第1259条).
"""

import operator
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final

from events.fact_names import FactType
from events.facts import APPLIED_ON, BY_NAME, statuses_on
from policies import trace
from policies.calendar import Period, academic_year, last_day
from policies.case import Case, Check, Figures, key_of, read_day, read_figure, seen
from policies.places import lies_in
from policies.vocabulary import Between, Compare, Flag, Located, Member, SameYear, Used, Within

_ORDER: Final[dict[str, Callable[[object, object], bool]]] = {
    "<": operator.lt,  # type: ignore[dict-item]  # both sides are whole numbers
    "<=": operator.le,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "==": operator.eq,
}
_SIGN: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}


def member(node: Member) -> Check:
    """A fact, or one item of a list, is among the values."""
    name, fact, allowed = node.id, node.fact, frozenset(node.in_)
    need = "、".join(node.in_)
    single = BY_NAME[fact].type is FactType.ENUM

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            case.lacks(name, fact)
            return None
        if single:
            ok = saw in allowed
        else:
            values = saw if isinstance(saw, list) else [str(saw)]
            ok, saw = not allowed.isdisjoint(values), "、".join(values) or "无"
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def status(node: Member) -> Check:
    """A status on a day: the application states one for every day asked, or dated ones."""
    name, fact, allowed = node.id, node.fact, frozenset(node.in_)
    as_of = node.as_of or APPLIED_ON
    day_of, need = read_day(as_of), "、".join(node.in_)

    def check(case: Case) -> bool | None:
        day = day_of(case)
        stated = case.facts.get(fact)
        if day is None or stated is None:
            case.lacks(name, as_of if day is None else fact)
            return None
        if isinstance(stated, str) and "@" not in stated:
            ok = stated in allowed
            case.trail.append(seen((name, ok, f"{stated}（{day}）", need)))
            return ok
        held = statuses_on(stated, day)
        if not held:
            case.gap(name, "MISSING_FACT", trace.missing_status(fact, day))
            return None
        ok = not allowed.isdisjoint(held)
        case.trail.append(seen((name, ok, f"{'、'.join(held)}（{day}）", need)))
        return ok

    return check


def flag(node: Flag) -> Check:
    """A yes/no fact is as it must be."""
    name, fact, wanted = node.id, node.fact, node.is_
    need = "是" if wanted else "否"

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            case.lacks(name, fact)
            return None
        ok = saw is wanted
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def compare(node: Compare, figures: Figures) -> Check:
    """A whole number against the limit stated here or in a parameter."""
    name, fact, order, fixed = node.id, node.fact, _ORDER[node.op], node.value
    sign, unit = _SIGN[node.op], trace.unit(node.fact)
    read = read_figure(node.param, figures) if node.param else None
    fixed_need = f"{sign}{fixed}{unit}"

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            case.lacks(name, fact)
            return None
        limit: object = fixed
        need = fixed_need
        if read is not None:
            limit = read(case, name)
            if limit is None:
                return None
            need = f"{sign}{limit}{unit}"
        ok = order(saw, limit)
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


@lru_cache(maxsize=16_384)
def _ends(start: str, period: Period) -> tuple[str, str | None, str]:
    """The corresponding day, the last day (None while rest days are unpublished), the words."""
    last = last_day(date.fromisoformat(start), period)
    need = f"末日 {last.rolled or last.corresponding}"
    rolled = last.rolled.isoformat() if last.rolled else None
    return last.corresponding.isoformat(), rolled, need


def within(node: Within, figures: Figures) -> Check:
    """A day lies in the period that begins after another day."""
    name, start_fact, end_fact = node.id, node.start, node.end
    start_of, end_of = read_day(start_fact), read_day(end_fact)
    fixed = Period.parse(node.max) if node.max else None
    read = read_figure(node.param, figures) if node.param else None

    def check(case: Case) -> bool | None:
        start, end = start_of(case), end_of(case)
        if start is None or end is None:
            case.lacks(name, start_fact if start is None else end_fact)
            return None
        period = fixed if read is None else read(case, name)
        if not isinstance(period, Period):
            return None
        corresponding, rolled, need = _ends(start, period)
        if end > corresponding and rolled is None:
            case.gap(name, "NOT_STATED", f"{need} 之后的节假日安排尚未公布")
            return None
        ok = start <= end <= (rolled or corresponding)
        case.trail.append(seen((name, ok, f"{start}/{end}", need)))
        return ok

    return check


def between(node: Between) -> Check:
    """A day lies between two printed dates, both included."""
    name, fact, day_of = node.id, node.fact, read_day(node.fact)
    first, last = (node.from_ or date.min).isoformat(), (node.to or date.max).isoformat()
    need = trace.window(str(node.from_ or ""), str(node.to or ""))

    def check(case: Case) -> bool | None:
        day = day_of(case)
        if day is None:
            case.lacks(name, fact)
            return None
        ok = first <= day <= last
        case.trail.append(seen((name, ok, day, need)))
        return ok

    return check


def same_year(node: SameYear) -> Check:
    """Two days lie in the same calendar or academic year."""
    name, fact, other = node.id, node.fact, node.as_
    day_of, other_of = read_day(fact), read_day(other)
    academic = node.year == "academic"

    def check(case: Case) -> bool | None:
        day, with_day = day_of(case), other_of(case)
        if day is None or with_day is None:
            case.lacks(name, fact if day is None else other)
            return None
        if academic:
            year = academic_year(day)
            ok = year == academic_year(with_day)
            need = f"毕业学年 {year - 1}-09-01至{year}-08-31"
        else:
            ok = day[:4] == with_day[:4]
            need = f"毕业年度 {day[:4]}-01-01至{day[:4]}-12-31"
        case.trail.append(seen((name, ok, f"{day}/{with_day}", need)))
        return ok

    return check


def located(node: Located) -> Check:
    """A region lies in a district, city or province."""
    name, fact, inside = node.id, node.fact, node.in_
    need = trace.place(inside)

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            case.lacks(name, fact)
            return None
        ok = lies_in(str(saw), inside)
        case.trail.append(seen((name, ok, trace.place(str(saw)), need)))
        return ok

    return check


def used(node: Used) -> Check:
    """A key is already taken under a cap of another family."""
    name, family, cap, read = node.id, node.family, node.cap, key_of(tuple(node.keys))
    need = f"已按 {family} 享受的需人工核实"

    def check(case: Case) -> bool | None:
        key = read(case, name)
        if key is None:
            return None
        ok = case.counters.key_used(family, cap, key)
        case.trail.append(seen((name, ok, key, need)))
        return ok

    return check
