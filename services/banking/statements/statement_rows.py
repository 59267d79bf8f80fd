"""Statement rows: the lines of a bank's file below its headings, and their cells.

In:   the bytes of the file, the layout of the bank's statements
Out:  rows; dates and amounts, or None for a cell that is named as a problem
Holds: problems are collected, and none stops the reading
"""

import csv
import io
from datetime import date
from typing import NamedTuple

from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import StatementProblem
from services.spreadsheets.cells import UnreadableCell, is_empty, read_amount, read_day

_MOST_BYTES = 50_000_000


class StatementRow(NamedTuple):
    file_line: int
    cells: list[str]


class _Columns(NamedTuple):
    """Where each field stands in this file, with its heading for messages."""

    place: dict[str, int]
    heading: dict[str, str]


class StatementReader:
    """Reads one file; collects problems instead of stopping at the first."""

    def __init__(self, file: str, layout: StatementLayout) -> None:
        self.file = file
        self.layout = layout
        self.problems: list[StatementProblem] = []
        self.columns = _Columns({}, {})

    def problem(self, line: int, wrong: str, column: str = "", value: str = "") -> None:
        self.problems.append(
            StatementProblem(
                file=self.file, line=line, column=column, value=value[:80], wrong=wrong
            )
        )

    def text_of(self, raw: bytes) -> str:
        if len(raw) > _MOST_BYTES:
            self.problem(0, "超过 50 MB，请按月分开导出")
            return ""
        for encoding in self.layout.encodings:
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.problem(0, "的文字编码无法识别，请另存为 UTF-8 或 GB18030")
        return ""

    def rows(self, text: str) -> list[StatementRow]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.layout.delimiter)
        rows: list[StatementRow] = []
        started = 0
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    rows.append(StatementRow(started + 1, [cell.strip() for cell in cells]))
                started = reader.line_num
        except csv.Error as error:
            self.problem(reader.line_num, f"无法按 CSV 读取（{error}）")
        return rows

    def body(self, rows: list[StatementRow]) -> list[StatementRow]:
        """Find the heading, learn the columns, and leave what follows it."""
        spellings = self.layout.columns.model_dump()
        for at, row in enumerate(rows[:30]):
            place = {
                field: row.cells.index(name)
                for field, names in spellings.items()
                for name in names
                if name in row.cells
            }
            needed = {"booked_on", "reference", "purpose"} | (
                {"amount"} if self.layout.columns.amount else {"paid", "received"}
            )
            if self.layout.columns.direction:
                needed.add("direction")
            if needed <= place.keys():
                heading = {field: row.cells[index] for field, index in place.items()}
                self.columns = _Columns(place, heading)
                return [row for row in rows[at + 1 :] if not self._is_footer(row)]
        wanted = "、".join(names[0] for names in spellings.values() if names)
        self.problem(0, f"没有找到表头，应有的列：{wanted}")
        return []

    def _is_footer(self, row: StatementRow) -> bool:
        return any(row.cells[0].startswith(word) for word in self.layout.footer)

    def cell(self, row: StatementRow, field: str) -> str:
        index = self.columns.place.get(field)
        return "" if index is None or index >= len(row.cells) else row.cells[index]

    def read_fen(self, row: StatementRow, field: str) -> int | None:
        text = self.cell(row, field)
        if is_empty(text):
            return None
        try:
            return read_amount(text)
        except UnreadableCell as error:
            self.problem(row.file_line, str(error), self.columns.heading[field], text)
            return None

    def amount(self, row: StatementRow) -> int | None:
        """Fen of a row, positive where it came in; None where that cannot be told."""
        before = len(self.problems)
        if self.layout.columns.amount:
            value = self.read_fen(row, "amount")
            if self.layout.columns.direction and value is not None:
                return self._directed(row, value)
        else:
            paid, received = self.read_fen(row, "paid"), self.read_fen(row, "received")
            value = None if paid is None and received is None else (received or 0) - (paid or 0)
        if value is None and len(self.problems) == before:
            self.problem(row.file_line, "没有金额")
        return value

    def _directed(self, row: StatementRow, value: int) -> int | None:
        mark = self.cell(row, "direction")
        if mark in self.layout.received_marks:
            return value
        if mark in self.layout.paid_marks:
            return -value
        known = "、".join(self.layout.paid_marks + self.layout.received_marks)
        self.problem(
            row.file_line, f"不是收支标志（{known}）", self.columns.heading["direction"], mark
        )
        return None

    def booked_on(self, row: StatementRow) -> date | None:
        text = self.cell(row, "booked_on")
        try:
            return read_day(text, self.layout.date_formats)
        except UnreadableCell as error:
            self.problem(row.file_line, str(error), self.columns.heading["booked_on"], text)
            return None
