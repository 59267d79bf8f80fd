"""Budget lines over the year: adjusted, alarmed, spent, closed; ceilings that clauses set."""

from typing import Literal

import pytest

from events import streams
from events.approvals import (
    ApprovalGranted,
    ApprovalHeld,
    ApprovalProposed,
    CeilingStated,
    RevokeApproval,
)
from events.budgets import (
    AdjustBudget,
    AllocateBudget,
    BudgetAdjusted,
    BudgetAlarmRaised,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetReleased,
    BudgetSpent,
    CloseLine,
    ConfirmAdjustment,
    LineClosed,
    ProposeAdjustment,
    ReleaseBudget,
    ReverseSpending,
    SpendBudget,
    merged,
)
from events.control import CommandRefused
from events.envelope import Recorded
from events.values import BudgetClaim, Fact
from policies.vocabulary.outcomes import CeilingUse
from services.deciders.beneficiary.claims.ceilings import ceiling_of, under_ceilings
from services.deciders.budget_line.state import BudgetLineState
from tests.given_when_then import ZHANG, Scene, applies, kinds, only, pre_checks
from tests.unit.test_budgets import CEILING, FIRST, SECOND, Town, granted
from tests.unit.test_clawbacks import settle

NEXT = FIRST.replace("2022", "2023")


def lowers(by: int, document: str = "调整") -> AdjustBudget:
    return AdjustBudget(document=document, by=by, reason="年中调整")


def proposal(by: int, document: str = "调整", maker: str = "staff:li") -> ProposeAdjustment:
    return ProposeAdjustment(document=document, by=by, reason="年中调整", maker=maker)


def agrees(by: int, checker: str = "staff:wang", *, approve: bool = True) -> ConfirmAdjustment:
    return ConfirmAdjustment(
        document="调整", by=by, checker=checker, approve=approve, reason="有异议"
    )


def spends(disbursement: str, attempt: int, amount: int) -> SpendBudget:
    key = f"{disbursement} {attempt}"
    return SpendBudget(
        disbursement=disbursement, attempt=attempt, amount=amount, kind="paid", key=key
    )


def code(facts: list[Recorded]) -> str:
    return only(facts, CommandRefused).code


def test_a_line_is_lowered_to_what_is_committed_and_not_a_fen_below() -> None:
    town = Town(first=100)
    town.claims("a", (60, (FIRST,)))
    assert code(town.when(FIRST, lowers(-41))) == "BELOW_COMMITTED"
    assert only(town.when(FIRST, lowers(-40)), BudgetAdjusted).by == -40
    assert town.free(FIRST) == 0


def test_an_adjustment_counts_once_by_its_document() -> None:
    town = Town(first=100)
    town.when(FIRST, lowers(-10))
    assert town.when(FIRST, lowers(-10)) == []
    assert town.free(FIRST) == 90


def test_adjustments_are_refused_in_this_order() -> None:
    town = Town(first=10)
    assert code(town.when(FIRST, lowers(0))) == "NOTHING_TO_ADJUST"
    assert code(town.when(FIRST, lowers(-11))) == "BELOW_COMMITTED"
    town.when(FIRST, CloseLine(document="年终"))
    assert code(town.when(FIRST, lowers(0))) == "LINE_CLOSED"


def test_more_money_by_an_adjustment_wakes_the_queue_in_its_order() -> None:
    town = Town(first=5)
    for name, amount in (("a", 6), ("b", 1)):
        town.claims(name, (amount, (FIRST,)))
    assert granted(town.when(FIRST, lowers(1))) == ["a"]
    assert granted(town.when(FIRST, lowers(1, "再调"))) == ["b"]


def test_staff_adjust_by_two_persons() -> None:
    town = Town(first=10)
    assert kinds(town.when(FIRST, proposal(5))) == ["AdjustmentProposed"]
    assert town.when(FIRST, proposal(5)) == []
    assert town.free(FIRST) == 10
    assert code(town.when(FIRST, agrees(5, "staff:li"))) == "SAME_PERSON"
    made = only(town.when(FIRST, agrees(5)), BudgetAdjusted)
    assert (made.maker, made.checker, town.free(FIRST)) == ("staff:li", "staff:wang", 15)
    assert town.when(FIRST, agrees(5)) == []


def test_confirmations_are_refused_in_this_order() -> None:
    town = Town(first=10)
    assert code(town.when(FIRST, agrees(-10))) == "NOT_PROPOSED"
    town.when(FIRST, proposal(-10))
    assert code(town.when(FIRST, agrees(-9, "staff:li"))) == "STALE"
    assert code(town.when(FIRST, agrees(-10, "staff:li"))) == "SAME_PERSON"
    town.claims("a", (1, (FIRST,)))
    assert code(town.when(FIRST, agrees(-10))) == "BELOW_COMMITTED"
    assert kinds(town.when(FIRST, agrees(-10, approve=False))) == ["AdjustmentRejected"]
    assert code(town.when(FIRST, agrees(-10))) == "NOT_PROPOSED"
    assert code(town.when(FIRST, proposal(1))) == "DOCUMENT_USED"


@pytest.mark.parametrize(
    ("amounts", "alarms"),
    [((79,), []), ((80,), [80]), ((80, 14), [80]), ((80, 15), [80, 95]), ((100,), [100])],
)
def test_alarms_are_raised_once_at_each_share(amounts: tuple[int, ...], alarms: list[int]) -> None:
    town = Town(first=100)
    facts = [f for n, fen in enumerate(amounts) for f in town.claims(str(n), (fen, (FIRST,)))]
    assert [f.body.share for f in facts if isinstance(f.body, BudgetAlarmRaised)] == alarms


def test_an_alarm_comes_again_only_after_the_line_has_fallen_well_below_it() -> None:
    town = Town(first=100)
    town.claims("a", (80, (FIRST,)))
    for key, fen, again in (("1", 5, []), ("2", 6, [80])):
        give_back = ReleaseBudget(application="district:a", attempt=1, key=key, amount=fen)
        town.when(FIRST, give_back)
        facts = town.claims(f"after-{key}", (fen, (FIRST,)))
        assert [f.body.share for f in facts if isinstance(f.body, BudgetAlarmRaised)] == again


def test_lowering_a_line_raises_an_alarm_too() -> None:
    town = Town(first=100)
    town.claims("a", (79, (FIRST,)))
    assert only(town.when(FIRST, lowers(-10)), BudgetAlarmRaised).share == 80


def test_what_the_bank_has_paid_is_spent_once_and_comes_back_once() -> None:
    town = Town(first=100)
    town.claims("a", (60, (FIRST,)))
    spend = spends("district:a#1", 1, 60)
    back = ReverseSpending(disbursement="district:a#1", attempt=1, amount=60, key="back-1")
    assert code(town.when(FIRST, back)) == "NOT_SPENT"
    assert kinds(town.when(FIRST, spend)) == ["BudgetSpent"]
    assert town.when(FIRST, spend) == []
    assert kinds(town.when(FIRST, back)) == ["BudgetSpendingReversed"]
    assert town.when(FIRST, back) == []
    second = spends("district:a#1", 2, 60)
    assert only(town.when(FIRST, second), BudgetSpent).attempt == 2
    third = spends("district:b#1", 1, 1)
    assert code(town.when(FIRST, third)) == "MORE_THAN_COMMITTED"
    line = town.ledger.store.state(FIRST)
    assert isinstance(line, BudgetLineState)
    assert (line.spent, line.committed) == (60, 60)


def test_a_queue_is_carried_into_the_next_year_in_its_order() -> None:
    town = Town(first=5)
    for name in ("a", "b"):
        town.claims(name, (6, (FIRST,)))
    facts = town.when(FIRST, CloseLine(document="年终", queue="carry"))
    assert [f.body.ask.application for f in facts if isinstance(f.body, BudgetCarried)] == [
        "district:a",
        "district:b",
    ]
    assert only(facts, LineClosed).queue == "carry"
    held = [f.body.line for f in facts if isinstance(f.body, ApprovalHeld)]
    assert held == [NEXT, NEXT]
    assert granted(town.when(NEXT, AllocateBudget(document="下年", amount=12))) == ["a", "b"]


def test_a_claim_that_comes_after_the_close_is_carried_too() -> None:
    town = Town(first=5)
    town.when(NEXT, AllocateBudget(document="下年", amount=6))
    town.when(FIRST, CloseLine(document="年终", queue="carry"))
    facts = town.claims("a", (6, (FIRST,)))
    assert only(facts, ApprovalGranted).taken[0].line == NEXT


def test_what_is_carried_takes_next_years_ceiling_and_gives_this_years_back() -> None:
    town = Town(ceiling=10, first=5)
    town.when(FIRST, CloseLine(document="年终", queue="carry"))
    for line in (NEXT, CEILING.replace("2022", "2023")):
        town.when(line, AllocateBudget(document="下年", amount=6))
    facts = town.claims("a", (6, (CEILING,)), (6, (FIRST,)))
    assert only(facts, BudgetReleased).amount == 6
    assert {taken.line for taken in only(facts, ApprovalGranted).taken} == {
        CEILING.replace("2022", "2023"),
        NEXT,
    }
    assert town.free(CEILING) == 10


def test_two_years_claims_become_one_when_the_first_is_carried_into_the_second() -> None:
    town = Town(first=0)
    town.when(FIRST, CloseLine(document="年终", queue="carry"))
    town.when(NEXT, AllocateBudget(document="下年", amount=10))
    facts = town.claims("a", (4, (FIRST,)), (6, (NEXT,)))
    assert granted(facts) == ["a"]
    assert [f.body.amount for f in facts if isinstance(f.body, BudgetCommitted)] == [10]


def test_an_attempt_that_names_a_line_twice_asks_it_once() -> None:
    claims = (
        BudgetClaim(amount=1, lines=(CEILING,)),
        BudgetClaim(amount=2, lines=(FIRST, SECOND)),
        BudgetClaim(amount=3, lines=(SECOND, FIRST)),
        BudgetClaim(amount=4, lines=(FIRST,)),
    )
    assert merged(claims) == (claims[0], BudgetClaim(amount=9, lines=(FIRST,)))
    town = Town(first=5)
    facts = town.claims("a", (3, (FIRST,)), (3, (FIRST,)))
    assert kinds(facts) == ["BudgetQueued", "ApprovalHeld"]
    assert granted(town.when(FIRST, AllocateBudget(document="增", amount=1))) == ["a"]


def test_a_closed_line_still_lapses_what_waits_where_the_rule_says_so() -> None:
    town = Town(first=5)
    town.claims("a", (6, (FIRST,)))
    facts = town.when(FIRST, CloseLine(document="年终", queue="lapse"))
    assert only(facts, BudgetDequeued).lapsed
    assert kinds(facts)[-1] == "ApprovalLapsed"


def _shares(use: CeilingUse, scene: Scene | None = None) -> list[Fact]:
    scene = scene or Scene().budget(10_000)
    return under_ceilings(only(scene.when(ZHANG, applies()), ApprovalProposed), [use])


_AGENCY = CeilingUse("agency", "91211200MA0000001X", "*", "yuan", 150_000, 10_000_000, False)


def test_an_agencys_ceiling_is_one_line_for_all_its_years() -> None:
    stated, claimed = _shares(_AGENCY)
    assert isinstance(stated, CeilingStated)
    assert isinstance(claimed, ApprovalProposed)
    assert stated.limit == 10_000_000
    name = "skill-upgrade.agency.91211200MA0000001X"
    assert stated.line == streams.ceiling_line(name, "211200", 0)
    ceiling, fund = claimed.claims
    assert (ceiling.lines, ceiling.amount, ceiling.shared) == ((stated.line,), 150_000, "part")
    assert fund.shared == "no"
    assert ceiling_of(stated.line) == "agency"


def test_who_crosses_a_ceiling_is_paid_what_is_left_and_the_next_is_denied() -> None:
    town = Town(ceiling=10, first=100)
    part = BudgetClaim(amount=6, lines=(CEILING,), shared="part")
    fund = BudgetClaim(amount=6, lines=(FIRST,))
    assert only(town.asks("a", part, fund), ApprovalGranted).amount == 6
    last = only(town.asks("b", part, fund), ApprovalGranted)
    assert (last.amount, sum(one.amount for one in last.instalments)) == (4, 4)
    facts = town.asks("c", part, fund)
    assert (town.free(CEILING), town.free(FIRST)) == (0, 90)
    assert kinds(facts) == ["CeilingReached", "ApprovalLapsed", "ApprovalDenied"]


def test_a_quota_that_is_full_denies_and_leaves_the_fund_alone() -> None:
    town = Town(ceiling=1, first=100)
    quota = BudgetClaim(amount=1, lines=(CEILING,), shared="whole")
    town.asks("a", quota, BudgetClaim(amount=6, lines=(FIRST,)))
    facts = town.asks("b", quota, BudgetClaim(amount=6, lines=(FIRST,)))
    assert kinds(facts) == ["CeilingReached", "ApprovalLapsed", "ApprovalDenied"]
    assert town.free(FIRST) == 94


@pytest.mark.parametrize(
    ("cause", "paid", "free"),
    [
        ("administrative_error", False, (10, 100)),
        ("fraud", False, (10, 100)),
        ("administrative_error", True, (10, 94)),
        ("fraud", True, (4, 94)),
    ],
)
def test_only_an_error_of_the_administration_gives_back_what_was_paid_under_a_ceiling(
    cause: Literal["administrative_error", "fraud"], paid: bool, free: tuple[int, int]
) -> None:
    town = Town(ceiling=10, first=100)
    part = BudgetClaim(amount=6, lines=(CEILING,), shared="part")
    town.asks("a", part, BudgetClaim(amount=6, lines=(FIRST,)))
    if paid:
        town.when(streams.beneficiary("of-a-token"), pre_checks())
        settle(town, "district:a#1", 6, streams.payee("of-a-token"))
    revoke = RevokeApproval(
        application="district:a",
        cause=cause,
        document="撤〔2022〕1号",
        reason="核查",
        by="staff:li",
    )
    facts = town.when(streams.beneficiary("of-a-token"), revoke)
    assert (town.free(CEILING), town.free(FIRST)) == free
    assert "CommandRefused" not in kinds(facts)
