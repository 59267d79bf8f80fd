"""Bounds: no stated day, number or list makes a rule raise; whatever is beyond goes to a person."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.application_facts import REGISTRY, FactName, FactType
from policies.vocabulary.calendar import (
    Period,
    add_months,
    age_on,
    last_day,
    months_from,
)
from policies.vocabulary.outcomes import (
    Claim,
    Deny,
    Grant,
    Refer,
)
from services.deciders.beneficiary.state.caps import Caps
from tests.given_when_then import policies

DAYS = st.dates().map(date.isoformat) | st.sampled_from(
    ["0001-01-01", "9999-12-31", "1900-01-01", "2099-12-31", "2022-02-28", "2022-W01-1", ""]
)
NUMBERS = st.integers(-1, 10**19) | st.integers(0, 1500)


def values(fact: FactName) -> st.SearchStrategy[Any]:
    match fact.type:
        case FactType.DATE:
            return DAYS
        case FactType.MONTH:
            return DAYS.map(lambda day: day[:7])
        case FactType.MONTHS:
            return st.lists(DAYS.map(lambda day: day[:7]), max_size=5)
        case FactType.WHOLE | FactType.FEN:
            return NUMBERS
        case FactType.FLAG:
            return st.booleans()
        case FactType.ENUM | FactType.STATUS:
            return st.sampled_from(fact.values)
        case FactType.ENUMS:
            return st.lists(st.sampled_from(fact.values), max_size=3, unique=True).map(sorted)
        case _:
            return st.just(fact.example)


FACTS = st.fixed_dictionaries({}, optional={fact.name: values(fact) for fact in REGISTRY})


@given(
    st.sampled_from(sorted(policies().programmes)),
    st.dates() | st.dates(date(2020, 1, 1), date(2023, 1, 1)),
    FACTS,
)
def test_any_claim_is_answered(programme: str, applied_on: date, facts: dict[str, Any]) -> None:
    outcome = policies().evaluate(Claim(programme, "211202", applied_on, facts), Caps())
    assert isinstance(outcome, Grant | Deny | Refer)


@given(st.dates(), st.integers(-(10**9), 10**9), st.integers(0, 10**9))
def test_the_calendar_ends_but_never_overflows(day: date, months: int, days: int) -> None:
    assert date.min <= add_months(day, months) <= date.max
    assert last_day(day, Period(abs(months), 0)).corresponding <= date.max
    assert last_day(day, Period(0, days)).corresponding <= date.max
    assert len(months_from(day, min(months, 2_000))) <= 2_000
    assert age_on(day, date.max) >= 0
