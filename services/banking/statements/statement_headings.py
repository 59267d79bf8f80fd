"""Statement headings: where the table of a statement begins, and which column is what.

In:   the sheets of a file, the layout of the bank's statements
Out:  StatementTable: the rows above the headings, the columns, the rows below; or HeadingsMissing
Holds: of several sheets exactly one has the headings; two columns for one field are refused, but for
       texts; no sheet and no row is left out in silence
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from events.canonical import plain
from services.banking.banks.layouts import StatementLayout
from services.spreadsheets.file_lines import DELIMITERS, FileLine, FileSheet, other_delimiter

_HEADINGS_WITHIN = 30
TEXTS = ("reference", "purpose")
"""Fields that a bank may spread over several columns; all of them are kept."""

_TRANSLATED = re.compile(r"\[[^\]]*\]")
_BLANKS = re.compile(r"\s+")


class Columns(NamedTuple):
    """Where each field stands in this file, with its heading for messages."""

    places: dict[str, list[int]]
    headings: list[str]

    def heading(self, field: str) -> str:
        """A field's heading, as this file writes it."""
        return self.headings[self.places[field][0]]


class StatementTable(NamedTuple):
    """A statement's table within its file; `others` are sheets without headings, by rows."""

    above: list[FileLine]
    columns: Columns
    heading_line: int
    rows: list[FileLine]
    others: tuple[tuple[str, int], ...]


class HeadingsMissing(ValueError):
    """Why no table was found: the row that comes nearest, and what it lacks."""

    def __init__(self, code: str, line: int, wrong: str) -> None:
        super().__init__(wrong)
        self.code, self.line = code, line


def table_of(sheets: Sequence[FileSheet], layout: StatementLayout) -> StatementTable:
    """Find the sheet and the row of headings, and learn the columns.

    Raises: HeadingsMissing
    """
    nearest: tuple[int, int, list[str], list[str]] | None = None
    found: list[tuple[FileSheet, int, list[str]]] = []
    for sheet in sheets:
        for at, headings in _candidates(sheet, layout):
            missing = _missing(headings, layout)
            if not missing:
                found.append((sheet, at, headings))
                break
            named = len(places_of(headings, layout))
            if named and (nearest is None or named > nearest[0]):
                nearest = (named, sheet.lines[at].no, headings, missing)
    if len(found) > 1:
        names = "、".join(sheet.name for sheet, _, _ in found)
        raise HeadingsMissing("TWO_SHEETS", 0, f"的工作表{names}都有表头，请只留一张，或分开导入")
    if not found:
        raise _otherwise_delimited(sheets, layout) or _not_found(nearest, layout)
    sheet, at, headings = found[0]
    below = at + layout.heading_rows
    return StatementTable(
        sheet.lines[:at],
        Columns(places_of(headings, layout), headings),
        sheet.lines[at].no,
        sheet.lines[below:],
        tuple((other.name, len(other.lines)) for other in sheets if other is not sheet),
    )


def _candidates(sheet: FileSheet, layout: StatementLayout) -> Iterator[tuple[int, list[str]]]:
    """The rows that may be the headings; of two rows, each pair as one."""
    for at, line in enumerate(sheet.lines):
        if line.no > _HEADINGS_WITHIN:
            return
        if layout.heading_rows == 1:
            yield at, line.cells
        elif at + 1 < len(sheet.lines):
            yield at, _as_one(line.cells, sheet.lines[at + 1].cells)


def _as_one(upper: list[str], lower: list[str]) -> list[str]:
    """Two rows of headings as one: a word above several columns goes before each word below it."""
    width = max(len(upper), len(lower))
    above = upper + [""] * (width - len(upper))
    below = lower + [""] * (width - len(lower))
    spanning, found = "", []
    for high, low in zip(above, below, strict=True):
        spanning = (high or spanning) if low else ""
        found.append(f"{spanning}{low}" if low else high)
    return found


def places_of(headings: Sequence[str], layout: StatementLayout) -> dict[str, list[int]]:
    """Where each field of a layout stands in a row of headings.

    Holds: of several columns of days the one that the layout names first is meant
    """
    spelt = [spelling(cell) for cell in headings]
    found = {
        field: [place for place, cell in enumerate(spelt) if cell and cell in names]
        for field, names in _spellings(layout).items()
    }
    if len(found["booked_on"]) > 1:
        meant = next(name for name in map(spelling, layout.columns.booked_on) if name in spelt)
        found["booked_on"] = [place for place, cell in enumerate(spelt) if cell == meant]
    return {field: places for field, places in found.items() if places}


@lru_cache(maxsize=1024)
def spelling(heading: str) -> str:
    """One writing of a heading: any width, no blanks, without a translation in square brackets."""
    return _BLANKS.sub("", _TRANSLATED.sub("", plain(heading)))


@lru_cache(maxsize=64)
def _spellings(layout: StatementLayout) -> dict[str, frozenset[str]]:
    columns: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    return {field: frozenset(map(spelling, names)) for field, names in columns.items()}


def _missing(headings: Sequence[str], layout: StatementLayout) -> list[str]:
    """The fields that a row of headings would have to name beside those that it does."""
    columns = layout.columns
    needed = ["booked_on", "purpose", *(["amount"] if columns.amount else ["paid", "received"])]
    needed += [field for field in ("reference", "direction") if getattr(columns, field)]
    places = places_of(headings, layout)
    return [field for field in needed if field not in places]


def _otherwise_delimited(
    sheets: Sequence[FileSheet], layout: StatementLayout
) -> HeadingsMissing | None:
    for sheet in sheets:
        if (other := other_delimiter(sheet.lines, layout.delimiter)) is not None:
            ours = DELIMITERS.get(layout.delimiter, layout.delimiter)
            wrong = f"以{DELIMITERS[other]}分隔，所选格式以{ours}分隔，请选对格式，或在本市的 layouts 里写明"
            return HeadingsMissing("NO_HEADING", 0, wrong)
    return None


def _not_found(
    nearest: tuple[int, int, list[str], list[str]] | None, layout: StatementLayout
) -> HeadingsMissing:
    columns: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    if nearest is None:
        wanted = "、".join(names[0] for names in columns.values() if names)
        return HeadingsMissing("NO_HEADING", 0, f"没有找到表头，应有的列：{wanted}")
    _, line, headings, missing = nearest
    lacking = "；".join("或".join(columns[field]) for field in missing)
    there = "、".join(cell for cell in headings if cell)
    wrong = f"没有找到表头：这一行缺少列 {lacking}，现有：{there[:200]}"
    return HeadingsMissing("NO_HEADING", line, wrong)
