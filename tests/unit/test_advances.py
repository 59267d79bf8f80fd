"""Advances: granted up to a ceiling, netted once, due back where they are not settled."""

from datetime import date
from typing import Any

import pytest

from events import streams
from events.advances import (
    AdvanceGranted,
    AdvanceOpened,
    AdvanceSettled,
    CallAdvance,
    GrantAdvance,
    Nets,
    OrderAdvance,
)
from events.budgets import AdvanceEarmarked
from events.clawbacks import (
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackProposed,
    ClawbackRejected,
    JudgeClawback,
)
from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementBatched,
    DisbursementCancelled,
    DisbursementOrdered,
    FreeDisbursement,
)
from events.envelope import Recorded
from events.instalments import OverpaymentFound, RecordEvidence
from events.status import RecordStatus
from events.values import Command, FactValue
from projections.definition import chart_of_accounts
from projections.read_models.journal import entry
from tests.given_when_then import (
    ZHANG,
    Scene,
    applies,
    certificate,
    kinds,
    only,
    policies,
    policies_of_a_city_that_set_its_standards,
    pre_checks,
    withdraws,
)
from tests.granted_plans import PlannedScene
from tests.unit.test_clawbacks import claws, settle
from tests.unit.test_payees import APPLICATION, MONEY, PAYEE, claim, order

ADVANCE = f"{APPLICATION}#0"


def refused(facts: list[Recorded]) -> str:
    """The code of a refusal."""
    return only(facts, CommandRefused).code


def advances(amount: int = 30_000, nets: Nets = "claim", last: int = 2) -> OrderAdvance:
    """Pay so much in advance."""
    return OrderAdvance(
        disbursement=ADVANCE,
        application=APPLICATION,
        beneficiary=ZHANG,
        account="account-as-stated",
        money=MONEY.model_copy(update={"amount": amount}),
        nets=nets,
        programme="skill-upgrade",
        last_instalment=last,
        settle_by=date(2022, 12, 31),
    )


def balances(scene: Scene) -> dict[str, int]:
    """What the journal makes of everything."""
    sums: dict[str, int] = {}
    for fact in scene.ledger.facts:
        booked = entry(fact)
        for posting in booked.postings if booked else ():
            sums[posting.account.code] = sums.get(posting.account.code, 0) + posting.amount
    return {code: amount for code, amount in sums.items() if amount}


def test_an_advance_is_netted_in_the_instalments_of_its_claim() -> None:
    scene = Scene()
    assert kinds(scene.when(PAYEE, advances())) == ["AdvanceOpened", "DisbursementOrdered"]
    assert scene.when(PAYEE, advances()) == []
    settle(scene, ADVANCE, 30_000)
    first = scene.when(PAYEE, order(no=1, amount=20_000))
    assert only(first, DisbursementOrdered).money.amount == 0
    assert only(first, AdvanceSettled).left == 10_000
    second = scene.when(PAYEE, order(no=2, amount=20_000))
    assert only(second, DisbursementOrdered).money.amount == 10_000
    assert only(second, AdvanceSettled).left == 0
    settle(scene, f"{APPLICATION}#2", 10_000)
    assert balances(scene) == {
        chart_of_accounts.BANK.code: -40_000,
        chart_of_accounts.EXPENSE.code: 40_000,
    }


def test_a_surplus_after_the_last_instalment_is_due_back() -> None:
    scene = Scene()
    scene.when(PAYEE, advances(last=1))
    settle(scene, ADVANCE, 30_000)
    facts = scene.when(PAYEE, order(no=1, amount=20_000))
    debt = only(facts, ClawbackOrdered)
    assert (debt.basis, debt.cause, debt.money.amount) == ("advance", "advance_surplus", 10_000)
    assert balances(scene)[chart_of_accounts.RECEIVABLE.code] == 10_000
    assert chart_of_accounts.ADVANCES.code not in balances(scene)


def test_the_first_settlement_of_the_programme_nets_it_whatever_the_application() -> None:
    scene = Scene()
    scene.when(PAYEE, advances(nets="first"))
    settle(scene, ADVANCE, 30_000)
    facts = scene.when(PAYEE, order("district:b", amount=100_000))
    assert only(facts, AdvanceSettled).disbursement == "district:b#1"
    assert only(facts, DisbursementOrdered).money.amount == 70_000


def test_an_overdue_advance_becomes_a_debt_and_an_unpaid_one_is_kept() -> None:
    call = CallAdvance(disbursement=ADVANCE)
    scene = Scene("2022-12-31")
    assert refused(scene.when(PAYEE, call)) == "UNKNOWN_ADVANCE"
    scene.when(PAYEE, advances())
    assert refused(scene.when(PAYEE, call)) == "NOT_OVERDUE"
    scene.on = date(2023, 1, 1)
    facts = scene.when(PAYEE, call)
    assert only(facts, ClawbackOrdered).cause == "advance_overdue"
    assert only(facts, ClawbackOffset).payable_left == 0, "it had not been paid yet"
    assert scene.when(PAYEE, call) == []
    assert balances(scene) == {}


def grants(**more: Any) -> GrantAdvance:
    """Grant an advance on an approval."""
    said: dict[str, Any] = {
        "application": APPLICATION,
        "rate_bp": 2000,
        "planned": 150_000,
        "nets": "claim",
        "programme": "",
        "settle_by": date(2023, 3, 31),
        "document": "预拨-1",
        "by": "district",
    }
    return GrantAdvance(**(said | more))


UNIT = "internship-unit-token"
INTERNSHIP: dict[str, FactValue] = {
    "unit.kind": "企业",
    "graduate.kind": "高校毕业生",
    "diploma.dated_on": "2020-07-01",
    "person.status": ["未就业@2020-07-01/"],
    "person.born_on": "1999-03-15",
    "internship.began_on": "2021-07-01",
    "internship.agreed_months": 3,
    "internship.months": ["2021-07", "2021-08", "2021-09"],
    "internship.months_left": 0,
    "internship.early_job": False,
    "internship.living_paid": 120_000,
    "internship.accident_insured": True,
    "internship.unit_completed": 10,
    "internship.unit_retained": 6,
}


def settling(region: str = "211202") -> Scene:
    """Begin where an internship is granted whole: 4200 yuan."""
    scene = Scene("2021-10-08", policies_of_a_city_that_set_its_standards())
    scene.budget(100_000, streams.fund_line("employment_subsidy", region, 2021))
    settles = applies(
        "a",
        {**INTERNSHIP, "advance.requested": False},
        programme="internship",
        applied_on="2021-10-08",
        region=region,
        payee=UNIT,
    )
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, settles))
    return scene


def test_grants_are_refused_in_this_order() -> None:
    scene = Scene().budget(10_000)
    assert refused(scene.when(ZHANG, grants(rate_bp=9000))) == "NOT_GRANTED"
    scene.when(ZHANG, applies("a", certificate()))
    past = date(2022, 8, 12)
    assert refused(scene.when(ZHANG, grants(settle_by=past, rate_bp=9000))) == "TERM_PASSED"
    assert refused(scene.when(ZHANG, grants(rate_bp=9000))) == "NO_ADVANCE"
    scene = settling()
    assert refused(scene.when(ZHANG, grants(rate_bp=2001, planned=10**9))) == "RATE_TOO_HIGH"
    assert refused(scene.when(ZHANG, grants(planned=420_001))) == "PLANNED_TOO_HIGH"
    assert refused(scene.when(ZHANG, grants(planned=1))) == "NOTHING_TO_ADVANCE"
    facts = scene.when(ZHANG, grants(rate_bp=2000, planned=420_000))
    assert only(facts, AdvanceGranted).amount == 84_000
    assert only(facts, AdvanceOpened).money.amount == 84_000
    assert scene.when(ZHANG, grants()) == []


@pytest.mark.parametrize(
    ("programme", "version", "highest"),
    [
        ("internship", ("211200", "2021-07-21"), 2000),
        ("internship", ("210400", "2021-07-29"), 5000),
        ("hire-graduate-si", ("210000", "2021-06-30"), 5000),
        ("hire-graduate-si", ("210400", "2021-07-29"), 5000),
        ("hire-hardship-si", ("210000", "2021-06-30"), 5000),
        ("hire-hardship-si", ("210400", "2021-07-29"), 5000),
    ],
)
def test_each_place_advances_up_to_the_share_of_its_own_notice(
    programme: str, version: tuple[str, str], highest: int
) -> None:
    (policy,) = [
        policy
        for policy in policies()
        if policy.text.policy == programme
        and (policy.text.jurisdiction, policy.text.version.isoformat()) == version
    ]
    scene = PlannedScene("2022-09-01")
    scene.grant(programme=programme, content_hash=policy.content_hash)
    over, exact = grants(rate_bp=highest + 1), grants(rate_bp=highest)
    assert refused(scene.when(ZHANG, over)) == "RATE_TOO_HIGH"
    assert only(scene.when(ZHANG, exact), AdvanceGranted).ceiling_bp == highest


def test_an_advance_is_no_more_than_its_line_carries_of_the_plan() -> None:
    scene = PlannedScene("2022-09-01")
    scene.grant(programme="internship", version="no longer shipped", begins="2022-11", months=3)
    planned = 3 * 600_00
    over = grants(rate_bp=5000, planned=planned)
    assert refused(scene.when(ZHANG, over)) == "BEYOND_THE_YEAR"
    facts = scene.when(ZHANG, grants(rate_bp=3333, planned=planned))
    assert only(facts, AdvanceEarmarked).amount == 599_94


def test_the_policys_own_advance_is_netted_when_the_internship_is_settled() -> None:
    scene = Scene("2021-08-02", policies_of_a_city_that_set_its_standards())
    scene.budget(100_000, streams.fund_line("employment_subsidy", "211202", 2021))
    facts = applies(
        "ahead",
        {**INTERNSHIP, "advance.requested": True},
        programme="internship",
        applied_on="2021-08-02",
        payee=UNIT,
    )
    granted = scene.when(ZHANG, facts)
    assert "ApprovalGranted" in kinds(granted), granted[-1].body
    paid = scene.when(ZHANG, pre_checks("ahead"))
    advance = only(paid, DisbursementOrdered)
    # 3 months × (1200 + 100) + 300 = 4200 yuan planned; 20 % of it ahead
    assert (advance.kind, advance.money.amount) == ("advance", 84_000)
    settle(scene, "district:ahead#1", 84_000)
    scene.on = date(2021, 10, 8)
    settles = applies(
        "settled",
        {**INTERNSHIP, "advance.requested": False},
        programme="internship",
        applied_on="2021-10-08",
        payee=UNIT,
    )
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, settles))
    settled = scene.when(ZHANG, pre_checks("settled"))
    assert only(settled, AdvanceSettled).money.amount == 84_000
    assert only(settled, DisbursementOrdered).money.amount == 420_000 - 84_000


def test_a_granted_advance_that_is_in_no_batch_is_taken_back_with_its_claim() -> None:
    scene = Scene("2021-08-02", policies_of_a_city_that_set_its_standards())
    line = streams.fund_line("employment_subsidy", "211202", 2021)
    scene.budget(840, line)
    ahead = applies(
        "ahead",
        {**INTERNSHIP, "advance.requested": True},
        programme="internship",
        applied_on="2021-08-02",
        payee=UNIT,
    )
    scene.when(ZHANG, ahead)
    scene.when(ZHANG, pre_checks("ahead"))
    facts = scene.when(ZHANG, withdraws("ahead"))
    cancelled = only(facts, DisbursementCancelled)
    assert (cancelled.kind, cancelled.money.amount) == ("advance", 84_000)
    assert "CommandRefused" not in kinds(facts)
    assert {"ApplicationWithdrawn", "ApprovalWithdrawn"} <= set(kinds(facts))
    state = scene.ledger.store.state(line)
    assert state.available == 84_000
    again = scene.when(ZHANG, ahead.model_copy(update={"application": "district:again"}))
    assert "ApprovalGranted" in kinds(again), "its slot is free"


def test_an_advance_on_a_plan_is_taken_back_too_unless_a_batch_has_it() -> None:
    scene = PlannedScene("2022-09-01")
    scene.grant(programme="internship", version="no longer shipped", begins="2022-08", months=3)
    free = scene.free(2022)
    scene.when(ZHANG, grants(rate_bp=2000, planned=3 * 600_00))
    claim = ClaimDisbursement(
        disbursement="district:a#0",
        batch="B2209010001",
        line_no=1,
        bank_account="ccb-2234",
        amount=360_00,
    )
    payee = streams.payee("zhang-san-token")
    scene.when(payee, claim)
    assert refused(scene.when(ZHANG, withdraws())) == "PAYMENT_UNDER_WAY"
    scene.when(payee, FreeDisbursement(disbursement="district:a#0", batch="B2209010001"))
    facts = scene.when(ZHANG, withdraws())
    assert only(facts, DisbursementCancelled).kind == "advance"
    assert scene.free(2022) == free + 3 * 600_00


def test_an_advance_ordered_after_its_claim_was_taken_back_is_given_up_as_it_comes() -> None:
    scene = PlannedScene("2022-09-01")
    scene.grant(programme="internship", version="no longer shipped", begins="2022-08", months=3)
    scene.when(ZHANG, grants(rate_bp=2000, planned=3 * 600_00))
    scene.when(ZHANG, withdraws())
    late = advances().model_copy(update={"disbursement": f"{APPLICATION}#7"})
    facts = scene.when(PAYEE, late)
    assert [name for name in kinds(facts) if name != "EarmarkFreed"][:3] == [
        "AdvanceOpened",
        "DisbursementOrdered",
        "DisbursementCancelled",
    ]


def advanced(*more: Command) -> PlannedScene:
    """A plan of three months with an advance on it, and what has happened to that since."""
    scene = PlannedScene("2022-09-01")
    scene.grant(programme="internship", version="no longer shipped", begins="2022-09", months=3)
    scene.when(ZHANG, grants(rate_bp=2000, planned=3 * 600_00))
    for command in more:
        scene.when(PAYEE, command)
    return scene


DEAD = RecordStatus(status="deceased", since=date(2022, 9, 2), source="civil")
ITS_BATCH = "B2209010001"
IN_A_BATCH = claim(ITS_BATCH, ADVANCE, 360_00, "ccb-2234")


def test_an_advance_that_no_batch_has_is_not_sent_to_the_dead() -> None:
    scene = advanced()
    facts = scene.when(ZHANG, DEAD)
    found = only(facts, OverpaymentFound)
    assert (found.no, found.amount, found.reason, found.whole) == (0, 360_00, "deceased", True)
    assert only(facts, DisbursementCancelled).kind == "advance"
    assert "EarmarkFreed" in kinds(facts)
    assert scene.when(ZHANG, DEAD) == []
    again = scene.when(ZHANG, DEAD.model_copy(update={"since": date(2022, 9, 1)}))
    assert "OverpaymentFound" not in kinds(again)
    assert balances(scene) == {}


def test_an_advance_of_the_dead_is_left_out_of_its_batch() -> None:
    scene = advanced(IN_A_BATCH)
    facts = scene.when(ZHANG, DEAD)
    assert "DisbursementRecalled" in kinds(facts)
    freed = scene.when(PAYEE, FreeDisbursement(disbursement=ADVANCE, batch=ITS_BATCH))
    assert only(freed, DisbursementCancelled).kind == "advance"
    assert only(freed, ClawbackRejected).clawback == f"{ADVANCE}-deceased"


def test_an_advance_that_has_reached_the_dead_is_proposed_to_be_taken_back() -> None:
    scene = advanced()
    settle(scene, ADVANCE, 360_00)
    facts = scene.when(ZHANG, DEAD)
    proposed = only(facts, ClawbackProposed)
    assert (proposed.amount, proposed.maker) == (360_00, "rule:stops")
    confirm = JudgeClawback(clawback=proposed.clawback, checker="wang", verdict="confirm")
    debt = only(scene.when(PAYEE, confirm), ClawbackOrdered)
    assert (debt.basis, debt.money.amount) == ("advance", 360_00)


def test_an_advance_that_was_netted_is_left_alone() -> None:
    scene = advanced()
    settle(scene, ADVANCE, 360_00)
    scene.on = date(2022, 10, 1)
    scene.when(ZHANG, evidence("2022-09"))
    assert "AdvanceSettled" in kinds(scene.when(ZHANG, pre_checks()))
    later = DEAD.model_copy(update={"since": date(2022, 10, 1)})
    assert "OverpaymentFound" not in kinds(scene.when(ZHANG, later))


def test_nothing_is_advanced_on_a_plan_that_a_death_has_stopped() -> None:
    scene = PlannedScene("2022-09-01")
    scene.grant(programme="internship", version="no longer shipped", begins="2022-09", months=3)
    scene.when(ZHANG, DEAD)
    assert refused(scene.when(ZHANG, grants(rate_bp=2000, planned=3 * 600_00))) == "STOPPED"


def evidence(month: str) -> RecordEvidence:
    """All days of a month were served."""
    return RecordEvidence(
        application=APPLICATION,
        month=month,
        kind="days_served",
        measure=30,
        document="考勤-1",
        source="unit",
    )


def test_an_order_is_net_of_advances_and_what_leaves_is_net_of_debts_too() -> None:
    scene = Scene()
    scene.when(PAYEE, order("district:b", amount=50_000))
    settle(scene, "district:b#1", 50_000)
    scene.when(PAYEE, claws(application="district:b", amount=20_000))
    scene.when(PAYEE, advances())
    left = claim("B2208319999", ADVANCE, 10_000)
    batched = only(scene.when(PAYEE, left), DisbursementBatched)
    assert batched.money.amount == 10_000, "the debt is kept of the advance, too"
    scene.when(PAYEE, claws("ZH-2", 5_000, application="district:b"))
    facts = scene.when(PAYEE, order(no=2, amount=100_000))
    ordered = only(facts, DisbursementOrdered)
    assert (only(facts, AdvanceSettled).money.amount, ordered.money.amount) == (30_000, 70_000)
    assert only(facts, ClawbackOffset).payable_left == 65_000
    claimed = scene.when(PAYEE, claim("B2208318888", f"{APPLICATION}#2", 65_000))
    assert only(claimed, DisbursementBatched).money.amount == 65_000
