"""Objections: what is objected to is neither paid nor set off until another person has found out."""

from random import Random
from typing import Any

import pytest

from events import streams
from events.batches import PrepareBatch, ReleaseBatch, TakeOutLine, WantedLine
from events.clawbacks import ClawbackOffset, OrderClawback
from events.control import CommandRefused
from events.disbursements import (
    ClaimDisbursement,
    DisbursementBatched,
    DisbursementClaimRefused,
    DisbursementUnbatched,
)
from events.envelope import Recorded
from events.objections import (
    ObjectionRaised,
    ObjectionResolved,
    RaiseObjection,
    ResolveObjection,
)
from services.deciders.payee.state.payee import PayeeState
from services.streams.in_memory import implied
from tests.given_when_then import Scene, kinds, only
from tests.unit.test_clawbacks import claws, pay
from tests.unit.test_payees import APPLICATION, ONE, PAYEE, PAYMENT, TWO, claim, order

OTHER = "district:b"


def objects(
    objection: str = "YY-1",
    application: str = APPLICATION,
    clawback: str = "",
    reason: str = "不符",
) -> RaiseObjection:
    return RaiseObjection(
        objection=objection,
        application=application,
        clawback=clawback,
        ground="debt" if clawback else "not_entitled",
        document="登记-1",
        reason=reason,
        by="li",
    )


def finds(
    verdict: Any = "dismissed", objection: str = "YY-1", by: str = "wang"
) -> ResolveObjection:
    return ResolveObjection(
        objection=objection, verdict=verdict, document="核查-1", reason="经查属实", by=by
    )


def refused(facts: list[Recorded]) -> str:
    return only(facts, CommandRefused).code


def ordered() -> Scene:
    scene = Scene()
    scene.when(PAYEE, order())
    return scene


def test_no_batch_gets_a_payment_that_is_objected_to_until_the_objection_is_dismissed() -> None:
    scene = ordered()
    assert kinds(scene.when(PAYEE, objects())) == ["ObjectionRaised"]
    assert only(scene.when(PAYEE, claim(ONE)), DisbursementClaimRefused).code == "OBJECTED"
    assert kinds(scene.when(PAYEE, finds())) == ["ObjectionResolved"]
    assert "DisbursementBatched" in kinds(scene.when(PAYEE, claim(TWO)))


def test_one_that_is_upheld_holds_on_and_each_of_two_must_be_dismissed() -> None:
    scene = ordered()
    scene.when(PAYEE, objects())
    scene.when(PAYEE, objects("YY-2"))
    scene.when(PAYEE, finds("upheld"))
    scene.when(PAYEE, finds("dismissed", "YY-2"))
    assert only(scene.when(PAYEE, claim(ONE)), DisbursementClaimRefused).code == "OBJECTED"


def test_other_applications_of_the_payee_go_on() -> None:
    scene = ordered()
    scene.when(PAYEE, objects(application=OTHER))
    assert "DisbursementBatched" in kinds(scene.when(PAYEE, claim(ONE)))


def test_an_objection_before_anything_falls_due_holds_what_falls_due_later() -> None:
    scene = Scene()
    scene.when(PAYEE, objects())
    scene.when(PAYEE, order())
    assert only(scene.when(PAYEE, claim(ONE)), DisbursementClaimRefused).code == "OBJECTED"


def prepared(scene: Scene) -> None:
    prepare = PrepareBatch(
        batch=ONE,
        bank_account="icbc-1234",
        fund="unemployment_insurance",
        district="211202",
        maker="li",
        lines=(WantedLine(payee=PAYEE, disbursement=PAYMENT, amount=150_000),),
    )
    scene.when(streams.batch(ONE), prepare)


@pytest.mark.parametrize("released", [False, True])
def test_a_payment_that_a_batch_has_is_taken_out_of_it_and_waits(released: bool) -> None:
    scene = ordered()
    prepared(scene)
    batch = scene.ledger.store.state(streams.batch(ONE))
    if released:
        release = ReleaseBatch(batch=ONE, checker="wang", digest=batch.digest, total=150_000)
        scene.when(streams.batch(ONE), release)
    facts = scene.when(PAYEE, objects())
    assert only(facts, ObjectionRaised).take_out[0].batch == ONE
    assert only(facts, DisbursementUnbatched).disbursement == PAYMENT
    assert only(scene.when(PAYEE, claim(TWO)), DisbursementClaimRefused).code == "OBJECTED"
    scene.when(PAYEE, finds())
    third = claim("B2208310003")
    assert "DisbursementBatched" in kinds(scene.when(PAYEE, third)), "it was not given up"


def test_who_recorded_an_objection_does_not_resolve_it_and_a_finding_stands() -> None:
    scene = ordered()
    assert refused(scene.when(PAYEE, finds())) == "UNKNOWN_OBJECTION"
    scene.when(PAYEE, objects())
    assert scene.when(PAYEE, objects()) == [], "a repeat"
    for same in ("li", "LI", " staff:li "):
        assert refused(scene.when(PAYEE, finds(by=same))) == "SAME_PERSON"
    assert only(scene.when(PAYEE, finds("upheld")), ObjectionResolved).verdict == "upheld"
    assert scene.when(PAYEE, finds("upheld")) == [], "a repeat"
    assert refused(scene.when(PAYEE, finds("dismissed"))) == "ALREADY_RESOLVED"


def test_no_identity_gets_into_a_reason() -> None:
    told = objects(reason="身份证 21120219900307123X 的人不是本人")
    assert refused(ordered().when(PAYEE, told)) == "IDENTITY_IN_REASON"


def owing() -> Scene:
    """Paid once, all of it due back."""
    scene = Scene()
    pay(scene)
    scene.when(PAYEE, claws("ZH-1", 100_000))
    return scene


def test_nothing_is_kept_for_a_debt_that_is_objected_to_and_it_is_kept_once_it_stands() -> None:
    scene = owing()
    assert refused(scene.when(PAYEE, objects(clawback="ZH-9"))) == "UNKNOWN_CLAWBACK"
    assert refused(scene.when(PAYEE, objects(OTHER, OTHER, "ZH-1"))) == "UNKNOWN_CLAWBACK"
    scene.when(PAYEE, objects(clawback="ZH-1"))
    assert "ClawbackOffset" not in kinds(scene.when(PAYEE, order(OTHER)))
    facts = scene.when(PAYEE, finds("dismissed"))
    kept = only(facts, ClawbackOffset)
    assert (kept.clawback, kept.money.amount, kept.payable_left) == ("ZH-1", 100_000, 50_000)


def test_a_debt_whose_objection_is_upheld_is_kept_of_nothing() -> None:
    scene = owing()
    scene.when(PAYEE, objects(clawback="ZH-1"))
    scene.when(PAYEE, finds("upheld"))
    assert kinds(scene.when(PAYEE, order(OTHER))) == ["DisbursementOrdered"]
    paid = claim(TWO, f"{OTHER}#1")
    assert "DisbursementBatched" in kinds(scene.when(PAYEE, paid)), "the payment itself goes on"


class Watch:
    """An independent count of what objections hold, by the facts alone."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[str, str]] = {}

    def see(self, facts: list[Recorded]) -> None:
        for recorded in facts:
            match recorded.body:
                case ObjectionRaised() as one:
                    self.open[one.objection] = (one.application, one.clawback)
                case ObjectionResolved(verdict="dismissed") as one:
                    del self.open[one.objection]
                case DisbursementBatched() as one:
                    payment = one.disbursement.rpartition("#")[0]
                    assert (payment, "") not in self.open.values()
                case ClawbackOffset() as one:
                    assert all(debt != one.clawback for _, debt in self.open.values())
                case _:
                    pass


@pytest.mark.parametrize("seed", range(40))
def test_whatever_comes_in_whatever_order_nothing_objected_to_is_paid_or_kept(seed: int) -> None:
    chance, scene, watch = Random(seed), Scene(), Watch()
    pay(scene, "district:0", 1)
    for number in range(60):
        name = f"district:{chance.randrange(3)}"
        instalment = chance.randrange(1, 4)
        batch = f"B22083{number:05d}"
        command: Any = chance.choice(
            [
                order(name, instalment),
                order(name, instalment),
                ClaimDisbursement(
                    disbursement=f"{name}#{instalment}",
                    batch=batch,
                    line_no=1,
                    bank_account="icbc-1234",
                    amount=chance.choice([150_000, 130_000]),
                ),
                claws(f"ZH-{chance.randrange(4)}", chance.choice([10_000, 20_000])),
                objects(f"YY-{chance.randrange(8)}", name),
                objects(f"YD-{chance.randrange(8)}", "district:0", f"ZH-{chance.randrange(4)}"),
                finds(
                    chance.choice(["upheld", "dismissed", "dismissed"]),
                    f"Y{chance.choice('YD')}-{chance.randrange(8)}",
                ),
            ]
        )
        if isinstance(command, OrderClawback):
            command = command.model_copy(update={"application": "district:0"})
        watch.see(scene.when(PAYEE, command))
    state = scene.ledger.store.state(PAYEE)
    assert isinstance(state, PayeeState)
    holding = {name for name, one in state.objections.by_id.items() if one.holds}
    assert holding == set(watch.open)


def test_each_batch_is_asked_to_leave_out_the_payment_that_it_has() -> None:
    scene = ordered()
    scene.when(PAYEE, order(no=2))
    scene.when(PAYEE, claim(ONE))
    scene.when(PAYEE, claim(TWO, f"{APPLICATION}#2"))
    asked = implied(scene.when(PAYEE, objects())[:1])
    assert [ask.stream for ask in asked] == [streams.batch(ONE), streams.batch(TWO)]
    outs = [ask.body for ask in asked if isinstance(ask.body, TakeOutLine)]
    assert [out.disbursement for out in outs] == [PAYMENT, f"{APPLICATION}#2"]
