"""Conditions: one function per kind, from a case to what it sees.

In:    a leaf of a policy's conditions
Out:   a function that reads the case and answers with one `Seen`: true, false or None
Holds: a missing fact or an unstated figure answers None and says which; whatever a line of the
       trail needs and does not depend on the case, is made once, when the policy is compiled.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Final, cast

from events.application_facts import FactType
from events.application_facts.checking import (
    APPLIED_ON,
    BORN_ON,
    BY_NAME,
    statuses_on,
)
from events.values import ClauseSeen, FactValue
from policies.duties import shipped
from policies.engine import trace
from policies.engine.case import (
    Case,
    Figures,
    Look,
    Sight,
    key_of,
    looking,
    read_day,
    read_figure,
)
from policies.engine.record import on_a_day
from policies.vocabulary import Compare, Flag, Located, Member, Ratio, Used
from policies.vocabulary.calendar import age_on
from policies.vocabulary.outcomes import BeneficiaryRecord
from policies.vocabulary.places import REGIONS, lies_in
from policies.vocabulary.words import ParamRef, fraction, round_half_up

ORDER: Final[dict[str, Callable[[object, object], bool]]] = {
    "<": operator.lt,  # type: ignore[dict-item]  # both sides are whole numbers
    "<=": operator.le,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "==": operator.eq,
}
_NO_AGES: Final[Mapping[str, int]] = {}
_NOTHING: Final[frozenset[str]] = frozenset()
SIGN: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}


def member(node: Member, figures: Figures) -> Sight:
    """A fact, or one item of a list, is among the values stated here or in a parameter."""
    if node.param is not None:
        return looking(_member_of(node, node.param, figures))
    name, fact, allowed = node.id, node.fact, frozenset(node.in_ or ())
    need, silence = "、".join(node.in_ or ()), node.unstated
    single = BY_NAME[fact].type is FactType.ENUM
    known: dict[FactValue | None, ClauseSeen] = {
        one: (name, one in allowed, one, need) for one in BY_NAME[fact].values
    }

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return _silent(case, name, fact, silence, need)
        return (name, saw in allowed, saw, need)

    def look_at_all(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return _silent(case, name, fact, silence, need)
        values = saw if isinstance(saw, list) else [str(saw)]
        if len(values) == 1 and values[0] in known and case.better is None:
            return known[values[0]]
        if allowed.isdisjoint(values):
            return _without(case, name, fact, values, allowed, need)
        return (name, True, "、".join(values), need)

    return Sight(fact, known, look) if single else looking(look_at_all)


def _silent(case: Case, name: str, fact: str, silence: bool | None, need: str) -> ClauseSeen:
    """What is made of a fact that nobody stated."""
    if silence is None:
        return case.lacks(name, fact)
    return (name, silence, "未填", need)


def _without(
    case: Case, name: str, fact: str, values: list[str], allowed: frozenset[str], need: str
) -> ClauseSeen:
    """What none of these values meets: nobody can tell where one is in doubt that would."""
    if case.better is not None and allowed & case.better.doubtful.get(fact, _NOTHING):
        return case.lacks(name, fact)
    return (name, False, "、".join(values) or "无", need)


def _member_of(node: Member, param: ParamRef, figures: Figures) -> Look:
    """A fact, or one item of a list, is among the values of a parameter; an item that counts only
    from an age on is held against the age on the day of application."""
    name, fact, read, silence = node.id, node.fact, read_figure(param, figures), node.unstated
    known: dict[int, tuple[frozenset[str], str]] = {}

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return _silent(case, name, fact, silence, "名单所列")
        allowed = read(case, name)
        if not isinstance(allowed, tuple):
            return case.trail[-1]
        among, need = known.get(id(allowed)) or _put(known, allowed)
        values = saw if isinstance(saw, list) else [str(saw)]
        if among.isdisjoint(values):
            return _without(case, name, fact, values, among, need)
        ages: Mapping[str, int] = getattr(allowed, "ages", _NO_AGES)
        if ages and among.intersection(values) <= ages.keys():
            return _old_enough(case, name, values, among, ages, need)
        return (name, True, "、".join(values), need)

    return look


def _old_enough(
    case: Case,
    name: str,
    values: list[str],
    among: frozenset[str],
    ages: Mapping[str, int],
    need: str,
) -> ClauseSeen:
    """Whether one of the items that count from an age on does."""
    born = case.facts.get(BORN_ON)
    if born is None:
        return case.lacks(name, BORN_ON)
    age = age_on(date.fromisoformat(str(born)), case.applied_on)
    ok = any(age >= ages[value] for value in values if value in among)
    return (name, ok, f"{'、'.join(values)}（{age}周岁）", need)


def _put(
    known: dict[int, tuple[frozenset[str], str]], allowed: tuple[str, ...]
) -> tuple[frozenset[str], str]:
    """A list as a set and in words, kept under the list itself: figures stay where they are."""
    ages: Mapping[str, int] = getattr(allowed, "ages", _NO_AGES)
    words = [f"{one}（{ages[one]}周岁以上）" if one in ages else one for one in allowed]
    known[id(allowed)] = found = frozenset(allowed), "、".join(words)
    return found


def status(node: Member) -> Look:
    """A status on a day: the application states one for every day asked, or dated ones."""
    name, fact, allowed = node.id, node.fact, frozenset(node.in_ or ())
    as_of = node.as_of or APPLIED_ON
    day_of, need = read_day(as_of), "、".join(node.in_ or ())
    better_known = _status_on_record(node)

    def look(case: Case) -> ClauseSeen:
        day = day_of(case)
        stated = case.facts.get(fact)
        if case.record is not None and day is not None:
            better = better_known(case, case.record, day, stated)
            if better is not None:
                return better
        if day is None or stated is None:
            return case.lacks(name, as_of if day is None else fact)
        if isinstance(stated, str) and "@" not in stated:
            return (name, stated in allowed, f"{stated}（{day}）", need)
        held = statuses_on(stated, day)
        if not held:
            return case.gap(name, "MISSING_FACT", trace.missing_status(fact, day))
        ok = not allowed.isdisjoint(held)
        return (name, ok, f"{'、'.join(held)}（{day}）", need)

    return look


def _status_on_record(
    node: Member,
) -> Callable[[Case, BeneficiaryRecord, str, FactValue | None], ClauseSeen | None]:
    """A function that holds a status against the record; it answers nothing where that leaves the
    claim as it is."""
    name, fact, allowed = node.id, node.fact, frozenset(node.in_ or ())
    need, duties = "、".join(node.in_ or ()), shipped()

    def better(
        case: Case, record: BeneficiaryRecord, day: str, stated: FactValue | None
    ) -> ClauseSeen | None:
        known = on_a_day(duties, record, stated, fact, day, case.applied_on, case.facts)
        if known is None:
            return None
        if not known.contradicts:
            held = known.left & known.stated
            return (name, not allowed.isdisjoint(held), f"{'、'.join(sorted(held))}（{day}）", need)
        if not known.stated and not allowed.isdisjoint(known.left):
            return None  # a status that is not stated is missing, as ever
        case.contradicts(name)
        if known.later or not allowed.isdisjoint(known.left):
            return case.gap(name, "CONTRADICTED", trace.contradicted(fact, known.words))
        saw = "、".join(sorted(known.stated)) or "未填"
        return (name, False, f"{saw}（{day}）", f"{need}{trace.on_record(known.words)}")

    return better


def flag(node: Flag) -> Sight:
    """A yes/no fact is as it must be."""
    name, fact, wanted, silence = node.id, node.fact, node.is_, node.unstated
    need = "是" if wanted else "否"
    known: dict[FactValue | None, ClauseSeen] = {
        saw: (name, saw is wanted, saw, need) for saw in (True, False)
    }
    if silence is not None:
        known[None] = known[silence]
    return Sight(fact, known, lambda case: case.lacks(name, fact))


def compare(node: Compare, figures: Figures) -> Sight:
    """A whole number or money against the limit stated here or in a parameter."""
    name, fact, order = node.id, node.fact, ORDER[node.op]
    money = BY_NAME[fact].type is FactType.FEN
    words = partial(_against, SIGN[node.op], money, trace.unit(fact))
    if node.param:
        part = fraction(node.times) if node.times else 1
        return looking(_compare_with(node, read_figure(node.param, figures), part, words))
    limit = node.value and node.value * (100 if money else 1)
    need = words(limit or 0)
    known: dict[FactValue | None, ClauseSeen] = {}

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        line: ClauseSeen = name, order(saw, limit), saw, need
        if len(known) < _KNOWN_NUMBERS:
            known[saw] = line
        return line

    return looking(look) if money else Sight(fact, known, look)


_KNOWN_NUMBERS = 128
"""How many lines on a number of months, years or persons are kept; money has too many values."""


def _compare_with(
    node: Compare,
    read: Callable[[Case, str], object | None],
    part: Fraction | int,
    words: Callable[[Fraction | int], str],
) -> Look:
    """A number against a part of a dated figure; a figure has few values, each is put into words
    once."""
    name, fact, order = node.id, node.fact, ORDER[node.op]
    known: dict[object, tuple[Fraction | int, str]] = {}

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        figure = read(case, name)
        if figure is None:
            return case.trail[-1]
        if figure not in known:
            exact = cast("int", figure) * part
            known[figure] = exact, words(exact)
        limit, need = known[figure]
        return (name, order(saw, limit), saw, need)

    return look


def _against(sign: str, money: bool, unit: str, limit: Fraction | int) -> str:
    """What a number is held against: ``≥12个月``, ``≥888.00元``."""
    if money:
        return f"{sign}{trace.yuan(round_half_up(limit))}"
    return f"{sign}{limit}{unit}"


def ratio(node: Ratio, figures: Figures) -> Look:
    """One whole number over another against a fraction, exactly."""
    name, num, den, order = node.id, node.num, node.den, ORDER[node.op]
    fixed = fraction(node.value) if node.value else None
    read = read_figure(node.param, figures) if node.param else None

    def look(case: Case) -> ClauseSeen:
        top, bottom = case.facts.get(num), case.facts.get(den)
        if top is None or bottom is None:
            return case.lacks(name, num if top is None else den)
        limit = fixed if read is None else read(case, name)
        if limit is None:
            return case.trail[-1]
        saw, need = f"{top}/{bottom}", f"{SIGN[node.op]}{node.value or limit}"
        ok = bottom != 0 and order(Fraction(cast("int", top), cast("int", bottom)), limit)
        return (name, ok, saw, need)

    return look


def located(node: Located) -> Sight:
    """A region lies in a district, city or province."""
    name, fact, inside = node.id, node.fact, node.in_
    need = trace.place(inside)
    known: dict[FactValue | None, ClauseSeen] = {
        one: (name, lies_in(one, inside), trace.place(one), need) for one in REGIONS
    }

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        return name, lies_in(str(saw), inside), trace.place(str(saw)), need

    return Sight(fact, known, look)


def used(node: Used) -> Look:
    """A key is already taken under a cap of another family."""
    name, family, cap, read = node.id, node.family, node.cap, key_of(tuple(node.keys))
    need = f"已按 {family} 享受的需人工核实"

    def look(case: Case) -> ClauseSeen:
        key = read(case, name)
        if key is None:
            return case.trail[-1]
        return (name, case.counters.key_used(family, cap, key), key, need)

    return look
