"""camt values: amounts, days and texts of a camt message's elements.

Units: fen; a third decimal that says something is refused, never rounded
Holds: a moment that knows its zone falls on its legal day
"""

import re
from datetime import date, datetime
from functools import cache
from typing import Any

from events.canonical import FIRST_DAY, LAST_DAY, in_bounds
from events.days import legal_day
from services.spreadsheets.cells import UnreadableCell, read_amount

_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<yuan>[0-9]*)(?:\.(?P<rest>[0-9]*))?")


def fen(text: str) -> int:
    """Read an ``xs:decimal``: more decimals than two may stand there where they say nothing.

    Raises: UnreadableCell
    """
    found = _DECIMAL.fullmatch(text)
    if found is None or not (found["yuan"] or found["rest"]):
        raise UnreadableCell("不是数字")
    rest = (found["rest"] or "").rstrip("0")
    return read_amount(f"{found['sign']}{found['yuan'] or '0'}" + (f".{rest}" if rest else ""))


def day_of(dated: Any) -> date:
    """Read the day of an element that holds a date or a moment, or is one.

    Raises: UnreadableCell
    """
    text = " ".join(part.strip() for part in dated.itertext() if part.strip())
    try:
        if "T" in text:
            at = datetime.fromisoformat(text)
            found = legal_day(at) if at.tzinfo else at.date()
        else:
            found = date.fromisoformat(text[:10])  # a zone may follow, which says nothing of a day
    except (ValueError, OverflowError) as error:
        raise UnreadableCell("不是日期") from error
    if not in_bounds(found):
        raise UnreadableCell(f"不在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间")
    return found


@cache
def steps(path: str) -> str:
    """A path of published names, whatever the version's namespace."""
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def text_at(of: Any, path: str) -> str:
    """The text at a path, empty where there is none."""
    return (of.findtext(steps(path)) or "").strip()


def texts_at(of: Any, path: str) -> list[str]:
    """Every text at a path that says something."""
    found = of.findall(steps(path))
    return [text for one in found if (text := (one.text or "").strip())] if found else []
