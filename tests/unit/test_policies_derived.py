"""What follows from stated facts is taken from them, and nothing else is."""

from datetime import date

import pytest

from events.application_facts.checking import BY_NAME, check_facts
from events.values import FactValue
from policies.engine.derived import RULES, with_derived

ON = date(2021, 9, 13)


@pytest.mark.parametrize(
    ("stated", "fact", "follows"),
    [
        ({}, "premium.year", 2020),
        ({"course.began_on": "2021-06-30"}, "course.half", "上半年"),
        ({"course.began_on": "2021-07-01"}, "course.half", "下半年"),
        ({"diploma.dated_on": "2022-06-30"}, "graduate.class_of", 2022),
        ({"internship.months": ["2021-09", "2021-11"]}, "internship.served_months", 2),
        ({"hire.monthly_contribution": 140_017}, "hire.first_two_months", 280_034),
        ({"contract.months": 12}, "contract.signed", True),
        ({"contract.months": 0}, "contract.signed", False),
        ({"hire.registered_months": 6}, "hire.registered", True),
        ({"hire.registered_months": 0}, "hire.registered", False),
    ],
)
def test_a_fact_follows(stated: dict[str, FactValue], fact: str, follows: FactValue) -> None:
    known = with_derived(stated, ON, {fact})
    assert known == {**stated, fact: follows}
    assert check_facts(known) == (dict(sorted(known.items())), [])


@pytest.mark.parametrize("fact", sorted(RULES.keys() - {"premium.year"}))
def test_nothing_follows_from_nothing(fact: str) -> None:
    assert with_derived({}, ON, {fact}) == {}


def test_what_is_stated_stands_and_only_what_is_asked_for_is_added() -> None:
    stated: dict[str, FactValue] = {"premium.year": 2019, "course.began_on": "2021-09-06"}
    assert with_derived(stated, ON, {"premium.year"}) is stated


@pytest.mark.parametrize("fact", sorted(RULES))
def test_the_page_says_that_it_may_be_left_out(fact: str) -> None:
    assert "不填" in BY_NAME[fact].description
