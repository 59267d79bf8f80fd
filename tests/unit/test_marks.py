"""Marks: who has obtained money by deceit is looked at by a person before more is granted."""

from typing import Literal

import pytest

from events import streams
from events.approvals import ApprovalProposed, ApprovalReferred, ReviewApplication
from events.budgets import AllocateBudget
from events.clawbacks import Cause
from events.control import CommandRefused
from events.payees import GradeCredit, MarkFraud, MarkNoted
from events.promises import AnswerPromise
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.streams.houses import new_stream
from tests.given_when_then import (
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    corrects,
    kinds,
    only,
    policies,
)
from tests.unit.test_clawbacks import claws, paid
from tests.unit.test_payees import PAYEE as PAID
from tests.unit.test_promises import claims, factory

PAYEE = streams.payee("zhang-san-token")
LI = streams.beneficiary("li-si-token")
FITTER = certificate(**{"certificate.occupation": "钳工", "certificate.number": "S-2"})


def mark(document: str = "铁人社查〔2022〕2号") -> MarkFraud:
    return MarkFraud(document=document, reason="伪造证书", source="district")


def marked() -> Scene:
    scene = Scene().budget(100_000)
    scene.when(PAYEE, mark())
    return scene


def reviewed(
    verdict: Literal["approve", "deny"] = "approve", application: str = "a"
) -> ReviewApplication:
    return ReviewApplication(
        application=f"district:{application}",
        verdict=verdict,
        reviewer="zhao",
        document="复核〔2022〕7号",
        reason="证书经发证机构核实",
    )


def uses(scene: Scene) -> int:
    state = scene.ledger.store.state(ZHANG)
    assert isinstance(state, BeneficiaryState)
    return sum(len(slots) for slots in state.approvals.caps.held.values())


def test_a_claim_of_a_marked_person_whose_clauses_hold_is_looked_at_and_takes_nothing() -> None:
    scene = marked()
    said = scene.when(ZHANG, applies())
    referred = only(said, ApprovalReferred)
    assert kinds(said) == ["ApplicationFiled", "ApprovalReferred"]
    assert referred.code == "MARKED_FOR_FRAUD"
    assert "铁人社查〔2022〕2号" in referred.text
    assert referred.policy is not None
    assert referred.trail
    assert uses(scene) == 0


def test_a_person_may_approve_what_the_mark_held_up() -> None:
    scene = marked()
    scene.when(ZHANG, applies())
    said = scene.when(ZHANG, reviewed())
    assert only(said, ApprovalProposed).reviewer == "zhao"
    assert "ApprovalGranted" in kinds(said)


def test_a_person_may_deny_it_too() -> None:
    scene = marked()
    scene.when(ZHANG, applies())
    assert kinds(scene.when(ZHANG, reviewed("deny"))) == ["ApprovalDenied"]


def test_the_caps_bind_the_person_who_looks() -> None:
    scene = marked()
    for application in ("a", "b"):
        scene.when(ZHANG, applies(application))
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, reviewed(application="a")))
    refused = only(scene.when(ZHANG, reviewed(application="b")), CommandRefused)
    assert refused.code in {"CAP_REACHED", "CLAUSE_FAILED"}
    assert uses(scene) > 0


def test_a_claim_that_fails_a_clause_is_denied_marked_or_not() -> None:
    lacking = certificate(**{"certificate.issued_on": "2015-01-01"})
    assert kinds(marked().when(ZHANG, applies("a", lacking)))[-1] == "ApprovalDenied"


def test_nobody_else_is_looked_at() -> None:
    said = marked().when(LI, applies("b", payee="li-si-token"))
    assert "ApprovalGranted" in kinds(said)


@pytest.mark.parametrize("documents", [("1", "1"), ("1", "2")])
def test_a_mark_is_noted_once_a_document(documents: tuple[str, str]) -> None:
    scene = Scene()
    said = [fact for document in documents for fact in scene.when(PAYEE, mark(document))]
    assert kinds(said).count("MarkNoted") == len(set(documents))


@pytest.mark.parametrize("cause", ["fraud", "not_entitled", "administrative_error"])
def test_only_a_clawback_for_fraud_leaves_a_mark(cause: Cause) -> None:
    said = paid().when(PAID, claws(cause=cause))
    assert ("MarkNoted" in kinds(said)) == (cause == "fraud")


def test_a_claim_that_waits_for_money_is_looked_at_when_it_is_corrected() -> None:
    scene = Scene()
    first = applies()
    scene.when(ZHANG, first)
    scene.when(PAYEE, mark())
    said = scene.when(ZHANG, corrects("a", first, FITTER))
    assert only(said, ApprovalReferred).code == "MARKED_FOR_FRAUD"
    assert "ApprovalWithdrawn" in kinds(said)
    assert uses(scene) == 0


def test_what_was_proposed_before_goes_on() -> None:
    scene = Scene()
    scene.when(ZHANG, applies())
    scene.when(PAYEE, mark())
    assert "ApprovalGranted" in kinds(
        scene.when(LINE_2022, AllocateBudget(document="1", amount=10**7))
    )


def test_a_higher_grade_later_does_not_lift_the_mark() -> None:
    scene = marked()
    grade = GradeCredit(grade="A", document="评定", reason="已改正", by="li")
    scene.when(PAYEE, grade)
    assert only(scene.when(ZHANG, applies()), ApprovalReferred).code == "MARKED_FOR_FRAUD"


def test_a_marked_persons_promise_is_not_asked_about() -> None:
    scene = factory("A")
    scene.when(PAYEE, mark())
    said = scene.when(ZHANG, claims())
    assert kinds(said) == ["ApplicationFiled", "ApprovalReferred"]


def test_a_mark_that_comes_while_the_promise_is_asked_about_counts() -> None:
    scene = factory("A")
    stream = new_stream(ZHANG)
    for recorded in scene.when(ZHANG, claims())[:2]:
        stream.evolve(recorded)
    (noted,) = (fact for fact in scene.when(PAYEE, mark()) if isinstance(fact.body, MarkNoted))
    stream.evolve(noted)
    answer = AnswerPromise(application="district:a", attempt=1, accepted=True, grade="A")
    (referred,) = stream.decide(scene.asked(ZHANG, answer), policies())
    assert isinstance(referred, ApprovalReferred)
    assert referred.code == "MARKED_FOR_FRAUD"
