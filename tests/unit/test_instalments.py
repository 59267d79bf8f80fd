"""Instalments: checked again before each is paid, ordered once, stopped by what became of the person."""

from datetime import date

import pytest

from events import streams
from events.approvals import ApprovalGranted
from events.budgets import BudgetReleased
from events.control import CommandRefused
from events.disbursements import DisbursementOrdered
from events.instalments import InstalmentDue, InstalmentStopped
from events.status import RecordStatus, StatusKind
from events.values import FactValue, MonthPaid
from tests.given_when_then import (
    ZHANG,
    Scene,
    applies,
    kinds,
    only,
    policies_of_a_city_that_set_its_standards,
    pre_checks,
    withdraws,
)

JOBLESS: dict[str, FactValue] = {
    "ui.status": "不符合领取条件",
    "unemployment.occurred_on": "2021-03-01",
    "months_to_retirement": 240,
}
FUND = "unemployment_insurance"


def monthly() -> Scene:
    """Begin where ten monthly payments of 800 yuan are granted, 2021-09 to 2022-06."""
    scene = Scene("2021-08-16", policies_of_a_city_that_set_its_standards())
    for year in (2021, 2022):
        scene.budget(100_000, streams.fund_line(FUND, "211223", year))
    claim = applies(
        "a",
        JOBLESS,
        programme="unemployment-assistance",
        applied_on="2021-08-16",
        region="211223",
    )
    granted = only(scene.when(ZHANG, claim), ApprovalGranted)
    assert [part.amount for part in granted.instalments] == [800_00] * 10
    return scene


def once() -> Scene:
    """Begin where one payment is granted, due at once."""
    scene = Scene().budget(10_000)
    scene.when(ZHANG, applies())
    return scene


def became(status: StatusKind, since: str) -> RecordStatus:
    """Tell a status."""
    return RecordStatus(status=status, since=date.fromisoformat(since), source="district.hrss")


def test_what_is_due_is_ordered_once() -> None:
    scene = once()
    asked = scene.asked(ZHANG, pre_checks())
    facts = scene.ledger.ask([asked])
    assert kinds(facts) == ["InstalmentDue", "DisbursementOrdered"]
    assert only(facts, DisbursementOrdered).disbursement == "district:a#1"
    assert scene.ledger.ask([asked]) == []
    assert scene.when(ZHANG, pre_checks()) == []


def test_a_month_is_due_when_it_is_over_and_not_on_its_last_day() -> None:
    scene = monthly()
    scene.on = date(2021, 9, 30)
    assert only(scene.when(ZHANG, pre_checks()), CommandRefused).code == "NOT_YET_DUE"
    scene.on = date(2021, 10, 1)
    due = only(scene.when(ZHANG, pre_checks()), InstalmentDue)
    assert due.months == (MonthPaid(month="2021-09", amount=800_00),)


@pytest.mark.parametrize(("no", "year"), [(3, 2021), (4, 2022)])
def test_an_instalment_draws_on_the_line_of_the_year_in_which_it_falls_due(
    no: int, year: int
) -> None:
    scene = monthly()
    scene.on = date(2022, 7, 1)
    due = only(scene.when(ZHANG, pre_checks(no=no)), InstalmentDue)
    assert due.line == streams.fund_line(FUND, "211223", year)


@pytest.mark.parametrize("status", ["employed", "deceased", "retired", "left"])
def test_a_status_stops_what_is_to_come_and_frees_its_money(status: StatusKind) -> None:
    scene = monthly()
    scene.on = date(2021, 10, 1)
    scene.when(ZHANG, pre_checks(no=1))
    told = scene.when(ZHANG, became(status, "2021-10-01"))
    assert kinds(told) == ["StatusRecorded"], "September was over"
    scene.on = date(2021, 11, 1)
    facts = scene.when(ZHANG, pre_checks(no=2))
    assert only(facts, InstalmentStopped).reason == status
    assert only(facts, BudgetReleased).amount == 800_00
    assert scene.when(ZHANG, pre_checks(no=2)) == []


def test_a_job_that_had_ended_before_the_plan_began_stops_nothing() -> None:
    scene = monthly()
    scene.on = date(2021, 11, 1)
    scene.when(ZHANG, became("employed", "2021-08-20"))
    scene.when(ZHANG, became("unemployed", "2021-09-01"))
    assert kinds(scene.when(ZHANG, pre_checks()))[0] == "InstalmentDue"


def test_a_reward_for_a_certificate_is_paid_to_who_found_work() -> None:
    scene = once()
    scene.when(ZHANG, became("employed", "2022-08-01"))
    assert kinds(scene.when(ZHANG, pre_checks()))[0] == "InstalmentDue"


def test_what_was_stopped_gives_the_rest_back_when_it_is_withdrawn() -> None:
    scene = monthly()
    scene.on = date(2021, 10, 1)
    scene.when(ZHANG, became("employed", "2021-09-01"))
    scene.when(ZHANG, pre_checks())
    released = [
        f.body.amount for f in scene.when(ZHANG, withdraws()) if isinstance(f.body, BudgetReleased)
    ]
    assert sorted(released) == [2 * 800_00, 7 * 800_00]


def test_checks_are_refused_in_this_order() -> None:
    scene = Scene()
    assert only(scene.when(ZHANG, pre_checks("z")), CommandRefused).code == "NOT_GRANTED"
    scene.when(ZHANG, applies())
    assert only(scene.when(ZHANG, pre_checks()), CommandRefused).code == "NOT_GRANTED"
    granted = monthly()
    assert only(granted.when(ZHANG, pre_checks(no=11)), CommandRefused).code == "NO_INSTALMENT"
    asked = granted.asked(ZHANG, pre_checks(no=10))
    assert only(granted.ledger.ask([asked]), CommandRefused).code == "NOT_YET_DUE"
    assert granted.ledger.ask([asked]) == []


def test_nothing_is_paid_of_what_was_withdrawn() -> None:
    scene = once()
    scene.when(ZHANG, withdraws())
    assert only(scene.when(ZHANG, pre_checks()), CommandRefused).code == "NOT_GRANTED"
