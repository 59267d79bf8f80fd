"""Statement file: a bank's CSV, read whole or refused whole.

In:   the bytes of the file, the account and the layout of its bank's statements
Out:  Statement: its lines with stable ids, its balances, and every problem by line and column
Holds: a file with one problem gives no command at all; the same line in two files has one id.
"""

import csv
import io
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from events.money import yuan
from events.statements import LineKind
from events.values import Document, SignedFen
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.instructions import instruction_in
from services.spreadsheets.cells import (
    UnreadableCell,
    day,
    fen,
    is_empty,
)

_MOST_BYTES = 50_000_000


class StatementProblem(Document):
    """One thing that keeps a file from being taken."""

    file: str
    line: int
    column: str
    value: str
    wrong: str

    @property
    def text(self) -> str:
        """Say what happened, where, and what to do."""
        where = f"文件“{self.file}”"
        if self.line:
            where += f"第 {self.line} 行"
        if self.column:
            where += f"“{self.column}”为“{self.value}”，"
        return f"{where}{self.wrong}。整份未导入，请更正后重传，已导入过的行不会重复。"


class StatementLine(Document):
    """One line as the bank wrote it; positive came in."""

    file_line: int
    line: str
    booked_on: date
    amount: SignedFen
    reference: str
    purpose: str
    balance_after: SignedFen | None
    kind: LineKind


class Statement(Document):
    """A whole file, oldest line first."""

    file: str
    digest: str
    bank_account: str
    opening_balance: SignedFen | None
    lines: tuple[StatementLine, ...]
    problems: tuple[StatementProblem, ...]

    @property
    def closing_balance(self) -> int | None:
        """Fen on the account after the last line."""
        if self.opening_balance is None:
            return None
        return self.opening_balance + sum(line.amount for line in self.lines)

    @property
    def months(self) -> tuple[str, ...]:
        """Each month the file touches, ``yyyy-mm``."""
        return tuple(sorted({f"{line.booked_on:%Y-%m}" for line in self.lines}))


class _Row(NamedTuple):
    file_line: int
    cells: list[str]


class _Columns(NamedTuple):
    """Where each field stands in this file, with its heading for messages."""

    place: dict[str, int]
    heading: dict[str, str]


class _Reader:
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

    def rows(self, text: str) -> list[_Row]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.layout.delimiter)
        rows: list[_Row] = []
        started = 0
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    rows.append(_Row(started + 1, [cell.strip() for cell in cells]))
                started = reader.line_num
        except csv.Error as error:
            self.problem(reader.line_num, f"无法按 CSV 读取（{error}）")
        return rows

    def body(self, rows: list[_Row]) -> list[_Row]:
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

    def _is_footer(self, row: _Row) -> bool:
        return any(row.cells[0].startswith(word) for word in self.layout.footer)

    def cell(self, row: _Row, field: str) -> str:
        index = self.columns.place.get(field)
        return "" if index is None or index >= len(row.cells) else row.cells[index]

    def read_fen(self, row: _Row, field: str) -> int | None:
        text = self.cell(row, field)
        if is_empty(text):
            return None
        try:
            return fen(text)
        except UnreadableCell as error:
            self.problem(row.file_line, str(error), self.columns.heading[field], text)
            return None

    def amount(self, row: _Row) -> int | None:
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

    def _directed(self, row: _Row, value: int) -> int | None:
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

    def booked_on(self, row: _Row) -> date | None:
        text = self.cell(row, "booked_on")
        try:
            return day(text, self.layout.date_formats)
        except UnreadableCell as error:
            self.problem(row.file_line, str(error), self.columns.heading["booked_on"], text)
            return None


def read_statement(
    file: str, raw: bytes, bank_account: str, layout: StatementLayout, opening: int | None = None
) -> Statement:
    """Read a bank's file whole; what cannot be taken stands in `problems`.

    Units: `opening` is the balance before the first line, in fen, where the file has no balances
    Holds: lines come oldest first; with balances, each follows from the one before
    """
    reader = _Reader(file, layout)
    rows = reader.body(reader.rows(reader.text_of(raw)))
    if layout.order == "newest_first":
        rows.reverse()
    lines: list[StatementLine] = []
    seen: Counter[str] = Counter()
    for row in rows:
        booked_on, amount = reader.booked_on(row), reader.amount(row)
        balance = reader.read_fen(row, "balance")
        if booked_on is None or amount is None:
            continue
        reference, purpose = reader.cell(row, "reference"), reader.cell(row, "purpose")
        content = f"{booked_on}|{amount}|{reference}|{purpose}|{balance}"
        name = sha256(f"{bank_account}|{content}".encode()).hexdigest()[:20]
        seen[name] += 1
        lines.append(
            StatementLine(
                file_line=row.file_line,
                line=f"{name}-{seen[name]}",
                booked_on=booked_on,
                amount=amount,
                reference=reference,
                purpose=purpose,
                balance_after=balance,
                kind=kind_of(layout, amount, reference, purpose),
            )
        )
    if not lines and not reader.problems:
        reader.problem(0, "没有流水行")
    opening = _checked_opening(reader, lines, opening)
    return Statement(
        file=file,
        digest=sha256(raw).hexdigest(),
        bank_account=bank_account,
        opening_balance=opening,
        lines=tuple(lines),
        problems=tuple(reader.problems),
    )


def kind_of(layout: StatementLayout, amount: int, reference: str, purpose: str) -> LineKind:
    """Tell what a line is: a payment of ours, what the layout's words say, or other."""
    if instruction_in(reference, purpose):
        return "payment" if amount < 0 else "refund"
    direction = "received" if amount > 0 else "paid"
    for rule in layout.kinds:
        if rule.direction == direction and any(word in purpose for word in rule.patterns):
            return rule.kind
    return "other"


def _checked_opening(
    reader: _Reader, lines: list[StatementLine], opening: int | None
) -> int | None:
    """Take the opening balance from the first line, and check the chain of balances."""
    if reader.problems or not lines:
        return opening
    first = lines[0]
    if first.balance_after is not None:
        derived = first.balance_after - first.amount
        if opening is not None and opening != derived:
            reader.problem(first.file_line, "的余额与所填期初余额不符")
        opening = derived
    if opening is None:
        reader.problem(0, "没有余额列，请填写期初余额")
        return None
    running, newest = opening, first.booked_on
    for line in lines:
        running += line.amount
        if line.balance_after is not None and line.balance_after != running:
            reader.problem(
                line.file_line,
                f"与上一行余额加本行发生额不等（应为 {yuan(running)}），流水可能有缺行",
                reader.columns.heading["balance"],
                yuan(line.balance_after),
            )
            running = line.balance_after
        if line.booked_on < newest:
            reader.problem(line.file_line, "的日期早于上一行，流水应按日期排列")
        newest = max(newest, line.booked_on)
    return opening
