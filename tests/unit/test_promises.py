"""Written promises (告知承诺): the payee's own history says whether a promise stands for papers."""

from datetime import date

import pytest

from events import streams
from events.application_facts.common import PROMISABLE
from events.applications import DecideApplication
from events.approvals import ApprovalReferred, ReviewApplication, RevokeApproval
from events.envelope import Position
from events.payees import CreditGraded, Grade, GradeCredit, MarkFraud
from events.promises import AnswerPromise, PromiseAccepted, PromiseRefused
from events.values import FactValue
from policies.duties import shipped
from policies.duties.promises import FACT
from policies.engine.facts_used import facts_used
from tests.given_when_then import (
    DISTRICT,
    ZHANG,
    Scene,
    applies,
    corrects,
    kinds,
    only,
    policies,
    pre_checks,
    withdraws,
)

FACTORY = "machine-factory-token"
FACTORY_STREAM = streams.payee(FACTORY)
LINES = [
    streams.fund_line(fund, DISTRICT, 2022)
    for fund in ("skills_special_account", "employment_subsidy")
]
APPRENTICE: dict[str, FactValue] = {
    "apprentice.joint": True,
    "apprentice.origin": "新招用",
    "apprentice.skilled_post": True,
    "apprentice.years": 1,
    "certificate.level": "四级",
    "contract.months": 24,
    "contract.signed": True,
    "graduate.kind": "不是毕业生",
    "unit.kind": "企业",
}
PAPERS = ["contract.months", "contract.signed"]


def factory(grade: Grade | None = "A") -> Scene:
    scene = Scene("2022-05-10")
    for line in LINES:
        scene.budget(100_000, line)
    if grade is not None:
        graded = GradeCredit(
            grade=grade, document="铁人社信〔2022〕1号", reason="年度评定", by="li"
        )
        scene.when(FACTORY_STREAM, graded)
    return scene


def claims(
    application: str = "a",
    promises: list[str] | None = None,
    facts: dict[str, FactValue] | None = None,
) -> DecideApplication:
    stated = APPRENTICE | (facts or {}) | ({FACT: PAPERS if promises is None else promises})
    return applies(
        application, stated, programme="apprenticeship", applied_on="2022-05-10", payee=FACTORY
    )


def reviewed(application: str = "a") -> ReviewApplication:
    return ReviewApplication(
        application=f"district:{application}",
        verdict="approve",
        reviewer="zhao",
        document="复核〔2022〕5号",
        reason="已补交材料",
    )


def test_a_promise_of_a_trusted_factory_stands_for_its_papers() -> None:
    said = factory("A").when(ZHANG, claims())
    assert only(said, PromiseAccepted).facts == tuple(PAPERS)
    assert "ApprovalGranted" in kinds(said)


@pytest.mark.parametrize("grade", [None, "B", "C", "D"])
def test_a_factory_of_lower_credit_is_judged_by_a_person(grade: Grade | None) -> None:
    said = factory(grade).when(ZHANG, claims())
    assert only(said, PromiseRefused).grade == (grade or "B")
    referred = only(said, ApprovalReferred)
    assert (referred.code, "ApprovalProposed" in kinds(said)) == ("LOW_CREDIT", False)
    assert referred.policy is not None


def test_who_promises_nothing_is_not_asked_about_credit() -> None:
    said = factory("D").when(ZHANG, claims(promises=[]))
    assert "PromiseMade" not in kinds(said)
    assert "ApprovalGranted" in kinds(said)


def test_a_claim_that_fails_a_clause_is_denied_whatever_is_promised() -> None:
    said = factory("A").when(ZHANG, claims(facts={"apprentice.joint": False}))
    assert kinds(said) == ["ApplicationFiled", "ApprovalDenied"]


def test_a_fact_outside_the_list_cannot_be_promised() -> None:
    said = factory("A").when(ZHANG, claims(promises=["course.free"]))
    assert only(said, ApprovalReferred).code == "NOT_PROMISABLE"


def test_no_promise_is_offered_for_what_is_no_training_subsidy() -> None:
    facts = {**applies().stated.facts, FACT: PAPERS}
    said = Scene().budget(10_000).when(ZHANG, applies("a", facts))
    assert only(said, ApprovalReferred).code == "NO_PROMISE"


def test_a_person_may_approve_with_the_papers_what_credit_did_not_carry() -> None:
    scene = factory("C")
    scene.when(ZHANG, claims())
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, reviewed()))


def test_after_fraud_no_promise_counts_any_more() -> None:
    scene = factory("A")
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, claims("a")))
    mark = MarkFraud(document="铁人社查〔2022〕2号", reason="虚假培训", source="district")
    assert only(scene.when(FACTORY_STREAM, mark), CreditGraded).grade == "D"
    other = streams.beneficiary("li-si-token")
    assert only(scene.when(other, claims("b")), ApprovalReferred).code == "LOW_CREDIT"


@pytest.mark.parametrize(("cause", "grade"), [("not_entitled", "C"), ("fraud", "D")])
def test_a_promise_that_was_not_kept_lowers_the_credit(cause: str, grade: Grade) -> None:
    scene = factory("A")
    scene.when(ZHANG, claims())
    scene.when(ZHANG, pre_checks())
    revoked = RevokeApproval.model_validate(
        {
            "application": "district:a",
            "cause": cause,
            "document": "铁人社撤〔2022〕3号",
            "reason": "承诺的劳动合同不存在",
            "by": "district",
        }
    )
    lowered = only(scene.when(ZHANG, revoked), CreditGraded)
    assert (lowered.before, lowered.grade) == ("A", grade)


def test_a_revocation_without_a_promise_leaves_the_credit_alone() -> None:
    scene = factory("A")
    scene.when(ZHANG, claims(promises=[]))
    revoked = RevokeApproval(
        application="district:a", cause="not_entitled", document="1", reason="不符", by="district"
    )
    assert "CreditGraded" not in kinds(scene.when(ZHANG, revoked))


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    scene = factory("A")
    scene.when(ZHANG, claims())
    for attempt in (1, 2):
        answer = AnswerPromise(application="district:a", attempt=attempt, accepted=False, grade="D")
        assert scene.when(ZHANG, answer) == []
    late = AnswerPromise(application="district:none", attempt=1, accepted=True, grade="A")
    assert scene.when(ZHANG, late) == []


def test_a_corrected_claim_asks_about_its_promise_anew() -> None:
    scene = factory("C")
    first = claims()
    scene.when(ZHANG, first)
    scene.when(FACTORY_STREAM, GradeCredit(grade="A", document="2", reason="复评", by="li"))
    second = corrects(
        "a",
        first,
        APPRENTICE | {FACT: ["contract.months"]},
        programme="apprenticeship",
        applied_on="2022-05-10",
        payee=FACTORY,
    )
    said = scene.when(ZHANG, second)
    assert only(said, PromiseAccepted).attempt == 2
    assert "ApprovalGranted" in kinds(said)


def test_a_promised_claim_that_was_taken_back_stays_so() -> None:
    scene = factory("A")
    scene.when(ZHANG, withdraws())
    assert "ApprovalProposed" not in kinds(scene.when(ZHANG, claims()))


def test_every_fact_on_offer_is_one_that_the_programme_reads_and_can_be_stated() -> None:
    table = shipped().promises
    read: dict[str, set[str]] = {}
    for policy in policies():
        read.setdefault(policy.text.policy, set()).update(facts_used(policy.text))
    for offer in table.offers:
        for programme in offer.programmes:
            assert set(offer.facts) <= read[programme], programme
    assert {fact for offer in table.offers for fact in offer.facts} == set(PROMISABLE)


def test_nothing_is_on_offer_before_the_notice_or_in_another_city() -> None:
    table, day = shipped().promises, date(2021, 8, 5)
    assert "contract.months" in table.promisable("apprenticeship", DISTRICT, day)
    assert not table.promisable("apprenticeship", DISTRICT, date(2021, 8, 4))
    assert not table.promisable("apprenticeship", "210402", day)
    assert not table.promisable("skill-upgrade", DISTRICT, day)


def test_an_answer_that_comes_after_the_withdrawal_changes_nothing() -> None:
    """The payee's answer was on its way when the claim was taken back."""
    scene = factory()
    asked = scene.asked(ZHANG, claims())
    at = Position(0, 10_000, 0)
    promised = scene.ledger.store.decide(asked, at)
    assert kinds(promised.facts) == ["ApplicationFiled", "PromiseMade"]
    scene.ledger.facts.extend(promised.facts)
    assert kinds(scene.when(ZHANG, withdraws())) == ["ApplicationWithdrawn"]
    answer = AnswerPromise(application="district:a", attempt=1, accepted=True, grade="A")
    assert scene.when(ZHANG, answer) == []
