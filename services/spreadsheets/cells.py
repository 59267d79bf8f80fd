"""Cells: one cell of a bank's statement, read exactly or refused with words.

In:   the text of a cell
Out:  a date, fen, or an `Unreadable` that says what the cell is not
Units: money leaves as integer fen; a third decimal is refused, never rounded
"""

import re
from datetime import date, datetime

from events.canonical import FIRST_DAY, LAST_DAY, foreign_digit, in_bounds, is_number, plain

_MONEY = re.compile(
    r"(?P<sign>[-+]?)(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fen>[0-9]{1,2}))?"
)
_MOST_FEN = 10**15
_LONGEST = 40
_EMPTY = ("", "-", "--", "—")


class Unreadable(ValueError):
    """What is wrong with a cell, in the user's words."""


def fen(text: str) -> int:
    """Read an amount in yuan.

    Units: fen
    Raises: Unreadable
    """
    canonical = plain(text).removeprefix("¥").strip()
    found = _MONEY.fullmatch(canonical) if len(canonical) <= _LONGEST else None
    if found is None:
        decimals = canonical.rpartition(".")[2]
        if "." in canonical and is_number(decimals) and len(decimals) > 2:
            raise Unreadable("小数超过两位")
        raise Unreadable("不是数字")
    cents = (found["fen"] or "").ljust(2, "0")
    value = int(found["yuan"].replace(",", "")) * 100 + int(cents)
    if value > _MOST_FEN:
        raise Unreadable("金额过大")
    return -value if found["sign"] == "-" else value


def yuan(amount: int) -> str:
    """Write fen as yuan, with separators and two decimals."""
    sign, rest = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{rest // 100:,}.{rest % 100:02d}"


def is_empty(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or one of the dashes banks print."""
    return plain(text) in _EMPTY


def day(text: str, formats: tuple[str, ...]) -> date:
    """Read a day in the first of `formats` that fits exactly.

    Raises: Unreadable
    """
    canonical = plain(text)
    if not canonical.isascii() and (foreign_digit(canonical) is not None):
        raise Unreadable("不是日期")
    for form in formats:
        try:
            found = datetime.strptime(canonical, form).date()  # noqa: DTZ007 - a legal day has no zone
        except ValueError:
            continue
        if not in_bounds(found):
            raise Unreadable(f"不在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间")
        return found
    raise Unreadable("不是日期")
