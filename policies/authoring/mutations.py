"""Mutation: every small change of a policy file that decides something else, one at a time.

In:    a file's data, and the model that reads it
Out:   mutants: where, what was changed, and the file's data after the change
Holds: the changes follow from the models and the values, never from a list of kinds: each number
       by one up and down, each day and month by one, each other word that the vocabulary allows,
       each list item, row, optional key and clause dropped, each pair of facts, rows and branches
       exchanged. What only says where a rule comes from (`cite`, `quote`, `assume`, names, notes)
       decides nothing and is left alone.
Source: docs/how-to/policy-tools.md
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import (
    Any,
    NamedTuple,
)

from pydantic import BaseModel

from events.application_facts.checking import APPLIED_ON, BY_NAME
from policies.authoring.annotations import desk_keys, item_of, model_of, options_of, row_of, twins
from policies.vocabulary import Assumption

Path = tuple[str | int, ...]

DECIDES_NOTHING = frozenset({"cite", "quote", "assume", "source", "id"})
"""Keys that name a rule or say what it rests on: the check of quotes and numbers reads them."""

_PERIOD = re.compile(r"([0-9]+)([DMY])")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]")
_FRACTION = re.compile(r"([0-9]+)/([0-9]+)")
_PERCENT = re.compile(r"([0-9]+)(\.[0-9]+)?%")
_DECIMAL = re.compile(r"([0-9]+)\.([0-9]+)")
_ONE_DAY = timedelta(days=1)
_GONE: Any = object()


class Mutant(NamedTuple):
    """One change of one file: where (``when/who/in_time/max``), its words, the data after it."""

    where: Path
    place: str
    change: str
    data: Any


def mutants(data: Any, model: Any) -> Iterator[Mutant]:
    """Every mutant of a file, in the file's order.

    Shape: data and the model that reads it -> mutants that all differ from the data
    """
    for where, change, edits in _changes(data, model, ()):
        changed = data
        for at, value in edits:
            changed = _with(changed, at, value)
        if changed != data:
            yield Mutant(where, _place(data, where), change, changed)


Edit = tuple[Path, Any]
Change = tuple[Path, str, list[Edit]]


def _changes(value: Any, model: Any, where: Path) -> Iterator[Change]:
    """What may be changed at a place and below it."""
    if isinstance(value, dict):
        known = model_of(value, model)
        yield from _of_model(value, known, model, where) if known else _of_rows(value, model, where)
    elif isinstance(value, list):
        yield from _of_list(value, model, where)
    else:
        for other in _others(value, model):
            yield where, f"{_shown(value)} → {_shown(other)}", [(where, other)]


def _of_model(
    value: dict[str, Any], known: type[BaseModel], union: Any, where: Path
) -> Iterator[Change]:
    keys = desk_keys(known)
    for other in twins(value, known, union):
        yield (*where, "kind"), f"{value['kind']} → {other}", [((*where, "kind"), other)]
    yield from _exchanged_facts(value, where)
    yield from _exchanged_branches(value, where)
    for key, inner in value.items():
        if key in DECIDES_NOTHING:
            continue
        at = (*where, key)
        if not keys[key].required and not isinstance(inner, list):
            yield at, f"去掉 {key}", [(at, _GONE)]
        yield from _changes(inner, keys[key].annotation, at)


def _of_list(value: list[Any], model: Any, where: Path) -> Iterator[Change]:
    item = item_of(model)
    if item is Assumption:
        return
    for index, inner in enumerate(value):
        at = (*where, index)
        yield at, f"去掉 {_name(inner)}", [(at, _GONE)]
    if _order_counts(value, where):
        for index, (one, two) in enumerate(pairwise(value)):
            edits = [((*where, index), two), ((*where, index + 1), one)]
            yield (*where, index), f"{_name(one)} 与 {_name(two)} 对换次序", edits
    for index, inner in enumerate(value):
        yield from _changes(inner, item, (*where, index))


def _of_rows(value: dict[str, Any], model: Any, where: Path) -> Iterator[Change]:
    """The rows of a table: dropped, exchanged with the next, changed."""
    inner_model = row_of(model)
    for key in value:
        yield (*where, key), f"去掉 {key}", [((*where, key), _GONE)]
    for one, two in pairwise(value):
        edits = [((*where, one), value[two]), ((*where, two), value[one])]
        yield (*where, one), f"{one} 与 {two} 对换", edits
    for key, inner in value.items():
        yield from _changes(inner, inner_model, (*where, key))


def _others(value: Any, model: Any) -> Iterator[Any]:
    """Every neighbour of a plain value."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value - 1, value + 1)
        case date():
            yield from (value - _ONE_DAY, value + _ONE_DAY)
        case str():
            yield from _other_texts(value, model)


def _other_texts(value: str, model: Any) -> Iterator[str]:
    options = options_of(model)
    if value in options:
        yield from (option for option in options if option != value)
    elif found := _PERIOD.fullmatch(value):
        yield from (f"{int(found[1]) + step}{found[2]}" for step in (-1, 1))
    elif found := _MONTH.fullmatch(value):
        months = int(found[1]) * 12 + int(found[2]) - 1
        yield from (f"{at // 12}-{at % 12 + 1:02d}" for at in (months - 1, months + 1))
    elif _DAY.fullmatch(value):
        yield from ((date.fromisoformat(value) + step * _ONE_DAY).isoformat() for step in (-1, 1))
    elif found := _FRACTION.fullmatch(value):
        top, bottom = int(found[1]), int(found[2])
        yield from (f"{one}/{two}" for one, two in ((top - 1, bottom), (top + 1, bottom)))
        yield from (f"{top}/{two}" for two in (bottom - 1, bottom + 1))
    elif found := _PERCENT.fullmatch(value):
        yield from (f"{int(found[1]) + step}{found[2] or ''}%" for step in (-1, 1))
    elif found := _DECIMAL.fullmatch(value):
        yield from (f"{int(found[1]) + step}.{found[2]}" for step in (-1, 1))


def _exchanged_facts(value: Mapping[str, Any], where: Path) -> Iterator[Change]:
    """Two facts of one node exchanged: start and end, numerator and denominator."""
    facts = [
        key
        for key, inner in value.items()
        if isinstance(inner, str) and (inner in BY_NAME or inner == APPLIED_ON)
    ]
    for index, one in enumerate(facts):
        for two in facts[index + 1 :]:
            edits = [((*where, one), value[two]), ((*where, two), value[one])]
            yield (*where, one), f"{one} 与 {two} 对换", edits


def _exchanged_branches(value: Mapping[str, Any], where: Path) -> Iterator[Change]:
    """What is due if a condition holds, exchanged with what is due otherwise."""
    if "else" not in value:
        return
    ways: list[Path] = [("then",)] if "then" in value else []
    cases = value.get("cases", [])
    ways += [("cases", index, "then") for index, case in enumerate(cases) if "then" in case]
    for way in ways:
        then = _at(value, way)
        edits = [((*where, *way), value["else"]), ((*where, "else"), then)]
        yield (*where, *way), "then 与 else 对换", edits


def _order_counts(value: list[Any], where: Path) -> bool:
    """Funds pay in their order, the first case that holds decides; a list of clauses has none."""
    cases = all(isinstance(inner, dict) and "if" in inner for inner in value)
    return cases or (where[0] == "fund" and all(isinstance(inner, str) for inner in value))


def _name(value: Any) -> str:
    if isinstance(value, dict):
        named = [value[key] for key in ("id", "label", "if", "from", "version") if key in value]
        return str(named[0]) if named and not isinstance(named[0], dict) else "一项"
    return _shown(value)


def _place(data: Any, where: Path) -> str:
    """A path that survives other edits: items by id where they have one."""
    parts = []
    for part in where:
        data = data[part]
        named = isinstance(part, int) and isinstance(data, dict)
        if part != "of" or not isinstance(data, list):
            parts.append(str(data.get("id", part) if named else part))
    return "/".join(parts)


def _shown(value: Any) -> str:
    return "空" if value is None else str(value)


def _at(data: Any, where: Path) -> Any:
    for part in where:
        data = data[part]
    return data


def _with(data: Any, where: Path, value: Any) -> Any:
    """Data with one place changed; the rest is shared, as nothing here is ever written to."""
    if not where:
        return value
    first, rest = where[0], where[1:]
    changed = data.copy()
    if value is _GONE and not rest:
        del changed[first]
    else:
        changed[first] = _with(data[first], rest, value)
    return changed
