"""Who leaves before the term is served, while the money is not paid: it is kept, or asked back."""

from datetime import date
from pathlib import Path

import pytest

from events import streams
from events.approvals import RevokeApproval, ServiceLeftEarly
from events.budgets import BudgetReleased
from events.clawbacks import (
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackProposed,
    ClawbackRejected,
    OrderClawback,
    PaymentsStopped,
)
from events.control import CommandRefused
from events.disbursements import (
    CancelPayment,
    ClaimDisbursement,
    DisbursementCancelled,
    DisbursementClaimRefused,
    DisbursementOrdered,
    FreeDisbursement,
    MarkSent,
    RecordOutcome,
)
from events.envelope import Recorded
from events.instalments import EndPlan, InstalmentStopped
from events.status import RecordStatus
from events.values import Command
from policies.engine.registry import Policies
from services.deciders.payee.state.payee import PayeeState
from services.streams import follow_ups
from tests.example_cities import policies_with
from tests.given_when_then import DISTRICT, ZHANG, Scene, applies, kinds, only, pre_checks
from tests.policies.test_parameters import HOUSED

PAYEE = streams.payee("zhang-san-token")
LINE = streams.fund_line("talent_development", DISTRICT, 2022)
PAYMENT = "district:a#1"
BATCH = "B2209010001"
HOME = 100_000_00
UNSERVED = round(HOME * 1461 / 1826)
SERVED = HOME - UNSERVED
WHOLE, BY_DAY = "全额追回", "按未服务天数追回"
LEFT = RecordStatus(status="left", since=date(2023, 8, 1), source="police")
ENDED = EndPlan(
    application="district:a",
    ended_on=date(2023, 8, 1),
    because="left",
    document="离职-1",
    source="employer",
)


def law(tmp_path: Path, manner: str) -> Policies:
    folder = tmp_path / "talent_housing"
    folder.mkdir(parents=True)
    row = f"- {{from: 2022-07-21, value: {manner}, source: 市政府}}\n"
    (folder / "211200.yaml").write_text(f"clawback:\n{row}", "utf-8")
    return policies_with(tmp_path)


def granted(tmp_path: Path, manner: str) -> Scene:
    """A grant of 100,000 yuan for a home, whose payment is not ordered yet."""
    scene = Scene("2022-09-01", law(tmp_path, manner))
    scene.budget(1_000_000, LINE)
    claim = applies("a", HOUSED, programme="talent-housing", applied_on="2022-09-01")
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, claim))
    return scene


def ordered(tmp_path: Path, manner: str, *more: Command) -> Scene:
    """The same with an ordered payment, and what has happened to it since."""
    scene = granted(tmp_path, manner)
    only(scene.when(ZHANG, pre_checks("a")), DisbursementOrdered)
    for command in more:
        scene.when(PAYEE, command)
    return scene


CLAIM = ClaimDisbursement(
    disbursement=PAYMENT, batch=BATCH, line_no=1, bank_account="boc-4234", amount=HOME
)
SENT = MarkSent(disbursement=PAYMENT, instruction=f"{BATCH}00001")
FREED = FreeDisbursement(disbursement=PAYMENT, batch=BATCH)
SETTLED = RecordOutcome(
    disbursement=PAYMENT,
    instruction=f"{BATCH}00001",
    outcome="settled",
    amount=HOME,
    value_on=date(2022, 9, 3),
    bank_reference="r-1",
)
RETURNED = SETTLED.model_copy(update={"outcome": "returned", "bank_reference": ""})


def enjoyed(scene: Scene) -> int:
    """What the payment has brought and is not due back."""
    payee = scene.ledger.store.state(PAYEE)
    assert isinstance(payee, PayeeState)
    return payee.payments.by_id[PAYMENT].enjoyed_amount


def payable(scene: Scene) -> int:
    """What is still to be paid of it, 0 where it is not to be paid at all."""
    payee = scene.ledger.store.state(PAYEE)
    assert isinstance(payee, PayeeState)
    payment = payee.payments.by_id[PAYMENT]
    return payment.money.amount if payment.waits else 0


def at_payee(facts: list[Recorded]) -> list[str]:
    return [type(f.body).__name__ for f in facts if f.stream == PAYEE]


@pytest.mark.parametrize("told", [LEFT, ENDED], ids=["status", "plan"])
def test_what_is_not_sent_is_given_up_where_all_is_due_back(tmp_path: Path, told: Command) -> None:
    scene = ordered(tmp_path, WHOLE)
    facts = scene.when(ZHANG, told)
    assert at_payee(facts) == ["PaymentsStopped", "DisbursementCancelled"]
    assert only(facts, PaymentsStopped).cause == "left_early"
    assert only(facts, BudgetReleased).amount == HOME
    again = [ask for one in facts for ask in follow_ups(one) if ask.stream == PAYEE]
    assert [type(ask.body).__name__ for ask in again] == ["OrderClawback"]
    assert scene.ledger.ask(again) == [], "sent again after a crash, it changes nothing"
    assert only(scene.when(PAYEE, CLAIM), DisbursementClaimRefused).code == "NOT_PAYABLE"
    assert enjoyed(scene) == 0


@pytest.mark.parametrize("told", [LEFT, ENDED], ids=["status", "plan"])
def test_what_is_not_sent_is_sent_without_the_days_that_are_not_served(
    tmp_path: Path, told: Command
) -> None:
    scene = ordered(tmp_path, BY_DAY)
    facts = scene.when(ZHANG, told)
    assert at_payee(facts) == ["ClawbackOrdered", "ClawbackOffset"]
    kept = only(facts, ClawbackOffset)
    assert (kept.money.amount, kept.left, kept.payable_left) == (UNSERVED, 0, SERVED)
    assert only(scene.when(PAYEE, CLAIM), DisbursementClaimRefused).code == "AMOUNT_DIFFERS"
    for command in (_of(CLAIM), SENT, _of(SETTLED)):
        scene.when(PAYEE, command)
    assert enjoyed(scene) == SERVED


def _of(command: ClaimDisbursement | RecordOutcome) -> Command:
    """The same of what is left to pay."""
    return command.model_copy(update={"amount": SERVED})


@pytest.mark.parametrize("manner", [WHOLE, BY_DAY])
def test_what_is_on_its_way_is_asked_back_when_it_settles(tmp_path: Path, manner: str) -> None:
    scene = ordered(tmp_path, manner, CLAIM, SENT)
    facts = scene.when(ZHANG, LEFT)
    assert "CommandRefused" not in kinds(facts)
    assert "ClawbackOrdered" not in kinds(facts), "nothing is owed before it has arrived"
    order = only(scene.when(PAYEE, SETTLED), ClawbackOrdered)
    assert order.money.amount == (HOME if manner == WHOLE else UNSERVED)
    assert (order.cause, order.source, order.document) == (
        "left_early",
        "rule",
        "铁市就组发〔2022〕1号 十六",
    )
    assert scene.when(PAYEE, SETTLED) == []
    assert enjoyed(scene) == (0 if manner == WHOLE else SERVED)


def test_what_is_on_its_way_and_comes_back_waits_without_what_is_due_back(tmp_path: Path) -> None:
    scene = ordered(tmp_path, BY_DAY, CLAIM, SENT)
    assert only(scene.when(ZHANG, LEFT), ClawbackProposed).amount == UNSERVED
    facts = at_payee(scene.when(PAYEE, RETURNED))
    assert facts == ["DisbursementReturned", "ClawbackOrdered", "ClawbackOffset"]
    assert payable(scene) == SERVED
    gone = ordered(tmp_path / "b", WHOLE, CLAIM, SENT)
    gone.when(ZHANG, LEFT)
    assert at_payee(gone.when(PAYEE, RETURNED)) == ["DisbursementReturned", "DisbursementCancelled"]
    assert payable(gone) == 0


def test_what_a_batch_gives_back_waits_without_what_is_due_back(tmp_path: Path) -> None:
    scene = ordered(tmp_path, BY_DAY, CLAIM)
    scene.when(ZHANG, LEFT)
    facts = at_payee(scene.when(PAYEE, FREED))
    assert facts == ["DisbursementUnbatched", "ClawbackOrdered", "ClawbackOffset"]
    assert payable(scene) == SERVED


def test_a_batch_is_asked_to_leave_out_what_is_due_back_whole(tmp_path: Path) -> None:
    scene = ordered(tmp_path, WHOLE, CLAIM)
    assert "DisbursementRecalled" in at_payee(scene.when(ZHANG, LEFT))
    assert at_payee(scene.when(PAYEE, FREED)) == ["DisbursementUnbatched", "DisbursementCancelled"]


def test_nothing_is_asked_back_of_what_was_recalled_from_its_batch(tmp_path: Path) -> None:
    scene = ordered(tmp_path, BY_DAY, CLAIM)
    scene.when(ZHANG, LEFT)
    scene.when(PAYEE, CancelPayment(disbursement=PAYMENT, document="d", reason="放弃", by="li"))
    facts = scene.when(PAYEE, FREED)
    assert only(facts, ClawbackRejected).clawback == "district:a-left"
    assert "ClawbackOrdered" not in kinds(facts)
    assert enjoyed(scene) == 0


def test_a_revocation_takes_the_place_of_what_was_remembered(tmp_path: Path) -> None:
    scene = ordered(tmp_path, BY_DAY, CLAIM, SENT)
    scene.when(ZHANG, LEFT)
    revoke = RevokeApproval(
        application="district:a", cause="not_entitled", document="d", reason="复核不符", by="li"
    )
    assert only(scene.when(ZHANG, revoke), ClawbackRejected).clawback == "district:a-left"
    assert only(scene.when(PAYEE, SETTLED), ClawbackOrdered).money.amount == HOME
    assert enjoyed(scene) == 0


def test_a_revocation_gives_up_the_days_that_were_still_to_be_paid(tmp_path: Path) -> None:
    scene = ordered(tmp_path, BY_DAY)
    scene.when(ZHANG, LEFT)
    scene.when(PAYEE, _of(CLAIM))
    revoke = RevokeApproval(
        application="district:a", cause="not_entitled", document="d", reason="复核不符", by="li"
    )
    scene.when(ZHANG, revoke)
    assert only(scene.when(PAYEE, FREED), DisbursementCancelled).money.amount == SERVED
    assert enjoyed(scene) == 0


@pytest.mark.parametrize("told", [LEFT, ENDED], ids=["status", "plan"])
def test_what_falls_due_after_somebody_has_left_is_not_paid(tmp_path: Path, told: Command) -> None:
    scene = granted(tmp_path, WHOLE)
    assert "ServiceLeftEarly" not in kinds(scene.when(ZHANG, told))
    facts = scene.when(ZHANG, pre_checks("a"))
    stopped = only(facts, InstalmentStopped)
    assert (stopped.reason, stopped.rule) == ("left", "services/housing")
    assert only(facts, BudgetReleased).amount == HOME
    assert at_payee(facts) == []
    assert scene.when(ZHANG, pre_checks("a")) == []


@pytest.mark.parametrize("told", [LEFT, ENDED], ids=["status", "plan"])
def test_what_falls_due_after_somebody_has_left_is_paid_for_the_days_that_were_served(
    tmp_path: Path, told: Command
) -> None:
    scene = granted(tmp_path, BY_DAY)
    scene.when(ZHANG, told)
    facts = scene.when(ZHANG, pre_checks("a"))
    assert only(facts, ServiceLeftEarly).unserved == UNSERVED
    assert at_payee(facts) == ["DisbursementOrdered", "ClawbackOrdered", "ClawbackOffset"]
    assert payable(scene) == SERVED
    again = LEFT.model_copy(update={"since": date(2024, 8, 1)})
    assert "ServiceLeftEarly" not in kinds(scene.when(ZHANG, again))


def test_who_leaves_before_the_term_begins_or_after_it_ends_is_paid(tmp_path: Path) -> None:
    for number, since in enumerate((date(2022, 7, 31), date(2027, 8, 1))):
        scene = granted(tmp_path / str(number), WHOLE)
        scene.when(ZHANG, LEFT.model_copy(update={"since": since}))
        assert "InstalmentDue" in kinds(scene.when(ZHANG, pre_checks("a")))


def test_what_people_order_back_before_it_has_arrived_is_refused_to_them(tmp_path: Path) -> None:
    scene = ordered(tmp_path, WHOLE)
    order = OrderClawback(
        clawback="ZH-1",
        application="district:a",
        cause="left_early",
        document="d",
        reason="r",
        source="district",
        amount=HOME,
    )
    assert only(scene.when(PAYEE, order), CommandRefused).code == "NOTHING_PAID"
    assert payable(scene) == HOME
