"""Results: what a bank's answer file says, each line as the message a bank's channel would publish.

In:   the bytes of a CSV, XLSX or pain.002 file; the batches' payments as the books have them
Out:  BankAnswer; `payment.settled` and `payment.returned` as CloudEvents
Holds: a file with one unreadable line gives no message at all; a line's message has the same id and
       content whenever the file is taken
"""

from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from events.instructions import batch_of

Outcome = Literal["settled", "returned"]


class ResultLine(NamedTuple):
    """What became of one instruction, or of a whole batch where only the batch is named.

    Units: fen; None where the bank names no amount, and the one that was ordered is meant
    """

    line: int
    about: str
    outcome: Outcome
    amount: int | None
    value_on: date
    code: str
    reason: str
    bank_reference: str


class ResultProblem(NamedTuple):
    """One thing that keeps a file from being taken; line 0 is the whole file."""

    line: int
    column: str
    value: str
    wrong: str

    @property
    def text(self) -> str:
        """Say where, and what is wrong."""
        where = f"第 {self.line} 行" if self.line else "文件"
        cell = f"“{self.column}”为“{self.value}”，" if self.column else ""
        return f"{where}{cell}{self.wrong}"


class BankAnswer(NamedTuple):
    """A whole file; `pending` lines say that the bank has not decided yet."""

    digest: str
    lines: tuple[ResultLine, ...]
    pending: int
    problems: tuple[ResultProblem, ...]

    @property
    def batches(self) -> tuple[str, ...]:
        """The batches that the file speaks of."""
        return tuple(sorted({batch_of(line.about) for line in self.lines}))


class ResultMessage(NamedTuple):
    """One CloudEvent; a return that follows its payment has the same key, and never overtakes it."""

    key: str
    event: dict[str, Any]


def digest_of_file(raw: bytes) -> str:
    """SHA-256 of a file."""
    return sha256(raw).hexdigest()


def of_the_books(answer: BankAnswer, ordered: Mapping[str, int]) -> BankAnswer:
    """Spell out what is said of whole batches, and fill in the amounts that the bank left out.

    Shape:  `ordered` has the fen of every instruction of the batches
    Holds: what is said of an instruction itself goes before what is said of its batch
    """
    named = {line.about for line in answer.lines}
    lines: list[ResultLine] = []
    problems = list(answer.problems)
    for line in answer.lines:
        if line.about in ordered:
            amount = ordered[line.about] if line.amount is None else line.amount
            lines.append(line._replace(amount=amount))
            continue
        whole = [
            instruction for instruction in sorted(ordered) if batch_of(instruction) == line.about
        ]
        if not whole:
            problems.append(ResultProblem(line.line, "指令号", line.about, "账上没有这笔付款"))
        lines += [
            line._replace(about=instruction, amount=ordered[instruction])
            for instruction in whole
            if instruction not in named
        ]
    return answer._replace(lines=tuple(lines), problems=tuple(problems))


def messages(answer: BankAnswer, source: str) -> Iterator[ResultMessage]:
    """Write every line of a file without problems as the message of its outcome."""
    assert not answer.problems
    for line in answer.lines:
        data = {
            "instruction": line.about,
            "amount_fen": line.amount,
            "value_on": line.value_on.isoformat(),
            "bank_reference": line.bank_reference,
            "code": line.code,
            "reason": line.reason,
        }
        if line.outcome == "returned":
            # a bank that gives no reason still returned it
            data |= {"code": line.code or "RJCT", "reason": line.reason or "银行未说明原因"}
        yield ResultMessage(
            line.about,
            {
                "specversion": "1.0",
                "id": f"{answer.digest[:24]}-{line.line}-{line.about}-{line.outcome}",
                "source": source,
                "type": f"payment.{line.outcome}",
                "time": f"{line.value_on.isoformat()}T00:00:00+08:00",
                "datacontenttype": "application/json",
                "data": data,
            },
        )
