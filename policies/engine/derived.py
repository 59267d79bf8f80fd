"""Derived: what follows from the facts stated and the day of application, where it is not stated.

In:    stated facts, the day of application, the facts that a programme asks for
Out:   the facts with those that follow from them
Holds: what is stated is never changed; nothing is derived that the stated facts leave open.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final

from events.values import FactValue

Rule = Callable[[Mapping[str, FactValue], date], FactValue | None]


def _year_before(_facts: Mapping[str, FactValue], applied_on: date) -> int:
    """上年度 is the year before the year of application."""
    return applied_on.year - 1


def _half_year(facts: Mapping[str, FactValue], _applied_on: date) -> str | None:
    """下半年 is 1 July to 31 December, by the first day of the course."""
    day = facts.get("course.began_on")
    return None if day is None else "下半年" if str(day)[5:7] >= "07" else "上半年"


def _class_of(facts: Mapping[str, FactValue], _applied_on: date) -> int | None:
    """届别 is the year of the diploma."""
    day = facts.get("diploma.dated_on")
    return None if day is None else int(str(day)[:4])


def _months_served(facts: Mapping[str, FactValue], _applied_on: date) -> int | None:
    """As many months were served as are listed."""
    months = facts.get("internship.months")
    return len(set(months)) if isinstance(months, list) else None


def _two_months_paid(facts: Mapping[str, FactValue], _applied_on: date) -> int | None:
    """Two months of contributions that are the same each month."""
    monthly = facts.get("hire.monthly_contribution")
    return None if monthly is None else 2 * int(str(monthly))


def _contract_signed(facts: Mapping[str, FactValue], _applied_on: date) -> bool | None:
    """Whoever states how long a contract runs has one."""
    months = facts.get("contract.months")
    return None if months is None else int(str(months)) > 0


def _was_registered(facts: Mapping[str, FactValue], _applied_on: date) -> bool | None:
    """Whoever was registered for some months was registered; 0 says: never."""
    months = facts.get("hire.registered_months")
    return None if months is None else int(str(months)) > 0


RULES: Final[Mapping[str, Rule]] = {
    "premium.year": _year_before,
    "course.half": _half_year,
    "graduate.class_of": _class_of,
    "internship.served_months": _months_served,
    "hire.first_two_months": _two_months_paid,
    "contract.signed": _contract_signed,
    "hire.registered": _was_registered,
}
"""By fact: how it follows. The description of each says so to those who state facts."""


def with_derived(
    facts: Mapping[str, FactValue], applied_on: date, asked: Iterable[str]
) -> Mapping[str, FactValue]:
    """Add what follows, of the facts that are asked for."""
    added = {
        name: value
        for name in asked
        if name not in facts and (value := RULES[name](facts, applied_on)) is not None
    }
    return {**facts, **added} if added else facts
