"""Counting: the rows of a table as another reader sees them, to hold the product's reading against.

In:   the bytes of a file, some words of its headings
Out:  the numbers of the rows below the headings that hold any text; None where this reader sees no table
Holds: nothing of the product is used
"""

import csv
import io
import warnings
from collections.abc import Iterable, Sequence

import openpyxl

_HEADINGS_WITHIN = 30
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def rows_below(raw: bytes, headings: Sequence[str]) -> frozenset[int] | None:
    """The rows below the last line of headings, by number."""
    try:
        rows = _of_workbook(raw, headings) if raw.startswith(b"PK") else _of_text(raw)
        return _below(rows, headings)
    except Exception:  # noqa: BLE001 - whatever this reader cannot read, it cannot count
        return None


def _below(rows: Iterable[tuple[int, list[str]]], headings: Sequence[str]) -> frozenset[int] | None:
    filled = [(number, cells) for number, cells in rows if any(cells)]
    heads = [
        at
        for at, (number, cells) in enumerate(filled)
        if number <= _HEADINGS_WITHIN and _are_headings(cells, headings)
    ]
    return frozenset(number for number, _ in filled[heads[-1] + 1 :]) if heads else None


def _are_headings(cells: list[str], headings: Sequence[str]) -> bool:
    """Two of the words at least: one of them may be what an accident has changed."""
    return sum(any(word in cell for cell in cells) for word in headings) >= 2


def _of_text(raw: bytes) -> list[tuple[int, list[str]]]:
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        reader, rows, before = csv.reader(io.StringIO(text, newline="")), [], 0
        for cells in reader:
            rows.append((before + 1, [cell.strip() for cell in cells]))
            before = reader.line_num
        return rows
    raise ValueError("no encoding")


def _of_workbook(raw: bytes, headings: Sequence[str]) -> list[tuple[int, list[str]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)
    for sheet in book.worksheets:
        rows = [
            (number, ["" if cell is None else str(cell).strip() for cell in row])
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        ]
        if any(_are_headings(cells, headings) for _, cells in rows):
            return rows
    raise ValueError("no headings")
