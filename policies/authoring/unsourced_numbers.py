"""Unsourced numbers: what a node of a policy file writes itself, for which a source must be found.

In:    a node, whatever its kind
Out:   its numbers, those of parts that have no quote of their own included
Holds: told by the types of the vocabulary, so that a new kind is checked like the old ones.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, get_args, get_type_hints

from policies.authoring.quotes import Number
from policies.vocabulary.words import (
    Cited,
    FractionText,
    MonthText,
    PeriodText,
    Words,
    fraction,
)

_READ_AS: tuple[tuple[Any, str], ...] = (
    (PeriodText, "period"),
    (MonthText, "month"),
    (FractionText, "fraction"),
)


def numbers_to_source(node: Words) -> list[Number]:
    """What a node states in figures; nodes below it that cite for themselves state their own."""
    return list(_of_model(node))


def _of_model(node: Words) -> Iterator[Number]:
    for name, form in _forms(type(node)).items():
        if name in node.model_fields_set:
            yield from _of_value(getattr(node, name), form)


def _of_value(value: object, form: str) -> Iterator[Number]:
    match value:
        case bool() | None:
            return
        case int():
            yield Fraction(value)
        case date():
            yield value
        case str() if form == "period":
            yield Fraction(int(value[:-1]))
        case str() if form == "month":
            yield value
        case str() if form == "fraction":
            yield fraction(value)
        case Words() if not isinstance(value, Cited) and not hasattr(value, "id"):
            yield from _of_model(value)
        case list() | tuple():
            for one in value:
                yield from _of_value(one, form)
        case Mapping():
            for one in value.values():
                yield from _of_value(one, form)
        case _:
            return


@cache
def _forms(model: type[Words]) -> dict[str, str]:
    """How the texts of each field are read: as a period, a month, a fraction, or as words."""
    hints = get_type_hints(model, include_extras=True)
    return {name: _form(hints[name]) for name in model.model_fields}


def _form(annotation: Any) -> str:
    for known, form in _READ_AS:
        if annotation == known:
            return form
    return next((form for form in map(_form, get_args(annotation)) if form), "")
