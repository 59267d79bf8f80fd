"""cells: what a file says, place by place, and the first place at which two files differ.

In:    the bytes of a workbook or a PDF
Out:   a text a place: ``资金收支!C5``, ``第 1 页第 7 行``; `Difference`
Holds: what one file says and the other does not is a difference too; nothing is rounded
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from services.spreadsheets.file_lines import MOST_BYTES, UnreadableFile, file_lines

Cells = Mapping[str, Mapping[tuple[int, int], str]]
"""Sheet → (row, column), both from 1 → text; of a PDF its pages, of one column."""

_NUMBER = re.compile(r"R-[0-9a-f]{12}(?![0-9a-f])")
_SECONDS = 60


class Difference(NamedTuple):
    """The first place at which two files differ, and what each says there."""

    where: str
    issued: str
    found: str


def cells_of(raw: bytes) -> Cells:
    """Read a file. Takes a second or more: never call it on an event loop.

    Raises: UnreadableFile
    """
    if raw.lstrip()[:5] == b"%PDF-":
        return _of_pdf(raw)
    return {
        sheet.name: {
            (line.no, place): cell
            for line in sheet.lines
            for place, cell in enumerate(line.cells, 1)
            if cell
        }
        for sheet in file_lines(raw)
    }


def _of_pdf(raw: bytes) -> Cells:
    if len(raw) > MOST_BYTES:
        raise UnreadableFile(f"文件超过 {MOST_BYTES // 1_000_000} MB。")
    command = [sys.executable, "-m", "services.reports.pdf_lines"]
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"{_SECONDS} 秒内没有读完，不是本系统的报表。") from error
    if done.returncode:
        raise UnreadableFile("不是完整的 PDF 文件。请用签发的原文件。")
    answer = orjson.loads(done.stdout)
    if "wrong" in answer:
        raise UnreadableFile(answer["wrong"])
    return {
        f"第 {no} 页": {(line, 1): text for line, text in enumerate(lines, 1)}
        for no, lines in enumerate(answer["pages"], 1)
    }


def number_in(cells: Cells) -> str:
    """The number of the report that a file says it is; empty where it says none, or several."""
    found = {
        number
        for sheet in cells.values()
        for text in sheet.values()
        for number in _NUMBER.findall(text)
    }
    return found.pop() if len(found) == 1 else ""


def first_difference(
    issued: Cells, found: Cells, without: Mapping[str, Iterable[int]] | None = None
) -> Difference | None:
    """The first place at which a file differs from what was issued; None where every cell agrees.

    Shape: in the order of the issued sheets, by row and column; sheets that were added come last.
           `without` names columns of a sheet that are not compared
    """
    for sheet in dict.fromkeys([*issued, *found]):
        left, right = issued.get(sheet, {}), found.get(sheet, {})
        ignored = frozenset((without or {}).get(sheet, ()))
        for place in sorted(left.keys() | right.keys()):
            before, now = left.get(place, ""), right.get(place, "")
            if place[1] not in ignored and before != now:
                return Difference(_called(sheet, place), before, now)
    return None


def _called(sheet: str, place: tuple[int, int]) -> str:
    row, column = place
    if re.fullmatch(r"第 [0-9]+ 页", sheet):
        return f"{sheet}第 {row} 行"
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{sheet}!{letters}{row}"
