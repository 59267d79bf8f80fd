"""Withdrawals: a claim is taken back until its money has left, with its slots and its money."""

from datetime import date

from events import streams
from events.applications import AnswerWithdrawal, ApplicationWithdrawn, WithdrawalAsked
from events.approvals import ApprovalRevoked, ApprovalWithdrawn, RevokeApproval
from events.budgets import BudgetReleased
from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementCancelled,
    FreeDisbursement,
    Money,
    OrderPayment,
    PaymentsGivenUp,
    PaymentsKept,
)
from events.instalments import InstalmentDue
from tests.given_when_then import (
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    kinds,
    only,
    pre_checks,
    withdraws,
)
from tests.granted_plans import PlannedScene

PAYEE = streams.payee("zhang-san-token")
CLAIM = applies("a", certificate("电工", "四级"))
BATCH = "B2208310001"
IN_A_BATCH = ClaimDisbursement(
    disbursement="district:a#1", batch=BATCH, line_no=1, bank_account="icbc-1234", amount=150_000
)


def ordered() -> Scene:
    """A claim of 1500 yuan out of 1500, granted, and its payment ordered."""
    scene = Scene().budget(1500)
    scene.when(ZHANG, CLAIM)
    scene.when(ZHANG, pre_checks())
    return scene


def test_what_is_ordered_and_has_not_left_is_given_up_with_its_slot_and_its_money() -> None:
    scene = ordered()
    facts = scene.when(ZHANG, withdraws())
    assert only(facts, DisbursementCancelled).money.amount == 150_000
    assert only(facts, BudgetReleased).amount == 150_000
    assert only(facts, ApprovalWithdrawn).taken == ()
    assert "CommandRefused" not in kinds(facts)
    again = scene.when(ZHANG, applies("b", certificate("电工", "四级")))
    assert "ApprovalGranted" in kinds(again)


def test_a_withdrawal_told_twice_is_done_once() -> None:
    scene = ordered()
    asked = scene.asked(ZHANG, withdraws())
    assert only(scene.ledger.ask([asked]), ApplicationWithdrawn).reason
    assert scene.ledger.ask([asked]) == []
    assert scene.when(ZHANG, withdraws()) == []


def test_what_a_batch_has_is_paid_and_the_withdrawal_refused() -> None:
    scene = ordered()
    scene.when(PAYEE, IN_A_BATCH)
    asked = scene.asked(ZHANG, withdraws())
    facts = scene.ledger.ask([asked])
    assert kinds(facts) == ["WithdrawalAsked", "PaymentsKept", "CommandRefused"]
    said = only(facts, CommandRefused)
    assert (said.command, said.code) == ("WithdrawApplication", "PAYMENT_UNDER_WAY")
    assert scene.ledger.ask([asked]) == []


def test_a_refused_withdrawal_may_be_asked_for_again_when_the_batch_is_given_up() -> None:
    scene = ordered()
    scene.when(PAYEE, IN_A_BATCH)
    only(scene.when(ZHANG, withdraws()), PaymentsKept)
    scene.when(PAYEE, FreeDisbursement(disbursement="district:a#1", batch=BATCH))
    only(scene.when(ZHANG, withdraws()), PaymentsGivenUp)


REVOKE = RevokeApproval(
    application="district:a",
    cause="administrative_error",
    document="撤〔2022〕1号",
    reason="复核",
    by="staff:li",
)
LATE = AnswerWithdrawal(application="district:a", reason="r", given_up=True)


def test_a_claim_that_was_withdrawn_meanwhile_is_not_withdrawn_again() -> None:
    scene = ordered()
    scene.when(ZHANG, withdraws())
    assert scene.when(ZHANG, LATE) == []


def test_a_claim_that_was_revoked_meanwhile_is_not_withdrawn_as_well() -> None:
    scene = ordered()
    only(scene.when(ZHANG, REVOKE), ApprovalRevoked)
    assert scene.when(ZHANG, LATE) == []


def test_the_months_to_come_of_a_plan_are_given_back_as_well() -> None:
    scene = PlannedScene()
    scene.grant(programme="unemployment-assistance", version="2021-01-01", months=3)
    free = scene.free(2022)
    scene.on = date(2022, 10, 1)
    due = only(scene.when(ZHANG, pre_checks()), InstalmentDue).amount
    facts = scene.when(ZHANG, withdraws())
    only(facts, WithdrawalAsked)
    released = sum(one.body.amount for one in facts if isinstance(one.body, BudgetReleased))
    assert released == 3 * due
    assert scene.free(2022) == free + 3 * due
    scene.on = date(2022, 11, 1)
    assert only(scene.when(ZHANG, pre_checks(no=2)), CommandRefused).code == "NOT_GRANTED"


def test_an_order_that_comes_after_all_was_given_up_is_given_up_too() -> None:
    scene = ordered()
    scene.when(ZHANG, withdraws())
    late = OrderPayment(
        disbursement="district:a#2",
        application="district:a",
        instalment=2,
        beneficiary=ZHANG,
        account="account-of-zhang",
        money=Money(
            amount=100,
            fund="unemployment_insurance",
            district="211202",
            programme="skill-upgrade",
            line=LINE_2022,
        ),
    )
    facts = scene.when(PAYEE, late)
    assert kinds(facts)[:2] == ["DisbursementOrdered", "DisbursementCancelled"]
