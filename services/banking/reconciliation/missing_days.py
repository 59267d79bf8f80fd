"""Missing days: how far the bank has spoken of an account, and which days nothing of it proves.

In:   the balances that files and messages state, what the lines on record come to by day
Out:  BankWord; the one rule of the closing list, of the 余额调节表 and of the list of accounts
Units: fen
Holds: days between two stated balances are proved where the one and their lines come to the other;
       after the last balance, messages speak up to their last line; nothing else is the bank's word
Source: docs/adr/0055-days-are-proved-from-balance-to-balance.md
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from projections.queries.bank_words import StatedBalance

_DAY = timedelta(days=1)


class BankWord(NamedTuple):
    """What the bank has said of an account from one day to another.

    Shape: `missing` are the days that nothing proves, those after its last word included; `breaks`
           the days on which what it states does not add up with itself; `until` its last word
    """

    missing: tuple[date, ...]
    breaks: tuple[date, ...]
    until: date | None

    def lacking(self, close: date) -> tuple[date, ...]:
        """What is missing at the close of a day: what a running month still waits for is not."""
        if (close + _DAY).day == 1:
            return self.missing
        return tuple(day for day in self.missing if self.until is not None and day <= self.until)


def bank_word(
    stated: Sequence[StatedBalance], lines: Mapping[date, int], first: date, last: date
) -> BankWord:
    """Follow the bank from balance to balance.

    Shape: `stated` in the order of days, one beyond each end where there is one
    """
    if not stated:
        return BankWord(tuple(_days(first, last)), (), None)
    missing, breaks = _days(first, stated[0].day - _DAY), list[date]()
    for before, after in pairwise(stated):
        between = _days(before.next_day, after.day - _DAY)
        if before.after_fen + sum(lines.get(day, 0) for day in between) == after.before_fen:
            continue
        if not between or (before.by_message and after.by_message):
            breaks.append(between[-1] if between else after.day)
        else:
            missing += between
    ends = stated[-1].next_day - _DAY
    until = max((day for day in lines if ends < day <= last), default=ends)
    missing += _days(until + _DAY, last)
    return BankWord(
        tuple(sorted(day for day in missing if first <= day <= last)),
        tuple(sorted(day for day in breaks if first <= day <= last)),
        min(until, last) if until >= first else None,
    )


def _days(first: date, last: date) -> list[date]:
    return [first + _DAY * no for no in range((last - first).days + 1)]
