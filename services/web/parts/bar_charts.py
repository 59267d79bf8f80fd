"""bar charts: bars made on the server, whose marks are links; they print, and need no script."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple


class Bar(NamedTuple):
    """One bar: a name, a width out of a hundred, what it counts, where it leads."""

    label: str
    width: int
    number: str
    amount: str
    href: str
    tone: str


def widths(amounts: Sequence[int]) -> list[int]:
    """Lengths out of a hundred, from zero, one scale; whatever is not nothing can be seen."""
    most = max((abs(amount) for amount in amounts), default=0)
    if not most:
        return [0 for _ in amounts]
    return [max(abs(amount) * 100 // most, 1) if amount else 0 for amount in amounts]


class BarShare(NamedTuple):
    """A part of a stacked bar, from `start` and `width` long, out of a thousand."""

    start: int
    width: int


def stacked(amounts: Sequence[int], whole: int) -> list[BarShare]:
    """Lay parts one after the other on a bar that is `whole` long."""
    shares, start = [], 0
    for amount in amounts:
        width = 0 if whole <= 0 else min(max(amount, 0) * 1000 // whole, 1000 - start)
        shares.append(BarShare(start, width))
        start += width
    return shares


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])
