"""Bank answer: what a bank's answer file says, line by line, whatever its form.

Holds: a file with one unreadable line is taken in no part
"""

from datetime import date
from hashlib import sha256
from typing import Literal, NamedTuple

from events.ids import batch_of

Outcome = Literal["settled", "returned"]


class ResultLine(NamedTuple):
    """What became of one instruction, or of a whole batch where only the batch is named.

    Units: fen; None where the bank names no amount, and the one that was ordered is meant; a
           return without a day is of the day on which it is taken
    `reversal` marks money that the bank took back again (冲正).
    """

    line: int
    about: str
    outcome: Outcome
    amount: int | None
    value_on: date | None
    code: str
    reason: str
    bank_reference: str
    reversal: bool = False


class ResultProblem(NamedTuple):
    """One thing that keeps a file from being taken; line 0 is the whole file, `detail` is for operators."""

    line: int
    column: str
    value: str
    wrong: str
    detail: str = ""

    @property
    def text(self) -> str:
        """Say where, and what is wrong."""
        named = self.wrong.startswith(("文件", "工作表"))
        where = f"第 {self.line} 行" if self.line else ("" if named else "文件")
        cell = f"“{self.column}”为“{self.value}”，" if self.column else ""
        return f"{where}{cell}{self.wrong}"


class BankAnswer(NamedTuple):
    """A whole file; `pending` lines say that the bank has not decided yet.

    `acknowledged` are batches of which the bank says that it has them, and no more; `left_out` are
    sheets of a workbook that hold no answers.
    """

    digest: str
    lines: tuple[ResultLine, ...]
    pending: int
    problems: tuple[ResultProblem, ...]
    acknowledged: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def batches(self) -> tuple[str, ...]:
        """The batches that the file speaks of."""
        return tuple(sorted({batch_of(line.about) for line in self.lines}))


def digest_of_file(raw: bytes) -> str:
    """SHA-256 of a file."""
    return sha256(raw).hexdigest()
