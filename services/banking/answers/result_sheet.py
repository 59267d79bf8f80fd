"""Result sheet: a bank's answer as CSV or XLSX.

In:   the bytes of the file, the bank's layout
Out:  BankAnswer, every unreadable cell named by line and column
"""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from events.canonical import compact
from events.ids import INSTRUCTION_PATTERN
from events.money import yuan
from services.banking.answers.bank_answer import (
    BankAnswer,
    Outcome,
    ResultLine,
    ResultProblem,
    digest_of_file,
)
from services.banking.banks.layouts import AnswerLayout
from services.spreadsheets.cells import UnreadableCell, is_empty, read_amount, read_day
from services.spreadsheets.file_lines import UnreadableFile
from services.spreadsheets.reading import FileRow, Sheet, read_table

_COUNT = re.compile(r"([0-9]+)\s*笔")
_NEEDED = ("instruction", "outcome", "amount", "value_on")
T = TypeVar("T")


def read_result_sheet(raw: bytes, layout: AnswerLayout) -> BankAnswer:
    """Read an answer whole; what cannot be taken stands in `problems`."""
    spellings: dict[str, tuple[str, ...]] = layout.columns.model_dump()
    digest = digest_of_file(raw)
    try:
        sheet = read_table(
            raw,
            {name for names in spellings.values() for name in names},
            str.strip,
            encodings=layout.encodings,
            delimiter=layout.delimiter,
        )
    except UnreadableFile as error:
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

    def __init__(self, layout: AnswerLayout, headings: dict[str, str]) -> None:
        self._layout = layout
        self._headings = headings
        self._problems: list[ResultProblem] = []
        self._pending = 0

    def answer(self, digest: str, sheet: Sheet) -> BankAnswer:
        footer = next((row for row in reversed(sheet.rows) if self._is_footer(row)), None)
        lines = [
            line
            for row in sheet.rows
            if row is not footer and (line := self._line(row)) is not None
        ]
        if footer is not None:
            self._compare(footer, [row for row in sheet.rows if row is not footer], lines)
        if not (lines or self._pending or self._problems):
            self._problems.append(ResultProblem(0, "", "", "没有回盘行"))
        return BankAnswer(
            digest, tuple(lines), self._pending, tuple(self._problems), left_out=sheet.others
        )

    def _is_footer(self, row: FileRow) -> bool:
        """Tell a row of totals: it names no instruction of ours and begins with such a word."""
        first = next((cell.strip() for cell in row.cells.values() if cell.strip()), "")
        ours = re.fullmatch(INSTRUCTION_PATTERN, self._cell(row, "instruction")) is not None
        return not ours and first.startswith(self._layout.footer or ("\0",))

    def _compare(self, footer: FileRow, rows: list[FileRow], lines: list[ResultLine]) -> None:
        """Compare the bank's own count and sum with the rows, so that a file cut short is seen.

        Holds: a bank sums up all rows, or those that it paid
        """
        amounts = [self._amount(row) for row in rows]
        settled = [line.amount or 0 for line in lines if line.outcome == "settled"]
        sums, counts = {sum(amounts), sum(settled)}, {len(rows), len(settled)}
        total = self._read(footer, "amount", read_amount) if self._cell(footer, "amount") else None
        found = _COUNT.search("".join(footer.cells.values()))
        if (total is not None and total not in sums) or (found and int(found[1]) not in counts):
            stated = (
                f"{found[1] if found else '—'} 笔 {yuan(total) if total is not None else '—'} 元"
            )
            wrong = f"与各行 {len(rows)} 笔 {yuan(sum(amounts))} 元不符，文件可能不完整"
            self._problems.append(ResultProblem(footer.no, "合计", stated, wrong))

    def _amount(self, row: FileRow) -> int:
        """Read a row's amount once more, where it can be read."""
        try:
            return read_amount(self._cell(row, "amount"))
        except UnreadableCell:
            return 0

    def _line(self, row: FileRow) -> ResultLine | None:
        instruction = self._read(row, "instruction", _instruction)
        outcome = self._read(row, "outcome", self._outcome)
        if instruction is None or outcome is None:
            return None
        if outcome == "pending":
            self._pending += 1
            return None
        amount = self._read(row, "amount", read_amount)
        undated = outcome != "settled" and is_empty(self._cell(row, "value_on"))
        value_on = None if undated else self._read(row, "value_on", self._day)
        if amount is None or (value_on is None and not undated):
            return None
        word = self._cell(row, "outcome")
        if amount < 0 and word in self._layout.failed:
            wrong = "金额为负的失败行：冲正没有做成，请向银行查询"
            self._problems.append(ResultProblem(row.no, self._headings["amount"], word, wrong))
            return None
        reversal = outcome == "reversal" or (amount < 0 and outcome == "settled")
        decided: Outcome = "settled" if outcome == "settled" and not reversal else "returned"
        code, reason, reference = (
            self._cell(row, field) for field in ("code", "reason", "bank_reference")
        )
        if reversal:
            code, reason = code or "RVSL", reason or "银行冲正"
        return ResultLine(
            row.no, instruction, decided, abs(amount), value_on, code, reason, reference, reversal
        )

    def _day(self, text: str) -> date:
        return read_day(text, self._layout.date_formats)

    def _cell(self, row: FileRow, field: str) -> str:
        return row.cells.get(self._headings[field], "").strip()

    def _read(self, row: FileRow, field: str, reading: Callable[[str], T]) -> T | None:
        text = self._cell(row, field)
        try:
            return reading(text)
        except UnreadableCell as error:
            problem = ResultProblem(row.no, self._headings[field], text[:80], str(error))
            self._problems.append(problem)
            return None

    def _outcome(self, text: str) -> str:
        layout = self._layout
        for outcome, words in (
            ("settled", layout.settled),
            ("returned", layout.returned),
            ("pending", layout.pending),
            ("reversal", layout.reversal),
        ):
            if text in words:
                return outcome
        known = "、".join((*layout.settled, *layout.returned, *layout.pending, *layout.reversal))
        raise UnreadableCell(f"不是处理结果（{known}）")


def _instruction(text: str) -> str:
    instruction = compact(text)
    if re.fullmatch(INSTRUCTION_PATTERN, instruction) is None:
        raise UnreadableCell("不是指令号（16 位，以 B 开头）")
    return instruction
