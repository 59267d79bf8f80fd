"""Intake notes who is paid where the rules ask which unit it was."""

from events.values import FactValue
from policies.facts_used import facts_used
from policies.registry import Policies
from services.intake.payee_facts import AGENCY_NUMBER, ASKED, UNIT_PAYEE, with_payee


def test_every_programme_that_asks_for_the_unit_paid_gets_it() -> None:
    asking = {
        policy.text.policy
        for policy in Policies.load()
        if {UNIT_PAYEE, AGENCY_NUMBER} & set(facts_used(policy.text))
    }
    assert asking == set(ASKED)


def test_the_payee_is_noted_by_its_token() -> None:
    assert with_payee("expansion", {}, "p1", "u1") == {UNIT_PAYEE: "u1"}
    assert with_payee("hr-agency-service", {}, "p1", "u1") == {AGENCY_NUMBER: "u1"}
    assert with_payee("job-retention", {}, "u1", "u2") == {}


def test_who_is_paid_himself_is_no_unit() -> None:
    assert with_payee("expansion", {}, "p1", "p1") == {}
    assert with_payee("hr-agency-service", {}, "p1", "") == {}


def test_a_licence_number_stands_and_a_token_from_outside_does_not() -> None:
    stated: dict[str, FactValue] = {AGENCY_NUMBER: "LN1"}
    assert with_payee("hr-agency-service", stated, "p1", "u1") == stated
    assert with_payee("expansion", {UNIT_PAYEE: "u9"}, "p1", "u1") == {UNIT_PAYEE: "u1"}
    assert with_payee("expansion", {UNIT_PAYEE: "u9"}, "p1", "p1") == {}
