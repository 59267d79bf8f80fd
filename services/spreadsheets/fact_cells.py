"""Fact cells: a stated fact in a cell of a table, in the very writing in which messages state it.

In:   the text of a cell, and which kind of fact it states
Out:  the value as a message would have it, or an `UnreadableCell` that says what the cell is not
Holds: nothing is guessed; whether the value fits the fact is for the check of facts to say
"""

import re

from events.application_facts import FactType
from events.canonical import plain, whole
from services.spreadsheets.cells import UnreadableCell, read_amount, read_day

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
MOST_MONTHS = 1200
_MONTH = re.compile(r"(?P<year>20[0-9][0-9])[-.年/](?P<month>0?[1-9]|1[0-2])月?")
_SPAN = re.compile(r"至|~|—|－")
_YES = {"是": True, "有": True, "1": True, "否": False, "无": False, "0": False}


def read_fact(kind: FactType, text: str) -> object:
    """Read one stated fact.

    Raises: UnreadableCell
    """
    match kind:
        case FactType.WHOLE:
            if (number := whole(text)) is None:
                raise UnreadableCell("须为整数")
            return number
        case FactType.FEN:
            return read_amount(text)
        case FactType.DATE:
            return read_day(text, DAYS).isoformat()
        case FactType.FLAG:
            if text not in _YES:
                raise UnreadableCell("须填是或否")
            return _YES[text]
        case FactType.MONTHS:
            return read_months(text)
        case FactType.MONTH:
            return read_months(text)[0]
        case FactType.ENUMS | FactType.STATUS:
            return [part.strip() for part in re.split(r"[、,，;；]", text) if part.strip()]
        case _:
            return text


def read_months(text: str) -> list[str]:
    """Read months: a list, or a span from one to another.

    Raises: UnreadableCell
    """
    if len(ends := _SPAN.split(text)) == 2:
        (year, month), (last_year, last_month) = map(_month, ends)
        number = (last_year - year) * 12 + last_month - month + 1
        if not 1 <= number <= MOST_MONTHS:
            raise UnreadableCell("起止月份颠倒")
        counted = ((month - 1 + n) for n in range(number))
        return [f"{year + n // 12}-{n % 12 + 1:02d}" for n in counted]
    months = [_month(part) for part in re.split(r"[、,，;； ]+", plain(text)) if part]
    return [f"{year}-{month:02d}" for year, month in months]


def _month(text: str) -> tuple[int, int]:
    found = _MONTH.fullmatch(plain(text))
    if found is None:
        raise UnreadableCell("不是月份")
    return int(found["year"]), int(found["month"])
