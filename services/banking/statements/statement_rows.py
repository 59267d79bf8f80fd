"""Statement rows: the lines of a bank's file below its headings, and their cells.

In:   the bytes of the file (CSV, XLSX or XLS), the layout of the bank's statements
Out:  rows; dates and amounts, or None for a cell that is named as a problem; what stands above the
      headings
Holds: problems are collected, and none stops the reading; no cell is left out in silence
"""

import re
from datetime import date
from typing import NamedTuple

from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import StatementProblem
from services.spreadsheets.cells import UnreadableCell, is_empty, read_amount, read_day
from services.spreadsheets.file_lines import FileLine, UnreadableFile, file_lines

_HEADINGS_WITHIN = 30
_TEXTS = ("reference", "purpose")
"""Fields that a bank may spread over several columns; all of them are kept."""

_CUT_SHORT = re.compile(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$", re.IGNORECASE)


class _Columns(NamedTuple):
    """Where each field stands in this file, with its heading for messages."""

    places: dict[str, list[int]]
    headings: list[str]

    def heading(self, field: str) -> str:
        """A field's heading, as this file writes it."""
        return self.headings[self.places[field][0]]


class StatementReader:
    """Reads one file; collects problems instead of stopping at the first."""

    def __init__(self, file: str, layout: StatementLayout) -> None:
        self.file = file
        self.layout = layout
        self.problems: list[StatementProblem] = []
        self.above: list[FileLine] = []
        self.columns = _Columns({}, [])

    def problem(self, code: str, line: int, wrong: str, column: str = "", value: str = "") -> None:
        self.problems.append(
            StatementProblem(
                file=self.file, line=line, column=column, value=value[:80], code=code, wrong=wrong
            )
        )

    def body(self, raw: bytes) -> list[FileLine]:
        """Find the sheet and the heading, learn the columns, and leave what follows it."""
        layout = self.layout
        try:
            sheets = file_lines(raw, encodings=layout.encodings, delimiter=layout.delimiter)
        except UnreadableFile as error:
            self.problem("UNREADABLE_FILE", 0, f"：{str(error).rstrip('。')}")
            return []
        nearest: tuple[int, FileLine, list[str]] | None = None
        found: list[tuple[str, list[FileLine], int]] = []
        for sheet in sheets:
            for at, line in enumerate(sheet.lines):
                if line.no > _HEADINGS_WITHIN:
                    break
                missing = self._missing(line.cells)
                if not missing:
                    found.append((sheet.name, sheet.lines, at))
                    break
                named = len(self._places(line.cells))
                if named and (nearest is None or named > nearest[0]):
                    nearest = (named, line, missing)
        if len(found) > 1:
            names = "、".join(name for name, _, _ in found)
            self.problem("TWO_SHEETS", 0, f"的工作表{names}都有表头，请只留一张，或分开导入")
            return []
        if not found:
            self._say_what_is_missing(nearest)
            return []
        _, lines, at = found[0]
        self.above = lines[:at]
        return self._below(lines, at)

    def _places(self, cells: list[str]) -> dict[str, list[int]]:
        spellings: dict[str, tuple[str, ...]] = self.layout.columns.model_dump()
        found = {
            field: [place for place, cell in enumerate(cells) if cell in names]
            for field, names in spellings.items()
        }
        return {field: places for field, places in found.items() if places}

    def _missing(self, cells: list[str]) -> list[str]:
        """The fields that a line of headings would have to name beside those that it does."""
        needed = ["booked_on", "reference", "purpose"]
        needed += ["amount"] if self.layout.columns.amount else ["paid", "received"]
        if self.layout.columns.direction:
            needed.append("direction")
        places = self._places(cells)
        return [field for field in needed if field not in places]

    def _say_what_is_missing(self, nearest: tuple[int, FileLine, list[str]] | None) -> None:
        spellings: dict[str, tuple[str, ...]] = self.layout.columns.model_dump()
        if nearest is None:
            wanted = "、".join(names[0] for names in spellings.values() if names)
            self.problem("NO_HEADING", 0, f"没有找到表头，应有的列：{wanted}")
            return
        _, line, missing = nearest
        lacking = "；".join("或".join(spellings[field]) for field in missing)
        there = "、".join(cell for cell in line.cells if cell)
        self.problem(
            "NO_HEADING", line.no, f"没有找到表头：这一行缺少列 {lacking}，现有：{there[:200]}"
        )

    def _below(self, lines: list[FileLine], at: int) -> list[FileLine]:
        headings = lines[at].cells
        places = self._places(headings)
        self.columns = _Columns(places, headings)
        for field, found in places.items():
            if len(found) > 1 and field not in _TEXTS:
                both = "、".join(headings[place] for place in found)
                self.problem("TWO_COLUMNS", lines[at].no, f"有几列都可作同一项：{both}，请只留一列")
        rows = [line for line in lines[at + 1 :] if not self._is_footer(line)]
        for row in rows:
            self._beyond_the_headings(row)
        return rows

    def _beyond_the_headings(self, row: FileLine) -> None:
        for place, cell in row.stray(self.columns.headings):
            wrong = "没有对应的表头，多半是金额或文字里有未加引号的分隔符"
            self.problem("NO_COLUMN", row.no, wrong, f"第 {place} 列", cell)

    def _is_footer(self, row: FileLine) -> bool:
        """A row of totals begins with such a word, and has no day."""
        first = next((cell for cell in row.cells if cell), "")
        if not first.startswith(self.layout.footer or ("\0",)):
            return False
        try:
            read_day(self.cell(row, "booked_on"), self.layout.date_formats)
        except UnreadableCell:
            return True
        return False

    def text(self, row: FileLine, field: str) -> str:
        """All that a row says under the columns of a text, each once, in the order of the file."""
        places = self.columns.places.get(field, ())
        cells = [row.cells[place] for place in places if place < len(row.cells)]
        return " ".join(dict.fromkeys(cell for cell in cells if not is_empty(cell)))

    def reference(self, row: FileLine) -> str:
        """The bank's own number of a line; one that a spreadsheet has cut short is a problem."""
        found = self.text(row, "reference")
        for part in found.split(" "):
            if _CUT_SHORT.match(part):
                wrong = "是被表格软件改成科学计数法的号码，已丢失末尾；请从网银重新导出，勿经 Excel 另存"
                self.problem("CUT_SHORT", row.no, wrong, self.columns.heading("reference"), part)
        return found

    def cell(self, row: FileLine, field: str) -> str:
        place = self.columns.places.get(field, [len(row.cells)])[0]
        return row.cells[place] if place < len(row.cells) else ""

    def read_fen(self, row: FileLine, field: str) -> int | None:
        text = self.cell(row, field)
        if is_empty(text):
            return None
        try:
            return read_amount(text)
        except UnreadableCell as error:
            self.problem("NOT_AN_AMOUNT", row.no, str(error), self.columns.heading(field), text)
            return None

    def amount(self, row: FileLine) -> int | None:
        """Fen of a row, positive where it came in; None where that cannot be told."""
        before = len(self.problems)
        if self.layout.columns.amount:
            value = self.read_fen(row, "amount")
            if self.layout.columns.direction and value is not None:
                return self._directed(row, value)
        else:
            paid, received = self.read_fen(row, "paid"), self.read_fen(row, "received")
            if paid and received:
                columns = "、".join(map(self.columns.heading, ("paid", "received")))
                both = f"{self.cell(row, 'paid')}、{self.cell(row, 'received')}"
                self.problem(
                    "BOTH_SIDES", row.no, "两列都有金额，一行只能有一个方向", columns, both
                )
                return None
            value = None if paid is None and received is None else (received or 0) - (paid or 0)
        if value is None and len(self.problems) == before:
            self.problem("NO_AMOUNT", row.no, "没有金额")
        return value

    def _directed(self, row: FileLine, value: int) -> int | None:
        mark = self.cell(row, "direction")
        if mark in self.layout.received_marks:
            return value
        if mark in self.layout.paid_marks:
            return -value
        known = "、".join(self.layout.paid_marks + self.layout.received_marks)
        self.problem(
            "NOT_A_MARK",
            row.no,
            f"不是收支标志（{known}）",
            self.columns.heading("direction"),
            mark,
        )
        return None

    def booked_on(self, row: FileLine) -> date | None:
        text = self.cell(row, "booked_on")
        try:
            return read_day(text, self.layout.date_formats)
        except UnreadableCell as error:
            self.problem("NOT_A_DAY", row.no, str(error), self.columns.heading("booked_on"), text)
            return None
