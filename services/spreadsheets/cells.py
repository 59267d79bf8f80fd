"""Cells: one cell of a table that somebody hands in, read exactly or refused with words.

In:   the text of a cell
Out:  a date, fen, or an `UnreadableCell` that says what the cell is not
Units: money leaves as integer fen; a third decimal is refused, never rounded
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache

from events.canonical import FIRST_DAY, LAST_DAY, foreign_digit, in_bounds, plain
from events.money import MOST_FEN, Fault, NotMoney, read_yuan

_EMPTY = ("", "-", "--", "—")
_MONEY_FAULTS: Mapping[Fault, str] = {
    "not a number": "不是数字",
    "a third decimal": "小数超过两位",
    "too much": "金额过大",
}
_USUAL = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
_MINUS = tuple(map(re.compile, (r"\((.*)\)", r"(.*[0-9元])-", r"-(?=[^0-9])\s*(.*)")))
_IN_YUAN = re.compile(r"(?:人民币|CNY|RMB|¥)?\s*(?:¥)?\s*([-+]?[0-9][0-9,.]*)\s*(?:元|CNY|RMB)?")
_PROTECTED = re.compile(r'="([^"]*)"|[\'](?=[-+=@0-9])(.*)', re.DOTALL)


class UnreadableCell(ValueError):
    """What is wrong with a cell, in the user's words."""


def read_amount(text: str) -> int:
    """Read an amount in yuan, as people and banks write it: ``¥1,500.00``, ``-1500.00``, ``(1500)``.

    Shape:  the sign of money, the word CNY, RMB or 人民币 before it and 元 after it say nothing more;
            brackets, or a minus at either end, are a minus
    Units: fen
    Raises: UnreadableCell
    """
    return _signed(text, read_yuan)


def read_fen(text: str) -> int:
    """Read an amount in fen, written likewise; it has no point.

    Units: fen
    Raises: UnreadableCell
    """
    return _signed(text, _whole_fen)


def _whole_fen(text: str) -> int:
    fen = read_yuan(text, most_fen=MOST_FEN * 100)
    if "." in text:
        raise UnreadableCell("以分计的金额不应有小数点")
    if abs(fen // 100) > MOST_FEN:
        raise UnreadableCell(_MONEY_FAULTS["too much"])
    return fen // 100


def _signed(text: str, reading: Callable[[str], int]) -> int:
    if _USUAL.fullmatch(text):
        return _amount(text, reading)
    bare, minus = plain(text), False
    if found := next(filter(None, (form.fullmatch(bare) for form in _MINUS)), None):
        bare, minus = found[1], True
    if found := _IN_YUAN.fullmatch(bare):
        bare = found[1]
    if minus and bare[:1] in ("-", "+"):
        raise UnreadableCell("有两个正负号")
    amount = _amount(bare, reading)
    return -amount if minus else amount


def _amount(text: str, reading: Callable[[str], int]) -> int:
    try:
        return reading(text)
    except NotMoney as error:
        raise UnreadableCell(_MONEY_FAULTS[error.fault]) from error


def unprotected(text: str) -> str:
    """A cell without what programs put around a number so that a spreadsheet leaves it alone.

    Shape:  ``="0012"``, an apostrophe before it, a tab at either end; the rest stays as it is
    """
    bare = text.strip()
    if bare[:1] not in ("=", "'"):
        return bare
    found = _PROTECTED.fullmatch(bare)
    return bare if found is None else (found[1] if found[1] is not None else found[2]).strip()


def is_empty(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or one of the dashes banks print."""
    return not text or (not text[0].isalnum() and plain(text) in _EMPTY)


def read_day(text: str, formats: tuple[str, ...]) -> date:
    """Read a day in the first of `formats` that fits exactly.

    Holds: digits that no sign separates must be as many as the form has: 2022111 is no day
    Raises: UnreadableCell
    """
    return read_day_and_form(text, formats)[0]


@lru_cache(maxsize=4096)  # a file says the same day on many rows
def read_day_and_form(text: str, formats: tuple[str, ...]) -> tuple[date, str]:
    """Read a day, and say in which of `formats` it is written.

    Raises: UnreadableCell
    """
    canonical = plain(text)
    if not canonical.isascii() and (foreign_digit(canonical) is not None):
        raise UnreadableCell("不是日期")
    for form in formats:
        try:
            read = datetime.strptime(canonical, form)  # noqa: DTZ007 - a legal day has no zone
        except ValueError:
            continue
        if "%Y%m" in form and read.strftime(form) != canonical:
            continue
        if not in_bounds(read.date()):
            raise UnreadableCell(f"不在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间")
        return read.date(), form
    raise UnreadableCell("不是日期")
