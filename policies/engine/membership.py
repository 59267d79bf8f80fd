"""Membership: whether a fact, or a status on a day, is among the values that a notice allows.

In:    a `member` of a policy's conditions
Out:   a function that reads the case and answers with one line: true, false or None
Holds: an item that counts only from an age on is held against the age on the day of application; a
       status is held against the ledger's own record on the day that the clause tests
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from events.application_facts import FactType
from events.application_facts.checking import (
    APPLIED_ON,
    BORN_ON,
    BY_NAME,
    statuses_on,
)
from events.values import ClauseSeen, FactValue
from policies.engine import trace
from policies.engine.case import (
    Case,
    Figures,
    Look,
    Sight,
    looking,
    read_day,
    read_figure,
)
from policies.engine.record import on_a_day
from policies.vocabulary import Member
from policies.vocabulary.calendar import age_on
from policies.vocabulary.outcomes import BeneficiaryRecord
from policies.vocabulary.words import ParamRef

_NO_AGES: Final[Mapping[str, int]] = {}
_NOTHING: Final[frozenset[str]] = frozenset()


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
        if len(values) == 1 and values[0] in known and case.correction is None:
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
    if case.correction is not None and allowed & case.correction.doubtful.get(fact, _NOTHING):
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
    need = "、".join(node.in_ or ())

    def correct(
        case: Case, record: BeneficiaryRecord, day: str, stated: FactValue | None
    ) -> ClauseSeen | None:
        known = on_a_day(case.duties, record, stated, fact, day, case.applied_on, case.facts)
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

    return correct
