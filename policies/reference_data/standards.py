"""Standards: the dated figures that clauses leave to others, as data.

In:    `policies/parameters`: `declared.yaml` names them, `<group>/<jurisdiction>.yaml` states them;
       the tables and lists of `policies/catalogues`
Out:   for one region, the figure on a day, or None where no source states it
Holds: a city's own figure goes before the province's, never one city's for another; a row is
       either cited or says ``source``; what a directory of overrides states goes first; a row
       that is the ``same_as`` another figure follows that one, wherever it is stated.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from events.canonical import is_number
from policies.reference_data.catalogues import listed, load_catalogues
from policies.vocabulary.calendar import Period
from policies.vocabulary.files import FileProblem, parsed
from policies.vocabulary.places import jurisdictions
from policies.vocabulary.schema_words import in_words
from policies.vocabulary.words import (
    Words,
    Yuan,
    exactly_one,
    fraction,
)

FigureType = Literal[
    "count", "period", "yuan", "table", "month", "fraction", "list", "word", "rates"
]
Value = int | str | dict[str, Yuan] | dict[str, dict[str, Yuan]] | list[str]
NOT_STATED = "not stated"
"""The source of a row that no document states: a default of ours, marked on the card."""


class Declared(Words):
    """A figure that rules may ask for: its type, its name on cards, and why it is a parameter.

    Holds: a ``word`` is one of `values`
    """

    type: FigureType
    label: str
    why: str
    unit: str = ""
    values: list[str] = Field(default_factory=list)


class FigureRow(Words):
    """A figure in force from a day on, as text states it; `from_age` names the items of a list that
    count only from a whole age on."""

    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    value: Value | None = None
    same_as: str | None = None
    cite: str | None = None
    quote: str | None = None
    source: str | None = None
    from_age: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if (self.cite is None or self.quote is None) == (self.source is None):
            raise ValueError("须有 cite 和 quote，或 source")
        return exactly_one(self, self.value, self.same_as)


class Listing(tuple[str, ...]):  # noqa: SLOT001 -- a tuple has no room for slots
    """The items of a list; `ages` names those that count only from a whole age on."""

    ages: Mapping[str, int]

    @classmethod
    def of(cls, items: Iterable[str], ages: Mapping[str, int]) -> "Listing":
        """Make one."""
        made = cls(items)
        made.ages = ages
        return made


class Dated(NamedTuple):
    """A figure as rules use it: money in fen, periods parsed."""

    from_: str
    to: str
    value: object


class Figure(NamedTuple):
    """One named figure in one region: its rows, the first that covers a day counts."""

    name: str
    label: str
    rows: tuple[Dated, ...]

    def on(self, day: str) -> object | None:
        """The figure on an ISO day, or None: not stated."""
        for start, end, value in self.rows:
            if start <= day <= end:
                return value
        return None


class Standards(NamedTuple):
    """Every figure that is stated, by name and jurisdiction."""

    declared: Mapping[str, Declared]
    stated: Mapping[tuple[str, str], tuple[FigureRow, ...]]

    def figure(self, name: str, region: str) -> Figure:
        """The figure for claims of a region, most specific jurisdiction first."""
        return Figure(name, self.declared[name].label, tuple(self._dated(name, region)))

    def _dated(self, name: str, region: str) -> Iterator[Dated]:
        """The rows of a figure as rules use them; what is the same as another follows that one."""
        for jurisdiction in jurisdictions(region):
            for row in self.stated.get((name, jurisdiction), ()):
                start, end = str(row.from_), str(row.to or date.max)
                if row.same_as is None:
                    assert row.value is not None
                    value = inside(self.declared[name], row.value)
                    if row.from_age and isinstance(value, tuple):
                        value = Listing.of(value, row.from_age)
                    yield Dated(start, end, value)
                    continue
                for other in self._dated(row.same_as, region):
                    if other.from_ <= end and start <= other.to:
                        yield Dated(max(start, other.from_), min(end, other.to), other.value)

    def digest(self, names: tuple[str, ...], region: str) -> str:
        """SHA-256 over the figures that a policy uses in a region."""
        used = {
            name: [
                row.model_dump(mode="json", exclude_unset=True)
                for jurisdiction in jurisdictions(region)
                for row in self.stated.get((name, jurisdiction), ())
            ]
            for name in sorted(self._with_others(names, region))
        }
        text = json.dumps(used, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _with_others(self, names: tuple[str, ...], region: str) -> set[str]:
        """The names, and those of the figures that they are the same as."""
        rows = (
            row
            for name in names
            for jurisdiction in jurisdictions(region)
            for row in self.stated.get((name, jurisdiction), ())
        )
        others = tuple(row.same_as for row in rows if row.same_as)
        return {*names, *(self._with_others(others, region) if others else ())}


def inside(declared: Declared, value: Value) -> object:
    """A stated figure as rules use it.

    Units:  yuan become fen
    Raises: ValueError when the value does not fit the declared type
    """
    match declared.type, value:
        case ("count", int()):
            return value
        case ("yuan", int()):
            return value * 100
        case ("period", str()):
            return Period.parse(value)
        case ("month", str()) if _is_month(value):
            return value
        case ("fraction", str()):
            return fraction(value)
        case ("word", str()) if value in declared.values:
            return value
        case ("list", list()):
            return tuple(value)
        case ("table", dict()):
            return {key: yuan * 100 for key, yuan in value.items() if isinstance(yuan, int)}
        case ("rates", dict()):
            return {
                row: {column: yuan * 100 for column, yuan in cells.items()}
                for row, cells in value.items()
                if isinstance(cells, dict)
            }
    raise ValueError(f"{value!r} 不是 {declared.type} 类型")


def load_standards(directory: Path, overrides: Path | None = None) -> Standards:
    """Read the declared names and every jurisdiction's rows, and the catalogues beside them;
    overrides go before shipped rows.

    Raises: FileProblem for a row that does not fit
    """
    declared = {
        name: Declared.model_validate(text)
        for name, text in parsed(directory / "declared.yaml").data.items()
    }
    stated: dict[tuple[str, str], tuple[FigureRow, ...]] = {}
    for one in listed(load_catalogues(directory.parent / "catalogues")):
        declared[one.name] = Declared(type=one.kind, label=one.title, why=one.why)
        for text in one.rows:
            key = (one.name, text.jurisdiction)
            row = FigureRow.model_validate(text.row)
            stated[key] = (*stated.get(key, ()), row)
    for root in (directory, overrides):
        for path in sorted(root.glob("*/*.yaml")) if root else ():
            for name, rows in _rows(path, declared).items():
                key = (name, path.stem)
                stated[key] = rows + stated.get(key, ())
    return Standards(declared, stated)


def _rows(path: Path, declared: Mapping[str, Declared]) -> dict[str, tuple[FigureRow, ...]]:
    """One jurisdiction's rows of one group, each checked against its declared type."""
    file = parsed(path)
    found: dict[str, tuple[FigureRow, ...]] = {}
    for short, texts in file.data.items():
        name = f"{path.parent.name}.{short}"
        if name not in declared:
            raise FileProblem(path, file.line((short,)), f"{name} 没有在 declared.yaml 声明")
        rows = []
        for index, text in enumerate(texts):
            try:
                row = FigureRow.model_validate(text)
                _fits(row, declared, name)
            except ValueError as error:
                raise FileProblem(
                    path, file.line((short, index)), f"{name}: {in_words(error)}"
                ) from error
            rows.append(row)
        found[name] = tuple(rows)
    return found


def _fits(row: FigureRow, declared: Mapping[str, Declared], name: str) -> None:
    """Whether a row states what its figure is declared to be.

    Raises: ValueError
    """
    if row.value is not None:
        inside(declared[name], row.value)
        return
    other = declared.get(row.same_as or "")
    if other is None or other.type != declared[name].type:
        raise ValueError(f"{row.same_as} 没有声明为 {declared[name].type} 类型")


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[4] == "-" and is_number(text[:4]) and text[5:] in _MONTHS


_MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
