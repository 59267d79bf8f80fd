"""Reading: a table that somebody hands in as rows of text, whatever program wrote it.

In:   the bytes of an XLSX, XLS or CSV file
Out:  its headings and its rows with their numbers in the file, or one `UnreadableFile` for the whole file
Holds: formulas are read as their last value; a number that Excel cut short is never taken as text; a
       row with more cells than headings is refused, never cut; of several sheets the one that has most
       headings is read, and two that have as many are refused by name
"""

from collections.abc import Callable, Container
from typing import NamedTuple

from services.spreadsheets.file_lines import (
    DELIMITERS,
    ENCODINGS,
    FileLine,
    FileSheet,
    UnreadableFile,
    file_lines,
    other_delimiter,
)

MOST_ROWS = 50_000
_HEADINGS_WITHIN = 30


class FileRow(NamedTuple):
    """One row: its number in the file, and its cells by heading."""

    no: int
    cells: dict[str, str]


class Sheet(NamedTuple):
    """A file's headings as they are written, the rows below them, and those above.

    `others` are the workbook's other sheets that hold any text, which nobody reads.
    """

    headings: list[str]
    rows: list[FileRow]
    above: list[FileLine]
    others: tuple[str, ...] = ()


def read_table(
    raw: bytes,
    known: Container[str],
    plain: Callable[[str], str],
    *,
    encodings: tuple[str, ...] = ENCODINGS,
    delimiter: str = ",",
    most_rows: int = MOST_ROWS,
) -> Sheet:
    """Read a file; its line of headings is the first that holds two of the known ones, as `plain`
    writes them. Never on an event loop: a workbook takes a process of its own.

    Shape:  `encodings`, tried in this order, and `delimiter` are those of a CSV file
    Raises: UnreadableFile
    """
    sheets = file_lines(raw, encodings=encodings, delimiter=delimiter)
    found = [
        (sum(plain(cell) in known for cell in sheet.lines[at].cells), at, sheet)
        for sheet in sheets
        if (at := _heading(sheet, known, plain)) is not None
    ]
    if not found:
        raise _no_heading(sheets, delimiter)
    most = max(number for number, _, _ in found)
    (_, at, sheet), *others = [one for one in found if one[0] == most]
    if others:
        names = "、".join(one.name for one in (sheet, *(other for _, _, other in others)))
        raise UnreadableFile(f"工作表{names}都有表头。请只留一张，或分开导入。")
    headings = sheet.lines[at].cells
    twice = {name for name in headings if name and headings.count(name) > 1}
    if twice:
        raise UnreadableFile(f"表头“{'、'.join(sorted(twice))}”出现两次。请删去一列。")
    below = sheet.lines[at + 1 :]
    if len(below) > most_rows:
        raise UnreadableFile(f"文件超过 {most_rows:,} 行。请分成几份导入。")
    rows = [FileRow(line.no, _by_heading(line, headings)) for line in below]
    unread = tuple(one.name for one in sheets if one is not sheet)
    return Sheet([name for name in headings if name], rows, sheet.lines[:at], unread)


def _heading(sheet: FileSheet, known: Container[str], plain: Callable[[str], str]) -> int | None:
    for at, line in enumerate(sheet.lines):
        if line.no > _HEADINGS_WITHIN:
            break
        if sum(plain(cell) in known for cell in line.cells) >= 2:
            return at
    return None


def _no_heading(sheets: list[FileSheet], delimiter: str) -> UnreadableFile:
    for sheet in sheets:
        if (other := other_delimiter(sheet.lines, delimiter)) is not None:
            ours, theirs = DELIMITERS.get(delimiter, delimiter), DELIMITERS[other]
            raise UnreadableFile(
                f"文件以{theirs}分隔，所选格式以{ours}分隔。请选对格式，或在本市的 layouts 里写明 delimiter。"
            )
    first = next((line.cells for sheet in sheets for line in sheet.lines), [])
    begins = f"（第一行是“{'，'.join(cell for cell in first if cell)[:60]}”）" if first else ""
    return UnreadableFile(f"前 {_HEADINGS_WITHIN} 行没有找到表头{begins}。请用模板的表头，勿改名。")


def _by_heading(line: FileLine, headings: list[str]) -> dict[str, str]:
    """A row's cells by heading.

    Raises: UnreadableFile where a cell stands beyond the headings, or under none
    """
    for place, cell in line.stray(headings):
        raise UnreadableFile(
            f"第 {line.no} 行第 {place} 列的“{cell[:20]}”没有对应的表头，多半是金额或文字里有未加"
            "引号的分隔符。请更正后重传。"
        )
    return {heading: cell for heading, cell in zip(headings, line.cells, strict=False) if heading}
