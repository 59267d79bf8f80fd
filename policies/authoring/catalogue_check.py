"""Catalogue check: whether tables and lists say what the notices say, cell by cell.

In:    the loaded catalogues, the registered notices
Out:   what is wrong, with the path of the row and its clause
Holds: a table is complete: every numbered row of the clause is a row here, every cell stands in
       its column; a category is a value that applications may state.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from events.application_facts.checking import BY_NAME
from policies.authoring.quotes import (
    Registered,
    clause_text,
    normalised,
    occurs,
)
from policies.reference_data.catalogues import (
    Categories,
    Loaded,
    Occupation,
    Rates,
)

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


def _rates(table: Rates, notices: Mapping[str, Registered]) -> Iterator[Wrong]:
    yield from quoted(("quote",), table.cite, table.quote, notices)
    for index, row in enumerate(table.rows):
        where: Where = ("rows", index)
        yield from quoted(where, table.cite, row.quote, notices)
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
                yield from quoted(where, text.cite, one.quote, notices)
                if one.qualifier:
                    yield from quoted(where, text.cite, one.qualifier, notices)
                if one.category not in values:
                    yield Wrong(where, text.cite, f"{lists.fact} 没有“{one.category}”这个取值")
                if one.category in [before.category for before in text.categories[:at]]:
                    yield Wrong(where, text.cite, f"{one.category} 列了两次")


def quoted(
    where: Where, cite: str, quote: str, notices: Mapping[str, Registered]
) -> Iterator[Wrong]:
    """Whether a quote stands in its clause."""
    clause = clause_text(notices, cite)
    if clause is None:
        yield Wrong(where, cite, f"{cite} 没有登记")
    elif not occurs(quote, clause):
        yield Wrong(where, cite, f"{cite} 里没有这句原文：{quote}")
