"""Statement head: what a bank writes above the table: whose account, which currency, which days, balances.

In:   the rows above the headings
Out:  StatementHead; what of it does not fit the account and the lines
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from events.canonical import plain
from events.money import yuan
from services.spreadsheets.cells import UnreadableCell, read_day
from services.spreadsheets.file_lines import FileLine

_SAYS = r"(?:\[[^\]]*\])?\s*[:：]?\s*"
"""What may stand between a word and its value: a translation in square brackets, a colon, blanks."""

_ACCOUNT = re.compile(rf"(?<!对方)(?:账号|账户号?码?|卡号|帐号){_SAYS}([0-9*][0-9* \-]{{6,40}})")
_CURRENCY = re.compile(r"币种?\s*[:：]\s*([^\s,，;；]+)")
_PERIOD = re.compile(
    r"([0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2})日?\s*(?:至|到|—|--|~|-)\s*"
    r"([0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2})"
)
_FIGURE = _SAYS + r"(-?[¥￥]?[-+]?[0-9][0-9,]*(?:\.[0-9]+)?)"
_OPENING = re.compile(r"(?:期初余额|上期余额|承前余额)" + _FIGURE)
_CLOSING = re.compile(r"(?:期末余额|本期余额)" + _FIGURE)
_PAID = re.compile(r"(?:借方发生总额|借方总额|支出总额|总支出金额|借方合计金额)" + _FIGURE)
_RECEIVED = re.compile(r"(?:贷方发生总额|贷方总额|收入总额|总收入金额|贷方合计金额)" + _FIGURE)
_NUMBER = re.compile(rf"(?<![\u4e00-\u9fff])(?:总笔数|合计笔数){_SAYS}([0-9]+)")
"""The number of all lines; 借方发生总笔数 is that of one side."""

_OURS = ("人民币", "人民币元", "CNY", "RMB", "元")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d", "%Y%m%d")
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


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
    paid: int | None = None
    received: int | None = None
    number: int | None = None


def is_ours(currency: str) -> bool:
    """Whether a currency is the yuan, however it is written."""
    return plain(currency).upper() in _OURS


def stated_above(lines: Iterable[FileLine], reading: Callable[[str], int]) -> StatementHead:
    """Read the rows above the headings; `reading` reads an amount of this file."""
    found = StatementHead()
    for line in lines:
        text = _BETWEEN_HAN.sub("", plain("  ".join(cell for cell in line.cells if cell)))
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
            opening=_figure(_OPENING, text, found.opening, reading),
            closing=_figure(_CLOSING, text, found.closing, reading),
            paid=_figure(_PAID, text, found.paid, reading),
            received=_figure(_RECEIVED, text, found.received, reading),
            number=_figure(_NUMBER, text, found.number, int),
        )
    return found


def differences(
    head: StatementHead, last_four: str, lines: Sequence[tuple[date, int]]
) -> Iterator[tuple[str, int, str]]:
    """Compare what stands above with the account that was chosen and with the lines.

    In:  the day and the fen of each line
    Out: a code, the row, and what is wrong
    """
    if last_four and head.account and not head.account.endswith(last_four):
        yield (
            "OTHER_ACCOUNT",
            head.line,
            f"写明账号末四位 {head.account[-4:]}，不是所选账户（末四位 {last_four}）的流水",
        )
    if head.currency and not is_ours(head.currency):
        yield "OTHER_CURRENCY", head.line, f"写明币种“{head.currency}”，只能导入人民币流水"
    if head.first is not None and head.last is not None:
        outside = [day for day, _ in lines if not head.first <= day <= head.last]
        if outside:
            yield (
                "OTHER_PERIOD",
                0,
                f"写明起止 {head.first} 至 {head.last}，却有 {min(outside)} 的流水",
            )


class SideTotals(NamedTuple):
    """The sums of a file's two sides: as its columns have them, red entries taken off, and by direction.

    Units: fen
    """

    paid: tuple[int, int]
    received: tuple[int, int]
    lines: int
    rows_of_nothing: int


def other_totals(head: StatementHead, found: SideTotals) -> Iterator[str]:
    """Compare the bank's own totals with the lines; rows of 0.00 may count or not."""
    for word, stated, sums in (
        ("支出", head.paid, found.paid),
        ("收入", head.received, found.received),
    ):
        if stated is not None and abs(stated) not in sums:
            yield f"写明{word}合计 {yuan(abs(stated))}，按各行算得 {yuan(sums[0])}，流水可能有缺行"
    if head.number is not None and head.number - found.lines not in (0, found.rows_of_nothing):
        yield f"写明共 {head.number} 笔，文件里有 {found.lines} 行，流水可能有缺行"


def _figure(
    pattern: re.Pattern[str], text: str, known: int | None, reading: Callable[[str], int]
) -> int | None:
    match = pattern.search(text)
    if match is None:
        return known
    try:
        return reading(match[1])
    except UnreadableCell:
        return known
