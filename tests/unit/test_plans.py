"""Plans: months paid on what was contributed or served; ended early, whole or not; prolonged."""

from datetime import date

import pytest

from events import streams
from events.approvals import ApprovalExtended, ExtendApproval, ExtensionLapsed, RevokeApproval
from events.budgets import AdjustBudget, BudgetQueued, BudgetReleased, CloseLine
from events.clawbacks import ClawbackProposed
from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementCancelled,
    DisbursementOrdered,
)
from events.envelope import Recorded
from events.instalments import (
    Ending,
    EndPlan,
    EvidenceKind,
    InstalmentCut,
    InstalmentDue,
    InstalmentStopped,
    OverpaymentFound,
    PlanEnded,
    RecordEvidence,
)
from events.status import RecordStatus, StatusKind
from policies.duties.months import day_after
from tests.given_when_then import ZHANG, kinds, only, pre_checks
from tests.granted_plans import FEN, PLAN_FUND, REGION, PlannedScene
from tests.unit.test_clawbacks import settle


def paid_in(month: str, measure: int, kind: EvidenceKind = "contributions") -> RecordEvidence:
    return RecordEvidence(
        application="district:a",
        month=month,
        kind=kind,
        measure=measure,
        document=f"凭证-{month}",
        source="insurance",
    )


def ends(on: str, because: Ending = "stable_job") -> EndPlan:
    return EndPlan(
        application="district:a",
        ended_on=date.fromisoformat(on),
        because=because,
        document="劳动合同",
        source="district.hrss",
    )


def became(status: StatusKind, since: str, benefit: str = "") -> RecordStatus:
    return RecordStatus(
        status=status, since=date.fromisoformat(since), source="district.hrss", benefit=benefit
    )


def extends(document: str = "延长-1") -> ExtendApproval:
    return ExtendApproval(
        application="district:a", reviewer="sh-1", document=document, reason="仍从事灵活就业"
    )


def amounts(facts: list[Recorded]) -> list[int]:
    return [f.body.amount for f in facts if isinstance(f.body, InstalmentDue)]


def on(scene: PlannedScene, day: str) -> PlannedScene:
    scene.on = date.fromisoformat(day)
    return scene


@pytest.mark.parametrize(
    ("contributed", "due"), [(1000_00, FEN), (1001_00, FEN), (999_99, 599_99), (833_33, 500_00)]
)
def test_a_month_pays_the_share_of_what_was_contributed_up_to_the_plan(
    contributed: int, due: int
) -> None:
    scene = PlannedScene()
    scene.grant()
    before = scene.free(2022)
    scene.when(ZHANG, paid_in("2022-09", contributed))
    facts = on(scene, "2022-10-01").when(ZHANG, pre_checks())
    assert only(facts, DisbursementOrdered).money.amount == due
    assert scene.free(2022) - before == FEN - due


def test_a_month_waits_for_its_evidence_and_is_paid_when_it_comes() -> None:
    scene = PlannedScene()
    scene.grant()
    on(scene, "2022-10-01")
    assert kinds(scene.when(ZHANG, pre_checks())) == ["InstalmentWaits"]
    assert scene.when(ZHANG, pre_checks()) == []
    facts = scene.when(ZHANG, paid_in("2022-09", 1000_00))
    assert kinds(facts) == ["EvidenceRecorded", "InstalmentDue", "DisbursementOrdered"]
    assert scene.when(ZHANG, paid_in("2022-09", 1000_00)) == []


def test_a_repeated_check_of_a_month_that_waits_is_silent_its_evidence_checks_it_anew() -> None:
    scene = PlannedScene()
    scene.grant()
    on(scene, "2022-10-01").when(ZHANG, pre_checks())
    scene.when(ZHANG, became("left", "2022-08-20"))
    assert scene.when(ZHANG, pre_checks()) == []
    facts = scene.when(ZHANG, paid_in("2022-09", 1000_00))
    assert only(facts, InstalmentStopped).reason == "left"


def test_a_month_without_contributions_is_not_paid_and_frees_its_money() -> None:
    scene = PlannedScene()
    scene.grant()
    scene.when(ZHANG, paid_in("2022-09", 0))
    facts = on(scene, "2022-10-01").when(ZHANG, pre_checks())
    assert only(facts, InstalmentStopped).reason == "nothing_due"
    assert only(facts, BudgetReleased).amount == FEN


def test_evidence_is_refused_in_this_order() -> None:
    scene = PlannedScene()
    assert only(scene.when(ZHANG, paid_in("2022-09", 1)), CommandRefused).code == "NOT_GRANTED"
    scene.grant()
    served = paid_in("2023-09", 1, "days_served")
    assert only(scene.when(ZHANG, served), CommandRefused).code == "NOT_RESTING"
    assert only(scene.when(ZHANG, paid_in("2023-09", 1)), CommandRefused).code == "NO_INSTALMENT"
    scene.when(ZHANG, paid_in("2022-09", 1000_00))
    on(scene, "2022-10-01").when(ZHANG, pre_checks())
    assert (
        only(scene.when(ZHANG, paid_in("2022-09", 1001_00)), CommandRefused).code == "ALREADY_PAID"
    )


@pytest.mark.parametrize(("days", "due"), [(30, FEN), (31, FEN), (15, 300_00), (1, 20_00)])
def test_an_internships_month_is_paid_by_the_days_served(days: int, due: int) -> None:
    scene = PlannedScene()
    scene.grant(programme="internship")
    scene.when(ZHANG, paid_in("2022-09", days, "days_served"))
    assert amounts(on(scene, "2022-10-01").when(ZHANG, pre_checks())) == [due]


@pytest.mark.parametrize(
    ("ended", "because", "whole"),
    [
        ("2022-10-31", "stable_job", True),  # one of six months is left: less than a third
        ("2022-09-30", "stable_job", False),  # two of six: exactly a third
        ("2022-10-31", "left", False),
    ],
)
def test_a_stable_job_in_the_last_third_counts_as_the_whole_term(
    ended: str, because: Ending, whole: bool
) -> None:
    scene = PlannedScene()
    scene.grant(programme="internship", begins="2022-06", months=6)
    facts = on(scene, ended).when(ZHANG, ends(ended, because))
    assert only(facts, PlanEnded).whole is whole
    if whole:
        assert amounts(scene.when(ZHANG, pre_checks(no=6))) == [FEN]
    else:
        stopped = [f.body for f in facts if isinstance(f.body, InstalmentStopped)]
        assert {fact.reason for fact in stopped} == {"ended"}
        assert sum(fact.amount for fact in stopped) == only(facts, PlanEnded).left * FEN
    assert scene.when(ZHANG, ends(ended, because)) == []


def test_the_month_in_which_a_plan_ends_is_worth_what_was_contributed_for_it() -> None:
    scene = PlannedScene()
    scene.grant()
    scene.when(ZHANG, paid_in("2022-09", 1000_00))
    facts = on(scene, "2022-09-15").when(ZHANG, ends("2022-09-15", "left"))
    assert [f.body.no for f in facts if isinstance(f.body, InstalmentStopped)] == [2, 3]
    assert amounts(on(scene, "2022-10-01").when(ZHANG, pre_checks())) == [FEN]


def test_the_month_in_which_a_plan_without_evidence_ends_is_worth_its_days() -> None:
    scene = PlannedScene()
    scene.grant(programme="welfare-post")
    facts = on(scene, "2022-09-15").when(ZHANG, ends("2022-09-15", "left"))
    assert [f.body.no for f in facts if isinstance(f.body, InstalmentStopped)] == [2, 3]
    assert amounts(on(scene, "2022-10-01").when(ZHANG, pre_checks())) == [FEN // 2]


@pytest.mark.parametrize(("day", "whole"), [("2022-12-31", True), ("2023-01-01", False)])
def test_a_whole_term_is_taken_until_the_last_day_of_the_clause(day: str, whole: bool) -> None:
    scene = PlannedScene()
    scene.grant(programme="internship", begins="2022-03", months=12)
    assert only(scene.when(ZHANG, ends(day)), PlanEnded).whole is whole


def test_a_plan_is_prolonged_once_by_six_months_and_finds_its_money() -> None:
    scene = PlannedScene()
    scene.grant(months=3)
    facts = scene.when(ZHANG, extends())
    extended = only(facts, ApprovalExtended)
    assert [part.no for part in extended.instalments] == [4, 5, 6, 7, 8, 9]
    assert [str(part.due_on) for part in extended.instalments][::5] == ["2023-01-01", "2023-06-01"]
    assert scene.when(ZHANG, extends()) == []
    assert only(scene.when(ZHANG, extends("延长-2")), CommandRefused).code == "EXTENDED"
    scene.when(ZHANG, paid_in("2023-05", 1000_00))
    due = only(on(scene, "2023-06-01").when(ZHANG, pre_checks(no=9)), InstalmentDue)
    assert due.line.endswith("/2023")


def test_a_repeat_of_an_extension_is_silent_after_the_grant_is_taken_back() -> None:
    scene = PlannedScene()
    scene.grant(months=3)
    scene.when(ZHANG, extends())
    revoke = RevokeApproval(
        application="district:a", cause="fraud", document="撤-1", reason="虚构", by="li"
    )
    scene.when(ZHANG, revoke)
    assert scene.when(ZHANG, extends()) == []
    assert only(scene.when(ZHANG, extends("延长-2")), CommandRefused).code == "NOT_GRANTED"


def test_a_programme_without_such_a_clause_is_not_prolonged() -> None:
    scene = PlannedScene()
    scene.grant(programme="internship")
    assert only(scene.when(ZHANG, extends()), CommandRefused).code == "NO_EXTENSION"


def test_another_benefit_takes_the_days_for_which_it_is_paid() -> None:
    scene = PlannedScene()
    scene.grant(months=2)
    for month in ("2022-09", "2022-10"):
        scene.when(ZHANG, paid_in(month, 1000_00))
    scene.when(ZHANG, became("receiving", "2022-08-20", "unemployment-benefit"))
    scene.when(ZHANG, became("not_receiving", "2022-09-15", "unemployment-benefit"))
    facts = on(scene, "2022-10-01").when(ZHANG, pre_checks())
    cut = only(facts, InstalmentCut)
    assert (cut.reason, cut.rule) == ("receiving", "stops/flexible/unemployment-benefit")
    assert (cut.month, cut.days, cut.amount) == ("2022-09", 16, 320_00)
    assert only(facts, BudgetReleased).amount == FEN - 320_00
    assert amounts(on(scene, "2022-11-01").when(ZHANG, pre_checks(no=2))) == [FEN]


def test_a_payment_of_an_excluding_programme_in_the_month_stops_the_later_one() -> None:
    scene = PlannedScene()
    scene.grant("a", months=2)
    scene.grant("b", programme="welfare-post-si", version="2021-07-21", months=2)
    for month in ("2022-09", "2022-10"):
        scene.when(ZHANG, paid_in(month, 1000_00))
    on(scene, "2022-10-01")
    assert amounts(scene.when(ZHANG, pre_checks("b"))) == [FEN]
    assert only(scene.when(ZHANG, pre_checks()), InstalmentStopped).reason == "excluded"
    assert amounts(on(scene, "2022-11-01").when(ZHANG, pre_checks(no=2))) == [FEN]


def test_a_status_told_late_proposes_to_take_back_what_it_would_have_stopped() -> None:
    scene = PlannedScene()
    scene.grant(months=3)
    for no, month in enumerate(("2022-09", "2022-10"), start=1):
        scene.when(ZHANG, paid_in(month, 1000_00))
        scene.on = day_after(month)
        scene.when(ZHANG, pre_checks(no=no))
    claim = ClaimDisbursement(
        disbursement="district:a#2",
        batch="B2210010001",
        line_no=1,
        bank_account="icbc-1234",
        amount=FEN,
    )
    scene.when(streams.payee("zhang-san-token"), claim)
    facts = scene.when(ZHANG, became("employed", "2022-10-01"))
    found = only(facts, OverpaymentFound)
    assert (found.no, found.amount, found.rule) == (2, FEN, "stops/flexible")
    proposed = only(facts, ClawbackProposed)
    assert (proposed.amount, proposed.maker) == (FEN, "rule:stops")
    assert "OverpaymentFound" not in kinds(scene.when(ZHANG, became("retired", "2022-10-01")))


@pytest.mark.parametrize(
    ("since", "owed"),
    [
        ("2022-09-01", FEN),
        ("2022-09-02", FEN - FEN // 30),
        ("2022-09-16", FEN // 2),
        ("2022-09-30", FEN // 30),
        ("2022-10-01", 0),
    ],
)
def test_a_month_that_had_begun_before_a_late_status_is_due_for_its_days(
    since: str, owed: int
) -> None:
    scene = PlannedScene()
    scene.grant()
    scene.when(ZHANG, paid_in("2022-09", 1000_00))
    on(scene, "2022-10-20").when(ZHANG, pre_checks())
    found = scene.when(ZHANG, became("employed", since))
    amounts_found = [f.body.amount for f in found if isinstance(f.body, OverpaymentFound)]
    assert amounts_found == ([owed] if owed else [])
    assert ("DisbursementCancelled" in kinds(found)) == (owed == FEN), "its days are still paid"
    assert ("ClawbackProposed" in kinds(found)) == (0 < owed < FEN), "the rest once it is paid"


def test_a_payment_that_has_not_left_is_cancelled_and_its_money_free() -> None:
    scene = PlannedScene()
    scene.grant()
    scene.when(ZHANG, paid_in("2022-09", 1000_00))
    on(scene, "2022-10-01").when(ZHANG, pre_checks())
    before = scene.free(2022)
    facts = scene.when(ZHANG, became("employed", "2022-08-20"))
    assert only(facts, DisbursementCancelled).money.amount == FEN
    assert scene.free(2022) == before + FEN


def test_a_hire_who_lost_the_job_stops_the_employers_subsidy() -> None:
    scene = PlannedScene()
    scene.grant(programme="hire-hardship-si", version="2021-07-21")
    scene.when(ZHANG, paid_in("2022-09", FEN))
    scene.when(ZHANG, became("unemployed", "2022-08-20"))
    facts = on(scene, "2022-10-01").when(ZHANG, pre_checks())
    assert only(facts, InstalmentStopped).reason == "unemployed"


def test_a_plan_that_has_ended_early_is_not_prolonged() -> None:
    scene = PlannedScene()
    scene.grant()
    scene.when(ZHANG, ends("2022-08-20", "left"))
    assert only(scene.when(ZHANG, extends()), CommandRefused).code == "PLAN_ENDED"


def test_further_months_that_come_too_late_give_back_their_own_money_and_no_more() -> None:
    scene = PlannedScene()
    scene.grant(begins="2022-07", months=3)
    scene.when(ZHANG, paid_in("2022-07", 1000_00))
    on(scene, "2022-08-01").when(ZHANG, pre_checks())
    settle(scene, "district:a#1", FEN)
    line = streams.fund_line(PLAN_FUND, REGION, 2022)
    scene.when(line, AdjustBudget(document="调减", by=-scene.free(2022), reason="年中调整"))
    assert "BudgetQueued" in kinds(scene.when(ZHANG, extends()))
    revoke = RevokeApproval(
        application="district:a", cause="fraud", document="撤-1", reason="虚构", by="li"
    )
    facts = scene.when(ZHANG, revoke)
    assert "CommitmentDeclined" in kinds(facts), "two months that were stopped have paid for it"
    state = scene.ledger.store.state(line)
    assert (state.committed, state.spent) == (FEN, FEN)


def test_further_months_of_this_year_do_not_wait_for_next_years_budget() -> None:
    scene = PlannedScene()
    scene.grant(begins="2022-07", months=3)
    next_year, after = (streams.fund_line(PLAN_FUND, REGION, year) for year in (2023, 2024))
    lowered = AdjustBudget(document="调减", by=-scene.free(2023), reason="尚未下达")
    scene.when(next_year, lowered)
    facts = scene.when(ZHANG, extends())
    assert [part.no for part in only(facts, ApprovalExtended).instalments] == [4, 5]
    assert only(facts, BudgetQueued).ask.amount == 4 * FEN
    scene.when(next_year, CloseLine(document="年终", queue="carry"))
    facts = scene.budget(10_000, after).ledger.facts
    parts = [
        part.no
        for fact in facts
        if isinstance(fact.body, ApprovalExtended)
        for part in fact.body.instalments
    ]
    assert parts == [4, 5, 6, 7, 8, 9]
    scene.when(ZHANG, paid_in("2022-12", 1000_00))
    facts = on(scene, "2024-02-01").when(ZHANG, pre_checks("a", 6))
    assert only(facts, InstalmentDue).line == after, "the line that carries it pays it"
    again = scene.when(ZHANG, extends("延长-2"))
    assert only(again, CommandRefused).code == "EXTENDED"


def test_a_plan_may_be_prolonged_anew_where_no_year_had_money_for_it() -> None:
    scene = PlannedScene()
    scene.grant(begins="2022-07", months=3)
    lines = [streams.fund_line(PLAN_FUND, REGION, year) for year in (2022, 2023)]
    for line, year in zip(lines, (2022, 2023), strict=True):
        scene.when(line, AdjustBudget(document="调减", by=-scene.free(year), reason="尚未下达"))
    scene.when(ZHANG, extends())
    scene.when(lines[0], CloseLine(document="年终"))
    assert only(scene.when(ZHANG, extends("延长-2")), CommandRefused).code == "EXTENDED"
    facts = scene.when(lines[1], CloseLine(document="年终"))
    assert only(facts, ExtensionLapsed).line == lines[1]
    assert "ExtensionProposed" in kinds(scene.when(ZHANG, extends("延长-2")))


def test_a_check_that_found_an_instalment_to_wait_is_a_repeat_after_the_revocation_too() -> None:
    scene = PlannedScene()
    scene.grant(begins="2022-07", months=3)
    asked = on(scene, "2022-08-01").asked(ZHANG, pre_checks())
    assert kinds(scene.ledger.ask([asked])) == ["InstalmentWaits"]
    revoke = RevokeApproval(
        application="district:a", cause="not_entitled", document="撤-1", reason="核查", by="li"
    )
    scene.when(ZHANG, revoke)
    assert scene.ledger.ask([asked]) == []
