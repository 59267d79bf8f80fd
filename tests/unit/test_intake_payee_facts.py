"""Intake notes who is paid where the rules ask which unit it was."""

from events.application_facts.checking import PAYEE_KIND
from events.values import FactValue
from policies.engine.facts_used import facts_used
from policies.engine.registry import Policies
from services.intake.payee_facts import (
    AGENCY_NUMBER,
    PAYEE_FACT_BY_PROGRAMME,
    UNIT_PAYEE,
    with_payee_facts,
)


def test_every_programme_that_asks_for_the_unit_paid_gets_it() -> None:
    asking = {
        policy.text.policy
        for policy in Policies.load()
        if {UNIT_PAYEE, AGENCY_NUMBER} & set(facts_used(policy.text))
    }
    assert asking == set(PAYEE_FACT_BY_PROGRAMME)


def noted(
    programme: str, facts: dict[str, FactValue], beneficiary: str, payee: str
) -> dict[str, FactValue]:
    kinds = {"p": "person", "u": "unit", "": "person"}
    return with_payee_facts(
        programme,
        facts,
        (beneficiary, kinds[beneficiary[:1]]),
        (payee, kinds[payee[:1]]),
    )


def test_the_payee_is_noted_by_its_token_and_its_kind() -> None:
    assert noted("expansion", {}, "p1", "u1") == {UNIT_PAYEE: "u1", PAYEE_KIND: "单位"}
    assert noted("hr-agency-service", {}, "p1", "u1") == {AGENCY_NUMBER: "u1", PAYEE_KIND: "单位"}
    assert noted("job-retention", {}, "u1", "u2") == {PAYEE_KIND: "单位"}
    assert noted("skill-upgrade", {}, "p1", "p2") == {PAYEE_KIND: "个人"}


def test_who_is_paid_himself_is_no_unit_unless_he_is_one() -> None:
    assert noted("expansion", {}, "p1", "p1") == {}
    assert noted("hr-agency-service", {}, "p1", "") == {}
    assert noted("job-retention", {}, "u1", "u1") == {PAYEE_KIND: "单位"}


def test_a_licence_number_stands_and_a_token_or_kind_from_outside_does_not() -> None:
    stated: dict[str, FactValue] = {AGENCY_NUMBER: "LN1"}
    assert noted("hr-agency-service", stated, "p1", "u1") == {**stated, PAYEE_KIND: "单位"}
    assert noted("expansion", {UNIT_PAYEE: "u9"}, "p1", "u1")[UNIT_PAYEE] == "u1"
    assert noted("expansion", {UNIT_PAYEE: "u9"}, "p1", "p1") == {}
    assert noted("skill-upgrade", {PAYEE_KIND: "单位"}, "p1", "p1") == {}
    assert noted("skill-upgrade", {PAYEE_KIND: "单位"}, "p1", "p2") == {PAYEE_KIND: "个人"}
