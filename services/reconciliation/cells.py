"""Cells: one cell of a bank's statement, read exactly or refused with words.

In:   the text of a cell
Out:  a date, fen, or an `Unreadable` that says what the cell is not
Units: money leaves as integer fen; a third decimal is refused, never rounded
"""

import re
from datetime import date, datetime

_MONEY = re.compile(r"(?P<sign>[-+]?)(?P<yuan>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<fen>\d{1,2}))?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．－＋　", "0123456789,.-+ ")
_MOST_FEN = 10**15
_EMPTY = ("", "-", "--", "—")


class Unreadable(ValueError):
    """What is wrong with a cell, in the user's words."""


def fen(text: str) -> int:
    """Read an amount in yuan.

    Units: fen
    Raises: Unreadable
    """
    canonical = text.translate(_FULL_WIDTH).strip().removeprefix("¥").strip()
    found = _MONEY.fullmatch(canonical)
    if found is None:
        decimals = canonical.rpartition(".")[2]
        if "." in canonical and decimals.isdigit() and len(decimals) > 2:
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
    return text.translate(_FULL_WIDTH).strip() in _EMPTY


def day(text: str, formats: tuple[str, ...]) -> date:
    """Read a day in the first of `formats` that fits exactly.

    Raises: Unreadable
    """
    canonical = text.translate(_FULL_WIDTH).strip()
    for form in formats:
        try:
            return datetime.strptime(canonical, form).date()  # noqa: DTZ007 - a legal day has no zone
        except ValueError:
            continue
    raise Unreadable("不是日期")
