"""Statement: a bank's account of one of the city's accounts, and what keeps a file from being one.

Holds: lines come oldest first; positive came in
Units: fen
"""

from datetime import date

from events.statements import LineKind
from events.values import Document, SignedFen


class StatementProblem(Document):
    """One thing that keeps a file from being taken; `detail` is for operators alone."""

    file: str
    line: int
    column: str
    value: str
    code: str
    wrong: str
    detail: str = ""

    @property
    def text(self) -> str:
        """Say what happened, where, and what to do."""
        where = f"文件“{self.file}”"
        if self.line:
            where += f"第 {self.line} 行"
        if self.column:
            where += f"“{self.column}”为“{self.value}”，"
        return f"{where}{self.wrong}。整份未导入，请更正后重传，已导入过的行不会重复。"

    @property
    def row_text(self) -> str:
        """Say what is wrong with a row, without the file's name."""
        return f"“{self.column}”为“{self.value}”，{self.wrong}" if self.column else self.wrong


class StatementLine(Document):
    """One line as the bank wrote it; positive came in."""

    file_line: int
    booked_on: date
    amount: SignedFen
    reference: str
    purpose: str
    balance_after: SignedFen | None
    kind: LineKind


class LeftOut(Document):
    """Something of a file that is no line and was not taken: a row of totals, a sheet without a table."""

    line: int
    text: str
    why: str


class Statement(Document):
    """A whole file, oldest line first; `first` and `last` are the days that it covers.

    Holds: every row below the headings is a line, has a problem, or stands in `left_out`
    """

    file: str
    digest: str
    bank_account: str
    first: date | None = None
    last: date | None = None
    opening_balance: SignedFen | None
    lines: tuple[StatementLine, ...]
    problems: tuple[StatementProblem, ...]
    left_out: tuple[LeftOut, ...] = ()

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
