"""Calendar: the half year that is played, month by month, and one pay day at the end of the year.

Holds: in a month people come first, then the money goes out, then late news, and at
       last the bank's statement comes; the second half of 2022 is paid on a single day.
"""

from datetime import date, datetime, time
from typing import NamedTuple

from events.days import SHANGHAI

OPENED_ON = date(2022, 1, 1)


class PlayedMonth(NamedTuple):
    """One round: when staff act, when payments leave and arrive, when late news comes, the closing."""

    name: str
    title: str
    acts_on: date
    pays_on: date
    bank_on: date
    late_on: date
    closes_on: date

    @property
    def of_the_story(self) -> bool:
        """Whether it is one of the six months."""
        return self.name <= "2022-06"


def _month(number: int, last_day: int, title: str) -> PlayedMonth:
    days = (date(2022, number, day) for day in (12, 20, 21, 25, last_day))
    return PlayedMonth(f"2022-{number:02}", title, *days)


MONTHS = (
    *(
        _month(number, last_day, f"{number} 月")
        for number, last_day in enumerate((31, 28, 31, 30, 31, 30), 1)
    ),
    _month(12, 31, "7—12 月"),
)
"""January to June, then the rest of the year at once."""

LAST = MONTHS[-1].closes_on
NEXT_YEAR = date(2023, 1, 31)
"""A year after January's advances, which had to be settled by then."""

MISTAKES_FROM = "2022-06"
"""The bank makes its four mistakes in this month, or later where it has paid too little."""

SILENT_IN = "2022-03"
"""The bank leaves one payment of this month (or a later one) without an answer, until it is asked."""


def at(day: date) -> datetime:
    """Nine o'clock of a day."""
    return datetime.combine(day, time(9), SHANGHAI)
