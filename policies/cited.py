"""Cited: everything in a policy that must rest on a clause, with the numbers it states.

In:    a policy's text
Out:   its cited parts by the id of their node, in the file's order
Holds: a number that a rule uses is among them, unless it is an index or a hundred percent of 1.
"""

from collections.abc import Iterator
from fractions import Fraction

from policies.explain import ADVANCE
from policies.nodes import amounts, conditions
from policies.quotes import Number
from policies.vocabulary import (
    Age,
    Amount,
    Between,
    Cap,
    Compare,
    Condition,
    Count,
    EachMonth,
    Flat,
    Lifetime,
    Monthly,
    Months,
    Per,
    PolicyText,
    Ratio,
    Table,
    Times,
    Within,
)
from policies.words import Cited, fraction


def cited(text: PolicyText) -> Iterator[tuple[str, Cited, list[Number]]]:
    """Everything that must rest on something, with its numbers."""
    select = text.select
    first = [] if select.from_ == "issued" else [select.from_]
    yield "select", select, [*first, *([select.to] if select.to else [])]
    yield "fund", text.fund, []
    if text.grandfather:
        yield "grandfather", text.grandfather, []
    narrowing = [node for old in text.supersedes for node in old.for_]
    for node, _ in conditions([*narrowing, *text.when, *text.given, *text.refer]):
        if isinstance(node, Cited):
            yield node.id, node, _condition_numbers(node)
    for cap in text.caps:
        yield cap.id, cap, _cap_numbers(cap)
        for longer in cap.extended if isinstance(cap, Months) else ():
            yield cap.id, longer, [] if longer.max is None else [Fraction(longer.max)]
    for ceiling in text.ceilings:
        yield ceiling.id, ceiling, [Fraction(ceiling.max)]
    for amount in amounts(text.amount):
        if isinstance(amount, Cited):
            yield amount.id, amount, _amount_numbers(amount)
    if text.advance:
        yield ADVANCE, text.advance, [fraction(text.advance.rate)]


def _condition_numbers(node: Condition) -> list[Number]:
    match node:
        case Compare():
            value = [] if node.value is None else [Fraction(node.value)]
            return [*value, *([fraction(node.times)] if node.times else [])]
        case Ratio(value=str(value)):
            return [fraction(value)]
        case Age():
            return [Fraction(node.value)]
        case Within(max=str(period)):
            return [Fraction(int(period[:-1]))]
        case Between():
            return [day for day in (node.from_, node.to) if day]
        case _:
            return []


def _cap_numbers(cap: Cap) -> list[Number]:
    match cap:
        case Count(max=int(most)) | Lifetime(max=int(most)) | Months(max=int(most)):
            return [Fraction(most)]
        case _:
            return []


def _amount_numbers(amount: Amount) -> list[Number]:
    match amount:
        case Flat():
            return [Fraction(amount.value)]
        case Table(rows=dict(rows)):
            return [Fraction(yuan) for yuan in rows.values()]
        case Times(by=str(part)):
            return [fraction(part)]
        case Per(max=int(most)) | EachMonth(max=int(most)):
            return [Fraction(most)]
        case Monthly(stop=str(stop)):
            return [stop]
        case _:
            return []
