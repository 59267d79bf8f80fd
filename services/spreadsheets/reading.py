"""Reading: a table that somebody hands in as rows of text, whatever program wrote it.

In:   the bytes of an XLSX or CSV file
Out:  its headings and its rows with their numbers in the file, or one `UnreadableFile` for the whole file
Holds: formulas are read as their last value; a number that Excel cut short is never taken as text.
"""

import csv
import io
from collections.abc import Callable, Container, Iterator
from datetime import date, datetime
from typing import NamedTuple

import openpyxl

MOST_BYTES = 30_000_000
MOST_ROWS = 50_000
_HEADINGS_WITHIN = 10
_LONGEST_NUMBER = 10**15
"""Spreadsheets keep 15 digits of a number; what is longer has lost its end, and must not pass."""
_NOT_WHOLE = "不是完整的 XLSX 文件。请用 Excel 或 WPS 另存为 .xlsx 后重传。"
ENCODINGS = ("utf-8-sig", "gb18030")


class UnreadableFile(ValueError):
    """Why a file as a whole cannot be read, and what to do."""


class FileRow(NamedTuple):
    """One row: its number in the file, and its cells by heading."""

    no: int
    cells: dict[str, str]


class Sheet(NamedTuple):
    """A file's headings as they are written, and the rows below them."""

    headings: list[str]
    rows: list[FileRow]


def read_table(
    raw: bytes,
    known: Container[str],
    plain: Callable[[str], str],
    *,
    encodings: tuple[str, ...] = ENCODINGS,
    delimiter: str = ",",
) -> Sheet:
    """Read a file; its line of headings is the first that holds two of the known ones, as `plain`
    writes them.

    Shape:  `encodings`, tried in this order, and `delimiter` are those of a CSV file
    Raises: UnreadableFile
    """
    if len(raw) > MOST_BYTES:
        raise UnreadableFile("文件超过 30 MB。请分成几份导入。")
    lines = _workbook(raw) if raw[:4] == b"PK\x03\x04" else _text(raw, encodings, delimiter)
    headings: list[str] = []
    rows: list[FileRow] = []
    for no, cells in lines:
        if not headings:
            found = sum(plain(cell) in known for cell in cells)
            if found >= 2:
                headings = cells
            elif no >= _HEADINGS_WITHIN:
                break
        elif any(cells):
            if len(rows) == MOST_ROWS:
                raise UnreadableFile(f"文件超过 {MOST_ROWS:,} 行。请分成几份导入。")
            rows.append(FileRow(no, dict(zip(headings, cells, strict=False))))
    if not headings:
        raise UnreadableFile(f"前 {_HEADINGS_WITHIN} 行没有找到表头。请用模板的表头，勿改名。")
    twice = {name for name in headings if name and headings.count(name) > 1}
    if twice:
        raise UnreadableFile(f"表头“{'、'.join(sorted(twice))}”出现两次。请删去一列。")
    return Sheet([name for name in headings if name], rows)


def _workbook(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except Exception as error:
        raise UnreadableFile(_NOT_WHOLE) from error
    try:
        if not book.worksheets:
            raise UnreadableFile(_NOT_WHOLE)
        rows = enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
        while (row := _next(rows)) is not None:
            no, cells = row
            yield no, [_cell(value) for value in cells]
    finally:
        book.close()


def _next(rows: Iterator[tuple[int, tuple[object, ...]]]) -> tuple[int, tuple[object, ...]] | None:
    try:
        return next(rows, None)
    except Exception as error:
        raise UnreadableFile(_NOT_WHOLE) from error


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case int() | float() if abs(value) >= _LONGEST_NUMBER:
            return f"{float(value):.6E}"
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return repr(value)
        case _:
            return str(value).strip()


def _text(
    raw: bytes, encodings: tuple[str, ...], delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableFile("不是 XLSX，文字编码也无法识别。请另存为 .xlsx 或 UTF-8 的 .csv。")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    started = 0
    try:
        for cells in reader:
            yield started + 1, [cell.strip() for cell in cells]
            started = reader.line_num
    except csv.Error as error:
        raise UnreadableFile(
            f"第 {reader.line_num} 行无法按 CSV 读取。请另存为 .xlsx 后重传。"
        ) from error
