"""Caps: what was already used, and which slots this approval takes.

In:    the caps of a policy, a case with its counters
Out:   whether there is room, and the slots to take
Holds: every cap is asked for every case to which it applies, so that a denial lists all that
       are full.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, assert_never

from events.application_facts.checking import APPLIED_ON
from events.values import FactValue
from policies.engine import trace
from policies.engine.case import (
    Case,
    Figures,
    desk_keys,
    key_of,
    lists_among,
    read_day,
    read_figure,
)
from policies.vocabulary import Cap, Count, EitherOr, Lifetime, Months, Running, Unique
from policies.vocabulary.outcomes import LIFETIME, Slot

Room = tuple[bool | Literal["judge"] | None, tuple[Slot, ...]]
"""Whether the cap has room (``judge``: a person must say), and the slots that are taken: those too
of a cap whose limit is not stated yet, so that they count when it is."""

Ask = Callable[[Case], Room]
KeyOf = Callable[[Case, str], str | None]
_slot = partial(tuple.__new__, Slot)
_CANNOT_TELL: Room = (None, ())
_DOES_NOT_APPLY: Room = (True, ())


def compile_cap(cap: Cap, family: str, figures: Figures) -> Ask:
    """The function that asks one cap."""
    ask = _compile(cap, family, figures)
    condition = cap.only_if
    if condition is None:
        return ask

    def only_if(case: Case) -> Room:
        holds = case.holds(condition)
        return _CANNOT_TELL if holds is None else ask(case) if holds else _DOES_NOT_APPLY

    return only_if


def _compile(cap: Cap, family: str, figures: Figures) -> Ask:
    match cap:
        case Count():
            return _count(cap, family, figures)
        case Lifetime():
            return _lifetime(cap, family)
        case Unique():
            return _unique(cap, family)
        case Months():
            return _months(cap, family, figures)
        case EitherOr():
            return _either_or(cap)
        case Running():
            return _running(cap, family)
        case _:
            assert_never(cap)


def _count(cap: Count, family: str, figures: Figures) -> Ask:
    name, day_fact, day_of, fixed = cap.id, cap.by, read_day(cap.by), cap.max
    read = read_figure(cap.param, figures) if cap.param else None
    known: dict[str, tuple[Slot, ...]] = {}

    def ask(case: Case) -> Room:
        day = day_of(case)
        if day is None:
            case.lacks(name, day_fact)
            return _CANNOT_TELL
        period = day[:4]
        slots = known.get(period)
        if slots is None:
            slots = known[period] = (Slot(name, period, ""),)
        limit = fixed if read is None else read(case, name)
        if limit is None:
            return None, slots
        used = case.counters.used(family, name, period)
        ok = used < int(str(limit))
        case.trail.append((name, ok, used, f"{period}年上限{limit}次"))
        return ok, slots

    return ask


def _lifetime(cap: Lifetime, family: str) -> Ask:
    name, limit = cap.id, cap.max
    slots, need = (Slot(name, LIFETIME, ""),), f"终身上限{limit}次"

    def ask(case: Case) -> Room:
        used = case.counters.used(family, name, LIFETIME)
        ok = used < limit
        case.trail.append((name, ok, used, need))
        return ok, slots

    return ask


def _unique(cap: Unique, family: str) -> Ask:
    if not lists_among(cap.keys):
        return _sole(cap, family)
    name, read, refers = cap.id, desk_keys(tuple(cap.keys)), cap.repeated == "refer"
    need = "重复的需人工核实" if refers else "不可重复享受"

    def ask(case: Case) -> Room:
        keys = read(case, name)
        if keys is None:
            return _CANNOT_TELL
        repeated = [key for key in keys if case.counters.key_used(family, name, key)]
        case.trail.append((name, not repeated, "、".join(repeated or keys), need))
        slots = tuple([_slot((name, LIFETIME, key, 0)) for key in keys])
        return ("judge" if refers else False) if repeated else True, slots

    return ask


def _sole(cap: Unique, family: str) -> Ask:
    """One key, and not one for each of several months."""
    name, read, refers = cap.id, key_of(tuple(cap.keys)), cap.repeated == "refer"
    need: str = "重复的需人工核实" if refers else "不可重复享受"
    repeats: bool | Literal["judge"] = "judge" if refers else False

    only = cap.keys[0] if len(cap.keys) == 1 and cap.keys[0] != APPLIED_ON else None

    def ask(case: Case) -> Room:
        stated = case.facts.get(only) if only is not None else None
        key = stated if isinstance(stated, str) else read(case, name)
        if key is None:
            return _CANNOT_TELL
        repeated = case.counters.key_used(family, name, key)
        case.trail.append((name, not repeated, key, need))
        return repeats if repeated else True, (_slot((name, LIFETIME, key, 0)),)

    return ask


def _months(cap: Months, family: str, figures: Figures) -> Ask:
    """Months in all; the first extension whose condition holds raises the limit."""
    name, fact = cap.id, cap.take
    usual = read_figure(cap.param, figures) if cap.param else None
    longer = [
        (one.if_, one.max, read_figure(one.param, figures) if one.param else None)
        for one in cap.extended
    ]

    def usual_of(case: Case) -> int | None:
        figure = cap.max if usual is None else usual(case, name)
        return None if figure is None else int(str(figure))

    def limit_of(case: Case, wanted: int) -> int | None:
        for condition, most, read in longer:
            holds = case.noted[condition]
            if holds is None:
                limit = usual_of(case)
                if limit is not None and wanted <= limit:
                    return limit
                case.holds(condition)
                return None
            if holds:
                figure = most if read is None else read(case, name)
                return None if figure is None else int(str(figure))
        return usual_of(case)

    def ask(case: Case) -> Room:
        stated = case.facts.get(fact)
        if stated is None:
            case.lacks(name, fact)
            return _CANNOT_TELL
        months = counted_months(cap, stated, case.facts)
        slots = (_slot((name, LIFETIME, "", months)),)
        used = case.counters.months_used(family, name)
        limit = limit_of(case, used + months)
        if limit is None:
            return None, slots
        ok = used + months <= limit
        case.trail.append((name, ok, used + months, f"累计上限{limit}个月"))
        return ok, slots

    return ask


def counted_months(cap: Months, stated: FactValue, facts: Mapping[str, FactValue]) -> int:
    """How many of the months stated count: those of the relief of one year do not."""
    if not isinstance(stated, list):
        return int(str(stated))
    relieved = facts.get(cap.without) if cap.without else None
    free = (
        [m for m in relieved if m[:4] == str(cap.without_year)]
        if isinstance(relieved, list)
        else []
    )
    return len(set(stated).difference(free))


def either_keys(cap: EitherOr, read: KeyOf) -> Callable[[Case], list[str]]:
    """A function that lists every key under which something is known; none where nothing is, and
    then what is missing is noted."""
    name, keys, also = cap.id, tuple(cap.keys), tuple(cap.also)

    def known(case: Case) -> list[str]:
        found = [str(case.facts[fact]) for fact in also if fact in case.facts]
        if found and not all(fact in case.facts for fact in keys or ("",)):
            return found
        key = read(case, name)
        return found if key is None else [key, *found]

    return known


def _either_or(cap: EitherOr) -> Ask:
    """Not beside the same cap of another family, for the same keys."""
    name, others, keys_known = cap.id, cap.with_, either_keys(cap, key_of(tuple(cap.keys)))
    need = f"不与{'、'.join(map(trace.programme, others))}重复享受"

    def ask(case: Case) -> Room:
        keys = keys_known(case)
        if not keys:
            return _CANNOT_TELL
        used = case.counters.key_used
        beside = [other for other in others if any(used(other, name, key) for key in keys)]
        saw = f"已享受{'、'.join(map(trace.programme, beside))}" if beside else "未享受"
        case.trail.append((name, not beside, saw, need))
        return not beside, tuple([_slot((name, LIFETIME, key, 0)) for key in keys])

    return ask


def _running(cap: Running, family: str) -> Ask:
    """At most one at a time; its slot's key is ``start/end/which``."""
    name, start_of, end_of = cap.id, read_day(cap.start), read_day(cap.end)
    which_of, facts = key_of((cap.key,)), (cap.start, cap.end)

    def ask(case: Case) -> Room:
        which, start, end = which_of(case, name), start_of(case), end_of(case)
        if which is None:
            return _CANNOT_TELL
        if start is None or end is None:
            case.lacks(name, facts[start is not None])
            return _CANNOT_TELL
        others = [key.split("/", 2) for key in case.counters.keys_used(family, name)]
        beside = [
            other
            for begins, ends, other in others
            if other != which and begins <= end and start <= ends
        ]
        saw = f"{start}至{end}与{'、'.join(beside)}重叠" if beside else f"{start}至{end}"
        case.trail.append((name, not beside, saw, "同时只享受一笔"))
        return not beside, (Slot(name, LIFETIME, f"{start}/{end}/{which}"),)

    return ask
