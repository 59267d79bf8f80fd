"""Bounds: the most that an amount can come to where part of it is not stated.

In:    an amount of a policy, the dated figures of one region, a case whose conditions were asked
Out:   fen or an exact fraction of it; None where the notice sets no limit
Holds: whoever fills in what no source states stays under what the notice says (不超过、最高不超过)
"""

from fractions import Fraction
from typing import cast

from policies.engine.case import Case, Figures
from policies.engine.exact import Money
from policies.engine.money import branch, money_of
from policies.vocabulary import Amount, Branch, Least, Monthly, Per, Times
from policies.vocabulary.words import fraction


def bound_of(node: Amount, figures: Figures) -> Money:
    """The function from a case to the most that is due."""
    match node:
        case Least():
            return _least(tuple(bound_of(inner, figures) for inner in node.of))
        case Branch():
            return branch(
                tuple((case.if_, bound_of(case.then, figures)) for case in node.cases),
                bound_of(node.else_, figures),
            )
        case Times(by=str(by)):
            return _times(bound_of(node.of, figures), fraction(by))
        case Per():
            return _per(bound_of(node.of, figures), node.count)
        case Monthly():
            return lambda _case: None
        case _:
            return money_of(node, figures)


def _least(of: tuple[Money, ...]) -> Money:
    def most(case: Case) -> Fraction | int | None:
        known = [value for part in of if (value := part(case)) is not None]
        return min(known, default=None)

    return most


def _times(of: Money, by: Fraction) -> Money:
    def most(case: Case) -> Fraction | int | None:
        base = of(case)
        return None if base is None else base * by

    return most


def _per(of: Money, count: str) -> Money:
    def most(case: Case) -> Fraction | int | None:
        rate, times = of(case), case.facts.get(count)
        return None if rate is None or times is None else rate * cast("int", times)

    return most
