"""Statement order: which line came first, where the bank does not write them oldest first.

In:   the rows of a file as they stand, with day, amount and the balance after it
Out:  the same rows oldest first, or that the file leaves it open
Holds: nothing but the order changes; of two orders in which the balances hold, each with another
       opening balance, none is chosen
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from services.banking.banks.layouts import LineOrder


class ReadRow(NamedTuple):
    """A row that could be read: what it says.

    Units: fen; positive came in
    """

    no: int
    booked_on: date
    amount: int
    reference: str
    purpose: str
    balance: int | None


Rows = list[ReadRow]


class OrderUnclear(ValueError):
    """Two orders fit, and each begins with another balance."""


def oldest_first(rows: Sequence[ReadRow], order: LineOrder, opening: int | None) -> Rows:
    """Put rows in the order in which they happened.

    In:     `opening` is the balance before the first line, where it is known otherwise
    Raises: OrderUnclear
    """
    if order == "by_balance":
        return _by_balance(rows, opening)
    return _ORDERS[order](rows)


def _by_balance(rows: Sequence[ReadRow], opening: int | None) -> Rows:
    """The order in which each balance follows from the one before; the file's own where none does."""
    fitting: dict[int | None, Rows] = {}
    for put in _ORDERS.values():
        found = put(rows)
        if _follows(found) and (opening is None or opening == _before(found)):
            fitting.setdefault(_before(found), found)
    if len(fitting) > 1:
        raise OrderUnclear
    return next(iter(fitting.values()), _by_days(rows))


def _by_days(rows: Sequence[ReadRow]) -> Rows:
    """Forwards or backwards, as the first and the last day say."""
    backwards = bool(rows) and rows[0].booked_on > rows[-1].booked_on
    return _ORDERS["newest_first" if backwards else "oldest_first"](rows)


def _before(rows: Rows) -> int | None:
    """The balance before the first row; None where it has none."""
    first = rows[0] if rows else None
    return None if first is None or first.balance is None else first.balance - first.amount


def _follows(rows: Rows) -> bool:
    """Whether no day lies before the one above it, and each balance follows from the one before."""
    running = _before(rows)
    for place, row in enumerate(rows):
        if place and row.booked_on < rows[place - 1].booked_on:
            return False
        running = None if running is None else running + row.amount
        if row.balance is not None and running is not None and row.balance != running:
            return False
        running = row.balance if running is None else running
    return True


def _forwards(rows: Sequence[ReadRow]) -> Rows:
    return list(rows)


def _backwards(rows: Sequence[ReadRow]) -> Rows:
    return list(reversed(rows))


def _days_backwards(rows: Sequence[ReadRow]) -> Rows:
    """The days backwards, the rows of each day as they stand."""
    days = [list(of_day) for _, of_day in groupby(rows, key=lambda row: row.booked_on)]
    return [row for of_day in reversed(days) for row in of_day]


def _within_days_backwards(rows: Sequence[ReadRow]) -> Rows:
    """The days as they stand, the rows of each day backwards."""
    return list(reversed(_days_backwards(rows)))


_ORDERS: Mapping[str, Callable[[Sequence[ReadRow]], Rows]] = {
    "oldest_first": _forwards,
    "newest_first": _backwards,
    "newest_day_first": _days_backwards,
    "oldest_day_first": _within_days_backwards,
}
