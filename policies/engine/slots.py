"""Slots: whether a use that somebody states is one that its cap would ever count.

In:    a slot of a family's cap, the policies
Out:   what is wrong with it, or nothing
Holds: a use that no rule reads is refused rather than kept without effect.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from events.application_facts import FactType
from events.application_facts.checking import APPLIED_ON, BY_NAME
from events.values import CapSlot
from policies.engine.explain import ADVANCE
from policies.engine.registry import Policies
from policies.vocabulary import Cap, Count, EitherOr, Lifetime, Months, Running, Unique
from policies.vocabulary.outcomes import LIFETIME

_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_TERM = re.compile(r"([0-9]{4}-[0-9][0-9]-[0-9][0-9])/([0-9]{4}-[0-9][0-9]-[0-9][0-9])/.+")


def problem_of(policies: Policies, slot: CapSlot) -> str | None:
    """Say what is wrong with a stated use; a cap that versions word differently may fit any."""
    shapes = list(_shapes(policies, slot))
    if not shapes:
        return f"没有 {slot.family} 的限额 {slot.cap}"
    return None if None in shapes else next(iter(shapes))


def _shapes(policies: Policies, slot: CapSlot) -> Iterator[str | None]:
    for policy in policies:
        if policy.text.family != slot.family:
            continue
        for cap in policy.text.caps:
            if cap.id == slot.cap:
                yield _misfit(cap, slot)
        if policy.text.advance and slot.cap == ADVANCE:
            yield _keyed(slot)


def _misfit(cap: Cap, slot: CapSlot) -> str | None:
    match cap:
        case Count():
            fits = bool(_YEAR.fullmatch(slot.period)) and not slot.key and not slot.months
            return None if fits else f"限额 {slot.cap} 按年计，期间应为年份，不带键和月数"
        case Lifetime():
            fits = slot.period == LIFETIME and not slot.key and not slot.months
            return None if fits else f"限额 {slot.cap} 按终身计，期间应为 *，不带键和月数"
        case Months():
            # a term of months that all count for nothing (减免月份) is still a term
            fits = slot.period == LIFETIME and not slot.key and bool(slot.months or cap.without)
            return None if fits else f"限额 {slot.cap} 按月累计，期间应为 *，须填月数"
        case Unique():
            return _keyed(slot) or (_month_missing(cap, slot) if _by_month(cap) else None)
        case EitherOr():
            return _keyed(slot) if cap.keys or cap.also else None
        case Running():
            term = _TERM.fullmatch(slot.key)
            fits = slot.period == LIFETIME and term is not None and term[1] <= term[2]
            return None if fits else f"限额 {slot.cap} 的键应为 起始日/终止日/编号"
        case _:
            assert_never(cap)


def _keyed(slot: CapSlot) -> str | None:
    fits = slot.period == LIFETIME and slot.key and not slot.months
    return None if fits else f"限额 {slot.cap} 按键计，期间应为 *，须填键，不带月数"


def _by_month(cap: Unique) -> bool:
    return any(fact != APPLIED_ON and BY_NAME[fact].type is FactType.MONTHS for fact in cap.keys)


def _month_missing(cap: Unique, slot: CapSlot) -> str | None:
    fits = _MONTH.fullmatch(slot.key.rpartition("|")[2])
    return None if fits else f"限额 {slot.cap} 每月一键，键应以月份结尾"
