"""Disbursements: a payment is in one batch at a time, and has one end."""

from datetime import date
from typing import Literal

import pytest

from events import streams
from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementBatched,
    DisbursementClaimRefused,
    DisbursementDisputed,
    DisbursementOrdered,
    DisbursementReturned,
    FreeDisbursement,
    MarkSent,
    Money,
    OrderPayment,
    RecordOutcome,
)
from events.envelope import Recorded
from tests.given_when_then import LINE_2022, ZHANG, Scene, kinds, only

PAYEE = streams.payee("zhang-san-token")
ONE, TWO = "B2208310001", "B2208310002"
ORDER = OrderPayment(
    disbursement="district:a#1",
    application="district:a",
    instalment=1,
    beneficiary=ZHANG,
    account="account-of-zhang",
    money=Money(
        amount=150_000,
        fund="unemployment_insurance",
        district="211202",
        programme="skill-upgrade",
        line=LINE_2022,
    ),
)


def claim(
    batch: str = ONE, disbursement: str = "district:a#1", amount: int = 150_000
) -> ClaimDisbursement:
    """Ask for the payment on a batch's behalf."""
    return ClaimDisbursement(
        disbursement=disbursement, batch=batch, line_no=7, bank_account="icbc-1234", amount=amount
    )


def free(batch: str = ONE) -> FreeDisbursement:
    """Give the payment back."""
    return FreeDisbursement(disbursement="district:a#1", batch=batch)


def sent(instruction: str = f"{ONE}00007", disbursement: str = "district:a#1") -> MarkSent:
    """Say that the file has left."""
    return MarkSent(disbursement=disbursement, instruction=instruction)


def outcome(
    how: Literal["settled", "returned"] = "settled",
    *,
    reference: str = "r1",
    amount: int = 150_000,
    instruction: str = f"{ONE}00007",
    disbursement: str = "district:a#1",
) -> RecordOutcome:
    """Say what the bank did."""
    return RecordOutcome(
        disbursement=disbursement,
        instruction=instruction,
        outcome=how,
        amount=amount,
        value_on=date(2022, 9, 1),
        bank_reference=reference,
    )


def ordered() -> Scene:
    """Begin where the payment is ordered."""
    scene = Scene()
    scene.when(PAYEE, ORDER)
    return scene


def batched() -> Scene:
    """Begin where batch one has the payment."""
    scene = ordered()
    scene.when(PAYEE, claim())
    return scene


def refused(facts: list[Recorded]) -> str:
    """The code of the one refusal."""
    return only(facts, CommandRefused).code


def claim_refused(facts: list[Recorded]) -> str:
    """The code with which a claim was refused."""
    return only(facts, DisbursementClaimRefused).code


def test_a_payment_is_ordered_once() -> None:
    scene = Scene()
    assert only(scene.when(PAYEE, ORDER), DisbursementOrdered).kind == "benefit"
    assert scene.when(PAYEE, ORDER) == []


def test_a_batch_gets_the_payment_with_an_instruction_that_names_it() -> None:
    scene = ordered()
    fact = only(scene.when(PAYEE, claim()), DisbursementBatched)
    assert (fact.instruction, fact.attempt, fact.account) == (f"{ONE}00007", 1, "account-of-zhang")
    assert scene.when(PAYEE, claim()) == []


def test_two_batches_cannot_claim_one_disbursement() -> None:
    scene = batched()
    assert claim_refused(scene.when(PAYEE, claim(TWO))) == "IN_ANOTHER_BATCH"


def test_claims_are_refused_in_this_order() -> None:
    scene = batched()
    wrong = claim(TWO, amount=1)
    assert claim_refused(scene.when(PAYEE, claim(TWO, "district:z#1"))) == "UNKNOWN_DISBURSEMENT"
    assert claim_refused(scene.when(PAYEE, wrong)) == "IN_ANOTHER_BATCH"
    scene.when(PAYEE, sent())
    assert claim_refused(scene.when(PAYEE, wrong)) == "NOT_PAYABLE"
    assert claim_refused(ordered().when(PAYEE, wrong)) == "AMOUNT_DIFFERS"


def test_a_refused_claim_stays_refused_when_it_is_repeated_later() -> None:
    scene = batched()
    late = scene.asked(PAYEE, claim(TWO))
    assert "DisbursementClaimRefused" in kinds(scene.ledger.ask([late]))
    assert scene.ledger.ask([late]) == []
    scene.when(PAYEE, free())
    assert scene.ledger.ask([late]) == []


def test_a_batch_that_gave_the_payment_up_does_not_get_it_by_a_late_repeat() -> None:
    scene = ordered()
    late = scene.asked(PAYEE, claim())
    scene.ledger.ask([late])
    assert kinds(scene.when(PAYEE, free())) == ["DisbursementUnbatched"]
    assert scene.when(PAYEE, free()) == []
    assert scene.ledger.ask([late]) == []
    assert only(scene.when(PAYEE, claim(TWO)), DisbursementBatched).attempt == 2
    assert scene.ledger.ask([late]) == []


def test_only_the_batch_that_has_the_payment_gives_it_back() -> None:
    scene = batched()
    assert scene.when(PAYEE, free(TWO)) == []
    scene.when(PAYEE, sent())
    assert scene.when(PAYEE, free()) == []


def test_a_payment_is_sent_once() -> None:
    scene = batched()
    assert kinds(scene.when(PAYEE, sent())) == ["DisbursementSent"]
    assert scene.when(PAYEE, sent()) == []


def test_what_is_marked_as_sent_is_refused_in_this_order() -> None:
    scene = batched()
    assert refused(scene.when(PAYEE, sent(disbursement="district:z#1"))) == "UNKNOWN_DISBURSEMENT"
    assert refused(scene.when(PAYEE, sent(f"{TWO}00001"))) == "ANOTHER_INSTRUCTION"


def of_payee(facts: list[Recorded]) -> list[str]:
    """Name the payee's own facts; a budget line hears of the payment too."""
    return kinds(fact for fact in facts if fact.stream == PAYEE)


@pytest.mark.parametrize(
    ("how", "fact"), [("settled", "DisbursementSettled"), ("returned", "DisbursementReturned")]
)
def test_the_bank_ends_a_payment_once(how: Literal["settled", "returned"], fact: str) -> None:
    scene = batched()
    scene.when(PAYEE, sent())
    assert of_payee(scene.when(PAYEE, outcome(how))) == [fact]
    assert scene.when(PAYEE, outcome(how)) == []


def test_a_bank_that_is_quicker_than_our_note_has_sent_it_all_the_same() -> None:
    scene = batched()
    facts = scene.when(PAYEE, outcome())
    assert of_payee(facts) == ["DisbursementSent", "DisbursementSettled"]
    assert scene.when(PAYEE, sent()) == []


def test_money_that_comes_back_after_settlement_is_told_apart() -> None:
    scene = batched()
    settled = scene.asked(PAYEE, outcome())
    scene.ledger.ask([settled])
    back = only(scene.when(PAYEE, outcome("returned", reference="r2")), DisbursementReturned)
    assert back.after_settlement
    assert scene.ledger.ask([settled]) == []
    disputed = only(scene.when(PAYEE, outcome(reference="r3")), DisbursementDisputed)
    assert disputed.said == "settled_after_return"


def test_outcomes_are_refused_in_this_order() -> None:
    scene = batched()
    other = f"{TWO}00001"
    unknown = outcome(disbursement="district:z#1", instruction=other, amount=1)
    assert refused(scene.when(PAYEE, unknown)) == "UNKNOWN_DISBURSEMENT"
    assert refused(scene.when(PAYEE, outcome(instruction=other, amount=1))) == "ANOTHER_INSTRUCTION"


@pytest.mark.parametrize("how", ["settled", "returned"])
@pytest.mark.parametrize("told", [0, 1, 150_001])
@pytest.mark.parametrize("after", ["batched", "sent", "settled"])
def test_another_amount_than_was_ordered_is_doubted_and_nothing_more_leaves(
    how: Literal["settled", "returned"], told: int, after: str
) -> None:
    scene = batched()
    if after != "batched":
        scene.when(PAYEE, sent())
    if after == "settled":
        scene.when(PAYEE, outcome())
    disputed = only(scene.when(PAYEE, outcome(how, amount=told)), DisbursementDisputed)
    assert (disputed.said, disputed.outcome, disputed.amount) == ("amount_differs", how, told)
    assert of_payee(scene.when(PAYEE, outcome(how, amount=told))) == []
    later = scene.when(PAYEE, outcome(reference="r1"))
    assert ("DisbursementSettled" in of_payee(later)) == (after != "settled")


def test_a_payment_that_the_bank_reports_twice_is_disputed_once() -> None:
    scene = batched()
    scene.when(PAYEE, outcome())
    twice = only(scene.when(PAYEE, outcome(reference="r2")), DisbursementDisputed)
    assert twice.said == "settled_twice"
    assert scene.when(PAYEE, outcome(reference="r2")) == []
    returned = batched()
    returned.when(PAYEE, outcome("returned"))
    asked = returned.asked(PAYEE, outcome())
    disputed = only(returned.ledger.ask([asked]), DisbursementDisputed)
    assert disputed.said == "settled_after_return"
    assert returned.ledger.ask([asked]) == []
