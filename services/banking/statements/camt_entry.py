"""camt entry: one booked entry of a camt message as a line of the account.

In:   an entry, and its place among the entries
Out:  MessageEntry; or a note of what it is instead; or a problem with line and field
Holds: an entry is one line, however many transactions it has; who the other side is, is not read
Source: docs/adr/0042-a-banks-messages-are-statements-too.md
"""

import re
from collections.abc import Iterable
from typing import Any

from events.ids import batch_of, instruction_in
from events.statements import LineKind
from services.banking.statements.bank_message import OURS, MessageEntry, MessageFindings
from services.banking.statements.camt_values import day_of, fen, text_at, texts_at
from services.spreadsheets.cells import UnreadableCell

_BOOKED = "BOOK"
_COUNT = re.compile("[0-9]{1,15}")
_NOT_BOOKED = {"PDNG": "尚未入账", "FUTR": "以后才入账", "INFO": "只是通知，不是收付"}
_FEES = ("CHRG", "COMM", "FEES")
_SAYS_NOTHING = ("NOTPROVIDED", "NONREF")


def read_entry(entry: Any, number: int, findings: MessageFindings) -> MessageEntry | None:
    """Read one entry; None where it is no line, which is named."""
    name = f"Ntry[{number}]"
    before = len(findings.problems)
    status = text_at(entry, "Sts/Cd") or text_at(entry, "Sts/Prtry") or text_at(entry, "Sts")
    if status in _NOT_BOOKED:
        text = f"{name} {status} {text_at(entry, 'CdtDbtInd')} {text_at(entry, 'Amt')}"
        findings.leave_out(entry.sourceline, text, _NOT_BOOKED[status])
        return None
    if status != _BOOKED:
        known = "、".join((_BOOKED, *_NOT_BOOKED))
        findings.problem(
            "NOT_A_STATUS", entry.sourceline, f"不是已知的状态（{known}）", f"{name}/Sts", status
        )
    amount = _amount(entry, name, findings)
    booked_on = _booked_on(entry, name, findings)
    if len(findings.problems) > before or amount is None or booked_on is None:
        return None
    if amount == 0:
        findings.leave_out(entry.sourceline, name, "发生额为 0.00")
        return None
    details = list(entry.iterfind("{*}NtryDtls/{*}TxDtls"))
    return MessageEntry(
        entry.sourceline,
        name,
        booked_on,
        amount,
        " ".join(_references(entry, details)),
        " ".join(_words(entry, details, amount)),
        _told(entry, amount),
    )


def _amount(entry: Any, name: str, findings: MessageFindings) -> int | None:
    """Fen, with the sign of this entry itself, also where it takes another back."""
    stated = entry.find("{*}Amt")
    text, currency = (stated.text or "").strip(), stated.get("Ccy")
    if currency != OURS:
        findings.problem(
            "OTHER_CURRENCY", stated.sourceline, "不是人民币", f"{name}/Amt/@Ccy", currency
        )
        return None
    try:
        value = fen(text)
    except UnreadableCell as error:
        findings.problem("NOT_AN_AMOUNT", stated.sourceline, str(error), f"{name}/Amt", text)
        return None
    return value if text_at(entry, "CdtDbtInd") == "CRDT" else -value


def _booked_on(entry: Any, name: str, findings: MessageFindings) -> Any:
    for field in ("BookgDt", "ValDt"):
        if (dated := entry.find(f"{{*}}{field}")) is not None:
            try:
                return day_of(dated)
            except UnreadableCell as error:
                text = "".join(dated.itertext()).strip()
                findings.problem("NOT_A_DAY", dated.sourceline, str(error), f"{name}/{field}", text)
                return None
    findings.problem("NOT_A_DAY", entry.sourceline, "没有记账日期", f"{name}/BookgDt", "")
    return None


def _references(entry: Any, details: list[Any]) -> Iterable[str]:
    """The numbers of an entry: ours first, then the bank's.

    An entry of several transactions carries the number of their batch, never that of one of them: its
    amount is that of all.
    """
    found: list[str] = []
    if len(details) > 1:
        ours = {
            instruction_in(text_at(one, "Refs/EndToEndId"), text_at(one, "Refs/InstrId"))
            for one in details
        }
        batches = {batch_of(one) if one else "" for one in ours}
        found += batches if len(batches) == 1 else ()
        found += texts_at(entry, "NtryDtls/Btch/PmtInfId")
        found += texts_at(entry, "NtryDtls/Btch/MsgId")
        shared = {text_at(one, "Refs/PmtInfId") for one in details}
        found += shared if len(shared) == 1 else ()
    else:
        for one in details:
            for field in ("EndToEndId", "InstrId", "PmtInfId"):
                found += texts_at(one, f"Refs/{field}")
        found += texts_at(entry, "NtryDtls/Btch/PmtInfId")
        found += texts_at(entry, "NtryDtls/Btch/MsgId")
    found += texts_at(entry, "AcctSvcrRef")
    if len(details) == 1:
        found += texts_at(details[0], "Refs/AcctSvcrRef")
        found += texts_at(details[0], "Refs/TxId")
    found += texts_at(entry, "NtryRef")
    return dict.fromkeys(one for one in found if one and one not in _SAYS_NOTHING)


def _words(entry: Any, details: list[Any], amount: int) -> Iterable[str]:
    """What an entry says, for the eye; of several transactions, what all of them say."""
    found = ["冲正"] if text_at(entry, "RvslInd") in ("true", "1") else []
    said = [list(_words_of(one, amount)) for one in details]
    found += [word for word in said[0] if all(word in one for one in said)] if said else ()
    found += texts_at(entry, "AddtlNtryInf")
    stated = text_at(entry, "NtryDtls/Btch/NbOfTxs")
    count = max(len(details), int(stated) if _COUNT.fullmatch(stated) else 0)
    if count > 1:
        found.append(f"共 {count} 笔")
    return dict.fromkeys(found) or [_code(entry)]


def _words_of(transaction: Any, amount: int) -> Iterable[str]:
    yield from texts_at(transaction, "RmtInf/Ustrd")
    yield from texts_at(transaction, "RmtInf/Strd/CdtrRefInf/Ref")
    yield from texts_at(transaction, "RmtInf/Strd/AddtlRmtInf")
    yield from texts_at(transaction, "AddtlTxInf")
    reason = text_at(transaction, "RtrInf/Rsn/Cd") or text_at(transaction, "RtrInf/Rsn/Prtry")
    if reason:
        yield f"退回 {reason}"
    yield from texts_at(transaction, "RtrInf/AddtlInf")
    side = "DbtrAgt" if amount > 0 else "CdtrAgt"
    for bank in texts_at(transaction, f"RltdAgts/{side}/FinInstnId/Nm"):
        yield f"{'付款行' if amount > 0 else '收款行'} {bank}"


def _code(entry: Any) -> str:
    """The bank's own code of what an entry is, where it says nothing else."""
    family = "BkTxCd/Domn/Fmly"
    codes = [text_at(entry, "BkTxCd/Domn/Cd"), text_at(entry, f"{family}/Cd")]
    codes += [text_at(entry, f"{family}/SubFmlyCd"), text_at(entry, "BkTxCd/Prtry/Cd")]
    return "/".join(code for code in codes if code)


def _told(entry: Any, amount: int) -> LineKind:
    """What an entry is by the published code of its family."""
    code = text_at(entry, "BkTxCd/Domn/Fmly/SubFmlyCd")
    if code == "INTR" and amount > 0:
        return "interest"
    return "fee" if code in _FEES and amount < 0 else "other"
