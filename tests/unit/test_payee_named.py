"""The policy's kind of payee decides: who else is named is refused, who is not named is looked at."""

import pytest

from events.application_facts.checking import PAYEE_KIND
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred, ReviewApplication
from events.control import CommandRefused
from events.values import FactValue
from policies.duties import shipped
from policies.vocabulary import PayeeBy
from tests.given_when_then import ZHANG, Scene, applies, corrects, only, policies

FIRM = "firm-that-hires-token"
CONTRIBUTED: dict[str, FactValue] = {
    "unit.kind": "企业",
    "hardship.category": ["残疾"],
    "contract.signed": True,
    "contribution.months": ["2021-11"],
    "contribution.pension": 48_000,
    "contribution.medical": 21_000,
    "contribution.unemployment": 1_500,
}
OWN = {"programme": "hire-hardship-si", "applied_on": "2021-12-06"}


def test_who_names_another_where_the_person_is_paid_is_denied_with_the_code() -> None:
    denied = only(Scene().when(ZHANG, applies("a", payee="li-si-token")), ApprovalDenied)
    assert (denied.code, denied.failing) == ("PAYEE_MISMATCH", ("payee",))
    scene = Scene()
    scene.when(ZHANG, applies("a", payee="li-si-token"))
    again = scene.when(ZHANG, applies("b"))  # no slot was taken
    assert only(again, ApprovalProposed).payee == "zhang-san-token"


def test_who_names_no_unit_where_one_is_paid_is_looked_at_and_corrected() -> None:
    scene = Scene("2021-12-06")
    claim = applies("a", CONTRIBUTED, **OWN)
    referred = only(scene.when(ZHANG, claim), ApprovalReferred)
    assert (referred.code, referred.text) == (
        "PAYEE_MISSING",
        "本项补贴付给单位，申报没有填收款单位",
    )
    approve = ReviewApplication(
        application="district:a", verdict="approve", reviewer="r-1", reason="核实", document="核-1"
    )
    assert only(scene.when(ZHANG, approve), CommandRefused).code == "PAYEE_MISSING"
    correction = corrects("a", claim, CONTRIBUTED, payee=FIRM, **OWN)
    assert only(scene.when(ZHANG, correction), ApprovalProposed).payee == FIRM


@pytest.mark.parametrize(
    ("kind", "unit", "paid"),
    [
        ("单位", "企业", True),
        ("个人", "企业", False),
        ("个人", "个体工商户", True),
    ],
)
def test_a_person_is_no_unit_unless_he_trades_alone(kind: str, unit: str, paid: bool) -> None:
    facts: dict[str, FactValue] = {
        "unit.kind": unit,
        "leader.recognised": True,
        "unit.licensed": True,
        "unit.violated": False,
        "unit.major_accident": False,
        "unit.registered_on": "2019-05-20",
        "hire.registered": True,
        "hire.first_contract": True,
        "contract.months": 12,
        "contribution.months": ["2021-09"],
        "contribution.pension": 48_000,
        "contribution.medical": 21_000,
        "contribution.unemployment": 1_500,
        PAYEE_KIND: kind,
    }
    claim = applies("a", facts, programme="leader-si", applied_on="2021-10-12", payee=FIRM)
    said = Scene("2021-10-12").when(ZHANG, claim)
    if paid:
        assert only(said, ApprovalProposed).payee == FIRM
    else:
        assert only(said, ApprovalDenied).code == "PAYEE_MISMATCH"


def test_what_the_rules_lack_names_the_referral_and_the_payee_comes_beside_it() -> None:
    lacking = {name: value for name, value in CONTRIBUTED.items() if name != "contract.signed"}
    said = Scene("2021-12-06").when(ZHANG, applies("a", lacking, **OWN))
    referred = only(said, ApprovalReferred)
    assert referred.code == "MISSING_FACT"
    assert referred.text.endswith("本项补贴付给单位，申报没有填收款单位")


PAID: dict[str, str] = {
    "employer": "apprenticeship expansion hire-graduate-si hire-hardship-si in-work-training-distressed "
    "in-work-training-hire leader-si one-off-hiring one-off-hiring-supplies welfare-post "
    "welfare-post-si",
    "internship_unit": "campus-internship internship",
    "training_unit": "free-training major-conversion preparatory-training startup-training",
    "agency": "hr-agency-service",
    "by fact": "post-skill startup-loan-interest",
}


def test_every_programme_pays_whom_the_catalogue_says() -> None:
    kinds: dict[str, set[str]] = {}
    for policy in policies():
        payee = policy.text.payee
        named = "by fact" if isinstance(payee, PayeeBy) else payee
        kinds.setdefault(policy.text.policy, set()).add(named)
    assert all(len(found) == 1 for found in kinds.values())
    paid = {name: kind for kind, names in PAID.items() for name in names.split()}
    assert {name: kind for name, (kind,) in kinds.items()} == {
        name: paid.get(name, "applicant") for name in kinds
    }


def test_every_payee_of_a_policy_is_a_person_or_a_unit() -> None:
    table = shipped().payees
    for policy in policies():
        payee = policy.text.payee
        for one in payee.rows.values() if isinstance(payee, PayeeBy) else (payee,):
            assert table.meant(one) in ("本人", "单位")
