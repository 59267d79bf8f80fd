"""Where an amount is not stated, what the notice allows at most still is."""

from datetime import date

import pytest

from events.values import FactValue
from policies.vocabulary.outcomes import Claim, NothingUsed, Refer
from tests.given_when_then import policies

POLICIES = policies()
UNIT: dict[str, FactValue] = {
    "unit.kind": "企业",
    "unit.size": "小型",
    "unit.insured_at_year_end": 28,
    "unit.laid_off": 0,
    "unit.premiums_paid": 3_600_001,
    "unit.insured_paying": True,
    "reserve.months": 12,
}
HIRE: dict[str, FactValue] = {
    "unit.kind": "企业",
    "unit.number": "1",
    "hire.registered_months": 6,
    "contract.months": 12,
    "hire.monthly_contribution": 142_550,
}
PLATFORM: dict[str, FactValue] = {"incubator.eligible": True, "incubator.year": 2020}
INTERN: dict[str, FactValue] = {
    "unit.kind": "企业",
    "graduate.kind": "高校毕业生",
    "diploma.dated_on": "2021-06-30",
    "internship.began_on": "2021-08-02",
    "person.status": "未就业",
    "internship.agreed_months": 3,
    "internship.months": ["2021-08"],
    "internship.living_paid": 150_000,
    "internship.accident_insured": True,
}


@pytest.mark.parametrize(
    ("programme", "region", "day", "facts", "most_fen"),
    [
        ("job-retention", "210000", "2021-08-02", UNIT, 2_160_001),
        ("job-retention", "210000", "2021-08-02", {**UNIT, "unit.size": "大型"}, 1_080_000),
        (
            "job-retention",
            "210000",
            "2020-08-03",
            {**UNIT, "retention.ground": "中小微企业"},
            3_600_001,
        ),
        (
            "job-retention",
            "210000",
            "2020-08-03",
            {**UNIT, "retention.ground": "困难企业", "unit.in_difficulty": True},
            None,
        ),
        ("one-off-hiring", "211202", "2020-06-01", HIRE, 855_300),
        (
            "incubator-provincial",
            "211202",
            "2020-12-14",
            {**PLATFORM, "incubator.cost": 1_200_000_000},
            500_000_000,
        ),
        ("internship", "210402", "2021-11-11", INTERN, None),
    ],
)
def test_the_most_that_the_notice_allows(
    programme: str, region: str, day: str, facts: dict[str, FactValue], most_fen: int | None
) -> None:
    claim = Claim(programme, region, date.fromisoformat(day), facts)
    outcome = POLICIES.evaluate(claim, NothingUsed())
    assert isinstance(outcome, Refer)
    assert (outcome.code, outcome.most_fen) == ("NOT_STATED", most_fen)
