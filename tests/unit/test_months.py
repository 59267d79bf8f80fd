"""Months: paid when they are over, tested for themselves, and counted by days where one changes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from events.applications import DecideApplication
from events.approvals import (
    ApprovalGranted,
    ApprovalProposed,
    ApprovalReferred,
    ReviewApplication,
)
from events.clawbacks import ClawbackProposed
from events.codec import decode_fact
from events.control import CommandRefused
from events.disbursements import DisbursementOrdered
from events.envelope import Recorded
from events.instalments import (
    EvidenceRecorded,
    InstalmentCut,
    InstalmentDue,
    InstalmentStopped,
    JudgeResumption,
    OverpaymentFound,
    PlanKeptStopped,
    PlanResumed,
    Resumption,
    ResumptionRaised,
)
from events.status import StatusKind
from tests.example_cities import policies_with
from tests.given_when_then import ZHANG, applies, kinds, only
from tests.monthly_claims import (
    A_MONTH,
    EMPLOYER,
    MonthlyScene,
    contributed,
    flexible,
    hired,
    jobless,
    told,
    trained,
)

GOLDEN = Path(__file__).parents[1] / "golden"
CITY = Path(__file__).parents[1] / "policies" / "city-parameters"


def paid(facts: list[Recorded]) -> list[tuple[str, int]]:
    """The months that were found due, and how much for each."""
    return [
        (one.month, one.amount)
        for fact in facts
        if isinstance(fact.body, InstalmentDue)
        for one in fact.body.months
    ]


def resumes(
    since: str,
    verdict: Resumption = "resume",
    reason: str = "解除合同，重新失业",
    document: str = "续-1",
) -> JudgeResumption:
    day = date.fromisoformat(since)
    return JudgeResumption(
        application="district:a",
        verdict=verdict,
        since=day,
        by="li",
        document=document,
        reason=reason,
    )


def test_months_that_have_not_come_are_not_paid_on_the_day_of_the_grant() -> None:
    scene = MonthlyScene("2021-09-10")
    granted = only(scene.when(ZHANG, flexible("a", "2021-09-10", "2021-09", 24)), ApprovalGranted)
    assert granted.amount == 24 * A_MONTH
    assert [str(part.due_on) for part in granted.instalments][:4] == [
        "2021-10-01",
        "2021-11-01",
        "2021-12-01",
        "2022-01-01",
    ]
    assert paid(scene.until("2021-09-30")) == []
    assert kinds(scene.until("2021-10-01")) == ["InstalmentWaits"]
    facts = scene.when(ZHANG, contributed("a", "2021-09", 900_00))
    assert only(facts, DisbursementOrdered).money.amount == A_MONTH
    assert only(facts, InstalmentDue).line.endswith("/2021")


def test_months_that_are_over_are_one_part_and_the_others_follow_one_by_one() -> None:
    scene = MonthlyScene("2021-09-10")
    granted = only(scene.when(ZHANG, trained("a", "2021-09-10", "2021-07", 4)), ApprovalGranted)
    over, september, october = granted.instalments
    assert over.due_on is None
    assert [(one.month, one.amount) for one in over.months] == [
        ("2021-07", 1480_00),
        ("2021-08", 1480_00),
    ]
    assert (str(september.due_on), str(october.due_on)) == ("2021-10-01", "2021-11-01")
    assert paid(scene.until("2021-09-10")) == [("2021-07", 1480_00), ("2021-08", 1480_00)]
    assert paid(scene.until("2021-11-01")) == [("2021-09", 1480_00), ("2021-10", 1480_00)]


def test_a_job_after_the_month_that_was_paid_leaves_it_paid() -> None:
    scene = MonthlyScene("2021-09-10")
    scene.when(ZHANG, flexible("a", "2021-09-10", "2021-08", 1))
    assert paid(scene.until("2021-09-11")) == [("2021-08", A_MONTH)]
    scene.until("2021-09-20")
    assert kinds(scene.when(ZHANG, told("employed", "2021-09-01"))) == ["StatusRecorded"]


@pytest.mark.parametrize("status", ["employed", "deceased", "retired", "left"])
def test_a_month_before_the_change_that_is_due_after_it_is_paid(status: StatusKind) -> None:
    scene = MonthlyScene("2021-09-10")
    scene.when(ZHANG, flexible("a", "2021-09-10", "2021-09", 3))
    for month in ("2021-09", "2021-10", "2021-11"):
        scene.when(ZHANG, contributed("a", month, 900_00))
    scene.when(ZHANG, told(status, "2021-10-16"))
    facts = scene.until("2021-12-01")
    assert paid(facts) == [("2021-09", A_MONTH), ("2021-10", A_MONTH // 2)]
    cut = only(facts, InstalmentCut)
    assert (cut.reason, cut.days, cut.convention) == (status, 15, "stops/L1")
    assert only(facts, InstalmentStopped).reason == status


def test_the_days_of_the_month_of_a_death_told_late_are_found() -> None:
    scene = MonthlyScene("2021-08-16")
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    scene.until("2022-05-02")
    assert paid(scene.until("2022-06-01")) == [("2022-05", 800_00)]
    found = only(scene.when(ZHANG, told("deceased", "2022-05-10")), OverpaymentFound)
    assert [(one.month, one.amount) for one in found.months] == [("2022-05", 560_00)]
    assert (found.amount, found.convention, found.rule) == (560_00, "stops/L1", "stops/jobless")
    assert paid(scene.until("2022-07-01")) == []


def test_what_is_told_in_two_words_is_found_once_in_all() -> None:
    scene = MonthlyScene("2021-08-16")
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    scene.until("2021-12-02")  # September, October, November
    scene.when(ZHANG, told("left", "2021-11-16"))
    facts = scene.when(ZHANG, told("retired", "2021-10-01"))
    found = {f.body.no: f.body for f in facts if isinstance(f.body, OverpaymentFound)}
    assert {no: one.amount for no, one in found.items()} == {2: 800_00, 3: 400_00}
    assert {no: one.finding for no, one in found.items()} == {2: 1, 3: 2}
    names = [f.body.clawback for f in facts if isinstance(f.body, ClawbackProposed)]
    assert len(names) == len(set(names))


def test_evidence_that_fell_is_taken_where_the_grant_has_one_part() -> None:
    scene = MonthlyScene("2021-09-10")
    scene.when(ZHANG, flexible("a", "2021-09-10", "2021-07", 2))
    scene.until("2021-09-10")
    facts = scene.when(ZHANG, contributed("a", "2021-08", 300_00))
    assert only(facts, EvidenceRecorded).month == "2021-08"
    found = only(facts, OverpaymentFound)
    assert (found.amount, found.reason, found.rule) == (
        400_00,
        "nothing_due",
        "plans/flexible_2021",
    )
    more = contributed("a", "2021-08", 500_00)
    assert only(scene.when(ZHANG, more), CommandRefused).code == "ALREADY_PAID"
    assert (
        only(scene.when(ZHANG, contributed("a", "2021-08", 0)), OverpaymentFound).amount == 200_00
    )


def test_a_stopped_plan_stays_stopped_until_a_person_resumes_it() -> None:
    scene = MonthlyScene("2021-08-16")
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    scene.until("2021-10-05")
    scene.when(ZHANG, told("employed", "2021-10-16"))
    scene.until("2021-12-10")
    raised = only(scene.when(ZHANG, told("unemployed", "2021-12-06")), ResumptionRaised)
    assert (raised.stopped_by, str(raised.since)) == ("employed", "2021-12-06")
    assert paid(scene.until("2022-01-10")) == [], "nothing starts again by itself"
    facts = scene.when(ZHANG, resumes("2021-12-06"))
    assert only(facts, PlanResumed).since == date(2021, 12, 6)
    facts = scene.until("2022-02-01")
    assert paid(facts) == [("2021-12", 800_00 * 25 // 30 + 1), ("2022-01", 800_00)]
    assert scene.when(ZHANG, resumes("2021-12-06")) == []


def test_resumptions_are_refused_in_this_order() -> None:
    scene = MonthlyScene("2021-08-16")
    assert only(scene.when(ZHANG, resumes("2021-12-06")), CommandRefused).code == "NOT_GRANTED"
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    for blank in (resumes("2021-12-06", reason="  "), resumes("2021-12-06", document=".")):
        assert only(scene.when(ZHANG, blank), CommandRefused).code == "NO_REASON"
    assert only(scene.when(ZHANG, resumes("2021-12-06")), CommandRefused).code == "NOT_STOPPED"
    scene.when(ZHANG, told("employed", "2021-10-16"))
    assert only(scene.when(ZHANG, resumes("2021-12-06")), CommandRefused).code == "STILL_STOPPED"
    scene.when(ZHANG, told("unemployed", "2021-12-06"))
    early = resumes("2021-12-05")
    assert only(scene.when(ZHANG, early), CommandRefused).code == "STILL_STOPPED"
    assert kinds(scene.when(ZHANG, resumes("2021-12-07", "stay"))) == ["PlanKeptStopped"]


def test_a_person_may_say_that_a_plan_stays_stopped() -> None:
    scene = MonthlyScene("2021-08-16")
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    scene.when(ZHANG, told("employed", "2021-10-16"))
    scene.when(ZHANG, told("unemployed", "2021-12-06"))
    assert only(scene.when(ZHANG, resumes("2021-12-06", "stay")), PlanKeptStopped).by == "li"
    assert paid(scene.until("2022-07-02"))[-1] == ("2021-10", 400_00)


def test_a_death_is_never_raised_to_be_resumed() -> None:
    scene = MonthlyScene("2021-08-16")
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    scene.when(ZHANG, told("deceased", "2021-10-16"))
    assert "ResumptionRaised" not in kinds(scene.when(ZHANG, told("unemployed", "2021-12-06")))


def test_months_claimed_after_they_are_over_only_look_at_themselves() -> None:
    scene = MonthlyScene("2021-09-01")
    scene.when(ZHANG, told("unemployed", "2021-05-01"))
    scene.when(ZHANG, told("employed", "2021-06-01"))
    claim = hired("a", "2021-09-01", "2021-07", 2)
    scene.when(ZHANG, claim)
    assert paid(scene.until("2021-09-02")) == [("2021-07", A_MONTH), ("2021-08", A_MONTH)]


def test_who_comes_back_is_not_paid_again_until_a_person_says_so() -> None:
    scene = MonthlyScene("2021-07-22")
    scene.when(ZHANG, flexible("a", "2021-07-22", "2021-07", 4))
    for month in ("2021-07", "2021-08", "2021-09", "2021-10"):
        scene.when(ZHANG, contributed("a", month, 900_00))
    scene.when(ZHANG, told("left", "2021-08-01"))
    facts = scene.until("2021-09-02")
    assert only(facts, InstalmentDue).months[0].month == "2021-07"
    assert only(facts, InstalmentStopped).reason == "left"
    raised = only(scene.when(ZHANG, told("back", "2021-09-01")), ResumptionRaised)
    assert (raised.stopped_by, raised.status) == ("left", "back")
    assert raised.since == date(2021, 9, 1)
    assert paid(scene.until("2021-10-02")) == [], "not without a person"
    assert only(scene.when(ZHANG, resumes("2021-08-31")), CommandRefused).code == "STILL_STOPPED"
    facts = [*scene.when(ZHANG, resumes("2021-09-01")), *scene.until("2021-12-01")]
    assert sorted(month for month, _ in paid(facts)) == ["2021-09", "2021-10"]


def test_who_was_out_of_work_before_the_hire_has_not_left_it_whenever_that_is_told() -> None:
    scene = MonthlyScene("2021-09-01")
    scene.when(ZHANG, hired("a", "2021-09-01", "2021-07", 3))
    assert paid(scene.until("2021-09-02")) == [("2021-07", A_MONTH), ("2021-08", A_MONTH)]
    assert kinds(scene.when(ZHANG, told("unemployed", "2021-05-01"))) == ["StatusRecorded"]
    scene.when(ZHANG, contributed("a", "2021-09", A_MONTH))
    assert paid(scene.until("2021-10-01")) == [("2021-09", A_MONTH)]
    left = only(scene.when(ZHANG, told("unemployed", "2021-09-16")), OverpaymentFound)
    assert [(one.month, one.amount) for one in left.months] == [("2021-09", A_MONTH // 2)]


def test_training_at_work_is_not_paid_for_who_has_left_the_job() -> None:
    scene = MonthlyScene("2021-09-10")
    scene.when(ZHANG, trained("a", "2021-09-10", "2021-09", 4))
    assert paid(scene.until("2021-10-02")) == [("2021-09", 1480_00)]
    scene.when(ZHANG, told("unemployed", "2021-10-16"))
    facts = scene.until("2022-01-05")
    assert paid(facts) == [("2021-10", 740_00)]
    stops = [fact.body for fact in facts if isinstance(fact.body, InstalmentStopped)]
    assert [(one.no, one.reason, one.rule) for one in stops] == [
        (3, "unemployed", "stops/trained"),
        (4, "unemployed", "stops/trained"),
    ]


@pytest.mark.parametrize("kind", [hired, trained])
def test_a_claim_for_who_was_out_of_work_before_the_hire_is_granted(
    kind: Callable[[str, str, str, int], DecideApplication],
) -> None:
    scene = MonthlyScene("2021-09-01")
    scene.when(ZHANG, told("unemployed", "2021-02-01"))
    scene.when(ZHANG, kind("a", "2021-09-01", "2021-07", 2))
    assert [month for month, _ in paid(scene.until("2021-09-02"))] == ["2021-07", "2021-08"]


def test_what_a_person_judged_to_be_before_the_hire_does_not_stop_the_plan() -> None:
    scene = MonthlyScene("2021-09-01")
    scene.when(ZHANG, told("unemployed", "2021-05-01"))
    facts = dict(hired("a", "2021-09-01", "2021-07", 2).stated.facts)
    del facts["hire.began_on"]
    claim = applies(
        "a", facts, programme="hire-hardship-si", applied_on="2021-09-01", payee=EMPLOYER
    )
    assert only(scene.when(ZHANG, claim), ApprovalReferred).code == "CONTRADICTED"
    approved = ReviewApplication(
        application="district:a",
        verdict="approve",
        reviewer="r-1",
        reason="核实系招用之前的登记失业",
        document="核实-1",
        amount=2 * A_MONTH,
    )
    scene.when(ZHANG, approved)
    assert paid(scene.until("2021-09-02")) == [("2021-07", A_MONTH), ("2021-08", A_MONTH)]


def test_a_city_may_let_plans_go_on_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "stops").mkdir()
    said = "resumption:\n- {from: 2021-01-01, value: 自动恢复, source: 测试用}\n"
    (tmp_path / "stops" / "211200.yaml").write_text(said, encoding="utf-8")
    for programme in ("unemployment_assistance", "local"):
        copytree(CITY / programme, tmp_path / programme)
    scene = MonthlyScene("2021-08-16", policies_with(tmp_path))
    scene.when(ZHANG, jobless("a", "2021-08-16"))
    scene.when(ZHANG, told("employed", "2021-10-16"))
    scene.until("2021-12-10")
    assert "ResumptionRaised" not in kinds(scene.when(ZHANG, told("unemployed", "2021-12-06")))
    assert paid(scene.until("2022-02-01")) == [
        ("2021-12", 800_00 * 25 // 30 + 1),
        ("2022-01", 800_00),
    ]


def test_a_claim_for_months_before_the_change_that_comes_after_it_is_paid() -> None:
    scene = MonthlyScene("2021-09-20")
    scene.when(ZHANG, told("employed", "2021-09-01"))
    scene.until("2021-09-25")
    claim = flexible("a", "2021-09-25", "2021-08", 1)
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, claim))
    assert paid(scene.until("2021-09-26")) == [("2021-08", A_MONTH)]


def test_an_old_plan_names_the_month_of_each_of_its_days_and_keeps_them() -> None:
    raw = (GOLDEN / "ApprovalProposed.v1.json").read_bytes()
    proposed = decode_fact(raw).body
    assert isinstance(proposed, ApprovalProposed)
    at_once, september = proposed.instalments
    assert (at_once.due_on, at_once.months) == (None, ())
    assert str(september.due_on) == "2022-09-01"
    assert [(one.month, one.amount) for one in september.months] == [("2022-09", 50_000)]
