"""Statement rows: the lines of a bank's file below its headings, and their cells.

In:   the sheets of a file, the layout of the bank's statements
Out:  rows; dates and amounts, or None for a cell that is named as a problem; what stands above the
      headings; what was left out, by name
Holds: problems are collected, and none stops the reading; every row below the headings is a line, a
       problem, or named as left out
"""

import re
from collections.abc import Sequence
from datetime import date

from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import LeftOut, StatementProblem
from services.banking.statements.statement_head import is_ours
from services.banking.statements.statement_headings import (
    TEXTS,
    Columns,
    HeadingsMissing,
    table_of,
)
from services.spreadsheets.cells import (
    UnreadableCell,
    is_empty,
    read_amount,
    read_day_and_form,
    read_fen,
)
from services.spreadsheets.file_lines import FileLine, FileSheet

_CUT_SHORT = re.compile(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$", re.IGNORECASE)
NOTHING_MOVED = "发生额为 0.00"
"""Why a row is left out that says that nothing was paid and nothing received."""


class StatementReader:
    """Reads one file; collects problems instead of stopping at the first."""

    def __init__(self, file: str, layout: StatementLayout, last_four: str = "") -> None:
        self.file = file
        self.last_four = last_four
        self.layout = layout
        self.problems: list[StatementProblem] = []
        self.left_out: list[LeftOut] = []
        self.above: list[FileLine] = []
        self.columns = Columns({}, [])
        self._forms = layout.date_formats
        self._compared = False
        self._account = ""
        self.sides = {"paid": 0, "received": 0}

    def problem(self, code: str, line: int, wrong: str, column: str = "", value: str = "") -> None:
        self.problems.append(
            StatementProblem(
                file=self.file, line=line, column=column, value=value[:80], code=code, wrong=wrong
            )
        )

    def body(self, sheets: Sequence[FileSheet]) -> list[FileLine]:
        """Find the table, learn its columns, and leave the rows that may be lines."""
        try:
            table = table_of(sheets, self.layout)
        except HeadingsMissing as missing:
            self.problem(missing.code, missing.line, str(missing))
            return []
        self.above, self.columns = table.above, table.columns
        self._compared = bool({"account", "currency"} & self.columns.places.keys())
        for name, number in table.others:
            self.left_out.append(LeftOut(line=0, text=name, why=f"没有表头的工作表，{number} 行"))
        for field, places in self.columns.places.items():
            if len(places) > 1 and field not in TEXTS:
                both = "、".join(self.columns.headings[place] for place in places)
                wrong = f"有几列都可作同一项：{both}，请只留一列"
                self.problem("TWO_COLUMNS", table.heading_line, wrong)
        rows = [row for row in table.rows if not self._is_none(row)]
        for row in rows:
            self._beyond_the_headings(row)
        return rows

    def _is_none(self, row: FileLine) -> bool:
        """A row that is no line: a row of totals, or the headings again on a further page."""
        first = next((cell for cell in row.cells if cell), "")
        why = ""
        if first.startswith(self.layout.footer or ("\0",)) and not self._has_a_day(row):
            why = "合计或说明行"
        elif row.cells == self.columns.headings:
            why = "重复的表头"
        if why:
            self.leave_out(row, why)
        return bool(why)

    def leave_out(self, row: FileLine, why: str) -> None:
        """Name a row that is no line."""
        text = " ".join(cell for cell in row.cells if cell)
        self.left_out.append(LeftOut(line=row.no, text=text[:80], why=why))

    def _has_a_day(self, row: FileLine) -> bool:
        try:
            read_day_and_form(self.cell(row, "booked_on"), self._forms)
        except UnreadableCell:
            return False
        return True

    def _beyond_the_headings(self, row: FileLine) -> None:
        for place, cell in row.stray(self.columns.headings):
            wrong = "没有对应的表头，多半是金额或文字里有未加引号的分隔符"
            self.problem("NO_COLUMN", row.no, wrong, f"第 {place} 列", cell)

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

    def read_figure(self, text: str) -> int:
        """Fen of an amount as this bank writes it.

        Raises: UnreadableCell
        """
        return read_fen(text) if self.layout.unit == "fen" else read_amount(text)

    def read_fen(self, row: FileLine, field: str) -> int | None:
        """Fen of an amount, whatever the layout's unit; None where the cell is empty."""
        text = self.cell(row, field)
        if is_empty(text):
            return None
        try:
            return self.read_figure(text)
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
            self.sides["received" if (value or 0) > 0 else "paid"] += abs(value or 0)
        else:
            paid, received = self.read_fen(row, "paid"), self.read_fen(row, "received")
            if paid and received:
                columns = "、".join(map(self.columns.heading, ("paid", "received")))
                both = f"{self.cell(row, 'paid')}、{self.cell(row, 'received')}"
                self.problem(
                    "BOTH_SIDES", row.no, "两列都有金额，一行只能有一个方向", columns, both
                )
                return None
            self.sides["paid"] += paid or 0
            self.sides["received"] += received or 0
            value = None if paid is None and received is None else (received or 0) - (paid or 0)
        if value is None and len(self.problems) == before:
            self.problem("NO_AMOUNT", row.no, "没有金额")
        return value

    def _directed(self, row: FileLine, value: int) -> int | None:
        mark = self.cell(row, "direction")
        if mark in self.layout.received_marks:
            self.sides["received"] += value
            return value
        if mark in self.layout.paid_marks:
            self.sides["paid"] += value
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
            found, form = read_day_and_form(text, self._forms)
        except UnreadableCell as error:
            self.problem("NOT_A_DAY", row.no, str(error), self.columns.heading("booked_on"), text)
            return None
        if form != self._forms[0]:  # a file writes all its days alike
            self._forms = (form, *(other for other in self._forms if other != form))
        return found

    def is_ours(self, row: FileLine) -> bool:
        """Whether a row is of the account and in yuan, where the file says so; what is not is named."""
        if not self._compared:
            return True
        currency, account = self.cell(row, "currency"), self.cell(row, "account")
        if not is_empty(currency) and not is_ours(currency):
            wrong = "只能导入人民币流水"
            self.problem(
                "OTHER_CURRENCY", row.no, wrong, self.columns.heading("currency"), currency
            )
            return False
        number = re.sub(r"[^0-9*]", "", account)
        if not number:
            return True
        heading, shown = self.columns.heading("account"), f"…{number[-4:]}"
        if self.last_four and not number.endswith(self.last_four):
            wrong = f"不是所选账户（末四位 {self.last_four}）的流水"
            self.problem("OTHER_ACCOUNT", row.no, wrong, heading, shown)
            return False
        self._account = self._account or number
        if number != self._account:
            wrong = f"上面的行是末四位 {self._account[-4:]} 的账户，一份文件只能有一个账户"
            self.problem("TWO_ACCOUNTS", row.no, wrong, heading, shown)
            return False
        return True
