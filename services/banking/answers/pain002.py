"""pain.002: a bank's status report, of single payments or of whole files.

In:   the bytes of a message, in any version whose published schema is carried
Out:  BankAnswer; what breaks the schema is named by line
Holds: only a final status is an outcome; an accepted payment is still pending; nothing is taken of
       a report whose whole is rejected or settled while a part of it says otherwise
"""

import re
from datetime import date, datetime
from typing import Any

from events.days import legal_day
from events.ids import BATCH_PATTERN, INSTRUCTION_PATTERN, batch_of
from services.banking.answers.bank_answer import (
    BankAnswer,
    Outcome,
    ResultLine,
    ResultProblem,
    digest_of_file,
)
from services.banking.breach_words import in_words
from services.banking.iso20022 import Breach, NotTheMessage, breaches, namespace, read_message
from services.spreadsheets.cells import UnreadableCell, read_amount

_FINAL: dict[str, Outcome] = {
    "ACSC": "settled",
    "ACCC": "settled",
    "RJCT": "returned",
    "CANC": "returned",
}


def read_pain002(raw: bytes) -> BankAnswer:
    """Read a status report whole; what cannot be taken stands in `problems`."""
    digest = digest_of_file(raw)
    try:
        root, version = read_message(raw, "pain.002")
    except NotTheMessage as error:
        return BankAnswer(digest, (), 0, (ResultProblem(error.line, "", "", str(error)),))
    if wrong := breaches(root, version):
        return BankAnswer(digest, (), 0, tuple(_of_schema(breach, version) for breach in wrong))
    return _Report(root, version).answer(digest)


def _of_schema(breach: Breach, version: str) -> ResultProblem:
    said = in_words(breach.text)
    wrong = f"不合 {version} 标准：{said.wrong}"
    return ResultProblem(breach.line, said.field, said.value[:80], wrong, breach.text)


class _Report:
    """One report, from the whole file down to single payments."""

    def __init__(self, root: Any, version: str) -> None:
        self._root = root
        self._names = {"p": namespace(version)}
        self._lines: list[ResultLine] = []
        self._problems: list[ResultProblem] = []
        self._pending = 0
        self._acknowledged: dict[str, None] = {}

    def _text(self, of: Any, path: str) -> str:
        steps = "/".join(f"p:{step}" for step in path.split("/"))
        return (of.findtext(steps, None, self._names) or "").strip()

    def _all(self, of: Any, name: str) -> list[Any]:
        return list(of.iterfind(f".//p:{name}", self._names))

    def answer(self, digest: str) -> BankAnswer:
        for transaction in self._all(self._root, "TxInfAndSts"):
            status = self._text(transaction, "TxSts")
            self._add(transaction, self._instruction(transaction), status, INSTRUCTION_PATTERN)
        for block in self._all(self._root, "OrgnlPmtInfAndSts"):
            if status := self._text(block, "PmtInfSts"):
                self._whole(block, self._text(block, "OrgnlPmtInfId"), status)
        for group in self._all(self._root, "OrgnlGrpInfAndSts"):
            if status := self._text(group, "GrpSts"):
                self._whole(group, self._text(group, "OrgnlMsgId"), status)
        said = self._lines or self._pending or self._problems or self._acknowledged
        if not said:
            self._problems.append(ResultProblem(0, "", "", "没有任何付款的状态"))
        if contradictions := self._contradictions():
            return BankAnswer(digest, (), 0, (*self._problems, *contradictions))
        spoken = {line.about for line in self._lines} | {batch_of(one.about) for one in self._lines}
        acknowledged = tuple(batch for batch in self._acknowledged if batch not in spoken)
        return BankAnswer(
            digest, tuple(self._lines), self._pending, tuple(self._problems), acknowledged
        )

    def _instruction(self, transaction: Any) -> str:
        about = self._text(transaction, "OrgnlEndToEndId")
        return about or self._text(transaction, "OrgnlInstrId")

    def _contradictions(self) -> list[ResultProblem]:
        """Name each part that says otherwise than the final status of its whole.

        Nobody but the bank can say which of the two is meant, and one of them pays twice.
        """
        found: list[ResultProblem] = []
        blocks = self._all(self._root, "OrgnlPmtInfAndSts")
        for group in self._all(self._root, "OrgnlGrpInfAndSts"):
            name, status = self._text(group, "OrgnlMsgId"), self._text(group, "GrpSts")
            for block in blocks:
                part = self._text(block, "OrgnlPmtInfId"), self._text(block, "PmtInfSts")
                found += _contradiction(name, status, block, *part)
            found += self._against(name, status, self._root)
        for block in blocks:
            name, status = self._text(block, "OrgnlPmtInfId"), self._text(block, "PmtInfSts")
            found += self._against(name, status, block)
        return found

    def _against(self, whole: str, status: str, of: Any) -> list[ResultProblem]:
        """The transactions within `of` that say otherwise than their whole."""
        return [
            problem
            for transaction in self._all(of, "TxInfAndSts")
            for problem in _contradiction(
                whole,
                status,
                transaction,
                self._instruction(transaction),
                self._text(transaction, "TxSts"),
            )
        ]

    def _whole(self, of: Any, batch: str, status: str) -> None:
        """Take a final status of a whole file, once; any other says that the bank has the file."""
        if status not in _FINAL and re.fullmatch(BATCH_PATTERN, batch):
            self._acknowledged[batch] = None
        if status in _FINAL and batch not in {line.about for line in self._lines}:
            self._add(of, batch, status, BATCH_PATTERN)

    def _add(self, of: Any, about: str, status: str, pattern: str) -> None:
        outcome = _FINAL.get(status)
        if re.fullmatch(pattern, about) is None:
            self._problems.append(ResultProblem(of.sourceline, "编号", about, "不是我们的编号"))
        elif outcome is None:
            self._pending += 1
        elif (stated := self._stated(of)) is not None:
            amount, value_on = stated
            code = self._text(of, "StsRsnInf/Rsn/Cd") or self._text(of, "StsRsnInf/Rsn/Prtry")
            self._lines.append(
                ResultLine(
                    of.sourceline,
                    about,
                    outcome,
                    amount,
                    value_on,
                    code,
                    self._text(of, "StsRsnInf/AddtlInf"),
                    self._text(of, "AcctSvcrRef"),
                )
            )

    def _stated(self, of: Any) -> tuple[int | None, date] | None:
        """Read amount and day; None where one cannot be read, which is named."""
        steps = "/".join(f"p:{step}" for step in ("OrgnlTxRef", "Amt", "InstdAmt"))
        stated = of.find(steps, self._names)
        amount = "" if stated is None else (stated.text or "").strip()
        currency = "CNY" if stated is None else stated.get("Ccy", "CNY")
        if currency != "CNY":
            self._problem(of, "币种", currency, "不是人民币")
            return None
        try:
            return (read_amount(amount) if amount else None), self._value_on(of)
        except UnreadableCell as error:
            self._problem(of, "金额", amount, str(error))
        except (
            ValueError,
            OverflowError,
        ):  # the schema allows hour 24, and the year 9999 in the west
            self._problem(of, "日期", self._at(of), "不是时刻")
        return None

    def _problem(self, of: Any, column: str, value: str, wrong: str) -> None:
        self._problems.append(ResultProblem(of.sourceline, column, value, wrong))

    def _value_on(self, of: Any) -> date:
        """Take the day of the acceptance, or else the report's."""
        at = datetime.fromisoformat(self._at(of))
        return legal_day(at) if at.tzinfo else at.date()

    def _at(self, of: Any) -> str:
        header = self._text(self._root, "CstmrPmtStsRpt/GrpHdr/CreDtTm")
        return self._text(of, "AccptncDtTm") or header


def _contradiction(
    whole: str, status: str, part: Any, about: str, stated: str
) -> list[ResultProblem]:
    """Compare one part's status with its whole's; a part without one goes with its whole."""
    verdict = _FINAL.get(status)
    if verdict is None or not stated or _FINAL.get(stated) == verdict:
        return []
    wrong = f"状态为 {stated}，而它所属的整组 {whole} 状态为 {status}，互相矛盾，整份文件不接收"
    return [ResultProblem(part.sourceline, "编号", about, f"{wrong}，请向银行核实")]
