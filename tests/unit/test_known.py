"""What the ledger knows goes before what a claim states: statuses, household, running benefits."""

from datetime import date

import pytest

from events import streams
from events.applications import DecideApplication
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred, ReviewApplication
from events.envelope import Recorded
from events.households import CategoryLost, JoinHousehold
from events.instalments import InstalmentStopped
from events.status import RecordPriorUse, RecordStatus, StatusKind
from events.values import CapSlot, Fact, FactValue
from policies.duties import shipped
from policies.engine.trace import render_trail
from tests.given_when_then import (
    DISTRICT,
    ZHANG,
    Scene,
    applies,
    certificate,
    kinds,
    only,
    policies,
    policies_of_a_city_that_set_its_standards,
    pre_checks,
)

FIRM = "firm-that-hires-token"
ASSISTED: dict[str, FactValue] = {
    "ui.status": "期满仍未就业",
    "unemployment.occurred_on": "2021-03-01",
    "months_to_retirement": 200,
}
FLEXIBLE: dict[str, FactValue] = {
    "graduate.kind": "高校毕业生",
    "diploma.dated_on": "2020-07-01",
    "person.status": "灵活就业",
    "contribution.self_paid": 90_000,
}
HIRED: dict[str, FactValue] = {
    "unit.kind": "企业",
    "hardship.category": ["零就业家庭"],
    "contract.signed": True,
    "contribution.pension": 48_000,
    "contribution.medical": 21_000,
    "contribution.unemployment": 1_500,
}


def told(status: StatusKind, since: str, benefit: str = "") -> RecordStatus:
    return RecordStatus(
        status=status, since=date.fromisoformat(since), source="district.hrss", benefit=benefit
    )


def rich(on: str) -> Scene:
    scene = Scene(on, policies_of_a_city_that_set_its_standards())
    for year in (2021, 2022, 2023):
        for fund in ("unemployment_insurance", "employment_subsidy", "skills_special_account"):
            scene.budget(1_000_000, streams.fund_line(fund, DISTRICT, year))
    return scene


def on(scene: Scene, day: str) -> Scene:
    scene.on = date.fromisoformat(day)
    return scene


def answer(facts: list[Recorded]) -> Fact:
    (one,) = [
        fact.body
        for fact in facts
        if isinstance(fact.body, ApprovalProposed | ApprovalDenied | ApprovalReferred)
    ]
    return one


def assistance(day: str, name: str = "a") -> DecideApplication:
    return applies(name, ASSISTED, programme="unemployment-assistance", applied_on=day)


def flexible(day: str, months: list[str], name: str = "a", **more: FactValue) -> DecideApplication:
    facts = FLEXIBLE | {"contribution.months": months} | more
    return applies(name, facts, programme="flexible-si", applied_on=day)


def hired(day: str, months: list[str], name: str = "a", **more: FactValue) -> DecideApplication:
    facts = HIRED | {"contribution.months": months} | more
    return applies(name, facts, programme="hire-hardship-si", applied_on=day, payee=FIRM)


@pytest.mark.parametrize(
    ("since", "granted"), [("2022-03-14", False), ("2022-03-15", False), ("2022-03-16", True)]
)
def test_a_job_on_record_contradicts_a_benefit_stated_for_the_day_of_the_certificate(
    since: str, granted: bool
) -> None:
    scene = rich("2022-08-12")
    scene.when(ZHANG, told("employed", since))
    said = answer(scene.when(ZHANG, applies("a", certificate(on="2022-03-15"))))
    if granted:
        assert isinstance(said, ApprovalProposed)
        return
    assert isinstance(said, ApprovalReferred)  # as an employee he may be entitled
    assert said.code == "CONTRADICTED"
    assert f"{since}起已就业（district.hrss，事实 " in said.text
    approved = ReviewApplication(
        application="district:a",
        verdict="approve",
        reviewer="r-1",
        reason="核实当日仍在领取失业保险金",
        document="核实-1",
        amount=150_000,
    )
    assert only(scene.when(ZHANG, approved), ApprovalProposed).amount == 150_000


def test_the_trail_says_which_fact_knew_better() -> None:
    scene = rich("2022-08-12")
    recorded = scene.when(ZHANG, told("employed", "2022-01-10"))
    facts = certificate(insured_months=3)
    said = answer(scene.when(ZHANG, applies("a", facts)))
    assert isinstance(said, ApprovalDenied)
    assert said.code == "CONTRADICTED"
    assert recorded[0].id in said.text
    assert said.policy is not None
    lines = render_trail(policies().policy(said.policy.content_hash), said.trail)
    assert any(recorded[0].id in line and "drawing" in line for line in lines)


def test_a_denied_contradiction_leaves_the_slot_free() -> None:
    scene = rich("2021-08-16")
    scene.when(ZHANG, told("employed", "2021-08-01"))
    said = answer(scene.when(ZHANG, assistance("2021-08-16")))
    assert isinstance(said, ApprovalDenied)
    assert said.code == "CONTRADICTED"
    scene.when(ZHANG, told("unemployed", "2021-10-01"))
    again = answer(on(scene, "2021-10-18").when(ZHANG, assistance("2021-10-18", "b")))
    assert isinstance(again, ApprovalProposed)


@pytest.mark.parametrize(
    ("status", "since", "granted"),
    [
        ("deceased", "2021-08-15", False),
        ("deceased", "2021-08-16", False),
        ("deceased", "2021-09-02", True),
        ("retired", "2021-08-16", False),
        ("left", "2021-08-16", False),
        ("left", "2021-09-02", True),
    ],
)
def test_who_is_dead_retired_or_gone_is_denied_what_would_be_stopped_at_once(
    status: StatusKind, since: str, granted: bool
) -> None:
    scene = rich("2021-08-16")
    scene.when(ZHANG, told(status, since))
    facts = scene.when(ZHANG, assistance("2021-08-16"))
    assert isinstance(answer(facts), ApprovalProposed if granted else ApprovalDenied)
    assert not [fact for fact in facts if isinstance(fact.body, InstalmentStopped)]


def test_a_claim_of_a_dead_person_is_denied_whatever_the_programme() -> None:
    scene = rich("2022-08-12")
    scene.when(ZHANG, told("deceased", "2022-08-11"))
    said = answer(scene.when(ZHANG, applies()))
    assert isinstance(said, ApprovalDenied)
    assert said.failing == ("known",)
    assert "已死亡" in said.text
    early = rich("2022-08-12")
    early.when(ZHANG, told("deceased", "2022-08-13"))
    assert isinstance(answer(early.when(ZHANG, applies())), ApprovalProposed)


def test_months_before_a_job_are_paid_though_the_claim_comes_after_it() -> None:
    scene = rich("2021-11-10")
    scene.when(ZHANG, told("employed", "2021-10-01"))
    before = flexible("2021-11-10", ["2021-08", "2021-09"])
    assert isinstance(answer(scene.when(ZHANG, before)), ApprovalProposed)
    after = flexible("2021-11-10", ["2021-10", "2021-11"], "b")
    said = answer(scene.when(ZHANG, after))
    assert isinstance(said, ApprovalDenied)
    assert said.code == "CONTRADICTED"


def test_a_household_that_is_out_gives_its_category_to_nobody_any_more() -> None:
    household, others = "household/H-1", [ZHANG, "beneficiary/li-si-token"]
    scene = rich("2021-12-06")
    for member in (*others, "beneficiary/wang-wu-token"):
        joined = JoinHousehold(member=member, since=date(2021, 1, 5), source="street")
        scene.when(household, joined)
    lost = scene.when("beneficiary/wang-wu-token", told("employed", "2021-10-08"))
    assert len([one for one in lost if isinstance(one.body, CategoryLost)]) == 3
    said = answer(scene.when(ZHANG, hired("2021-12-06", ["2021-11"])))
    assert isinstance(said, ApprovalDenied)
    assert said.code == "CONTRADICTED"
    assert "listed" in said.failing
    assert "2021-10-08起所在家庭已移出零就业家庭" in said.text
    early = hired("2021-12-06", ["2021-09"], "b")
    assert isinstance(answer(scene.when(ZHANG, early)), ApprovalProposed)
    both = answer(scene.when(ZHANG, hired("2021-12-06", ["2021-07", "2021-11"], "c")))
    assert isinstance(both, ApprovalReferred)
    assert both.code == "CONTRADICTED"
    other = hired("2021-12-06", ["2021-11"], "d", **{"hardship.category": ["零就业家庭", "残疾"]})
    assert isinstance(answer(scene.when(ZHANG, other)), ApprovalProposed)


def test_who_is_hired_out_of_a_household_is_paid_for_though_his_own_job_took_it_out() -> None:
    scene = rich("2021-12-06")
    joined = JoinHousehold(member=ZHANG, since=date(2021, 1, 5), source="street")
    scene.when("household/H-1", joined)
    scene.when(ZHANG, told("employed", "2021-10-08"))
    assert isinstance(answer(scene.when(ZHANG, hired("2021-12-06", ["2021-11"]))), ApprovalProposed)


@pytest.mark.parametrize("hired_on", ["2021-07-01", "2021-10-07", "2021-10-08", "2021-11-01"])
@pytest.mark.parametrize("programme", ["hire-hardship-si", "in-work-training-hire"])
def test_months_after_a_household_is_out_are_not_paid_for_who_was_hired_before(
    programme: str, hired_on: str
) -> None:
    scene = rich("2021-12-06")
    for member in (ZHANG, "beneficiary/wang-wu-token"):
        joined = JoinHousehold(member=member, since=date(2021, 1, 5), source="street")
        scene.when("household/H-1", joined)
    scene.when("beneficiary/wang-wu-token", told("employed", "2021-10-08"))
    facts: dict[str, FactValue] = HIRED | {
        "unit.size": "小型",
        "unit.insured_paying": True,
        "in_work.held": True,
        "graduate.kind": "不是毕业生",
        "hire.registered": False,
        "hire.began_on": hired_on,
    }
    of_month = "contribution.months" if programme == "hire-hardship-si" else "in_work.months"

    def claims(name: str, month: str) -> Fact:
        claim = facts | {of_month: [month]}
        asked = applies(name, claim, programme=programme, applied_on="2021-12-06", payee=FIRM)
        return answer(scene.when(ZHANG, asked))

    said = claims("a", "2021-11")
    assert isinstance(said, ApprovalDenied)
    assert said.code == "CONTRADICTED"
    if hired_on < "2021-10-08":
        assert isinstance(claims("b", "2021-09"), ApprovalProposed)


def test_a_household_recognised_anew_has_the_category_again() -> None:
    scene = rich("2021-12-06")
    for member in (ZHANG, "beneficiary/wang-wu-token"):
        joined = JoinHousehold(member=member, since=date(2021, 1, 5), source="street")
        scene.when("household/H-1", joined)
    scene.when("beneficiary/wang-wu-token", told("employed", "2021-10-08"))
    anew = JoinHousehold(member=ZHANG, since=date(2021, 10, 20), source="street")
    scene.when("household/H-2", anew)
    assert isinstance(answer(scene.when(ZHANG, hired("2021-12-06", ["2021-11"]))), ApprovalProposed)
    early = answer(scene.when(ZHANG, hired("2021-12-06", ["2021-10"], "b")))
    assert isinstance(early, ApprovalProposed | ApprovalReferred)


def test_a_running_benefit_keeps_its_rate_by_the_ledgers_own_record() -> None:
    scene = rich("2021-11-10")
    first = flexible("2021-11-10", ["2021-10"], **{"flexible.began_on": "2021-10-01"})
    scene.when(ZHANG, first)
    later = flexible("2022-09-05", ["2022-08"], "b", **{"flexible.began_on": "2021-10-01"})
    kept = answer(on(scene, "2022-09-05").when(ZHANG, later))
    assert isinstance(kept, ApprovalProposed)
    assert (kept.policy.version, kept.amount) == ("2021-07-21", 60_000)
    (line,) = [one for one in kept.trail if one[0] == "grandfather"]
    assert "district:a" in line[3]
    fresh = rich("2022-09-05")
    new = answer(fresh.when(ZHANG, later))
    assert isinstance(new, ApprovalProposed)
    assert (new.policy.version, new.amount) == ("2022-07-21", 54_000)


def test_what_is_stated_of_a_running_benefit_counts_only_where_the_ledger_knows_none() -> None:
    scene = rich("2021-11-10")
    began: dict[str, FactValue] = {"flexible.began_on": "2021-10-01"}
    scene.when(ZHANG, flexible("2021-11-10", ["2021-10"], "a", **began))
    ended: dict[str, FactValue] = {
        "running.accepted_on": "2021-10-08",
        "running.ends_on": "2021-12-31",
    }
    later = flexible("2022-09-05", ["2022-08"], "b", **began, **ended)
    kept = answer(on(scene, "2022-09-05").when(ZHANG, later))
    assert isinstance(kept, ApprovalProposed)
    assert kept.policy.version == "2021-07-21"
    alone = answer(rich("2022-09-05").when(ZHANG, later))
    assert isinstance(alone, ApprovalProposed)
    assert alone.policy.version == "2022-07-21"


def test_a_benefit_that_a_job_ended_is_no_longer_running() -> None:
    scene = rich("2021-11-10")
    began: dict[str, FactValue] = {"flexible.began_on": "2021-10-01"}
    scene.when(ZHANG, flexible("2021-11-10", ["2021-10"], "a", **began))
    scene.when(ZHANG, told("employed", "2021-12-01"))
    scene.when(ZHANG, told("unemployed", "2022-06-01"))
    again = flexible("2022-09-05", ["2022-08"], "b", **{"flexible.began_on": "2022-06-15"})
    said = answer(on(scene, "2022-09-05").when(ZHANG, again))
    assert isinstance(said, ApprovalProposed)
    assert said.policy.version == "2022-07-21"


def test_the_term_of_a_running_benefit_ends_after_the_months_of_its_own_notice() -> None:
    began: dict[str, FactValue] = {"flexible.began_on": "2021-10-01"}
    for month, version in (("2023-09", "2021-07-21"), ("2023-10", "2022-07-21")):
        scene = rich("2021-11-10")
        scene.when(ZHANG, flexible("2021-11-10", ["2021-10"], "a", **began))
        day = "2023-11-06"
        said = answer(on(scene, day).when(ZHANG, flexible(day, [month], "b", **began)))
        assert isinstance(said, ApprovalProposed)
        assert said.policy.version == version


def test_a_benefit_from_before_the_ledger_that_is_on_record_runs_on_too() -> None:
    scene = rich("2022-09-05")
    use = RecordPriorUse(
        document="旧系统-1",
        programme="flexible-si",
        slots=(CapSlot(family="flexible-si", cap="term", months=3),),
        amount=180_000,
        granted_on=date(2021, 10, 8),
    )
    scene.when(ZHANG, use)
    claim = flexible("2022-09-05", ["2022-08"], **{"flexible.began_on": "2021-09-01"})
    said = answer(scene.when(ZHANG, claim))
    assert isinstance(said, ApprovalProposed)
    assert said.policy.version == "2021-07-21"


def test_a_later_change_that_a_claim_tells_of_is_looked_at_by_a_person() -> None:
    scene = rich("2022-08-12")
    scene.when(ZHANG, told("unemployed", "2021-05-01"))
    facts = certificate(on="2022-03-15", insured_months=24)
    job = facts | {"person.status": ["在职@2021-09-01/"]}
    said = answer(scene.when(ZHANG, applies("a", job)))
    assert isinstance(said, ApprovalReferred)
    assert said.code == "CONTRADICTED"
    undated = answer(scene.when(ZHANG, applies("b", facts | {"person.status": "在职"})))
    assert not isinstance(undated, ApprovalProposed)


@pytest.mark.parametrize(
    ("employed", "granted"), [("2021-03-01", False), ("2021-07-31", False), ("2021-08-01", True)]
)
def test_who_had_a_job_before_was_not_registered_as_unemployed(
    employed: str, granted: bool
) -> None:
    facts: dict[str, FactValue] = {
        "unit.kind": "企业",
        "unit.size": "小型",
        "unit.insured_paying": True,
        "in_work.held": True,
        "hire.registered": True,
        "hire.began_on": "2021-08-01",
        "contract.months": 12,
        "hire.insured": True,
        "graduate.kind": "不是毕业生",
        "hardship.category": [],
        "in_work.months": ["2021-09"],
    }
    scene = rich("2021-10-12")
    scene.when(ZHANG, told("employed", employed))
    claim = applies(
        "a", facts, programme="in-work-training-hire", applied_on="2021-10-12", payee=FIRM
    )
    said = answer(scene.when(ZHANG, claim))
    assert isinstance(said, ApprovalProposed if granted else ApprovalDenied)
    if isinstance(said, ApprovalDenied):
        assert said.code == "CONTRADICTED"


def test_a_benefit_that_another_register_pays_contradicts_that_it_has_ended() -> None:
    scene = rich("2021-08-16")
    scene.when(ZHANG, told("receiving", "2021-05-01", "unemployment-benefit"))
    said = answer(scene.when(ZHANG, assistance("2021-08-16")))
    assert isinstance(said, ApprovalDenied)
    assert said.code == "CONTRADICTED"
    scene.when(ZHANG, told("not_receiving", "2021-08-10", "unemployment-benefit"))
    again = answer(scene.when(ZHANG, assistance("2021-08-16", "b")))
    assert isinstance(again, ApprovalProposed)


def test_a_grant_made_before_the_status_was_told_is_stopped_as_ever() -> None:
    scene = rich("2021-08-16")
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, assistance("2021-08-16")))
    scene.when(ZHANG, told("employed", "2021-08-20"))
    stopped = on(scene, "2021-10-08").when(ZHANG, pre_checks("a"))
    assert "InstalmentDue" not in kinds(stopped)


def test_every_status_that_can_be_told_is_in_words_and_every_rule_names_its_days() -> None:
    table = shipped().known
    assert set(table.words) == set(StatusKind.__args__)  # type: ignore[attr-defined]
    for rule in table.said:
        assert rule.remaining
        for _, _, left in rule.remaining:
            assert left < rule.values


@pytest.mark.parametrize("day", ["2020-12-01", "2021-07-05", "2021-10-15", "2022-09-05"])
def test_who_applies_as_one_in_difficulty_need_not_say_what_graduate_he_is(day: str) -> None:
    facts: dict[str, FactValue] = {
        "person.category": ["就业困难人员"],
        "hardship.category": ["残疾"],
        "person.status": "灵活就业",
        "flexible.term_ended_on": "2020-06-30",
        "contribution.months": ["2020-07", "2020-08"],
        "contribution.self_paid": 180_000,
    }
    claim = applies("a", facts, programme="flexible-si", applied_on=day)
    said = answer(rich(day).when(ZHANG, claim))
    assert not isinstance(said, ApprovalDenied)
    if isinstance(said, ApprovalReferred):
        assert "毕业生类别" not in said.text
