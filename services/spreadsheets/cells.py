"""Cells: one cell of a table that somebody hands in, read exactly or refused with words.

In:   the text of a cell
Out:  a date, fen, or an `UnreadableCell` that says what the cell is not
Units: money leaves as integer fen; a third decimal is refused, never rounded
"""

from collections.abc import Mapping
from datetime import date, datetime

from events.canonical import FIRST_DAY, LAST_DAY, foreign_digit, in_bounds, plain
from events.money import Fault, NotMoney, read_yuan

_EMPTY = ("", "-", "--", "—")
_MONEY_FAULTS: Mapping[Fault, str] = {
    "not a number": "不是数字",
    "a third decimal": "小数超过两位",
    "too much": "金额过大",
}


class UnreadableCell(ValueError):
    """What is wrong with a cell, in the user's words."""


def read_amount(text: str) -> int:
    """Read an amount in yuan.

    Units: fen
    Raises: UnreadableCell
    """
    try:
        return read_yuan(plain(text).removeprefix("¥").strip())
    except NotMoney as error:
        raise UnreadableCell(_MONEY_FAULTS[error.fault]) from error


def is_empty(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or one of the dashes banks print."""
    return plain(text) in _EMPTY


def read_day(text: str, formats: tuple[str, ...]) -> date:
    """Read a day in the first of `formats` that fits exactly.

    Raises: UnreadableCell
    """
    canonical = plain(text)
    if not canonical.isascii() and (foreign_digit(canonical) is not None):
        raise UnreadableCell("不是日期")
    for form in formats:
        try:
            found = datetime.strptime(canonical, form).date()  # noqa: DTZ007 - a legal day has no zone
        except ValueError:
            continue
        if not in_bounds(found):
            raise UnreadableCell(f"不在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间")
        return found
    raise UnreadableCell("不是日期")
