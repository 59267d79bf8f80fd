"""Conditions: one function per kind, from a case to true, false or None.

In:    a leaf of a policy's conditions
Out:   a function that reads the case, appends one `Seen` and answers
Holds: a missing fact or an unstated figure answers None and says which; boundaries are as the
       words say (民法典 第1259条).
"""

import operator
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache, partial
from typing import Final, cast

from events.fact_names import FactType
from events.facts import APPLIED_ON, BY_NAME, statuses_on
from policies import trace
from policies.calendar import Period, academic_year, age_on, last_day
from policies.case import Case, Check, Figures, key_of, read_day, read_figure, seen
from policies.places import lies_in
from policies.vocabulary import (
    Age,
    Between,
    Compare,
    Flag,
    Located,
    Member,
    Ratio,
    SameYear,
    Used,
    Within,
)
from policies.words import ParamRef, fraction, round_half_up

_ORDER: Final[dict[str, Callable[[object, object], bool]]] = {
    "<": operator.lt,  # type: ignore[dict-item]  # both sides are whole numbers
    "<=": operator.le,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "==": operator.eq,
}
_SIGN: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}


def member(node: Member, figures: Figures) -> Check:
    """A fact, or one item of a list, is among the values stated here or in a parameter."""
    if node.param is not None:
        return _member_of(node, node.param, figures)
    name, fact, allowed = node.id, node.fact, frozenset(node.in_ or ())
    need, silence = "、".join(node.in_ or ()), node.unstated
    single = BY_NAME[fact].type is FactType.ENUM

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            return _silent(case, name, fact, silence, need)
        if single:
            ok = saw in allowed
        else:
            values = saw if isinstance(saw, list) else [str(saw)]
            ok, saw = not allowed.isdisjoint(values), "、".join(values) or "无"
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def _silent(case: Case, name: str, fact: str, silence: bool | None, need: str) -> bool | None:
    """What is made of a fact that nobody stated."""
    if silence is None:
        case.lacks(name, fact)
    else:
        case.trail.append(seen((name, silence, "未填", need)))
    return silence


def _member_of(node: Member, param: ParamRef, figures: Figures) -> Check:
    """A fact, or one item of a list, is among the values of a parameter."""
    name, fact, read, silence = node.id, node.fact, read_figure(param, figures), node.unstated

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            return _silent(case, name, fact, silence, "名单所列")
        allowed = read(case, name)
        if not isinstance(allowed, tuple):
            return None
        values = saw if isinstance(saw, list) else [str(saw)]
        ok = not set(allowed).isdisjoint(values)
        case.trail.append(seen((name, ok, "、".join(values) or "无", "、".join(allowed))))
        return ok

    return check


def status(node: Member) -> Check:
    """A status on a day: the application states one for every day asked, or dated ones."""
    name, fact, allowed = node.id, node.fact, frozenset(node.in_ or ())
    as_of = node.as_of or APPLIED_ON
    day_of, need = read_day(as_of), "、".join(node.in_ or ())

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
    name, fact, wanted, silence = node.id, node.fact, node.is_, node.unstated
    need = "是" if wanted else "否"

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact, silence)
        if saw is None:
            case.lacks(name, fact)
            return None
        ok = saw is wanted
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def compare(node: Compare, figures: Figures) -> Check:
    """A whole number or money against the limit stated here or in a parameter."""
    name, fact, order = node.id, node.fact, _ORDER[node.op]
    money = BY_NAME[fact].type is FactType.FEN
    fixed = node.value and node.value * (100 if money else 1)
    part = fraction(node.times) if node.times else 1
    read = read_figure(node.param, figures) if node.param else None
    words = partial(_against, _SIGN[node.op], money, trace.unit(fact))
    fixed_need = words(fixed or 0)

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
            limit = cast("int", limit) * part
            need = words(limit)
        ok = order(saw, limit)
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


def _against(sign: str, money: bool, unit: str, limit: Fraction | int) -> str:
    """What a number is held against: ``≥12个月``, ``≥888.00元``."""
    if money:
        return f"{sign}{trace.yuan(round_half_up(limit))}"
    return f"{sign}{limit}{unit}"


def ratio(node: Ratio, figures: Figures) -> Check:
    """One whole number over another against a fraction, exactly."""
    name, num, den, order = node.id, node.num, node.den, _ORDER[node.op]
    fixed = fraction(node.value) if node.value else None
    read = read_figure(node.param, figures) if node.param else None

    def check(case: Case) -> bool | None:
        top, bottom = case.facts.get(num), case.facts.get(den)
        if top is None or bottom is None:
            case.lacks(name, num if top is None else den)
            return None
        limit = fixed if read is None else read(case, name)
        if limit is None:
            return None
        saw, need = f"{top}/{bottom}", f"{_SIGN[node.op]}{node.value or limit}"
        ok = bottom != 0 and order(Fraction(cast("int", top), cast("int", bottom)), limit)
        case.trail.append(seen((name, ok, saw, need)))
        return ok

    return check


@lru_cache(maxsize=16_384)
def _age(born: str, day: str) -> int:
    return age_on(date.fromisoformat(born), date.fromisoformat(day))


def age(node: Age) -> Check:
    """Whole years of age on a day."""
    name, born_fact, day_fact, order = node.id, node.born, node.as_of, _ORDER[node.op]
    born_of, day_of, limit = read_day(born_fact), read_day(day_fact), node.value
    need = f"{_SIGN[node.op]}{limit}周岁"

    def check(case: Case) -> bool | None:
        born, day = born_of(case), day_of(case)
        if born is None or day is None:
            case.lacks(name, born_fact if born is None else day_fact)
            return None
        saw = _age(born, day)
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
    """A day, or every month of a list, lies between two printed dates, both included."""
    if node.fact != APPLIED_ON and BY_NAME[node.fact].type in (FactType.MONTH, FactType.MONTHS):
        return _months_between(node)
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


def _months_between(node: Between) -> Check:
    """Every month has a day between two printed dates."""
    name, fact = node.id, node.fact
    first, last = (node.from_ or date.min).isoformat()[:7], (node.to or date.max).isoformat()[:7]
    need = trace.window(str(node.from_ or ""), str(node.to or ""))

    def check(case: Case) -> bool | None:
        saw = case.facts.get(fact)
        if saw is None:
            case.lacks(name, fact)
            return None
        months = saw if isinstance(saw, list) else [str(saw)]
        ok = all(first <= month <= last for month in months)
        case.trail.append(seen((name, ok, "、".join(months), need)))
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
