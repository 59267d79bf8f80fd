"""Paid without applying (免申即享): a data match makes the claim, and its day is watched."""

from datetime import UTC, date, datetime

import orjson
import pytest

from events import streams
from events.approvals import ApprovalReferred
from events.contract.schemas import examples
from events.deadlines import CheckArrival, CheckDeadline, DeadlineMissed, PaymentLate
from events.values import FactValue
from policies.duties import shipped
from services.clerk.due import LateClaim, due_commands
from services.tools.simulation.decisions import decisions
from services.tools.simulation.simulate import simulated
from tests.given_when_then import DISTRICT, ZHANG, Scene, applies, kinds, only, policies, pre_checks

UNIT = "small-shop-token"
SHOP = streams.beneficiary(UNIT)
LINE = streams.fund_line("unemployment_insurance", DISTRICT, 2021)
CITE = "铁市人社发〔2021〕7号#一(一)"
FACTS: dict[str, FactValue] = {
    "match.without_application": True,
    "premium.year": 2020,
    "unit.insured_at_year_end": 12,
    "unit.kind": "企业",
    "unit.size": "小型",
    "unit.laid_off": 0,
    "unit.premiums_paid": 36_000_00,
}


def matched(money: int = 100_000, region: str = DISTRICT) -> Scene:
    scene = Scene("2021-10-22").budget(money, LINE)
    claim = applies(
        "m1",
        FACTS,
        programme="job-retention",
        applied_on="2021-09-01",
        region=region,
        payee=UNIT,
    )
    scene.when(SHOP, claim)
    return scene


def check(application: str = "m1") -> CheckDeadline:
    return CheckDeadline(
        application=f"district:{application}", pay_by=date(2021, 10, 21), cite=CITE
    )


def arrival(application: str = "m1") -> CheckArrival:
    return CheckArrival(application=f"district:{application}", pay_by=date(2021, 10, 21), cite=CITE)


@pytest.mark.parametrize(
    ("match", "pay_by"),
    [("tieling", "2021-10-21"), ("liaoning", "2021-11-01"), ("fushun", "2021-11-01")],
)
def test_the_last_day_follows_from_the_notice(match: str, pay_by: str) -> None:
    table = {one.id: one for one in shipped().matches.matches}
    assert str(table[match].pay_by) == pay_by


def test_each_district_has_its_most_specific_rule() -> None:
    table = shipped().matches
    by_id = {one.id: table.regions_of(one, policies().cities.regions) for one in table.matches}
    assert DISTRICT in by_id["tieling"]
    assert "210402" in by_id["fushun"]
    assert {"210000", "210100"} <= set(by_id["liaoning"])
    assert not {DISTRICT, "210402"} & set(by_id["liaoning"])


def _message(channel: str, facts: dict[str, FactValue]) -> bytes:
    event = examples.events()["application.submitted"]
    unit = {"kind": "unit", "id": "91211200MA0XXXX19D", "name": "铁岭示例商店"}
    data = {
        **event["data"],
        "programme": "job-retention",
        "channel": channel,
        "applied_on": "2021-09-01",
        "beneficiary": unit,
        "facts": facts,
    }
    data.pop("payee", None)
    return orjson.dumps({**event, "id": f"{channel}-{len(facts)}", "data": data})


def test_what_comes_on_the_channel_of_data_matches_needs_no_application() -> None:
    facts = {name: value for name, value in FACTS.items() if not name.startswith("match.")}
    told_all = list(simulated([_message("auto", facts)], policies(), funded=True))
    filed = next(one["body"] for one in told_all if one.get("type") == "ApplicationFiled")
    assert filed["stated"]["channel"] == "auto"
    assert filed["stated"]["facts"]["match.without_application"] is True
    (told,) = decisions(told_all, policies())
    assert (told["outcome"], told["amount_fen"]) == ("granted", 21_600_00)


def test_a_data_match_that_says_the_unit_applied_is_refused() -> None:
    facts = FACTS | {"match.without_application": False}
    (told,) = decisions(simulated([_message("auto", facts)], policies()), policies())
    assert told["outcome"] == "message refused"


def test_no_other_programme_is_paid_without_an_application() -> None:
    facts = {**applies().stated.facts, "match.without_application": True}
    said = Scene().budget(10_000).when(ZHANG, applies("a", facts))
    assert only(said, ApprovalReferred).code == "NO_DATA_MATCH"


def test_an_undecided_claim_is_late_once() -> None:
    scene = matched(money=0)
    missed = only(scene.when(SHOP, check()), DeadlineMissed)
    assert (missed.stage, missed.cite) == ("undecided", CITE)
    assert scene.when(SHOP, check()) == []


def test_a_granted_claim_without_an_ordered_payment_is_late() -> None:
    assert only(matched().when(SHOP, check()), DeadlineMissed).stage == "not_ordered"


def test_once_ordered_the_payees_history_tells_whether_it_has_arrived() -> None:
    scene = matched()
    scene.when(SHOP, pre_checks("m1"))
    assert scene.when(SHOP, check()) == []
    assert only(scene.when(streams.payee(UNIT), arrival()), PaymentLate).cite == CITE
    assert scene.when(streams.payee(UNIT), arrival()) == []


def test_who_is_unknown_or_was_denied_is_not_late() -> None:
    scene = Scene("2021-10-22")
    assert scene.when(SHOP, check("none")) == []
    assert scene.when(streams.payee(UNIT), arrival("none")) == []
    denied = applies(
        "m2",
        FACTS | {"unit.laid_off": 12},
        programme="job-retention",
        applied_on="2021-09-01",
        payee=UNIT,
    )
    assert "ApprovalDenied" in kinds(scene.when(SHOP, denied))
    assert scene.when(SHOP, check("m2")) == []


@pytest.mark.parametrize(("today", "asked"), [("2021-10-21", 0), ("2021-10-22", 1)])
def test_the_clerk_asks_from_the_day_after(today: str, asked: int) -> None:
    for ordered, stream in ((False, SHOP), (True, streams.payee(UNIT))):
        late = LateClaim("district:m1", UNIT, UNIT, date(2021, 10, 21), CITE, ordered)
        found = due_commands([late], date.fromisoformat(today), datetime(2021, 10, 22, tzinfo=UTC))
        assert [one.stream for one in found] == [stream] * asked
