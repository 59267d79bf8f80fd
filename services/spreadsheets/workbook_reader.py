"""Workbook reader: one XLSX or XLS as JSON, in a process that has little to lose.

In:    the workbook on standard input
Out:   JSON on standard output: `{"sheets": [[name, [[row, [cell, …]], …]], …]}`, or `{"wrong": …}`
Holds: memory and processor time are bounded by the system; a number that Excel cut short is written
       so that nobody takes it for a text
"""

import io
import re
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

import orjson
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from services.spreadsheets.cells import unprotected
from services.spreadsheets.file_lines import MOST_CELLS, MOST_ROWS, NOT_WHOLE, TOO_LONG

_MOST_MEMORY = 1_500_000_000
_LEAST_MEMORY, _MEMORY_A_BYTE = 400_000_000, 300
"""A small file needs little: one whose parts point at each other in a circle is ended soon."""

_MOST_SECONDS = 50
_LONGEST_NUMBER = 10**15
"""Spreadsheets keep 15 digits of a number; what is longer has lost its end, and must not pass."""

_LOCKED = "文件有密码。请去掉密码后重传。"


def main() -> None:
    """Read, and answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    raw = sys.stdin.buffer.read()
    memory = memory_for(len(raw))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.stdout.buffer.write(orjson.dumps(read(raw)))


def memory_for(length: int) -> int:
    """How many bytes of memory the reading of a file of so many bytes may take."""
    return min(_MOST_MEMORY, _LEAST_MEMORY + _MEMORY_A_BYTE * length)


def read(raw: bytes) -> dict[str, Any]:
    """Read every sheet's rows as text, or say what is wrong with the file."""
    try:
        if zipfile.is_zipfile(io.BytesIO(raw)):
            _whole(raw)
        return _sheets(CalamineWorkbook.from_filelike(io.BytesIO(raw)))
    except PasswordError:
        return {"wrong": _LOCKED}
    except (CalamineError, ExpatError, zipfile.BadZipFile, zlib.error):
        return {"wrong": NOT_WHOLE}


def _whole(raw: bytes) -> None:
    """See that every part with cells is whole: the library reads on where tags do not fit.

    Raises: ExpatError, BadZipFile, zlib.error
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        for name in book.namelist():
            if not re.fullmatch(r"xl/(workbook|sharedStrings|worksheets/[^/]+)\.xml", name):
                continue
            parser = ParserCreate()
            with book.open(name) as part:
                parser.ParseFile(part)


def _sheets(book: CalamineWorkbook) -> dict[str, Any]:
    used, rows, cells = [], 0, 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > MOST_CELLS:
            return {"wrong": f"工作表“{name}”的范围过大。请只保留有内容的行和列，另存后重传。"}
        lines = _lines(sheet)
        rows += len(lines)
        if rows > MOST_ROWS:
            return {"wrong": TOO_LONG}
        if lines:
            used.append((name, lines))
    return {"sheets": used}


def _lines(sheet: Any) -> list[tuple[int, list[str]]]:
    """The rows that hold any text, with their numbers in the sheet."""
    if sheet.start is None:
        return []
    found = []
    for no, row in enumerate(sheet.iter_rows(), 1):
        cells = [text_of(value) for value in row]
        if any(cells):
            found.append((no, cells))
    return found


def text_of(value: object) -> str:
    """A cell as its reader would say it; days in the ISO form."""
    match value:
        case bool():
            return "是" if value else "否"
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case int() | float() if abs(value) >= _LONGEST_NUMBER:
            return f"{float(value):.6E}"
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return f"{value:.15g}"  # what a spreadsheet shows at most: 0.1 + 0.2 is 0.3
        case None:
            return ""
        case _:
            return unprotected(str(value))


if __name__ == "__main__":
    main()
