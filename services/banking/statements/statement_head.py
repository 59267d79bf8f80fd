"""Statement head: what a bank writes above the table: whose account, which currency, which days, balances.

In:   the rows above the headings
Out:  StatementHead; what of it does not fit the account and the lines
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from events.canonical import plain
from services.spreadsheets.cells import UnreadableCell, read_amount, read_day
from services.spreadsheets.file_lines import FileLine

_ACCOUNT = re.compile(r"(?:账号|账户号?码?|卡号|帐号)\s*[:：]?\s*([0-9*][0-9* \-]{6,40})")
_CURRENCY = re.compile(r"币种?\s*[:：]\s*([^\s,，;；]+)")
_PERIOD = re.compile(
    r"([0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2})日?\s*(?:至|到|—|--|~|-)\s*"
    r"([0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2})"
)
_BALANCE = r"\s*[:：]?\s*([¥￥]?-?[0-9][0-9,]*(?:\.[0-9]+)?)"
_OPENING = re.compile(r"(?:期初余额|上期余额|承前余额)" + _BALANCE)
_CLOSING = re.compile(r"(?:期末余额|本期余额)" + _BALANCE)
_OURS = ("人民币", "人民币元", "CNY", "RMB", "元")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d", "%Y%m%d")


class StatementHead(NamedTuple):
    """What stands above a statement's table; nothing where the bank writes none.

    Units: fen
    """

    line: int = 0
    account: str = ""
    currency: str = ""
    first: date | None = None
    last: date | None = None
    opening: int | None = None
    closing: int | None = None


def stated_above(lines: Iterable[FileLine]) -> StatementHead:
    """Read the rows above the headings."""
    found = StatementHead()
    for line in lines:
        text = plain("  ".join(cell for cell in line.cells if cell))
        if match := _ACCOUNT.search(text):
            found = found._replace(line=line.no, account=re.sub(r"[ \-]", "", match[1]))
        if match := _CURRENCY.search(text):
            found = found._replace(line=line.no, currency=match[1].strip())
        if match := _PERIOD.search(text):
            try:
                first, last = (read_day(part, _DAYS) for part in match.groups())
            except UnreadableCell:
                continue
            found = found._replace(first=first, last=last)
        found = found._replace(
            opening=_balance(_OPENING, text, found.opening),
            closing=_balance(_CLOSING, text, found.closing),
        )
    return found


def differences(
    head: StatementHead, last_four: str, days: Sequence[date]
) -> Iterator[tuple[str, int, str]]:
    """Compare what stands above with the account that was chosen and with the lines.

    Out: a code, the row, and what is wrong
    """
    if last_four and head.account and not head.account.endswith(last_four):
        yield (
            "OTHER_ACCOUNT",
            head.line,
            f"写明账号末四位 {head.account[-4:]}，不是所选账户（末四位 {last_four}）的流水",
        )
    if head.currency and head.currency.upper() not in _OURS:
        yield "OTHER_CURRENCY", head.line, f"写明币种“{head.currency}”，只能导入人民币流水"
    if head.first is not None and head.last is not None:
        outside = [day for day in days if not head.first <= day <= head.last]
        if outside:
            yield (
                "OTHER_PERIOD",
                0,
                f"写明起止 {head.first} 至 {head.last}，却有 {min(outside)} 的流水",
            )


def _balance(pattern: re.Pattern[str], text: str, known: int | None) -> int | None:
    match = pattern.search(text)
    if match is None:
        return known
    try:
        return read_amount(match[1])
    except UnreadableCell:
        return known
