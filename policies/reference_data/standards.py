"""Standards: the dated figures that clauses leave to others, as data.

In:    what is declared and stated, as `policies.reference_data.figure_reading` reads it
Out:   for one region, the figure on a day, or None where no source states it
Holds: a city's own figure goes before the province's, never one city's for another; a row is
       either cited or says ``source``; what a directory of overrides states goes first; a row
       that is the ``same_as`` another figure follows that one, wherever it is stated.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from events.canonical import is_number
from policies.vocabulary.calendar import Period
from policies.vocabulary.dated import check_order
from policies.vocabulary.places import jurisdictions
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

MOST = 10**8
"""The largest yuan or count: one times the other, in fen, still fits the books."""


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
        blank = self.source is not None and not self.source.strip()
        if blank or (self.cite is None or self.quote is None) == (self.source is None):
            raise ValueError("须有 cite 和 quote，或 source")
        check_order(self.from_, self.to)
        listed = self.value if isinstance(self.value, list) else []
        if strange := [name for name in self.from_age if name not in listed]:
            raise ValueError(f"from_age 里的 {'、'.join(strange)} 不在名单里")
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
        return hashlib.sha256(self.bundle(names, region).encode()).hexdigest()

    def bundle(self, names: tuple[str, ...], region: str) -> str:
        """The figures that a policy uses in a region, as JSON in one writing: the text behind the
        digest. A figure's rows stand in their order, the first that covers a day counts."""
        used = {
            name: [
                row.model_dump(mode="json", exclude_unset=True)
                for jurisdiction in jurisdictions(region)
                for row in self.stated.get((name, jurisdiction), ())
            ]
            for name in sorted(self._with_others(names, region))
        }
        return json.dumps(used, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

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
    Raises: ValueError when the value does not fit the declared type, or no document could mean it
    """
    if any(number > MOST for number in _numbers(value)):
        raise ValueError(f"{value!r} 太大：一个数最多 {MOST}")
    match declared.type, value:
        case ("count", int()) if value >= 0:
            return value
        case ("yuan", int()) if value >= 0:
            return value * 100
        case ("period", str()):
            return Period.parse(value)
        case ("month", str()) if _is_month(value):
            return value
        case ("fraction", str()):
            return fraction(value)
        case ("word", str()) if value in declared.values:
            return value
        case ("list", list()) if value:
            return tuple(value)
        case ("table", dict()) if value and all(isinstance(cell, int) for cell in value.values()):
            return {key: yuan * 100 for key, yuan in value.items() if isinstance(yuan, int)}
        case ("rates", dict()) if value and all(isinstance(row, dict) for row in value.values()):
            return {
                row: {column: yuan * 100 for column, yuan in cells.items()}
                for row, cells in value.items()
                if isinstance(cells, dict)
            }
    raise ValueError(f"{value!r} 不是 {declared.type} 类型")


def _numbers(value: object) -> Iterator[int]:
    match value:
        case int():
            yield value
        case dict():
            for cell in value.values():
                yield from _numbers(cell)


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[4] == "-" and is_number(text[:4]) and text[5:] in _MONTHS


_MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
