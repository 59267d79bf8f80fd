"""Caps: what was already used, and which slots this approval takes.

In:    the caps of a policy, a case with its counters
Out:   whether there is room, and the slot to take
Holds: every cap is asked for every case, so that a denial lists all that are full.
"""

from collections.abc import Callable
from typing import Literal, assert_never

from policies.case import Case, Figures, key_of, read_day, read_figure, seen
from policies.outcomes import LIFETIME, Slot
from policies.vocabulary import Cap, Count, Lifetime, Unique

Room = tuple[bool | Literal["judge"] | None, Slot | None]
"""Whether the cap has room (``judge``: a person must say), and the slot that is taken."""

Ask = Callable[[Case], Room]
_CANNOT_TELL: Room = (None, None)


def compile_cap(cap: Cap, family: str, figures: Figures) -> Ask:
    """The function that asks one cap."""
    match cap:
        case Count():
            return _count(cap, family, figures)
        case Lifetime():
            return _lifetime(cap, family)
        case Unique():
            return _unique(cap, family)
        case _:
            assert_never(cap)


def _count(cap: Count, family: str, figures: Figures) -> Ask:
    name, day_fact, day_of, fixed = cap.id, cap.by, read_day(cap.by), cap.max
    read = read_figure(cap.param, figures) if cap.param else None

    def ask(case: Case) -> Room:
        day = day_of(case)
        if day is None:
            case.lacks(name, day_fact)
            return _CANNOT_TELL
        limit = fixed if read is None else read(case, name)
        if limit is None:
            return _CANNOT_TELL
        period = day[:4]
        used = case.counters.used(family, name, period)
        ok = used < int(str(limit))
        case.trail.append(seen((name, ok, used, f"{period}年上限{limit}次")))
        return ok, Slot(name, period, "")

    return ask


def _lifetime(cap: Lifetime, family: str) -> Ask:
    name, limit = cap.id, cap.max
    slot, need = Slot(name, LIFETIME, ""), f"终身上限{limit}次"

    def ask(case: Case) -> Room:
        used = case.counters.used(family, name, LIFETIME)
        ok = used < limit
        case.trail.append(seen((name, ok, used, need)))
        return ok, slot

    return ask


def _unique(cap: Unique, family: str) -> Ask:
    name, read, refers = cap.id, key_of(tuple(cap.keys)), cap.repeated == "refer"
    need = "重复的需人工核实" if refers else "不可重复享受"

    def ask(case: Case) -> Room:
        key = read(case, name)
        if key is None:
            return _CANNOT_TELL
        ok = not case.counters.key_used(family, name, key)
        case.trail.append(seen((name, ok, key, need)))
        return (ok or "judge") if refers else ok, Slot(name, LIFETIME, key)

    return ask
