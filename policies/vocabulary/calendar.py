"""Calendar: periods of the Civil Code, ages, school years and statutory rest days.

In:     dates and periods such as ``12M``, ``5Y``, ``30D``
Out:    the last day of a period, whole years of age
Holds:  the first day does not count; a period in months ends on the corresponding day of its
        last month, or on that month's last day; a computed period that ends on a rest day runs
        to the first working day after it.
Source: 民法典 第200–204条; rest days by the State Council's yearly arrangement (chinesecalendar)
"""

import calendar
import re
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar

_ONE_DAY = timedelta(days=1)
_PERIOD = re.compile(r"([0-9]+)([DMY])")


class Period(NamedTuple):
    """A length of time: months and days, of which one is zero."""

    months: int
    days: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``12M``, ``2Y`` (24 months) or ``30D``.

        Raises: ValueError
        """
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise ValueError(f"“{text}”不是期间，请写成 12M、2Y 或 30D")
        number = int(found[1])
        match found[2]:
            case "D":
                return cls(0, number)
            case "M":
                return cls(number, 0)
            case _:
                return cls(number * 12, 0)


class LastDay(NamedTuple):
    """When a computed period ends.

    `corresponding` ignores rest days; `rolled` is None when the rest days of that time have not
    been published yet, so that nobody can tell.
    """

    corresponding: date
    rolled: date | None


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later, or the last day of that month where there is none.

    Holds: what lies beyond the calendar is its first or last day
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.min if year < MINYEAR else date.max
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


@lru_cache(maxsize=16_384)
def rest_day(day: date) -> bool | None:
    """Whether a day is a weekend or public holiday; None while its year is not published."""
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return None


@lru_cache(maxsize=16_384)
def last_day(start: date, period: Period) -> LastDay:
    """The last day of a period that begins after `start`."""
    corresponding = add_months(start, period.months)
    corresponding += timedelta(days=min(period.days, (date.max - corresponding).days))
    day = corresponding
    while rest := rest_day(day):
        day += _ONE_DAY
    return LastDay(corresponding, day if rest is False else None)


def age_on(born: date, day: date) -> int:
    """Whole years of age; it changes on the birthday, 29 February on the last of the month."""
    birthday = add_months(date(born.year, born.month, 1), (day.year - born.year) * 12)
    last = calendar.monthrange(birthday.year, birthday.month)[1]
    return day.year - born.year - (day < birthday.replace(day=min(born.day, last)))


def academic_year(day: str) -> int:
    """The year in which the academic year of an ISO day ends: 1 September begins the next one."""
    return int(day[:4]) + (day[5:7] >= "09")


def months_from(first: date, count: int) -> list[str]:
    """`count` months beginning with the month of `first`, as ``2022-03``."""
    begins = first.year * 12 + first.month - 1
    ends = min(begins + count, (MAXYEAR + 1) * 12)  # no month after the last of the calendar
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(begins, ends)]
