"""Households: one member's job takes all out at once; others go on under their other categories."""

from datetime import date
from itertools import permutations

import pytest

from events import streams
from events.households import (
    CategoryLost,
    HouseholdChanged,
    JoinHousehold,
    LeaveHousehold,
)
from events.instalments import (
    InstalmentCut,
    InstalmentDue,
    InstalmentStopped,
    OverpaymentFound,
)
from events.status import RecordStatus
from events.values import Command, FactValue
from tests.given_when_then import ZHANG, kinds, only, pre_checks
from tests.granted_plans import FEN, PlannedScene

LI = streams.beneficiary("li-si-token")
HOME = streams.household("district:LJY-1")


def joins(member: str) -> JoinHousehold:
    return JoinHousehold(member=member, since=date(2022, 3, 1), source="district")


def found_a_job(since: str = "2022-09-10") -> RecordStatus:
    return RecordStatus(status="employed", since=date.fromisoformat(since), source="insurance")


def home(categories: list[str]) -> PlannedScene:
    """Begin where Li draws a post's subsidy, and lives with Zhang."""
    scene = PlannedScene()
    scene.grant(
        "post",
        programme="jobseeking",
        months=3,
        person=LI,
        facts={"hardship.category": categories, **SEEKING},
    )
    return scene


SEEKING: dict[str, FactValue] = {
    "diploma.school_kind": "高校",
    "diploma.school_region": "211202",
    "diploma.dated_on": "2022-08-30",
    "graduate.seeking": True,
}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_it_is_told_a_job_takes_the_household_out(order: tuple[int, ...]) -> None:
    scene = home(["零就业家庭"])
    told: list[tuple[str, Command]] = [
        (HOME, joins(ZHANG)),
        (HOME, joins(LI)),
        (ZHANG, found_a_job()),
    ]
    facts = [fact for nth in order for fact in scene.when(*told[nth])]
    assert {"HouseholdChanged", "CategoryLost", "InstalmentStopped"} <= set(kinds(facts))
    stopped = [f.body for f in facts if isinstance(f.body, InstalmentStopped)]
    assert [(fact.no, fact.reason) for fact in stopped] == [(2, "household"), (3, "household")]
    assert kinds(facts).count("BudgetReleased") == 2
    for stream, command in told:
        assert not {"CategoryLost", "InstalmentStopped"} & set(kinds(scene.when(stream, command)))


def test_who_has_another_category_goes_on() -> None:
    scene = home(["零就业家庭", "低保家庭"])
    for member in (ZHANG, LI):
        scene.when(HOME, joins(member))
    facts = scene.when(ZHANG, found_a_job())
    lost = [f.body for f in facts if isinstance(f.body, CategoryLost)]
    assert [fact.kept for fact in lost if fact.kept] == [("district:post",)]
    assert "InstalmentStopped" not in kinds(facts)


def test_who_has_moved_out_before_leaves_the_household_as_it_is() -> None:
    scene = home(["零就业家庭"])
    for member in (ZHANG, LI):
        scene.when(HOME, joins(member))
    gone = LeaveHousehold(member=ZHANG, since=date(2022, 8, 1), source="district")
    scene.when(HOME, gone)
    assert "HouseholdChanged" not in kinds(scene.when(ZHANG, found_a_job()))


def test_the_month_of_the_change_is_paid_by_its_days_and_the_rest_is_stopped() -> None:
    scene = home(["零就业家庭"])
    for member in (ZHANG, LI):
        scene.when(HOME, joins(member))
    facts = scene.when(ZHANG, found_a_job("2022-09-10"))
    assert only(facts, HouseholdChanged).members == (ZHANG, LI)
    assert [f.body.no for f in facts if isinstance(f.body, InstalmentStopped)] == [2, 3]
    scene.on = date(2022, 10, 1)
    paid = scene.when(LI, pre_checks("post"))
    cut = only(paid, InstalmentCut)
    assert (cut.reason, str(cut.since), cut.days, cut.convention) == (
        "household",
        "2022-09-10",
        9,
        "stops/L1",
    )
    assert only(paid, InstalmentDue).amount == FEN * 9 // 30


def test_a_job_told_late_takes_back_the_days_after_it_and_leaves_the_months_before() -> None:
    scene = home(["零就业家庭"])
    for member in (ZHANG, LI):
        scene.when(HOME, joins(member))
    for no, day in enumerate((date(2022, 10, 1), date(2022, 11, 1)), 1):
        scene.on = day
        scene.when(LI, pre_checks("post", no))
    facts = scene.when(ZHANG, found_a_job("2022-10-16"))
    found = only(facts, OverpaymentFound)
    assert (found.no, found.amount, found.reason) == (2, FEN // 2, "household")
    assert [f.body.no for f in facts if isinstance(f.body, InstalmentStopped)] == [3]
