"""Conditions: one function per kind, from a case to what it sees.

In:    a leaf of a policy's conditions
Out:   a function that reads the case and answers with one line of the trail: true, false or None
Holds: a missing fact or an unstated figure answers None and says which; whatever a line of the
       trail needs and does not depend on the case, is made once, when the policy is compiled.
"""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Final, cast

from events.application_facts import FactType
from events.application_facts.checking import (
    BY_NAME,
)
from events.values import ClauseSeen, FactValue
from policies.engine import trace
from policies.engine.case import (
    Case,
    Figures,
    Look,
    Sight,
    key_of,
    looking,
    read_figure,
)
from policies.vocabulary import Compare, Flag, Located, Ratio, Used
from policies.vocabulary.places import lies_in
from policies.vocabulary.words import fraction, round_half_up

ORDER: Final[dict[str, Callable[[object, object], bool]]] = {
    "<": operator.lt,  # type: ignore[dict-item]  # both sides are whole numbers
    "<=": operator.le,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "==": operator.eq,
}
SIGN: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}


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


def located(node: Located, regions: Mapping[str, str]) -> Sight:
    """A region lies in a district, city or province; `regions` names those that are known."""
    name, fact, inside = node.id, node.fact, node.in_
    need = trace.place(inside, regions)
    known: dict[FactValue | None, ClauseSeen] = {
        one: (name, lies_in(one, inside), trace.place(one, regions), need) for one in regions
    }

    def look(case: Case) -> ClauseSeen:
        saw = case.facts.get(fact)
        if saw is None:
            return case.lacks(name, fact)
        return name, lies_in(str(saw), inside), trace.place(str(saw), regions), need

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
