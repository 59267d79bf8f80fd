"""Periods as the Civil Code counts them (articles 200 to 204)."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.vocabulary.calendar import (
    Period,
    academic_year,
    add_months,
    age_on,
    last_day,
    months_from,
    rest_day,
)

DAYS = st.dates(date(2005, 1, 1), date(2025, 6, 30))
MONTHS = st.integers(0, 120)


@given(DAYS, MONTHS)
def test_a_period_ends_on_the_corresponding_day_or_the_last_of_its_month(day: date, n: int) -> None:
    end = add_months(day, n)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == n
    last = calendar.monthrange(end.year, end.month)[1]
    assert end.day == min(day.day, last)


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_from_the_first_of_a_month_periods_add_up(day: date, first: int, then: int) -> None:
    start = day.replace(day=1)
    assert add_months(add_months(start, first), then) == add_months(start, first + then)


@given(DAYS, st.integers(1, 6))
def test_a_computed_period_ends_on_a_working_day_and_skips_rest_days_only(
    day: date, months: int
) -> None:
    last = last_day(day, Period(months, 0))
    assert last.rolled is not None
    assert last.rolled >= last.corresponding
    assert rest_day(last.rolled) is False
    between = (last.rolled - last.corresponding).days
    assert all(rest_day(last.corresponding + timedelta(days=n)) for n in range(between))


@given(DAYS, st.integers(1, 100))
def test_a_later_start_never_ends_earlier(day: date, later: int) -> None:
    first = last_day(day, Period(6, 0)).corresponding
    assert last_day(day + timedelta(days=later), Period(6, 0)).corresponding >= first


@given(DAYS, DAYS)
def test_age_changes_on_the_birthday(born: date, day: date) -> None:
    if day < born:
        born, day = day, born
    age = age_on(born, day)
    assert add_months(born, age * 12) <= day < add_months(born, (age + 1) * 12)


@pytest.mark.parametrize(
    ("start", "period", "corresponding", "rolled"),
    [
        ("2021-03-15", "12M", "2022-03-15", "2022-03-15"),
        ("2020-02-29", "12M", "2021-02-28", "2021-03-01"),  # a Sunday
        ("2021-08-31", "6M", "2022-02-28", "2022-02-28"),  # no 31 February
        ("2022-04-30", "12M", "2023-04-30", "2023-05-04"),  # Labour Day
        ("2021-10-08", "1Y", "2022-10-08", "2022-10-08"),  # a Saturday that is worked
        ("2021-09-30", "30D", "2021-10-30", "2021-11-01"),
    ],
)
def test_known_last_days(start: str, period: str, corresponding: str, rolled: str) -> None:
    last = last_day(date.fromisoformat(start), Period.parse(period))
    assert (str(last.corresponding), str(last.rolled)) == (corresponding, rolled)


def test_a_year_whose_rest_days_are_not_published_leaves_the_last_day_open() -> None:
    last = last_day(date(2098, 3, 15), Period(12, 0))
    assert last.corresponding == date(2099, 3, 15)
    assert last.rolled is None


@pytest.mark.parametrize("text", ["12", "M12", "1.5Y", "12 M", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是期间"):
        Period.parse(text)


def test_the_academic_year_begins_on_the_first_of_september() -> None:
    assert academic_year("2022-08-31") == 2022
    assert academic_year("2022-09-01") == 2023


def test_months_go_on_over_the_year_end() -> None:
    assert months_from(date(2021, 11, 30), 3) == ["2021-11", "2021-12", "2022-01"]
