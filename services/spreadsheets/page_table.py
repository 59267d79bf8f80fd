"""page table: one description of a table, from which the screen, the paper and the CSV file are made.

Holds: an export has the columns, the order and the totals of the screen; no cell of it can be
       run as a formula
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from services.wording import figures
from services.wording.languages import translate
from services.wording.states import State

Row = TypeVar("Row")


class ColumnKind(StrEnum):
    """How a column's values are written and aligned."""

    TEXT = "text"
    ID = "id"
    AMOUNT = "amount"
    DIFFERENCE = "difference"
    COUNT = "count"
    DAY = "day"
    MOMENT = "moment"
    STATE = "state"


class Pager(NamedTuple):
    """Where one can go from a page of a list; None where there is nowhere to go."""

    first: str | None
    previous: str | None
    next: str | None
    last: str | None


_NUMERIC = {ColumnKind.AMOUNT, ColumnKind.DIFFERENCE, ColumnKind.COUNT}


@dataclass(frozen=True, slots=True)
class PageColumn(Generic[Row]):
    """One column: its header, its value of a row, where the value leads to."""

    header: str
    value: Callable[[Row], object]
    kind: ColumnKind = ColumnKind.TEXT
    href: Callable[[Row], str | None] | None = None
    wide_only: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the column is right-aligned, in tabular figures."""
        return self.kind in _NUMERIC

    @property
    def classes(self) -> str:
        """The style classes of its cells."""
        return f"{'n' if self.numeric else self.kind}{' wide-only' if self.wide_only else ''}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the screen shows it; `label` is its column's header in the reader's language.

    Shape: `classes` are the style classes of the column and of the value
    """

    text: str
    kind: ColumnKind
    label: str
    classes: str
    href: str | None = None
    tone: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PageTable(Generic[Row]):
    """A table of a page; `name` is its name in an export's address."""

    name: str
    caption: str
    columns: Sequence[PageColumn[Row]]
    rows: Sequence[Row]
    totals: dict[str, object] = field(default_factory=dict)
    empty: str = ""
    cards: bool = True
    hidden_caption: bool = True
    pager: Pager | None = None
    whole: int = 0
    """Rows of the whole list where the screen shows a part of it; totals are always of the whole."""

    def cells(self, row: Row) -> list[Cell]:
        """One row as cells."""
        return [_cell(column, row) for column in self.columns]

    def total_cells(self) -> list[Cell | None]:
        """The foot of the table, by header; None where a column has no total."""
        return [
            _shown(column, self.totals[column.header], None)
            if column.header in self.totals
            else None
            for column in self.columns
        ]


def _cell(column: PageColumn[Row], row: Row) -> Cell:
    value = column.value(row)
    href = column.href(row) if column.href and value is not None else None
    return _shown(column, value, href)


def _shown(column: PageColumn[Row], value: object, href: str | None) -> Cell:
    classes = column.classes
    if column.numeric and isinstance(value, int) and value < 0:
        classes += " negative"
    tone, mark = (value.tone, value.mark) if isinstance(value, State) else ("", "")
    return Cell(
        written(column.kind, value),
        column.kind,
        translate(column.header),
        classes,
        href,
        tone,
        mark,
    )


def written(kind: ColumnKind, value: object) -> str:
    """Write a value for the screen.

    Raises: TypeError when a column meets a value that is not of its kind
    """
    match kind, value:
        case _, None:
            return figures.DASH
        case ColumnKind.AMOUNT, int():
            return figures.yuan(value)
        case ColumnKind.DIFFERENCE, int():
            return figures.yuan(value, signed=True)
        case ColumnKind.COUNT, int():
            return figures.count(value)
        case ColumnKind.DAY, date():
            return figures.day(value)
        case ColumnKind.MOMENT, datetime():
            return figures.moment(value)
        case ColumnKind.STATE, State():
            return translate(value.word)
        case ((ColumnKind.TEXT | ColumnKind.ID), (str() | int())):
            return str(value)
        case _:
            raise TypeError(f"a {kind} column cannot show {type(value).__name__}")


def exported(kind: ColumnKind, value: object) -> str:
    """Write a value for a CSV file: figures without separators, everything else inert."""
    if value is None:
        return ""
    if kind in (ColumnKind.AMOUNT, ColumnKind.DIFFERENCE) and isinstance(value, int):
        return figures.plain_yuan(value)
    if kind is ColumnKind.COUNT and isinstance(value, int):
        return str(value)
    return inert(written(kind, value))


def inert(text: str) -> str:
    """Keep a spreadsheet from running a cell: an apostrophe goes before what would be a formula.

    Source: OWASP CSV Injection
    """
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


async def csv_lines(
    table: PageTable[Row], pages: AsyncIterator[Iterable[Row]], mark: str = ""
) -> AsyncIterator[bytes]:
    """Write a table as CSV: UTF-8 with BOM, CRLF, header, rows, totals.

    Shape: one chunk a page of rows, so that a long file never lies in memory whole; `mark` is a line
    above the header
    """
    header = [inert(translate(c.header)) for c in table.columns]
    yield b"\xef\xbb\xbf" + _lines([[inert(mark)], header] if mark else [header])
    async for rows in pages:
        yield _lines(
            [exported(column.kind, column.value(row)) for column in table.columns] for row in rows
        )
    if table.totals:
        foot = [exported(column.kind, table.totals.get(column.header)) for column in table.columns]
        foot[0] = foot[0] or translate("合计")
        yield _lines([foot])


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
