"""Decisions of a simulation: one line an application, with the clauses that decided."""

import orjson
import pytest

from events.contract.schemas import examples
from services.tools.simulation.decisions import decisions
from services.tools.simulation.simulate import simulated
from tests.example_cities import policies_with
from tests.given_when_then import policies
from tests.scenario_folders import CITY, messages

POLICIES = policies()


def _submitted(application: str, **facts: object) -> bytes:
    event = examples.events()["application.submitted"]
    data = {**event["data"], "application": application}
    data["facts"] = {**data["facts"], **facts}
    return orjson.dumps({**event, "id": application, "data": data})


def test_with_ample_money_only_the_rules_decide() -> None:
    lines = [_submitted("A"), _submitted("B", **{"certificate.level": "二级"}), b"{"]
    granted, denied, refused = decisions(simulated(lines, POLICIES, funded=True), POLICIES)
    assert granted["application"] == "district-211202.hrss:A"
    assert (granted["outcome"], granted["amount_fen"]) == ("granted", 150_000)
    assert granted["policy"] == "skill-upgrade/211200-2022-01-01"
    assert (denied["outcome"], denied["failing"]) == ("denied", ["claimant_rate"])
    assert any("初级（五级）1000元" in line for line in denied["trail"])
    assert refused["outcome"] == "message refused"


def test_a_refused_message_names_its_application_where_it_says_so() -> None:
    lines = [_submitted("A", **{"certificate.issued_on": "2022/03/15"})]
    (refused,) = decisions(simulated(lines, POLICIES, funded=True), POLICIES)
    assert refused["application"] == "district-211202.hrss:A"
    assert '"2022-03-15"' in refused["problems"][0]["remedy"]


def test_what_was_granted_and_taken_back_is_withdrawn_and_its_slot_free() -> None:
    withdrawal = examples.events()["application.withdrawn"]
    back = {**withdrawal, "id": "back", "data": {"application": "A", "reason": "放弃"}}
    number = {"certificate.number": "S000021120001224000018"}
    lines = [_submitted("A"), orjson.dumps(back), _submitted("B", **number)]
    first, again = decisions(simulated(lines, POLICIES, funded=True), POLICIES)
    assert (first["outcome"], again["outcome"]) == ("withdrawn", "granted")


def test_without_money_the_same_application_is_held() -> None:
    (held,) = decisions(simulated([_submitted("A")], POLICIES), POLICIES)
    assert (held["outcome"], held["amount_fen"]) == ("held", 150_000)


def test_what_fell_due_by_the_last_day_of_the_file_is_told() -> None:
    (granted,) = decisions(simulated([_submitted("A")], POLICIES, funded=True), POLICIES)
    assert [(one["no"], one["amount"]) for one in granted["due"]] == [(1, 150_000)]
    assert "stopped" not in granted


def test_a_conflict_and_a_request_in_vain_are_told_beside_the_decision() -> None:
    withdrawal = examples.events()["application.withdrawn"]
    back = {**withdrawal, "id": "back", "data": {"application": "A", "reason": "放弃"}}
    other = orjson.loads(_submitted("A", **{"certificate.level": "三级"}))
    denied = _submitted("A", **{"certificate.level": "二级"})
    lines = [denied, orjson.dumps({**other, "id": "again"}), orjson.dumps(back)]
    (told,) = decisions(simulated(lines, POLICIES, funded=True), POLICIES)
    assert (told["outcome"], told["conflicts"]) == ("denied", 1)
    assert [one["code"] for one in told["refused"]] == ["ALREADY_DENIED"]


def test_a_grant_after_a_denial_says_nothing_of_what_failed_before() -> None:
    lines = [_submitted("A", **{"certificate.level": "二级"})]
    filed = next(
        item["body"]["digest"]
        for item in simulated(lines, POLICIES, funded=True)
        if item["type"] == "ApplicationFiled"
    )
    right = orjson.loads(_submitted("A"))
    corrected = {
        **right,
        "id": "corrected",
        "type": "application.corrected",
        "data": {**right["data"], "replaces": filed},
    }
    lines.append(orjson.dumps(corrected))
    (told,) = decisions(simulated(lines, POLICIES, funded=True), POLICIES)
    assert (told["outcome"], told["amount_fen"]) == ("granted", 150_000)
    assert not {"code", "failing", "text"} & told.keys()


@pytest.mark.parametrize(("lines", "state"), [(4, "held"), (None, "committed")])
def test_what_a_later_year_pays_is_told_beside_the_grant(lines: int | None, state: str) -> None:
    law = policies_with(CITY)
    played = messages("this-years-money-and-next-years")[:lines]
    first, *_ = decisions(simulated(played, law), law)
    assert (first["outcome"], first["amount_fen"]) == ("granted", 600_000)
    assert first["later_years"] == [{"year": 2022, "amount_fen": 400_000, "state": state}]
