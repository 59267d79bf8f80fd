"""camt: a bank's statement, report or notification as an ISO 20022 message.

In:   the bytes of a camt.053, camt.052 or camt.054, versions 2 to 14
Out:  Statement; each breach of the published schema with its line and field
Holds: nothing is taken of a message that breaks its schema; what is pending or only information is
       left out and named; balances and totals that the message states are reckoned again
Source: docs/adr/0042-a-banks-messages-are-statements-too.md
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from events.money import yuan
from services.banking.banks.layouts import StatementLayout
from services.banking.breach_words import in_words
from services.banking.iso20022 import NotTheMessage, breaches, read_message
from services.banking.statements.bank_message import (
    MOST_ENTRIES,
    OURS,
    MessageBalance,
    MessageFindings,
    MessageStatement,
    of_the_account,
    whole,
)
from services.banking.statements.camt_entry import read_entry
from services.banking.statements.camt_totals import check_totals
from services.banking.statements.camt_values import day_of, fen, steps, text_at
from services.banking.statements.statement import Statement
from services.spreadsheets.cells import UnreadableCell

_KINDS = ("camt.053", "camt.052", "camt.054")
_STATEMENTS = ("{*}Stmt", "{*}Rpt", "{*}Ntfctn")
_OPENING_CODES, _CLOSING_CODES = ("OPBD", "PRCD"), ("CLBD",)
_BOOKED_NOW = "ITBD"


def read_camt(
    file: str,
    raw: bytes,
    bank_account: str,
    layout: StatementLayout,
    opening: int | None = None,
    last_four: str = "",
) -> Statement:
    """Read a message whole; what keeps it from being taken stands in `problems`.

    Units: `opening` is the balance before the first entry, in fen, where the message has none
    """
    findings = MessageFindings(file)
    chosen: list[MessageStatement] = []
    try:
        root, version = read_message(raw, *_KINDS)
    except NotTheMessage as error:
        findings.problem("NOT_THE_MESSAGE", error.line, f"：{error}")
    else:
        if version.endswith(".001.01"):
            findings.problem("NOT_THE_MESSAGE", 1, f"：版本 {version} 太旧，可用 02 至 14 版")
        elif _fits(root, version, findings):
            chosen = _read(root, version, last_four, findings)
    return whole(file, raw, bank_account, layout, chosen, findings, opening)


def _fits(root: Any, version: str, findings: MessageFindings) -> bool:
    """Name each breach of the schema; a text that is only too long hinders nothing."""
    fits = True
    for breach in breaches(root, version):
        said = in_words(breach.text)
        if breach.is_length:
            findings.leave_out(breach.line, said.field, "超过标准长度，照原文读入")
            continue
        findings.problem(
            "NOT_THE_SCHEMA",
            breach.line,
            f"不合 {version} 标准：{said.wrong}",
            said.field,
            said.value,
            breach.text,
        )
        fits = False
    return fits


def _read(
    root: Any, version: str, last_four: str, findings: MessageFindings
) -> list[MessageStatement]:
    found = [node for path in _STATEMENTS for node in root[0].iterfind(path)]
    heads = [_head(node) for node in found]
    if sum(head.count for head in heads) > MOST_ENTRIES:
        findings.problem("UNREADABLE_FILE", 0, f"超过 {MOST_ENTRIES:,} 笔，请分成几份导入")
        return []
    chosen = of_the_account(heads, last_four, findings)
    strict = version.startswith("camt.053")
    _name_pages(root, findings)
    seen: set[tuple[str, ...]] = set()
    ours = {id(head) for head in chosen}
    for head, node in zip(heads, found, strict=True):
        if id(head) not in ours:
            continue
        page = text_at(node, "StmtPgntn/PgNb") or text_at(node, "RptPgntn/PgNb")
        key = (head.name, text_at(node, "ElctrncSeqNb"), page)
        if key in seen:
            findings.problem("SAID_TWICE", head.line, f"编号“{head.name}”的对账单第二次出现")
        seen.add(key)
        if head.currency in ("", OURS):
            _Statement(node, head, strict, findings).fill()
    return chosen


def _head(node: Any) -> MessageStatement:
    account = text_at(node, "Acct/Id/IBAN") or text_at(node, "Acct/Id/Othr/Id")
    return MessageStatement(
        line=node.sourceline,
        name=text_at(node, "Id"),
        account=account,
        currency=text_at(node, "Acct/Ccy"),
        count=sum(1 for _ in node.iterfind("{*}Ntry")),
    )


def _name_pages(root: Any, findings: MessageFindings) -> None:
    for page in root.iter("{*}MsgPgntn", "{*}StmtPgntn", "{*}RptPgntn", "{*}NtfctnPgntn"):
        number, last = text_at(page, "PgNb"), text_at(page, "LastPgInd") in ("true", "1")
        if number.lstrip("0") != "1" or not last:
            more = "" if last else "，后面还有页"
            findings.leave_out(
                page.sourceline, "其余各页", f"这是第 {number} 页{more}，各页都要导入"
            )


class _Statement:
    """One statement of the account: its period, balances, entries and totals."""

    def __init__(
        self, node: Any, head: MessageStatement, strict: bool, findings: MessageFindings
    ) -> None:
        self._node = node
        self._head = head
        self._strict = strict
        self._findings = findings

    def fill(self) -> None:
        """Read what the head has not told yet."""
        self._period()
        self._balances()
        for number, entry in enumerate(self._node.iterfind("{*}Ntry"), start=1):
            if (read := read_entry(entry, number, self._findings)) is not None:
                self._head.entries.append(read)
        if not self._findings.problems:
            check_totals(self._node, [entry.amount for entry in self._head.entries], self._findings)

    def _period(self) -> None:
        head = self._head
        for field, path in (("first", "FrToDt/FrDtTm"), ("last", "FrToDt/ToDtTm")):
            found = self._node.find(steps(path))
            if found is not None:
                setattr(head, field, self._day(found, path))
        if head.first and head.last and head.last < head.first:
            self._findings.problem(
                "OTHER_PERIOD", head.line, f"起止颠倒：{head.first} 至 {head.last}"
            )

    def _day(self, dated: Any, name: str) -> date | None:
        try:
            return day_of(dated)
        except UnreadableCell as error:
            text = "".join(dated.itertext()).strip()
            self._findings.problem("NOT_A_DAY", dated.sourceline, str(error), name, text)
            return None

    def _balances(self) -> None:
        found: dict[str, list[MessageBalance]] = {}
        for node in self._node.iterfind("{*}Bal"):
            code = text_at(node, "Tp/CdOrPrtry/Cd")
            if code in (*_OPENING_CODES, *_CLOSING_CODES, _BOOKED_NOW):
                balance = self._balance(node, code)
                if balance is not None:
                    found.setdefault(code, []).append(balance)
        self._head.opening = self._one(found, _OPENING_CODES)
        self._head.closing = self._one(found, _CLOSING_CODES)
        if not self._strict and self._head.closing is None and len(found.get(_BOOKED_NOW, ())) == 1:
            self._head.closing = found[_BOOKED_NOW][0]
        if self._strict and self._head.closing is None:
            self._findings.problem("NO_CLOSING", self._head.line, "没有期末余额（CLBD）")
        if not self._strict:
            self._findings.leave_out(
                self._head.line, "当日此后的流水", "日间报告或收支通知不是对账单，里面还没有"
            )

    def _balance(self, node: Any, code: str) -> MessageBalance | None:
        stated = node.find("{*}Amt")
        text, currency = (stated.text or "").strip(), stated.get("Ccy")
        if currency != OURS:
            self._findings.problem(
                "OTHER_CURRENCY", stated.sourceline, "不是人民币", f"Bal[{code}]/Amt/@Ccy", currency
            )
            return None
        try:
            amount = fen(text)
        except UnreadableCell as error:
            self._findings.problem(
                "NOT_AN_AMOUNT", stated.sourceline, str(error), f"Bal[{code}]/Amt", text
            )
            return None
        sign = 1 if text_at(node, "CdtDbtInd") == "CRDT" else -1
        return MessageBalance(
            node.sourceline,
            f"Bal[{code}]",
            sign * amount,
            self._day(node.find("{*}Dt"), f"Bal[{code}]/Dt"),
        )

    def _one(
        self, found: dict[str, list[MessageBalance]], codes: Sequence[str]
    ) -> MessageBalance | None:
        """The balance of a meaning, which may stand there by two codes, and must then be one."""
        all_of_them = [balance for code in codes for balance in found.get(code, ())]
        for other in all_of_them[1:]:
            if other.amount != all_of_them[0].amount:
                self._findings.problem(
                    "TWO_BALANCES",
                    other.line,
                    f"有两个不同的余额：{yuan(all_of_them[0].amount)} 和 {yuan(other.amount)}",
                    "/".join(codes),
                    yuan(other.amount),
                )
        return all_of_them[0] if all_of_them else None
