"""Catalogues: tables and lists of notices, as data that policies and parameters name.

In:    `policies/catalogues/<name>.yaml`: a table of rates, or lists of categories
Out:   rates and lists as dated rows per jurisdiction, which rules ask for like any other figure
       (``catalogue.<name>``, ``<name>.<list>``)
Holds: every row keeps the notice's own words; a cell that the notice leaves blank or strikes (—)
       is not in the row: not offered.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, TypeAdapter, model_validator

from policies.vocabulary.dated import Days, check_order, overlaps
from policies.vocabulary.files import FileProblem, FileProblems, Parsed, each_problem, parsed
from policies.vocabulary.schema_words import file_problems
from policies.vocabulary.words import Region, Words, Yuan

Cells = dict[str, Yuan]


class Occupation(Words):
    """A row of rates: an occupation, and what each level that is offered gets."""

    code: Annotated[str, Field(pattern=r"^[0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9]$")]
    name: str
    rates: Annotated[Cells, Field(min_length=1)]
    quote: str


class Rates(Words):
    """A table of rates by occupation and level, in force from a day on."""

    kind: Literal["rates"]
    title: str
    jurisdiction: Region
    cite: str
    quote: str
    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    levels: list[str]
    rows: list[Occupation]

    @model_validator(mode="after")
    def _no_occupation_twice(self) -> Self:
        for known in ([row.code for row in self.rows], [row.name for row in self.rows]):
            if twice := {one for one in known if known.count(one) > 1}:
                raise ValueError(f"列了两次：{'、'.join(sorted(twice))}")
        check_order(self.from_, self.to)
        return self


class Category(Words):
    """A category of persons: the value that applications state, the notice's words for it, and
    what the notice requires besides; `from_age` is a whole age among that, included."""

    category: str
    quote: str
    qualifier: str | None = None
    from_age: int | None = None

    @model_validator(mode="after")
    def _an_age_stands_in_its_words(self) -> Self:
        if self.from_age is not None and str(self.from_age) not in (self.qualifier or ""):
            raise ValueError(f"qualifier 没有写 {self.from_age} 周岁")
        return self


class CategoryList(Words):
    """The categories of one clause, in force from a day on."""

    jurisdiction: Region
    cite: str
    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    categories: Annotated[list[Category], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        check_order(self.from_, self.to)
        return self


class NamedList(Words):
    """A list that rules ask for, and its dated texts."""

    title: str
    why: str
    texts: list[CategoryList]


class Categories(Words):
    """Lists of the values of one fact."""

    kind: Literal["categories"]
    fact: str
    lists: dict[str, NamedList]


Catalogue = Annotated[Rates | Categories, Field(discriminator="kind")]
_ANY: TypeAdapter[Rates | Categories] = TypeAdapter(Catalogue)


class Loaded(NamedTuple):
    """A catalogue and its file."""

    text: Rates | Categories
    file: Parsed


class ListedFigure(NamedTuple):
    """A table or list as a figure: its name, its title, why it is data, and its dated rows."""

    name: str
    kind: Literal["rates", "list"]
    title: str
    why: str
    rows: tuple["ListedRow", ...]


class ListedRow(NamedTuple):
    """One dated text of a table or list, as a row of figures states it."""

    jurisdiction: str
    row: Mapping[str, object]


def load_catalogues(directory: Path) -> Mapping[str, Loaded]:
    """Every catalogue by the name of its file.

    Raises: FileProblems, with everything that is wrong in any file
    """
    found, problems = {}, list[FileProblem]()
    for path in sorted(directory.glob("*.yaml")):
        try:
            file = parsed(path)
        except FileProblem as error:
            problems += each_problem(error)
            continue
        try:
            found[path.stem] = Loaded(_ANY.validate_python(file.data), file)
        except ValueError as error:
            problems += file_problems(file, error)
            continue
        problems += overlapping_lists(found[path.stem])
    if problems:
        raise FileProblems(problems)
    return found


def overlapping_lists(loaded: Loaded) -> Iterator[FileProblem]:
    """Whether two texts of one list cover a day of one place."""
    if not isinstance(loaded.text, Categories):
        return
    for name, named in loaded.text.lists.items():
        rows: dict[str, list[Days]] = {}
        for index, text in enumerate(named.texts):
            line = loaded.file.line(("lists", name, "texts", index))
            rows.setdefault(text.jurisdiction, []).append(Days(text.from_, text.to, line))
        for of_place in rows.values():
            for line, words in overlaps(of_place):
                yield FileProblem(loaded.file.path, line, f"{name}：{words}")


def listed(catalogues: Mapping[str, Loaded]) -> Iterator[ListedFigure]:
    """Every table and list under the name by which rules ask for it."""
    for name, (text, _) in catalogues.items():
        match text:
            case Rates():
                row = _listed_row(text, cells(text), text.quote)
                why = "职业（工种）及标准见附件"
                yield ListedFigure(f"catalogue.{name}", "rates", text.title, why, (row,))
            case Categories(lists=lists):
                for short, one in lists.items():
                    rows = tuple(map(_categories_row, one.texts))
                    yield ListedFigure(f"{name}.{short}", "list", one.title, one.why, rows)


def cells(table: Rates) -> dict[str, Cells]:
    """A table's rows by occupation code, and again by the occupation's name."""
    by_code = {row.code: row.rates for row in table.rows}
    return by_code | {row.name: row.rates for row in table.rows}


def _categories_row(text: CategoryList) -> ListedRow:
    quote = "……".join(dict.fromkeys(one.quote for one in text.categories))
    ages = {one.category: one.from_age for one in text.categories if one.from_age is not None}
    row = _listed_row(text, [one.category for one in text.categories], quote)
    return row._replace(row={**row.row, "from_age": ages}) if ages else row


def _listed_row(text: Rates | CategoryList, value: object, quote: str) -> ListedRow:
    dates = {"from": text.from_, "to": text.to}
    return ListedRow(
        text.jurisdiction, {**dates, "value": value, "cite": text.cite, "quote": quote}
    )


@cache
def lists_with_ages(directory: Path) -> frozenset[str]:
    """The lists of which a category counts only from an age on, by the name that rules ask for."""
    return frozenset(
        one.name
        for one in listed(load_catalogues(directory))
        if any("from_age" in text.row for text in one.rows)
    )
