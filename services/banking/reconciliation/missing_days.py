"""Missing days: days of a month of which the bank has said nothing that can be proved.

In:   the days that files prove, with those beside the month; what the lines on record come to by day
Out:  the days that are missing
Units: fen
Holds: quiet days between two files are proved where the one closes with what the other opens with,
       lines of messages in between counted; a month without any file is what its messages say
Source: docs/adr/0050-a-difference-is-work-until-its-sides-are-equal.md
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from projections.queries.statement_files import ProvedDay

_DAY = timedelta(days=1)


def missing_days(
    proved: Sequence[ProvedDay],
    lines: Mapping[date, int],
    first: date,
    last: date,
    opened_fen: int | None = None,
) -> tuple[date, ...]:
    """Name the days from `first` to `last` that nothing proves.

    Shape: `proved` in the order of days, reaching beyond the month where it can;
           `opened_fen` is what a message opened the month with
    """
    if not any(first <= one.day <= last for one in proved):
        return ()
    missing: list[date] = []
    for before, after in pairwise(proved):
        between = _days(before.day + _DAY, after.day - _DAY)
        if before.closing_fen + sum(lines.get(day, 0) for day in between) != after.opening_fen:
            missing += between
    head, end = proved[0], proved[-1]
    if head.day > first:
        before_all = _days(first, head.day - _DAY)
        moved = sum(lines.get(day, 0) for day in before_all)
        if opened_fen is None or opened_fen + moved != head.opening_fen:
            missing += before_all
    told = [day for day in lines if end.day < day <= last]
    missing += _days(max(told, default=end.day) + _DAY, last)
    return tuple(sorted(day for day in missing if first <= day <= last))


def _days(first: date, last: date) -> list[date]:
    return [first + _DAY * no for no in range((last - first).days + 1)]
