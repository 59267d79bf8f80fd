"""File lines: a file that somebody hands in, as numbered rows of text cells; CSV, XLSX or old XLS.

In:    the bytes of the file
Out:   its sheets, or one `UnreadableFile` for the whole file
Holds: strict: a quote where none belongs, a cell over several lines, bytes of another encoding are
       named with their row; workbooks are read in a process of their own, with bounds on memory and
       time, and what such a file says of its own size is not believed
"""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

from services.spreadsheets.cells import unprotected

MOST_BYTES = 50_000_000
MOST_ROWS = 250_000
MOST_CELLS = 10_000_000
_MOST_COLUMNS = 256
_SECONDS = 60
ENCODINGS = ("utf-8-sig", "gb18030")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LOOKED_AT = 30
DELIMITERS: Mapping[str, str] = {",": "逗号", ";": "分号", "|": "竖线", "\t": "制表符", "^": "^"}
"""What separates cells in texts, and what people call it."""

_WEB_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|meta|table|style)")
_READER = "services.spreadsheets.workbook_reader"
_TOO_WIDE = "表格的范围过大，或文件已损坏。请只保留有内容的行和列，另存后重传。"
TOO_LONG = f"文件超过 {MOST_ROWS:,} 行。请分成几份导入。"
NOT_WHOLE = "不是完整的 Excel 文件。请用 Excel 或 WPS 另存为 .xlsx 后重传。"


class UnreadableFile(ValueError):
    """Why a file as a whole cannot be read, and what to do."""


class FileLine(NamedTuple):
    """One row: its number in the file (the first of its lines), and its cells."""

    no: int
    cells: list[str]

    def stray(self, headings: Sequence[str]) -> Iterator[tuple[int, str]]:
        """The cells under no heading, each with its place, the first of a row being 1."""
        for place, cell in enumerate(self.cells, 1):
            if cell and (place > len(headings) or not headings[place - 1]):
                yield place, cell


class FileSheet(NamedTuple):
    """One sheet of a file; a text is one without a name.

    Shape:  rows without any text are left out, numbers of the others stay
    """

    name: str
    lines: list[FileLine]


def file_lines(
    raw: bytes,
    *,
    encodings: tuple[str, ...] = ENCODINGS,
    delimiter: str = ",",
) -> list[FileSheet]:
    """Read a file whole. Takes up to a minute for a workbook: never call it on an event loop.

    Shape:  every sheet that holds any text, in the order of the file. `encodings`, tried in this
            order, and `delimiter` are those of a text; a byte order mark goes first
    Raises: UnreadableFile
    """
    if len(raw) > MOST_BYTES:
        raise UnreadableFile(f"文件超过 {MOST_BYTES // 1_000_000} MB。请分成几份导入。")
    if not raw.strip():
        raise UnreadableFile("文件是空的。请重新导出后重传。")
    if is_workbook(raw):
        return _workbook(raw)
    if raw.lstrip()[:1] == b"<":
        raise UnreadableFile(
            "文件实为网页或 XML，不是表格（有的网银把网页命名为 .xls）。请用 Excel 打开后另存为 .xlsx。"
        )
    lines: list[FileLine] = []
    cells_in_all = 0
    for line in _text(decoded(raw, encodings), delimiter):
        cells_in_all += len(line.cells)
        if any(line.cells):
            lines.append(line)
        if len(lines) > MOST_ROWS or cells_in_all > MOST_CELLS:
            raise UnreadableFile(TOO_LONG)
    return [FileSheet("", lines)] if lines else []


def is_workbook(raw: bytes) -> bool:
    """Whether a file is an XLSX or old XLS by its first bytes, whatever its name."""
    return raw.startswith((_ZIP, _OLD))


def is_web_page(raw: bytes) -> bool:
    """Whether a file is HTML, as which some banks hand out what they call .xls."""
    return _WEB_PAGE.match(raw[:1_000].lower()) is not None


def other_delimiter(lines: Sequence[FileLine], delimiter: str) -> str | None:
    """What seems to separate the cells of a text, where it is another sign than its layout says."""
    first = lines[:_LOOKED_AT]
    text = "\n".join(delimiter.join(line.cells) for line in first)
    often = {sign: text.count(sign) for sign in DELIMITERS if sign != delimiter}
    sign = max(often, key=lambda one: often[one])
    return sign if often[sign] > max(len(first), 2 * text.count(delimiter)) else None


def decoded(raw: bytes, encodings: tuple[str, ...] = ENCODINGS) -> str:
    """Read bytes as text: by their byte order mark, else in the first encoding that fits.

    Raises: UnreadableFile
    """
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    tried = (marked,) if marked else encodings
    failed: UnicodeDecodeError | None = None
    for encoding in tried:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            if failed is None or error.start > failed.start:
                failed = error
    assert failed is not None
    row = raw.count(b"\n", 0, failed.start) + 1
    known = "、".join(encoding.removesuffix("-sig").upper() for encoding in tried)
    raise UnreadableFile(
        f"第 {row} 行有不能按 {known} 识别的字节（文件可能被截断）。请重新导出，或另存为 UTF-8 的 .csv。"
    )


def _text(text: str, delimiter: str) -> Iterator[FileLine]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    started = 0
    try:
        for cells in reader:
            if len(cells) > _MOST_COLUMNS:
                raise UnreadableFile(f"第 {started + 1} 行超过 {_MOST_COLUMNS} 列。请检查分隔符。")
            for cell in cells:
                if delimiter in cell and ("\n" in cell or "\r" in cell):
                    raise UnreadableFile(
                        f"第 {started + 1} 行的单元格“{cell[:20]!s}…”跨了几行，多半是引号没有成对。"
                        "请更正引号后重传。"
                    )
            yield FileLine(started + 1, [unprotected(cell) for cell in cells])
            started = reader.line_num
    except csv.Error as error:
        raise UnreadableFile(
            f"第 {started + 1} 行的引号没有成对，或引号后还有文字。请更正引号，或另存为 .xlsx 后重传。"
        ) from error


def _workbook(raw: bytes) -> list[FileSheet]:
    command = [sys.executable, "-m", _READER]
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(
            f"{_SECONDS} 秒内没有读完。请分成几份，或另存为 .csv 后重传。"
        ) from error
    if done.returncode < 0:  # ended by the system, at its bound of memory or time
        raise UnreadableFile(_TOO_WIDE)
    if done.returncode:
        raise UnreadableFile(NOT_WHOLE)
    answer = orjson.loads(done.stdout)
    if "wrong" in answer:
        raise UnreadableFile(answer["wrong"])
    return [
        FileSheet(name, [FileLine(no, cells) for no, cells in lines])
        for name, lines in answer["sheets"]
    ]
