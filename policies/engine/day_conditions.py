"""Days: the conditions on days, ages and months, from a case to what it sees.

In:    a leaf of a policy's conditions
Out:   a function that reads the case and answers with one `Seen`: true, false or None
Holds: boundaries are as the words say (民法典 第1259条).
"""

from datetime import date
from functools import lru_cache

from events.application_facts import FactType
from events.application_facts.checking import APPLIED_ON, BY_NAME
from events.values import ClauseSeen
from policies.engine import trace
from policies.engine.case import (
    Case,
    Figures,
    Look,
    read_day,
    read_figure,
)
from policies.engine.conditions import ORDER, SIGN
from policies.vocabulary import Age, Between, SameYear, Within
from policies.vocabulary.calendar import (
    Period,
    academic_year,
    age_on,
    last_day,
)


@lru_cache(maxsize=16_384)
def _age(born: str, day: str) -> int:
    return age_on(date.fromisoformat(born), date.fromisoformat(day))


def age(node: Age) -> Look:
    """Whole years of age on a day."""
    name, born_fact, day_fact, order = node.id, node.born, node.as_of, ORDER[node.op]
    born_of, day_of, limit = read_day(born_fact), read_day(day_fact), node.value
    need = f"{SIGN[node.op]}{limit}周岁"

    def look(case: Case) -> ClauseSeen:
        born, day = born_of(case), day_of(case)
        if born is None or day is None:
            return case.lacks(name, born_fact if born is None else day_fact)
        saw = _age(born, day)
        return (name, order(saw, limit), saw, need)

    return look


@lru_cache(maxsize=16_384)
def _ends(start: str, period: Period) -> tuple[str, str | None, str]:
    """The corresponding day, the last day (None while rest days are unpublished), the words."""
    last = last_day(date.fromisoformat(start), period)
    need = f"末日 {last.rolled or last.corresponding}"
    rolled = last.rolled.isoformat() if last.rolled else None
    return last.corresponding.isoformat(), rolled, need


def within(node: Within, figures: Figures) -> Look:
    """A day lies in the period that begins after another day."""
    name, start_fact, end_fact = node.id, node.start, node.end
    start_of, end_of = read_day(start_fact), read_day(end_fact)
    fixed = Period.parse(node.max) if node.max else None
    read = read_figure(node.param, figures) if node.param else None

    def look(case: Case) -> ClauseSeen:
        start, end = start_of(case), end_of(case)
        if start is None or end is None:
            return case.lacks(name, start_fact if start is None else end_fact)
        period = fixed if read is None else read(case, name)
        if not isinstance(period, Period):
            return case.trail[-1]
        corresponding, rolled, need = _ends(start, period)
        if end > corresponding and rolled is None:
            return case.gap(name, "NOT_STATED", f"{need} 之后的节假日安排尚未公布")
        ok = start <= end <= (rolled or corresponding)
        return (name, ok, f"{start}/{end}", need)

    return look


def between(node: Between) -> Look:
    """A day, or every month of a list, lies between two printed dates, both included."""
    if node.fact != APPLIED_ON and BY_NAME[node.fact].type in (FactType.MONTH, FactType.MONTHS):
        return _months_between(node)
    name, fact, day_of = node.id, node.fact, read_day(node.fact)
    first, last = (node.from_ or date.min).isoformat(), (node.to or date.max).isoformat()
    need = trace.window(str(node.from_ or ""), str(node.to or ""))

    def look(case: Case) -> ClauseSeen:
        day = day_of(case)
        if day is None:
            return case.lacks(name, fact)
        return (name, first <= day <= last, day, need)

    return look


def _months_between(node: Between) -> Look:
    """Every month has a day between two printed dates."""
    name, fact = node.id, node.fact
    first, last = (node.from_ or date.min).isoformat()[:7], (node.to or date.max).isoformat()[:7]
    need = trace.window(str(node.from_ or ""), str(node.to or ""))

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        months = saw if isinstance(saw, list) else [str(saw)]
        ok = all(first <= month <= last for month in months)
        return (name, ok, "、".join(months), need)

    return look


@lru_cache(maxsize=16_384)
def _school_year(day: str) -> tuple[int, str]:
    """The academic year of a day, and its words."""
    year = academic_year(day)
    return year, f"毕业学年 {year - 1}-09-01至{year}-08-31"


@lru_cache(maxsize=16_384)
def _calendar_year(day: str) -> tuple[str, str]:
    """The calendar year of a day, and its words."""
    return day[:4], f"毕业年度 {day[:4]}-01-01至{day[:4]}-12-31"


def same_year(node: SameYear) -> Look:
    """Two days lie in the same calendar or academic year."""
    name, fact, other = node.id, node.fact, node.as_
    day_of, other_of = read_day(fact), read_day(other)
    year_of = _school_year if node.year == "academic" else _calendar_year

    def look(case: Case) -> ClauseSeen:
        day, with_day = day_of(case), other_of(case)
        if day is None or with_day is None:
            return case.lacks(name, fact if day is None else other)
        year, need = year_of(day)
        return (name, year == year_of(with_day)[0], f"{day}/{with_day}", need)

    return look
