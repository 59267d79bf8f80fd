"""Result sheet: a bank's answer as CSV or XLSX.

In:   the bytes of the file, the bank's layout
Out:  BankAnswer, every unreadable cell named by line and column
"""

import re
from collections.abc import Callable
from typing import TypeVar

from events.canonical import compact
from events.instructions import PATTERN
from services.banks.layouts import ResultLayout
from services.banks.results import (
    BankAnswer,
    Outcome,
    ResultLine,
    ResultProblem,
    digest_of_file,
)
from services.past.reading import FileRow, Sheet, Unfit, read
from services.reconciliation.cells import Unreadable, day, fen

_NEEDED = ("instruction", "outcome", "amount", "value_on")
T = TypeVar("T")


def read_result_sheet(raw: bytes, layout: ResultLayout) -> BankAnswer:
    """Read an answer whole; what cannot be taken stands in `problems`."""
    spellings: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    digest = digest_of_file(raw)
    try:
        sheet = read(raw, {name for names in spellings.values() for name in names}, str.strip)
    except Unfit as error:
        return BankAnswer(digest, (), 0, (ResultProblem(0, "", "", str(error)),))
    headings = {
        field: next((name for name in names if name in sheet.headings), "")
        for field, names in spellings.items()
    }
    if missing := [spellings[field][0] for field in _NEEDED if not headings[field]]:
        wrong = f"缺少列：{'、'.join(missing)}"
        return BankAnswer(digest, (), 0, (ResultProblem(0, "", "", wrong),))
    return _Reader(layout, headings).answer(digest, sheet)


class _Reader:
    """Reads rows; collects problems instead of stopping at the first."""

    def __init__(self, layout: ResultLayout, headings: dict[str, str]) -> None:
        self._layout = layout
        self._headings = headings
        self._problems: list[ResultProblem] = []
        self._pending = 0

    def answer(self, digest: str, sheet: Sheet) -> BankAnswer:
        lines = [line for row in sheet.rows if (line := self._line(row)) is not None]
        if not (lines or self._pending or self._problems):
            self._problems.append(ResultProblem(0, "", "", "没有回盘行"))
        return BankAnswer(digest, tuple(lines), self._pending, tuple(self._problems))

    def _line(self, row: FileRow) -> ResultLine | None:
        instruction = self._read(row, "instruction", _instruction)
        outcome = self._read(row, "outcome", self._outcome)
        if instruction is None or outcome is None:
            return None
        if outcome == "pending":
            self._pending += 1
            return None
        amount = self._read(row, "amount", fen)
        value_on = self._read(row, "value_on", lambda text: day(text, self._layout.date_formats))
        if amount is None or value_on is None:
            return None
        decided: Outcome = "settled" if outcome == "settled" else "returned"
        more = (self._cell(row, field) for field in ("code", "reason", "bank_reference"))
        return ResultLine(row.no, instruction, decided, abs(amount), value_on, *more)

    def _cell(self, row: FileRow, field: str) -> str:
        return row.cells.get(self._headings[field], "").strip()

    def _read(self, row: FileRow, field: str, reading: Callable[[str], T]) -> T | None:
        text = self._cell(row, field)
        try:
            return reading(text)
        except Unreadable as error:
            problem = ResultProblem(row.no, self._headings[field], text[:80], str(error))
            self._problems.append(problem)
            return None

    def _outcome(self, text: str) -> str:
        layout = self._layout
        for outcome, words in (
            ("settled", layout.settled),
            ("returned", layout.returned),
            ("pending", layout.pending),
        ):
            if text in words:
                return outcome
        known = "、".join((*layout.settled, *layout.returned, *layout.pending))
        raise Unreadable(f"不是处理结果（{known}）")


def _instruction(text: str) -> str:
    instruction = compact(text)
    if re.fullmatch(PATTERN, instruction) is None:
        raise Unreadable("不是指令号（16 位，以 B 开头）")
    return instruction
