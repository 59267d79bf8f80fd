"""Clawbacks: no more than was enjoyed, kept from later payments, given up by two people."""

from datetime import date
from zlib import crc32

import pytest

from events import streams
from events.approvals import ApprovalRevoked, RevokeApproval, ServiceLeftEarly
from events.clawbacks import (
    Cause,
    ClawbackOffset,
    ClawbackOrdered,
    ClawbackRecovered,
    ClawbackWrittenOff,
    JudgeClawback,
    JudgeWriteOff,
    OrderClawback,
    ProposeClawback,
    ProposeWriteOff,
    RecordRecovery,
)
from events.control import CommandRefused
from events.disbursements import DisbursementOrdered, MarkSent, RecordOutcome
from events.envelope import Recorded
from events.status import RecordStatus
from tests.delaying_network import Network
from tests.example_cities import cities
from tests.given_when_then import ZHANG, Scene, applies, certificate, kinds, only, pre_checks
from tests.treasury_at_work import Treasury
from tests.unit.test_payees import APPLICATION, MONEY, PAYEE, at_payee, claim, order

OTHER_FUND = streams.fund_line("employment_subsidy", "211202", 2022)


def pay(scene: Scene, application: str = APPLICATION, no: int = 1, amount: int = 150_000) -> None:
    """Order, batch, send and settle one payment."""
    ordered = order(application, no, amount)
    scene.when(PAYEE, ordered)
    settle(scene, ordered.disbursement, amount)


def account_of(scene: Scene, payment: str) -> str:
    """Name the account of the fund that pays what is ordered."""
    funds = [
        (fact.body.money.fund, fact.body.money.district)
        for fact in scene.ledger.facts
        if isinstance(fact.body, DisbursementOrdered) and fact.body.disbursement == payment
    ]
    own = cities().account_for(*funds[-1], date(2022, 8, 31)) if funds else None
    return own.alias if own is not None else "icbc-1234"


def settle(scene: Scene, payment: str, amount: int, payee: str = PAYEE) -> None:
    """Pay what is ordered."""
    batch = f"B22083{crc32(payment.encode()) % 100_000:05d}"
    scene.when(payee, claim(batch, payment, amount, account_of(scene, payment)))
    scene.when(payee, MarkSent(disbursement=payment, instruction=f"{batch}00001"))
    result = RecordOutcome(
        disbursement=payment,
        instruction=f"{batch}00001",
        outcome="settled",
        amount=amount,
        value_on=date(2022, 9, 1),
        bank_reference=f"r-{payment}",
    )
    scene.when(payee, result)


def paid() -> Scene:
    """A payment that has arrived."""
    scene = Scene()
    pay(scene)
    return scene


def claws(
    clawback: str = "ZH-1",
    amount: int | None = None,
    floor: int = 0,
    cause: Cause = "not_entitled",
    application: str = APPLICATION,
) -> OrderClawback:
    """Order a clawback, as upstream does."""
    return OrderClawback(
        clawback=clawback,
        application=application,
        cause=cause,
        document="追回-1",
        reason="不符合条件",
        source="district",
        amount=amount,
        floor=floor,
    )


def repaid(amount: int, reference: str = "in-1", clawback: str = "ZH-1") -> RecordRecovery:
    """Cash comes in."""
    return RecordRecovery(
        clawback=clawback,
        amount=amount,
        received_on=date(2022, 10, 1),
        bank_account="icbc-1234",
        bank_reference=reference,
        source="bank",
    )


def refused(facts: list[Recorded]) -> str:
    """The code of a refusal."""
    return only(facts, CommandRefused).code


def test_a_clawback_is_ordered_once_for_what_was_paid() -> None:
    scene = paid()
    ordered = only(scene.when(PAYEE, claws()), ClawbackOrdered)
    assert (ordered.money.amount, ordered.basis) == (150_000, "benefit")
    assert scene.when(PAYEE, claws()) == []
    assert refused(scene.when(PAYEE, claws("ZH-2"))) == "NOTHING_PAID"


def test_clawbacks_are_refused_in_this_order() -> None:
    scene = Scene()
    scene.when(PAYEE, order())
    assert refused(scene.when(PAYEE, claws(amount=1))) == "NOTHING_PAID"
    assert refused(paid().when(PAYEE, claws(amount=150_001))) == "EXCEEDS_PAID"


def test_the_latest_payment_is_taken_back_first() -> None:
    scene = paid()
    pay(scene, no=2, amount=100_000)
    ordered = only(scene.when(PAYEE, claws(amount=120_000)), ClawbackOrdered)
    assert [(part.disbursement[-2:], part.amount) for part in ordered.parts] == [
        ("#2", 100_000),
        ("#1", 20_000),
    ]


def test_a_debt_is_kept_from_later_payments_down_to_the_floor() -> None:
    scene = paid()
    scene.when(PAYEE, claws(amount=150_000, floor=60_000))
    facts = scene.when(PAYEE, order("district:b", amount=100_000))
    offset = only(facts, ClawbackOffset)
    assert (offset.money.amount, offset.left, offset.payable_left) == (40_000, 110_000, 60_000)
    assert only(facts, DisbursementOrdered).money.amount == 100_000
    late = scene.when(PAYEE, order("district:c", amount=60_000))
    assert "ClawbackOffset" not in kinds(late), "the floor stays with the person"


def test_a_payment_that_is_kept_whole_is_never_sent() -> None:
    scene = paid()
    scene.when(PAYEE, claws())
    facts = scene.when(PAYEE, order("district:b", amount=100_000))
    assert only(facts, ClawbackOffset).payable_left == 0
    refusal = scene.when(PAYEE, claim("B2208310009", "district:b#1", 0))[0].body
    assert refusal.code == "NOT_PAYABLE"  # type: ignore[attr-defined]
    settle(scene, "district:b#1", 0)
    back = only(scene.when(PAYEE, claws("ZH-2", application="district:b")), ClawbackOrdered)
    assert back.money.amount == 100_000, "what was kept was enjoyed, and can be taken back"


def test_no_fund_pays_another_funds_debt() -> None:
    scene = paid()
    scene.when(PAYEE, claws())
    other = order("district:b").model_copy(
        update={
            "money": MONEY.model_copy(update={"fund": "employment_subsidy", "line": OTHER_FUND})
        }
    )
    assert "ClawbackOffset" not in kinds(scene.when(PAYEE, other))


def test_what_waits_to_be_paid_is_kept_at_once_and_what_is_in_a_batch_is_not() -> None:
    scene = paid()
    scene.when(PAYEE, order("district:b", amount=50_000))
    scene.when(PAYEE, order("district:c", amount=50_000))
    scene.when(PAYEE, claim("B2208310007", "district:c#1", 50_000))
    offset = only(scene.when(PAYEE, claws()), ClawbackOffset)
    assert (offset.disbursement, offset.left) == ("district:b#1", 100_000)


def test_cash_is_booked_once_a_receipt_and_never_beyond_the_debt() -> None:
    scene = paid()
    scene.when(PAYEE, claws())
    assert refused(scene.when(PAYEE, repaid(1, clawback="ZH-9"))) == "UNKNOWN_CLAWBACK"
    assert refused(scene.when(PAYEE, repaid(150_001))) == "EXCEEDS_DEBT"
    assert only(scene.when(PAYEE, repaid(50_000)), ClawbackRecovered).left == 100_000
    assert scene.when(PAYEE, repaid(50_000)) == []
    assert only(scene.when(PAYEE, repaid(100_000, "in-2")), ClawbackRecovered).left == 0


def test_a_write_off_takes_two_people_and_no_more_than_is_owed() -> None:
    scene = paid()
    scene.when(PAYEE, claws())

    def propose(amount: int, clawback: str = "ZH-1") -> list[Recorded]:
        proposed = ProposeWriteOff(
            clawback=clawback, amount=amount, document="核销-1", reason="下落不明", maker="li"
        )
        return scene.when(PAYEE, proposed)

    def judge(checker: str) -> list[Recorded]:
        return scene.when(PAYEE, JudgeWriteOff(clawback="ZH-1", checker=checker, verdict="confirm"))

    assert refused(propose(1, "ZH-9")) == "UNKNOWN_CLAWBACK"
    assert refused(propose(150_001)) == "EXCEEDS_DEBT"
    assert refused(judge("wang")) == "NOT_PROPOSED"
    assert kinds(propose(100_000)) == ["WriteOffProposed"]
    assert refused(propose(1)) == "ALREADY_PROPOSED"
    assert refused(judge("li")) == "SAME_PERSON"
    scene.when(PAYEE, repaid(60_000))
    assert refused(judge("wang")) == "EXCEEDS_DEBT"
    rejects = JudgeWriteOff(clawback="ZH-1", checker="wang", verdict="reject", reason="仍可追回")
    assert kinds(scene.when(PAYEE, rejects)) == ["WriteOffRejected"]
    propose(90_000)
    assert only(judge("wang"), ClawbackWrittenOff).left == 0


def test_a_clawback_by_staff_takes_two_people() -> None:
    scene = paid()
    proposal = ProposeClawback(
        clawback="ZH-1",
        application=APPLICATION,
        cause="fraud",
        document="追回-1",
        reason="骗取",
        maker="li",
    )
    assert kinds(scene.when(PAYEE, proposal)) == ["ClawbackProposed"]

    def judge(checker: str) -> list[Recorded]:
        judged = JudgeClawback(clawback="ZH-1", checker=checker, verdict="confirm")
        return scene.when(PAYEE, judged)

    assert refused(judge("li")) == "SAME_PERSON"
    assert kinds(judge("wang")) == [
        "ClawbackOrdered",
        "FraudMarked",
        "CreditGraded",
        "MarkNoted",
    ]
    assert refused(judge("wang")) == "NOT_PROPOSED"


def granted() -> Scene:
    """A granted application whose payment is ordered."""
    scene = Scene().budget(10_000)
    scene.when(ZHANG, applies("a", certificate()))
    scene.when(ZHANG, pre_checks())
    return scene


@pytest.mark.parametrize(
    ("cause", "kept"), [("administrative_error", False), ("fraud", True), ("not_entitled", True)]
)
def test_only_an_error_of_the_administration_gives_the_slots_back(cause: str, kept: bool) -> None:
    scene = granted()
    settle(scene, "district:a#1", 150_000)
    revoke = RevokeApproval(
        application="district:a",
        cause=cause,  # type: ignore[arg-type]
        document="撤销-1",
        reason="原决定有误",
        by="li",
    )
    facts = scene.when(ZHANG, revoke)
    assert only(facts, ApprovalRevoked).gives_back_slots is not kept
    assert only(facts, ClawbackOrdered).money.amount == 150_000
    assert scene.when(ZHANG, revoke) == []
    again = kinds(scene.when(ZHANG, applies("b", certificate())))
    assert ("ApprovalDenied" in again) is kept, "the same occupation and level is paid once"


def test_a_revocation_gives_up_what_waits_and_takes_back_what_still_settles() -> None:
    scene = granted()
    batch = "B2208310008"
    scene.when(PAYEE, claim(batch, "district:a#1"))
    scene.when(PAYEE, MarkSent(disbursement="district:a#1", instruction=f"{batch}00001"))
    revoke = RevokeApproval(
        application="district:a", cause="fraud", document="d", reason="r", by="li"
    )
    assert "PaymentsStopped" in kinds(scene.when(ZHANG, revoke))
    settled = RecordOutcome(
        disbursement="district:a#1",
        instruction=f"{batch}00001",
        outcome="settled",
        amount=150_000,
        value_on=date(2022, 9, 1),
        bank_reference="r",
    )
    assert at_payee(scene.when(PAYEE, settled)) == ["DisbursementSettled", "ClawbackOrdered"]
    back = settled.model_copy(update={"outcome": "returned", "bank_reference": ""})
    facts = scene.when(PAYEE, back)
    assert at_payee(facts) == ["DisbursementReturned", "ClawbackOffset"], "not owed and given up"
    assert only(facts, ClawbackOffset).left == 0
    assert "DisbursementCancelled" in kinds(granted().when(ZHANG, revoke))


def test_who_leaves_before_five_years_owes_the_unserved_days() -> None:
    treasury = Treasury(1)
    network: Network = treasury.network
    while not any(p == "talent-housing" for p in programmes(treasury)):
        treasury.award(len(treasury.granted))
    network.until_quiet(treasury.chance)
    person, key, _ = next(g for g in treasury.granted if programme(treasury, g[1]) == HOUSING)
    beneficiary = streams.beneficiary(person)
    network.ask(beneficiary, pre_checks(key.removeprefix("district:")), "clerk")
    network.until_quiet(treasury.chance)
    # 2022-08-12 to 2027-08-12 are 1826 days; 1461 are left on 2023-08-12
    network.ask(
        beneficiary, RecordStatus(status="left", since=date(2023, 8, 12), source="police"), "x"
    )
    network.until_quiet(treasury.chance)
    left = [f.body for f in network.facts if isinstance(f.body, ServiceLeftEarly)]
    mine = next(fact for fact in left if fact.application == key)
    assert (mine.began_on, mine.ends_on) == (date(2022, 8, 12), date(2027, 8, 12))
    assert mine.unserved == round(mine.amount * 1461 / 1826)


HOUSING = "talent-housing"


def programmes(treasury: Treasury) -> list[str]:
    """Programmes that were awarded."""
    return [programme(treasury, key) for _, key, _ in treasury.granted]


def programme(treasury: Treasury, key: str) -> str:
    """The programme of an application."""
    for fact in treasury.network.facts:
        if type(fact.body).__name__ == "ApplicationFiled" and fact.body.application == key:  # type: ignore[attr-defined]
            return str(fact.body.stated.programme)  # type: ignore[attr-defined]
    raise AssertionError(key)
