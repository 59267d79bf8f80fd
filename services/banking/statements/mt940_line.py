"""MT940 line: a statement line (`:61:`) with its words (`:86:`) as a line of the account.

In:   fields of a message
Out:  MessageEntry, or None for what is named as a problem or left out
Units: fen; positive came in
Holds: a field is read by the library's pattern and must fit it whole; what a bank takes back has the sign
       of this entry; of words that have codes, those of the other side are not read
Source: docs/adr/0042-a-banks-messages-are-statements-too.md
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from events.canonical import FIRST_DAY, LAST_DAY, in_bounds
from services.banking.statements.bank_message import (
    OURS,
    MessageBalance,
    MessageEntry,
    MessageFindings,
)
from services.banking.statements.camt_values import fen
from services.banking.statements.mt940_fields import MessageField
from services.spreadsheets.cells import UnreadableCell

_CODED = re.compile(r"[0-9]{3}(?P<mark>[?~^<>|@])(?=[0-9]{2})")
_OTHER_SIDE = ("30", "31", "32", "33", "38")
_NOT_WORDS = ("10", "34")
_SAYS_NOTHING = ("", "NONREF", "NOTPROVIDED")
_FULL_LINE = 65
_WHOLE_LINE = "不是完整的流水行，应为起息日、记账日、借贷标志、金额、种类和参考号，如 2208290829D1500,00NTRFBK0001"
_WHOLE_BALANCE = "不是余额，应为借贷标志、日期、币种和金额，如 C220831CNY998495,00"
_WHOLE_TOTAL = "不是笔数和合计，应如 2CNY1505,00"
_WHOLE_DAY = "不是日期，应为年月日六位数字，如 220831"


class _Library(NamedTuple):
    line: Any
    balance: Any
    transactions: Any
    total: Any


@cache
def _library() -> _Library:
    # loaded with the first MT940 alone: nobody else needs it
    from mt940 import models, tags

    return _Library(
        tags.StatementGLS(), tags.OpeningBalance(), models.Transactions(), tags.SumEntries()
    )


def read_line(
    field: MessageField, words: Sequence[MessageField], findings: MessageFindings
) -> MessageEntry | None:
    """Read one statement line; None where it cannot be told, which is named."""
    library = _library()
    found = library.line.re.fullmatch(field.value.strip())
    # the library takes half a day of entry for none
    if found is None or bool(found["entry_month"]) != bool(found["entry_day"]):
        findings.problem("NOT_A_LINE", field.line, _WHOLE_LINE, ":61:", field.value)
        return None
    amount = _amount(field, found["amount"], ":61:", findings)
    booked_on = _booked_on(field, found.groupdict(), findings)
    if amount is None or booked_on is None:
        return None
    mark = found["status"].upper()
    if amount == 0:
        findings.leave_out(field.line, f":61:{field.value}", "发生额为 0.00")
        return None
    references = (found["customer_reference"] or "", found["bank_reference"] or "")
    said = ["冲正"] if mark.startswith("R") else []
    said += [(found["extra_details"] or "").strip()]
    said += [text for one in words for text in _words(one.value)]
    return MessageEntry(
        field.line,
        ":61:",
        booked_on,
        amount if mark in ("C", "RD") else -amount,
        " ".join(one.strip() for one in references if one.strip() not in _SAYS_NOTHING),
        " ".join(dict.fromkeys(text for text in said if text)),
    )


def read_balance(field: MessageField, findings: MessageFindings) -> MessageBalance | None:
    """Read a balance; None where it cannot be told, which is named."""
    name = f":{field.tag}:"
    found = _library().balance.re.fullmatch(field.value.strip())
    if found is None:
        findings.problem("NOT_A_BALANCE", field.line, _WHOLE_BALANCE, name, field.value)
        return None
    if found["currency"] != OURS:
        findings.problem("OTHER_CURRENCY", field.line, "不是人民币", name, found["currency"])
        return None
    amount = _amount(field, found["amount"], name, findings)
    parts = (found["year"], found["month"], found["day"])
    day = _day(field, name, parts, findings)
    if amount is None or day is None:
        return None
    return MessageBalance(
        field.line, name, amount if found["status"].upper() == "C" else -amount, day
    )


def check_total(
    field: MessageField, entries: Sequence[MessageEntry], findings: MessageFindings
) -> None:
    """Compare a message's own count and sum of one side (`:90C:`, `:90D:`) with its lines."""
    name = f":{field.tag}:"
    found = _library().total.re.fullmatch(field.value.strip())
    stated = _amount(field, found["amount"], name, findings) if found else None
    if found is None or not found["number"].isascii():
        findings.problem("TOTALS_DIFFER", field.line, _WHOLE_TOTAL, name, field.value)
        return
    sign = 1 if field.tag.endswith("C") else -1
    side = [abs(one.amount) for one in entries if one.amount * sign > 0]
    if stated is not None and (int(found["number"] or len(side)), stated) != (len(side), sum(side)):
        findings.problem(
            "TOTALS_DIFFER", field.line, "与文件中的各笔不符，可能有缺", name, field.value
        )


def _amount(field: MessageField, text: str, name: str, findings: MessageFindings) -> int | None:
    """Read an amount, which has a comma even where no decimals follow: without it, it was cut."""
    try:
        if "," not in text:
            raise UnreadableCell("没有小数逗号，可能被截断")
        return fen(text.replace(",", "."))
    except UnreadableCell as error:
        findings.problem("NOT_AN_AMOUNT", field.line, str(error), name, text)
        return None


def _booked_on(
    field: MessageField, found: dict[str, Any], findings: MessageFindings
) -> date | None:
    """The day of entry, in the year that lies nearest to the day of value; else the day of value."""
    library = _library()
    try:
        read = library.line(library.transactions, {**found, "amount": "0"})
    except ValueError:
        findings.problem("NOT_A_DAY", field.line, _WHOLE_DAY, ":61:", field.value)
        return None
    day: date = read.get("entry_date") or read["date"]
    return _bounded(field, ":61:", date(day.year, day.month, day.day), findings)


def _day(
    field: MessageField, name: str, parts: tuple[str, str, str], findings: MessageFindings
) -> date | None:
    try:
        day = date(2000 + int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        findings.problem("NOT_A_DAY", field.line, _WHOLE_DAY, name, "".join(parts))
        return None
    return _bounded(field, name, day, findings)


def _bounded(field: MessageField, name: str, day: date, findings: MessageFindings) -> date | None:
    if in_bounds(day):
        return day
    wrong = f"不在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间"
    findings.problem("NOT_A_DAY", field.line, wrong, name, str(day))
    return None


def _words(value: str) -> Iterable[str]:
    """What a bank says of a line. Coded words are put together again, those of the other side left out."""
    coded = _CODED.match(value)
    if coded is None:
        yield _joined(value)
        return
    whole, mark = value.replace("\n", ""), re.escape(coded["mark"])
    parts: dict[str, str] = {}
    for code, text in re.findall(rf"{mark}([0-9]{{2}})((?:(?!{mark}[0-9]{{2}}).)*)", whole):
        section = "20" if code[0] in "26" else code
        parts[section] = parts.get(section, "") + text
    yield from (
        text.strip() for code, text in parts.items() if code not in (*_OTHER_SIDE, *_NOT_WORDS)
    )


def _joined(value: str) -> str:
    """Lines as one text; a line that is full goes on in the next without a blank."""
    text = ""
    for line in value.split("\n"):
        text += line if len(line) >= _FULL_LINE else f"{line} "
    return text.strip()
