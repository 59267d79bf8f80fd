"""Status: what is told of a person stops payments to come; uses from before the ledger count."""

from datetime import date

import pytest

from events.approvals import ApprovalDenied, ApprovalProposed
from events.control import CommandRefused
from events.status import PriorUseRecorded, RecordPriorUse, RecordStatus, StatusKind
from events.values import CapSlot
from services.deciders.beneficiary.instalments.stopping import stop_of
from services.deciders.beneficiary.state.status import Status
from tests.given_when_then import ZHANG, Scene, applies, certificate, kinds, only, policies


def became(status: StatusKind, since: str) -> RecordStatus:
    """Tell a status."""
    return RecordStatus(status=status, since=date.fromisoformat(since), source="district.hrss")


def prior(document: str = "旧系统", *slots: CapSlot, day: str = "2022-02-01") -> RecordPriorUse:
    """Tell a use from before the ledger."""
    return RecordPriorUse(
        document=document,
        programme="skill-upgrade",
        slots=slots or (PER_YEAR,),
        amount=150_000,
        granted_on=date.fromisoformat(day),
    )


PER_YEAR = CapSlot(family="skill-upgrade", cap="per_year", period="2022")
KEY = CapSlot(family="skill-upgrade", cap="no_repeat", key="电工|四级")


def test_a_status_is_recorded_once_for_its_day() -> None:
    scene = Scene()
    assert kinds(scene.when(ZHANG, became("employed", "2022-08-01"))) == ["StatusRecorded"]
    assert scene.when(ZHANG, became("employed", "2022-08-01")) == []
    assert kinds(scene.when(ZHANG, became("employed", "2022-09-01"))) == ["StatusRecorded"]


@pytest.mark.parametrize(
    ("programme", "told", "on", "reason"),
    [
        ("skill-upgrade", [("deceased", "2022-08-01")], "2022-08-01", "deceased"),
        ("skill-upgrade", [("deceased", "2022-08-02")], "2022-08-01", None),
        ("skill-upgrade", [("employed", "2022-08-01")], "2022-08-01", None),
        ("unemployment-assistance", [("employed", "2022-08-01")], "2022-08-01", "employed"),
        ("unemployment-assistance", [("employed", "2022-08-02")], "2022-08-01", None),
        ("unemployment-assistance", [("retired", "2022-08-01")], "2022-08-01", "retired"),
        ("unemployment-assistance", [("left", "2022-08-01")], "2022-08-01", "left"),
        (
            "unemployment-assistance",
            [("employed", "2022-08-01"), ("unemployed", "2022-08-05")],
            "2022-08-05",
            None,
        ),
        (
            "unemployment-assistance",
            [("employed", "2022-08-01"), ("unemployed", "2022-08-05")],
            "2022-08-04",
            "employed",
        ),
        (
            "unemployment-assistance",
            [("unemployed", "2022-08-01"), ("employed", "2022-08-01")],
            "2022-08-01",
            "employed",
        ),
        (  # told late: a later job does not hide that there was one on the day
            "unemployment-assistance",
            [("employed", "2022-09-01"), ("employed", "2022-08-01")],
            "2022-08-20",
            "employed",
        ),
        (
            "unemployment-assistance",
            [("left", "2022-08-01"), ("deceased", "2022-08-01")],
            "2022-08-01",
            "deceased",
        ),
    ],
)
def test_what_stops_a_payment_on_a_day(
    programme: str, told: list[tuple[StatusKind, str]], on: str, reason: str | None
) -> None:
    for order in (told, told[::-1]):
        status = Status()
        for kind, since in order:
            status.record(kind, date.fromisoformat(since))
        found = stop_of(policies().duties.stops, status, programme, date.fromisoformat(on))
        assert (found and found.reason) == reason


def test_a_prior_use_counts_like_one_of_the_ledger() -> None:
    scene = Scene()
    assert kinds(scene.when(ZHANG, prior("旧系统", PER_YEAR, KEY))) == ["PriorUseRecorded"]
    assert scene.when(ZHANG, prior("旧系统", PER_YEAR, KEY)) == []
    assert only(scene.when(ZHANG, applies()), ApprovalDenied).failing == ("no_repeat",)
    proposed = only(scene.when(ZHANG, applies("b", certificate("钳工"))), ApprovalProposed)
    assert {slot.cap: slot.no for slot in proposed.slots}["per_year"] == 2


def test_a_prior_use_is_told_apart_by_document_day_and_uses() -> None:
    scene = Scene()
    for use in (
        prior("甲"),
        prior("乙"),
        prior("乙", day="2022-02-02"),
        prior("乙", KEY),
        prior("乙", PER_YEAR.model_copy(update={"period": "2021"})),
    ):
        assert kinds(scene.when(ZHANG, use)) == ["PriorUseRecorded"]


def test_a_prior_use_past_the_cap_is_recorded_because_it_happened() -> None:
    scene = Scene()
    uses = [only(scene.when(ZHANG, prior(one)), PriorUseRecorded) for one in "甲乙丙丁"]
    assert [use.slots[0].no for use in uses] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "slot",
    [
        CapSlot(family="skill-upgrade", cap="per_anno", period="2022"),
        CapSlot(family="skill", cap="per_year", period="2022"),
        CapSlot(family="skill-upgrade", cap="per_year"),
        CapSlot(family="skill-upgrade", cap="per_year", period="2022-03"),
        CapSlot(family="skill-upgrade", cap="no_repeat"),
        CapSlot(family="skill-upgrade", cap="no_repeat", period="2022", key="电工|四级"),
        CapSlot(family="jobseeking", cap="once", period="2022"),
        CapSlot(family="leader-si", cap="term"),
        CapSlot(family="leader-si", cap="month", key="2022年3月"),
        CapSlot(family="expansion", cap="hire"),
        CapSlot(family="startup-loan-interest", cap="running", key="贷款1"),
        CapSlot(family="startup-loan-interest", cap="running", key="2022-08-01/2021-08-01/贷款1"),
    ],
    ids=str,
)
def test_a_use_that_no_cap_would_count_is_refused(slot: CapSlot) -> None:
    refused = only(Scene().when(ZHANG, prior("旧系统", PER_YEAR, slot)), CommandRefused)
    assert (refused.code, refused.about) == ("UNKNOWN_USE", "旧系统")
    assert slot.cap in refused.text


@pytest.mark.parametrize(
    "slot",
    [
        CapSlot(family="jobseeking", cap="once"),
        CapSlot(family="leader-si", cap="term", months=7),
        CapSlot(family="hire-hardship-si", cap="term"),
        CapSlot(family="leader-si", cap="month", key="2022-03"),
        CapSlot(family="expansion", cap="hire", key="2112021006831"),
        CapSlot(family="hire-graduate-si", cap="advance", key="2022-03-01"),
        CapSlot(family="startup-loan-interest", cap="running", key="2022-08-01/2025-08-01/贷款1"),
        CapSlot(family="startup-loan-interest", cap="month", key="贷款1|2022-09"),
    ],
    ids=str,
)
def test_a_use_of_every_kind_of_cap_is_recorded(slot: CapSlot) -> None:
    assert only(Scene().when(ZHANG, prior("旧系统", slot)), PriorUseRecorded).slots == (slot,)


def test_the_order_of_a_prior_uses_slots_does_not_matter() -> None:
    scene = Scene()
    scene.when(ZHANG, prior("旧系统", PER_YEAR, KEY))
    assert scene.when(ZHANG, prior("旧系统", KEY, PER_YEAR)) == []
