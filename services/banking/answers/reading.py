"""Answers: a bank's answer file of any form, and what its lines ask of their batches.

In:   the bytes of a CSV, XLSX or pain.002 file, for a sheet the name of the bank that wrote it
Out:  BankAnswer; RecordBankResult, a line each
Holds: a line asks the same, under the same id, whenever and by whomever the file is taken
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from events import streams
from events.authority import Authority
from events.batches import RecordBankResult
from events.contract.inbound.private import without_identities
from events.envelope import Asked
from events.ids import batch_of
from services.banking.answers.bank_answer import BankAnswer, ResultLine
from services.banking.answers.pain002 import read_pain002
from services.banking.answers.result_sheet import read_result_sheet
from services.banking.banks.of_cities import CityBanks
from services.runtime.errors import OperatingFailure
from services.spreadsheets.file_lines import is_web_page

_NAMESPACE = UUID("0c6c2a1e-7f3b-5b52-9d0a-2f5f0f9a6b11")


class NoAnswerLayout(OperatingFailure):
    """No bank of this name answers in a sheet."""

    def __init__(self, name: str, banks: CityBanks) -> None:
        known = "、".join(answer_layouts(banks))
        super().__init__(f"没有名为 {name} 的回盘格式。", f"可用：{known}。")


def answer_layouts(banks: CityBanks) -> dict[str, str]:
    """List the banks that answer in a sheet, with what people call their layout."""
    return {name: bank.title for name, bank in banks.answering().items()}


def read_answer(raw: bytes, layout: str, banks: CityBanks) -> BankAnswer:
    """Read an answer: XML is a pain.002, anything else a sheet as the named bank writes it.

    Raises: NoAnswerLayout
    """
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not is_web_page(raw):
        return read_pain002(raw)
    bank = banks.answering().get(layout)
    if bank is None or bank.answer is None:
        raise NoAnswerLayout(layout, banks)
    return read_result_sheet(raw, bank.answer)


def recording_id(digest: str, line: ResultLine, by: str) -> str:
    """Name the command by which somebody records a line of a file.

    Holds: it is the person's own, so that what one is refused another may still record
    """
    return str(uuid5(_NAMESPACE, f"{digest}|{line.line}|{line.about}|{line.outcome}|{by}"))


def recording_commands(
    answer: BankAnswer, by: str, now: datetime, authority: Authority | None = None
) -> Iterator[Asked]:
    """Ask each line's batch to record it, on the bank's day; of a file without problems."""
    assert not answer.problems
    for line in answer.lines:
        assert line.value_on is not None, "a line that was not compared with the books"
        returned = line.outcome == "returned"
        body = RecordBankResult(
            batch=batch_of(line.about),
            instruction=line.about,
            outcome=line.outcome,
            amount=line.amount or 0,
            value_on=line.value_on,
            # a bank that gives no reason still returned it
            code=without_identities((line.code or "RJCT") if returned else line.code, words=False),
            reason=without_identities(
                (line.reason or "银行未说明原因") if returned else line.reason
            ),
            bank_reference=without_identities(line.bank_reference, words=False),
        )
        yield Asked(
            recording_id(answer.digest, line, by),
            streams.batch(body.batch),
            now,
            line.value_on,
            by,
            body,
            authority,
        )
