"""Caps: a slot is one approval's; it comes back when that ends unpaid, and the lowest free is next."""

from typing import Literal

import pytest

from events.approvals import ApprovalDenied, ApprovalProposed, RevokeApproval
from events.budgets import CloseLine
from events.control import CommandRefused
from events.invariants import BrokenInvariant
from events.values import CapSlot
from services.deciders.beneficiary.state.caps import Caps
from tests.given_when_then import (
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    corrects,
    kinds,
    only,
    withdraws,
)

PER_YEAR = CapSlot(family="skill-upgrade", cap="per_year", period="2022")
KEY = CapSlot(family="skill-upgrade", cap="no_repeat", key="电工|四级")
SIX = CapSlot(family="unemployment-assistance", cap="months", months=6)
TRADES = ("电工", "钳工", "焊工", "车工")


def numbers(caps: Caps, *slots: CapSlot) -> list[int]:
    """Number slots as an approval would get them."""
    return [slot.no for slot in caps.numbered(slots)]


def test_the_next_use_takes_the_lowest_free_number() -> None:
    caps = Caps()
    for holder in ("a", "b", "c"):
        caps.take(holder, caps.numbered((PER_YEAR,)))
    caps.give_back("b")
    assert numbers(caps, PER_YEAR) == [2]
    assert caps.used("skill-upgrade", "per_year", "2022") == 2


def test_one_approval_may_take_two_uses_of_one_cap() -> None:
    assert numbers(Caps(), PER_YEAR, PER_YEAR, KEY) == [1, 2, 1]


def test_years_families_and_keys_are_counted_apart() -> None:
    caps = Caps()
    caps.take("a", (PER_YEAR, KEY, SIX))
    assert caps.used("skill-upgrade", "per_year", "2023") == 0
    assert caps.used("post-skill", "per_year", "2022") == 0
    assert caps.key_used("skill-upgrade", "no_repeat", "电工|四级")
    assert not caps.key_used("skill-upgrade", "no_repeat", "电工|三级")


def test_months_are_summed_over_uses() -> None:
    caps = Caps()
    caps.take("a", (SIX,))
    caps.take("b", (SIX.model_copy(update={"no": 2, "months": 3}),))
    assert caps.months_used("unemployment-assistance", "months") == 9


def test_a_slot_that_is_taken_cannot_be_taken() -> None:
    caps = Caps()
    caps.take("a", (PER_YEAR,))
    with pytest.raises(BrokenInvariant, match="taken twice, by a"):
        caps.take("b", (PER_YEAR,))


def test_looking_at_the_caps_without_somebody_changes_nothing() -> None:
    caps = Caps()
    caps.take("a", (PER_YEAR,))
    caps.take("b", caps.numbered((PER_YEAR, PER_YEAR, KEY, SIX)))
    without = caps.without("b")
    assert without.used("skill-upgrade", "per_year", "2022") == 1
    assert not without.key_used("skill-upgrade", "no_repeat", "电工|四级")
    assert numbers(without, PER_YEAR, SIX) == [2, 1]
    assert caps.used("skill-upgrade", "per_year", "2022") == 3
    assert caps.months_used("unemployment-assistance", "months") == 6
    assert caps.without("nobody") == caps


def test_giving_back_twice_gives_back_once() -> None:
    caps = Caps()
    caps.take("a", (PER_YEAR,))
    caps.give_back("a")
    caps.give_back("a")
    assert numbers(caps, PER_YEAR) == [1]


def test_three_uses_a_year_are_granted_and_a_fourth_is_denied() -> None:
    scene = Scene().budget(100_000)
    for number, trade in enumerate(TRADES[:3]):
        assert "ApprovalGranted" in kinds(
            scene.when(ZHANG, applies(f"{number}", certificate(trade)))
        )
    denied = only(scene.when(ZHANG, applies("3", certificate(TRADES[3]))), ApprovalDenied)
    assert (denied.code, denied.failing) == ("CAP_REACHED", ("per_year",))


def test_the_next_year_has_uses_of_its_own() -> None:
    scene = Scene().budget(100_000)
    for number, trade in enumerate(TRADES[:3]):
        scene.when(ZHANG, applies(f"{number}", certificate(trade)))
    last = applies("3", certificate(TRADES[3]), applied_on="2022-12-31")
    first = applies("4", certificate(TRADES[3]), applied_on="2023-01-01")
    assert "ApprovalDenied" in kinds(scene.when(ZHANG, last))
    assert "ApprovalProposed" in kinds(scene.when(ZHANG, first))


def test_the_same_occupation_and_level_is_paid_once() -> None:
    scene = Scene().budget(100_000)
    scene.when(ZHANG, applies("a"))
    other = certificate(on="2022-04-01")
    assert only(scene.when(ZHANG, applies("b", other)), ApprovalDenied).failing == ("no_repeat",)


@pytest.mark.parametrize("ending", ["withdrawn", "lapsed"])
def test_an_approval_that_ends_unpaid_gives_its_slots_back(ending: str) -> None:
    scene = Scene()
    scene.when(ZHANG, applies("a"))
    if ending == "withdrawn":
        scene.when(ZHANG, withdraws("a"))
    else:
        scene.when(LINE_2022, CloseLine(document="年终"))
    proposed = only(scene.when(ZHANG, applies("b")), ApprovalProposed)
    assert all(slot.no == 1 for slot in proposed.slots)


def revoked(cause: Literal["administrative_error", "fraud", "not_entitled"]) -> Scene:
    """Begin where application a was granted and taken back."""
    scene = Scene().budget(10_000)
    scene.when(ZHANG, applies("a"))
    revocation = RevokeApproval(
        application="district:a",
        cause=cause,
        document="撤〔2022〕1号",
        reason="复核",
        by="staff:li",
    )
    assert "ApprovalRevoked" in kinds(scene.when(ZHANG, revocation))
    return scene


@pytest.mark.parametrize("cause", ["fraud", "not_entitled"])
def test_what_was_obtained_wrongly_stays_counted(cause: Literal["fraud", "not_entitled"]) -> None:
    scene = revoked(cause)
    assert only(scene.when(ZHANG, applies("b")), ApprovalDenied).code == "CAP_REACHED"


def test_an_error_of_the_administration_gives_the_slots_back() -> None:
    proposed = only(revoked("administrative_error").when(ZHANG, applies("b")), ApprovalProposed)
    assert all(slot.no == 1 for slot in proposed.slots)


def test_what_was_taken_back_is_claimed_anew_and_not_corrected() -> None:
    scene = revoked("administrative_error")
    correction = corrects("a", applies("a"), certificate("钳工"))
    assert only(scene.when(ZHANG, correction), CommandRefused).code == "ALREADY_REVOKED"
    assert only(scene.when(ZHANG, withdraws("a")), CommandRefused).code == "ALREADY_REVOKED"


def test_nobody_takes_slots_twice() -> None:
    caps = Caps()
    caps.take("a", (PER_YEAR,))
    with pytest.raises(BrokenInvariant, match="a takes slots twice"):
        caps.take("a", (KEY,))


def test_a_claim_that_waits_for_money_keeps_its_slots() -> None:
    scene = Scene()
    scene.when(ZHANG, applies("a"))
    assert only(scene.when(ZHANG, applies("b")), ApprovalDenied).code == "CAP_REACHED"
