"""Catalogue check: whether tables and lists say what the notices say, cell by cell.

In:    the loaded catalogues, the registered notices
Out:   what is wrong, with the path of the row and its clause
Holds: a table is complete: every numbered row of the clause is a row here, every cell stands in
       its column; a category is a value that applications may state.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from events.application_facts.checking import BY_NAME
from policies.authoring.quotes import (
    Registered,
    clause_text,
    normalised,
    occurs,
    unstated,
)
from policies.reference_data.catalogues import (
    Categories,
    DistrictTarget,
    Loaded,
    Occupation,
    Rates,
    Targets,
)
from policies.reference_data.regions import published_regions
from policies.vocabulary.places import lies_in

Where = tuple[str | int, ...]
_NUMBERED = re.compile(r"^[0-9]+ \|", re.MULTILINE)
_NOT_OFFERED = ("", "—")


class Wrong(NamedTuple):
    """Something wrong: the row's path in the file, the clause, what."""

    where: Where
    clause: str
    message: str


def wrong_in(loaded: Loaded, notices: Mapping[str, Registered]) -> Iterator[Wrong]:
    """Everything that is wrong in one catalogue."""
    match loaded.text:
        case Rates() as table:
            yield from _rates(table, notices)
        case Categories() as lists:
            yield from _categories(lists, notices)
        case Targets() as targets:
            yield from _targets(targets, notices)


def _rates(table: Rates, notices: Mapping[str, Registered]) -> Iterator[Wrong]:
    yield from _quoted(("quote",), table.cite, table.quote, notices)
    for index, row in enumerate(table.rows):
        where: Where = ("rows", index)
        yield from _quoted(where, table.cite, row.quote, notices)
        for message in _cells(table, row):
            yield Wrong(where, table.cite, f"{row.name}: {message}")
    wanted = len(_NUMBERED.findall(clause_text(notices, table.cite) or ""))
    if wanted != len(table.rows):
        message = f"条款有 {wanted} 行，表里有 {len(table.rows)} 行"
        yield Wrong(("rows",), table.cite, message)


def _cells(table: Rates, row: Occupation) -> Iterator[str]:
    """Whether code, name and every rate stand in their columns."""
    _, name, code, *rates = (normalised(cell) for cell in row.quote.split("|"))
    if (name, code) != (normalised(row.name), row.code):
        yield f"所引原文是 {name} {code}"
    if strange := set(row.rates) - set(table.levels):
        yield f"没有名为 {'、'.join(sorted(strange))} 的列"
    for level, cell in zip(table.levels, rates, strict=False):
        rate = row.rates.get(level)
        if (cell in _NOT_OFFERED) != (rate is None) or (rate and str(rate) != cell):
            yield f"{level} 原文为 {cell or '空'}，不是 {rate or '空'}"


def _categories(lists: Categories, notices: Mapping[str, Registered]) -> Iterator[Wrong]:
    values = BY_NAME[lists.fact].values if lists.fact in BY_NAME else ()
    for name, named in lists.lists.items():
        for index, text in enumerate(named.texts):
            for at, one in enumerate(text.categories):
                where: Where = ("lists", name, "texts", index, "categories", at)
                yield from _quoted(where, text.cite, one.quote, notices)
                if one.qualifier:
                    yield from _quoted(where, text.cite, one.qualifier, notices)
                if one.category not in values:
                    yield Wrong(where, text.cite, f"{lists.fact} 没有“{one.category}”这个取值")
                if one.category in [before.category for before in text.categories[:at]]:
                    yield Wrong(where, text.cite, f"{one.category} 列了两次")


def _targets(targets: Targets, notices: Mapping[str, Registered]) -> Iterator[Wrong]:
    for index, table in enumerate(targets.by_district):
        for at, row in enumerate(table.rows):
            where: Where = ("by_district", index, "rows", at)
            yield from _quoted(where, table.cite, row.quote, notices)
            stated = [cell.strip() for cell in row.quote.split("|")]
            wanted = [row.name, *(str(n or "—") for n in (row.trained, row.high_skilled))]
            if stated != wanted:
                yield Wrong(where, table.cite, f"{wanted} 与所引原文不符")
            if not _is_district(row):
                yield Wrong(where, table.cite, f"没有区划代码 {row.district}")
    for index, target in enumerate(targets.yearly):
        where = ("yearly", index)
        yield from _quoted(where, target.cite, target.quote, notices)
        for number in unstated([Fraction(target.value)], target.quote):
            yield Wrong(where, target.cite, f"{target.id}：所引原文没有 {number} 这个数字")
        if (target.id, target.year) in [(one.id, one.year) for one in targets.yearly[:index]]:
            yield Wrong(where, target.cite, f"{target.id} 在 {target.year} 年列了两次")


def _is_district(row: DistrictTarget) -> bool:
    """Whether a row's code is published, or a city's own for what has no published code."""
    city = row.district[:4] + "00"
    in_city = {code: name for code, name in published_regions().items() if lies_in(code, city)}
    return row.district in in_city or (bool(in_city) and row.name not in in_city.values())


def _quoted(
    where: Where, cite: str, quote: str, notices: Mapping[str, Registered]
) -> Iterator[Wrong]:
    clause = clause_text(notices, cite)
    if clause is None:
        yield Wrong(where, cite, f"{cite} 没有登记")
    elif not occurs(quote, clause):
        yield Wrong(where, cite, f"{cite} 里没有这句原文：{quote}")
