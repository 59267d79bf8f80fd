"""figures: how amounts, counts, dates and instants are written on screen, on paper and in CSV.

Units: money comes as integer fen; the screen shows yuan with two decimals, tiles may show 万元
Holds: nothing unread is ever shown as 0: None reads as a dash, and no float touches money
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from events import money

SHANGHAI = ZoneInfo("Asia/Shanghai")
DASH = "—"


def yuan(fen: int | None, *, signed: bool = False) -> str:
    """Write fen as yuan: ``-1234567`` is ``-12,345.67``; a difference carries its sign."""
    if fen is None:
        return DASH
    return f"{'+' if signed and fen > 0 else ''}{money.yuan(fen)}"


def wan(fen: int | None) -> str:
    """Write fen as 万元 with two decimals, half up; only for tiles and charts."""
    if fen is None:
        return DASH
    hundredths = (abs(fen) + 5_000) // 10_000
    whole, part = divmod(hundredths, 100)
    return f"{'-' if fen < 0 and hundredths else ''}{whole:,}.{part:02d}"


def plain_yuan(fen: int | None) -> str:
    """Write fen for a CSV cell: no separators, so that a spreadsheet reads a number."""
    return "" if fen is None else money.plain_yuan(fen)


def count(number: int | None) -> str:
    """Write a count with separators."""
    return DASH if number is None else f"{number:,}"


def share(part: int, whole: int) -> str:
    """Write a share in percent, one decimal, floored: 100.0% means all."""
    if whole <= 0:
        return DASH
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"


def day(on: date | None) -> str:
    """Write a legal day as it stands in tables."""
    return DASH if on is None else on.isoformat()


def local(at: datetime) -> datetime:
    """Move an instant to the clock on the wall in Shanghai."""
    return at.astimezone(SHANGHAI)


def moment(at: datetime | None) -> str:
    """Write an instant to the second, on the Shanghai clock."""
    return DASH if at is None else local(at).strftime("%Y-%m-%d %H:%M:%S")


def clock(at: datetime | None) -> str:
    """Write an instant's time of day."""
    return DASH if at is None else local(at).strftime("%H:%M:%S")


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_words(fen: int) -> str:
    """Write an amount in the capital numerals of bills: ``人民币玖拾陆万叁仟元整``.

    Source: 中国人民银行《支付结算办法》附一《正确填写票据和结算凭证的基本规定》
    """
    whole, part = divmod(abs(fen), 100)
    jiao, cents = divmod(part, 10)
    text = f"{_whole_in_words(whole)}元" if whole else ""
    if not part:
        text = f"{text}整" if text else "零元整"
    else:
        text += f"{_DIGITS[jiao]}角" if jiao else "零" if whole else ""
        text += f"{_DIGITS[cents]}分" if cents else "整"
    return f"人民币{'负' if fen < 0 else ''}{text}"


def _whole_in_words(number: int) -> str:
    text, group = "", 0
    zero_before = False
    while number:
        number, four = divmod(number, 10_000)
        if four:
            piece = _four_in_words(four) + _GROUPS[group]
            text = piece + ("零" if text and zero_before else "") + text
        zero_before = four < 1000 if four else bool(text)
        group += 1
    return text


def _four_in_words(number: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return text
