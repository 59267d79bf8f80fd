"""Compile: turn conditions into plain functions that leave a trail.

In:    the conditions of a policy, and the dated figures of one region
Out:   one function per condition: a case in, true, false or None out
Holds: nothing is short-circuited, so that a denial can list every failing clause; None means
       that nobody can tell (a fact is missing, a figure is not stated), and `case.gaps` says why.
"""

from typing import assert_never

from policies import conditions
from policies.case import Case, Check, Figures
from policies.outcomes import Seen
from policies.vocabulary import (
    Age,
    AllOf,
    AnyOf,
    Between,
    Compare,
    Condition,
    Flag,
    Located,
    Member,
    Ratio,
    SameYear,
    Used,
    Within,
)


def compile_condition(node: Condition, figures: Figures, noted: frozenset[str]) -> Check:
    """The function of one condition; results that branches ask for, by id, are noted."""
    check = _compile(node, figures, noted)
    name = node.id
    if name not in noted:
        return check

    def noting(case: Case) -> bool | None:
        result = case.noted[name] = check(case)
        return result

    return noting


def _compile(node: Condition, figures: Figures, noted: frozenset[str]) -> Check:
    match node:
        case AllOf() | AnyOf():
            return _group(node, tuple(compile_condition(one, figures, noted) for one in node.of))
        case Member():
            return conditions.status(node) if node.as_of else conditions.member(node, figures)
        case Flag():
            return conditions.flag(node)
        case Compare():
            return conditions.compare(node, figures)
        case Ratio():
            return conditions.ratio(node, figures)
        case Age():
            return conditions.age(node)
        case Within():
            return conditions.within(node, figures)
        case Between():
            return conditions.between(node)
        case SameYear():
            return conditions.same_year(node)
        case Located():
            return conditions.located(node)
        case Used():
            return conditions.used(node)
        case _:
            assert_never(node)


def _group(node: AllOf | AnyOf, checks: tuple[Check, ...]) -> Check:
    """Three-valued: a known answer decides, else what cannot be told stays open."""
    decides = isinstance(node, AnyOf)
    need = "满足其一" if decides else "全部满足"
    met, failed, unknown = (Seen(node.id, ok, None, need) for ok in (True, False, None))
    decided, other = (met, failed) if decides else (failed, met)

    def check(case: Case) -> bool | None:
        trail = case.trail
        place = len(trail)
        trail.append(unknown)
        results = [inner(case) for inner in checks]
        if decides in results:
            trail[place] = decided
            return decides
        if None in results:
            return None
        trail[place] = other
        return not decides

    return check
