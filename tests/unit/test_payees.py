"""Payees: a returned payment goes out again into a corrected account, and late words pay nothing."""

from datetime import date
from typing import Literal

import pytest

from events import streams
from events.batches import BatchHeld, BatchRejected, PrepareBatch, ReleaseBatch, WantedLine
from events.clawbacks import ClawbackOrdered
from events.control import CommandRefused
from events.disbursements import (
    AskOutcome,
    CancelPayment,
    ClaimDisbursement,
    DisbursementBatched,
    DisbursementDisputed,
    DisbursementSettled,
    FreeDisbursement,
    MarkSent,
    Money,
    OrderPayment,
    RecordOutcome,
    ResolveDispute,
)
from events.envelope import Recorded
from events.payees import (
    AccountChanged,
    ChangeAccount,
    CreditGraded,
    GradeCredit,
    JudgeAccount,
    MarkFraud,
    ProposeAccount,
)
from services.deciders.batch.state import BatchState
from tests.given_when_then import LINE_2022, ZHANG, Scene, kinds, only

TOKEN = "zhang-san-token"
PAYEE = streams.payee(TOKEN)
APPLICATION = "district:a"
PAYMENT = f"{APPLICATION}#1"
ONE, TWO = "B2208310001", "B2208310002"
FIRST, SECOND = f"{ONE}00001", f"{TWO}00001"
NEW = "account-that-is-right"
MONEY = Money(
    amount=150_000,
    fund="unemployment_insurance",
    district="211202",
    programme="skill-upgrade",
    line=LINE_2022,
)


def order(application: str = APPLICATION, no: int = 1, amount: int = 150_000) -> OrderPayment:
    """Order one instalment into the account that was stated."""
    return OrderPayment(
        disbursement=f"{application}#{no}",
        application=application,
        instalment=no,
        beneficiary=ZHANG,
        account="account-as-stated",
        money=MONEY.model_copy(update={"amount": amount}),
    )


def claim(
    batch: str, payment: str = PAYMENT, amount: int = 150_000, account: str = "icbc-1234"
) -> ClaimDisbursement:
    """Ask for the payment on a batch's behalf."""
    return ClaimDisbursement(
        disbursement=payment, batch=batch, line_no=1, bank_account=account, amount=amount
    )


def outcome(
    instruction: str, how: Literal["settled", "returned"], reference: str = "r1"
) -> RecordOutcome:
    """Let the bank speak."""
    return RecordOutcome(
        disbursement=PAYMENT,
        instruction=instruction,
        outcome=how,
        amount=150_000,
        value_on=date(2022, 9, 1),
        code="AC04" if how == "returned" else "",
        bank_reference=reference,
    )


def changes(account: str = NEW, application: str = APPLICATION) -> ChangeAccount:
    """Correct the account, as upstream does."""
    return ChangeAccount(
        application=application,
        account=account,
        document="更正-1",
        reason="账户已销户",
        source="district",
    )


def returned() -> Scene:
    """A payment that came back."""
    scene = Scene()
    for command in (
        order(),
        claim(ONE),
        MarkSent(disbursement=PAYMENT, instruction=FIRST),
        outcome(FIRST, "returned", ""),
    ):
        scene.when(PAYEE, command)
    return scene


def again() -> Scene:
    """Its second attempt, in a batch."""
    scene = returned()
    scene.when(PAYEE, changes())
    scene.when(PAYEE, claim(TWO))
    return scene


def at_payee(facts: list[Recorded]) -> list[str]:
    """What stands on the payee's own history."""
    return kinds(fact for fact in facts if fact.stream == PAYEE)


def refused(facts: list[Recorded]) -> str:
    """The code of a refusal."""
    return only(facts, CommandRefused).code


def test_what_came_back_waits_for_an_account_and_goes_out_as_a_new_attempt() -> None:
    scene = returned()
    assert "DisbursementClaimRefused" in kinds(scene.when(PAYEE, claim(TWO)))
    changed = only(scene.when(PAYEE, changes()), AccountChanged)
    assert (changed.replaces, changed.retried, changed.version) == (
        "account-as-stated",
        (PAYMENT,),
        2,
    )
    third = "B2208310003"
    batched = only(scene.when(PAYEE, claim(third)), DisbursementBatched)
    assert (batched.attempt, batched.account, batched.instruction) == (2, NEW, f"{third}00001")


def test_an_account_that_was_right_is_paid_once_more() -> None:
    scene = returned()
    changed = only(scene.when(PAYEE, changes("account-as-stated")), AccountChanged)
    assert changed.retried == (PAYMENT,)


def test_a_corrected_account_counts_for_payments_to_come_and_for_other_applications() -> None:
    scene = returned()
    scene.when(PAYEE, changes())
    for later in (order(no=2), order("district:b")):
        scene.when(PAYEE, later)
        batched = scene.when(PAYEE, claim(TWO, later.disbursement))
        assert only(batched, DisbursementBatched).account == NEW
        scene.when(PAYEE, FreeDisbursement(disbursement=later.disbursement, batch=TWO))


def test_a_correction_may_come_before_the_payment() -> None:
    scene = Scene()
    assert only(scene.when(PAYEE, changes()), AccountChanged).retried == ()
    scene.when(PAYEE, order())
    assert only(scene.when(PAYEE, claim(ONE)), DisbursementBatched).account == NEW


def test_a_repeated_correction_changes_nothing_even_after_the_next_return() -> None:
    scene = returned()
    asked = scene.asked(PAYEE, changes())
    scene.ledger.ask([asked])
    scene.when(PAYEE, claim(TWO))
    scene.when(PAYEE, outcome(SECOND, "returned", ""))
    assert scene.ledger.ask([asked]) == []


def test_an_account_proposed_by_staff_takes_two_people() -> None:
    scene = returned()
    proposal = ProposeAccount(
        proposal="p1",
        application=APPLICATION,
        account=NEW,
        document="更正-1",
        reason="账户已销户",
        maker="li",
    )
    assert kinds(scene.when(PAYEE, proposal)) == ["AccountProposed"]
    assert scene.when(PAYEE, proposal) == []

    def judge(checker: str, name: str = "p1") -> list[Recorded]:
        judged = JudgeAccount(proposal=name, checker=checker, verdict="confirm")
        return scene.when(PAYEE, judged)

    assert refused(judge("wang", "p9")) == "NOT_PROPOSED"
    assert refused(judge("li")) == "SAME_PERSON"
    changed = only(judge("wang"), AccountChanged)
    assert (changed.source, changed.checker, changed.retried) == ("staff:li", "wang", (PAYMENT,))
    assert refused(judge("wang")) == "NOT_PROPOSED"


def test_late_notes_and_returns_of_the_first_attempt_change_nothing() -> None:
    scene = again()
    assert scene.when(PAYEE, MarkSent(disbursement=PAYMENT, instruction=FIRST)) == []
    assert scene.when(PAYEE, outcome(FIRST, "returned", "")) == []
    assert kinds(scene.when(PAYEE, MarkSent(disbursement=PAYMENT, instruction=SECOND))) == [
        "DisbursementSent"
    ]
    assert at_payee(scene.when(PAYEE, outcome(SECOND, "settled"))) == ["DisbursementSettled"]


def test_a_late_settled_of_the_first_attempt_is_a_dispute_that_stops_the_second() -> None:
    scene = returned()
    scene.when(PAYEE, changes())
    batch = streams.batch(TWO)
    wanted = WantedLine(payee=PAYEE, disbursement=PAYMENT, amount=150_000)
    scene.when(
        batch,
        PrepareBatch(
            batch=TWO,
            bank_account="icbc-1234",
            fund=MONEY.fund,
            district="211202",
            maker="li",
            lines=(wanted,),
        ),
    )
    state = scene.ledger.store.state(batch)
    assert isinstance(state, BatchState)
    release = ReleaseBatch(batch=TWO, checker="wang", digest=state.digest, total=state.total)
    scene.when(batch, release)
    facts = scene.when(PAYEE, outcome(FIRST, "settled", "r9"))
    disputed = only(facts, DisbursementDisputed)
    assert (disputed.said, disputed.stops) == ("settled_after_return", TWO)
    assert only(facts, BatchHeld).disbursement == PAYMENT
    assert only(facts, BatchRejected).lines[0].disbursement == PAYMENT
    assert scene.when(PAYEE, outcome(FIRST, "settled", "r9")) == []
    refusal = scene.when(PAYEE, claim("B2208310003"))
    assert refusal[0].body.code == "DISPUTED"  # type: ignore[attr-defined]


def disputed_before_sending() -> Scene:
    """The bank says it has paid what it had returned; nothing newer is under way."""
    scene = returned()
    scene.when(PAYEE, changes())
    scene.when(PAYEE, outcome(FIRST, "settled", "r9"))
    return scene


def finding(verdict: Literal["paid", "not_paid"], instruction: str = FIRST) -> ResolveDispute:
    """Somebody has found out."""
    return ResolveDispute(
        disbursement=PAYMENT, instruction=instruction, verdict=verdict, document="d", by="li"
    )


def test_a_dispute_that_is_found_paid_settles_the_payment() -> None:
    scene = disputed_before_sending()
    facts = scene.when(PAYEE, finding("paid"))
    assert at_payee(facts) == ["DisputeResolved", "DisbursementSent", "DisbursementSettled"]
    assert only(facts, DisbursementSettled).instruction == FIRST
    assert scene.when(PAYEE, outcome(FIRST, "settled", "r9")) == []


def test_a_dispute_that_is_found_unpaid_lets_the_payment_go_on() -> None:
    scene = disputed_before_sending()
    assert kinds(scene.when(PAYEE, finding("not_paid"))) == ["DisputeResolved"]
    assert "DisbursementBatched" in kinds(scene.when(PAYEE, claim(TWO)))


def test_a_first_attempt_that_was_paid_beside_the_second_is_owed_back() -> None:
    scene = again()
    scene.when(PAYEE, MarkSent(disbursement=PAYMENT, instruction=SECOND))
    scene.when(PAYEE, outcome(FIRST, "settled", "r9"))
    assert refused(scene.when(PAYEE, finding("paid", SECOND))) == "NO_DISPUTE"
    assert refused(scene.when(PAYEE, finding("paid"))) == "UNDER_WAY"
    scene.when(PAYEE, outcome(SECOND, "settled", "r2"))
    debt = only(scene.when(PAYEE, finding("paid")), ClawbackOrdered)
    assert (debt.basis, debt.cause, debt.money.amount) == ("bank", "paid_twice", 150_000)
    assert refused(scene.when(PAYEE, outcome(FIRST, "returned"))) == "PAID_TWICE"


def test_a_payment_is_given_up_only_while_nothing_has_left() -> None:
    cancel = CancelPayment(disbursement=PAYMENT, document="d", reason="不再支付", by="li")
    scene = again()
    scene.when(PAYEE, MarkSent(disbursement=PAYMENT, instruction=SECOND))
    assert refused(scene.when(PAYEE, cancel)) == "UNDER_WAY"
    assert refused(disputed_before_sending().when(PAYEE, cancel)) == "DISPUTED"
    scene = returned()
    assert kinds(scene.when(PAYEE, cancel))[0] == "DisbursementCancelled"
    assert scene.when(PAYEE, cancel) == []


def test_the_bank_is_asked_only_for_what_it_has_not_answered() -> None:
    scene = again()

    def ask(instruction: str) -> list[Recorded]:
        asked = AskOutcome(disbursement=PAYMENT, instruction=instruction, by="li")
        return scene.when(PAYEE, asked)

    assert refused(ask("B220831000900001")) == "ANOTHER_INSTRUCTION"
    assert refused(ask(FIRST)) == "KNOWN"
    scene.when(PAYEE, MarkSent(disbursement=PAYMENT, instruction=SECOND))
    assert kinds(ask(SECOND)) == ["OutcomeAsked"]


@pytest.mark.parametrize("times", [1, 2])
def test_fraud_marks_once_a_document_and_lowers_the_grade(times: int) -> None:
    scene = Scene()
    mark = MarkFraud(document="查处-1", reason="虚假培训", source="district")
    facts = [fact for _ in range(times) for fact in scene.when(PAYEE, mark)]
    assert kinds(facts) == ["FraudMarked", "CreditGraded", "MarkNoted"]
    assert only(facts, CreditGraded).grade == "D"
    grade = GradeCredit(grade="C", document="评定", reason="已改正", by="li")
    assert only(scene.when(PAYEE, grade), CreditGraded).before == "D"
    assert scene.when(PAYEE, mark) == []


def test_what_is_ordered_and_in_no_batch_leaves_for_the_corrected_account() -> None:
    scene = Scene()
    scene.when(PAYEE, order())
    assert only(scene.when(PAYEE, changes()), AccountChanged).moved == (PAYMENT,)
    batched = only(scene.when(PAYEE, claim(ONE)), DisbursementBatched)
    assert batched.account == NEW


def test_what_is_in_a_batch_or_goes_to_the_right_account_already_is_not_moved() -> None:
    scene = Scene()
    scene.when(PAYEE, order())
    assert only(scene.when(PAYEE, changes("account-as-stated")), AccountChanged).moved == ()
    scene.when(PAYEE, claim(ONE))
    assert only(scene.when(PAYEE, changes()), AccountChanged).moved == ()
