"""Figure history: which row of a figure counts on which days, in the order of the days.

In:    the rows of one figure in one jurisdiction, the first that covers a day counts
Out:   spans of days, none overlapping another, each with its row
Holds: a day is in the span of the row that rules go by on it, and in none where no row covers it
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import NamedTuple

from policies.reference_data.standards import NOT_STATED, FigureRow

_ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Days, both included, on which one row counts; the last is None while it is open."""

    first: date
    last: date | None
    row: FigureRow

    @property
    def document(self) -> str:
        """What states it; empty where no document does."""
        return "" if self.row.source == NOT_STATED else self.row.cite or self.row.source or ""

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


def history(rows: Sequence[FigureRow]) -> list[Span]:
    """Every span, the earliest first; none of a figure that nobody states."""
    begins = {row.from_ for row in rows}
    begins |= {row.to + _ONE_DAY for row in rows if row.to is not None and row.to < date.max}
    days = sorted(begins)
    spans: list[Span] = []
    for day, after in zip_longest(days, days[1:]):
        row = next(
            (row for row in rows if row.from_ <= day and (row.to is None or day <= row.to)), None
        )
        if row is None:
            continue
        last = None if after is None else after - _ONE_DAY
        before = spans[-1] if spans else None
        if before and before.row is row and before.last == day - _ONE_DAY:
            spans[-1] = before._replace(last=last)
        else:
            spans.append(Span(day, last, row))
    return spans


def span_on(rows: Sequence[FigureRow], day: date) -> Span | None:
    """The span of a day, None where no row covers it."""
    return next((one for one in history(rows) if one.covers(day)), None)
