"""Applications: the first content stands; corrections and withdrawals find their claim, early or late."""

import pytest

from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    ReportConflict,
)
from events.approvals import ApprovalDenied, ApprovalGranted, ApprovalProposed, ApprovalWithdrawn
from events.budgets import BudgetReleased, CloseLine
from events.control import CommandRefused
from events.values import Command
from tests.given_when_then import (
    ARRIVED,
    LINE_2022,
    ZHANG,
    Scene,
    applies,
    certificate,
    corrects,
    kinds,
    only,
    pre_checks,
    withdraws,
)

FOURTH = applies("a", certificate("电工", "四级"))
THIRD = corrects("a", FOURTH, certificate("电工", "三级"))
FIFTH = corrects("a", THIRD, certificate("电工", "五级"))
BACK = corrects("a", THIRD, certificate("电工", "四级"))


def conflict(digest: str = "another", *, other_person: bool = False) -> ReportConflict:
    """Tell that the id came again with other content."""
    return ReportConflict(
        application="district:a", digest=digest, other_person=other_person, arrived=ARRIVED
    )


def refused(scene: Scene, command: Command) -> str:
    """Send a command that is refused; its code."""
    return only(scene.when(ZHANG, command), CommandRefused).code


def test_a_claim_is_filed_and_decided() -> None:
    facts = Scene().when(ZHANG, FOURTH)
    assert kinds(facts)[:2] == ["ApplicationFiled", "ApprovalProposed"]
    assert only(facts, ApplicationFiled).stated == FOURTH.stated


def test_the_same_claim_again_changes_nothing() -> None:
    scene = Scene()
    scene.when(ZHANG, FOURTH)
    assert scene.when(ZHANG, FOURTH) == []


def test_the_same_command_again_changes_nothing() -> None:
    scene = Scene()
    asked = scene.asked(ZHANG, FOURTH)
    assert scene.ledger.ask([asked])
    assert scene.ledger.ask([asked]) == []


def test_the_same_id_with_other_content_is_a_conflict_and_the_first_stands() -> None:
    scene = Scene().budget(10_000)
    scene.when(ZHANG, FOURTH)
    other = applies("a", certificate("钳工"))
    conflicted = only(scene.when(ZHANG, other), ApplicationConflicted)
    assert (conflicted.stands, conflicted.other_person) == (FOURTH.digest, False)
    assert scene.when(ZHANG, other) == []


def test_the_same_id_for_two_people_pays_one() -> None:
    scene = Scene().budget(10_000)
    assert "ApprovalGranted" in kinds(scene.when(ZHANG, FOURTH))
    asked = scene.asked(ZHANG, conflict(other_person=True))  # intake sends it to the first stream
    assert only(scene.ledger.ask([asked]), ApplicationConflicted).other_person
    assert scene.ledger.ask([asked]) == []
    assert scene.when(ZHANG, conflict(other_person=True)) == []
    assert kinds(scene.ledger.facts).count("ApprovalGranted") == 1


def test_a_conflict_that_is_told_before_its_claim_stays_one() -> None:
    scene = Scene()
    asked = scene.asked(ZHANG, conflict())
    assert only(scene.ledger.ask([asked]), ApplicationConflicted).stands == ""
    assert scene.ledger.ask([asked]) == []
    assert "ApplicationFiled" in kinds(scene.when(ZHANG, FOURTH))
    assert scene.ledger.ask([asked]) == []


def test_content_that_already_stands_is_no_conflict() -> None:
    scene = Scene()
    scene.when(ZHANG, FOURTH)
    assert scene.when(ZHANG, conflict(FOURTH.digest)) == []


def test_a_correction_replaces_what_was_claimed() -> None:
    scene = Scene()
    scene.when(ZHANG, FOURTH)
    facts = scene.when(ZHANG, THIRD)
    assert kinds(facts)[:3] == ["ApplicationCorrected", "ApprovalWithdrawn", "ApprovalProposed"]
    assert only(facts, ApprovalProposed).amount == 2000_00
    assert scene.when(ZHANG, THIRD) == []


def test_a_correction_after_a_conflict_with_the_same_content_counts() -> None:
    scene = Scene()
    scene.when(ZHANG, FOURTH)
    scene.when(ZHANG, applies("a", certificate("电工", "三级")))
    assert "ApplicationCorrected" in kinds(scene.when(ZHANG, THIRD))


def test_a_correction_back_to_earlier_content_counts() -> None:
    scene = Scene()
    for command in (FOURTH, THIRD):
        scene.when(ZHANG, command)
    assert only(scene.when(ZHANG, BACK), ApplicationCorrected).digest == FOURTH.digest
    for command in (FOURTH, THIRD, BACK):
        assert scene.when(ZHANG, command) == []


def test_a_correction_before_its_claim_waits_for_it() -> None:
    scene = Scene()
    early = only(scene.when(ZHANG, THIRD), ApplicationCorrected)
    assert early.before_filing
    assert scene.when(ZHANG, THIRD) == []
    facts = scene.when(ZHANG, FOURTH)
    assert kinds(facts)[:3] == ["ApplicationFiled", "ApplicationCorrected", "ApprovalProposed"]
    assert only(facts, ApprovalProposed).amount == 2000_00
    assert scene.when(ZHANG, FOURTH) == []
    assert scene.when(ZHANG, THIRD) == []


@pytest.mark.parametrize("order", [(THIRD, FIFTH), (FIFTH, THIRD)])
def test_corrections_before_their_claim_are_applied_one_after_the_other(
    order: tuple[Command, ...],
) -> None:
    scene = Scene()
    for command in order:
        scene.when(ZHANG, command)
    facts = scene.when(ZHANG, FOURTH)
    assert kinds(facts)[:4] == [
        "ApplicationFiled",
        "ApplicationCorrected",
        "ApplicationCorrected",
        "ApprovalProposed",
    ]
    assert only(facts, ApprovalProposed).amount == 1000_00
    for command in (*order, FOURTH):
        assert scene.when(ZHANG, command) == []


def test_an_early_correction_of_a_correction_waits_for_that_one() -> None:
    scene = Scene()
    asked = scene.asked(ZHANG, FIFTH)
    scene.ledger.ask([asked])
    scene.when(ZHANG, FOURTH)
    assert scene.ledger.ask([asked]) == []
    facts = scene.when(ZHANG, THIRD)
    assert kinds(facts)[:2] == ["ApplicationCorrected", "ApplicationCorrected"]
    assert only(facts, ApprovalProposed).amount == 1000_00


def test_a_correction_of_a_proposed_claim_gives_its_money_back() -> None:
    scene = Scene()
    scene.ledger.record(Scene().when(ZHANG, FOURTH)[:2])  # proposed, its CommitBudget on the way
    facts = scene.budget(10_000).when(ZHANG, THIRD)
    assert only(facts, ApprovalWithdrawn).attempt == 1
    assert only(facts, ApprovalGranted).attempt == 2


def test_a_correction_of_a_held_claim_leaves_the_queue() -> None:
    scene = Scene()
    assert kinds(scene.when(ZHANG, FOURTH))[-1] == "ApprovalHeld"
    facts = scene.when(ZHANG, THIRD)
    assert only(facts, ApprovalWithdrawn).queued_on == LINE_2022
    assert only(facts, BudgetReleased).from_queue
    assert only(scene.budget(10_000).ledger.facts, ApprovalGranted).attempt == 2


def test_a_correction_of_a_denied_claim_is_decided_anew() -> None:
    scene = Scene().budget(10_000)
    denied = applies("a", certificate("电工", "二级"))
    assert only(scene.when(ZHANG, denied), ApprovalDenied).code == "CLAUSE_FAILED"
    facts = scene.when(ZHANG, corrects("a", denied, certificate("电工", "四级")))
    assert only(facts, ApprovalGranted).attempt == 1


def test_a_correction_of_a_lapsed_claim_is_decided_anew() -> None:
    scene = Scene()
    scene.when(ZHANG, FOURTH)
    assert "ApprovalLapsed" in kinds(scene.when(LINE_2022, CloseLine(document="年终")))
    assert only(scene.when(ZHANG, THIRD), ApprovalProposed).attempt == 2


def test_corrections_are_refused_in_this_order() -> None:
    scene = Scene().budget(10_000)
    scene.when(ZHANG, FOURTH)
    stale = FIFTH
    assert refused(scene, stale) == "ALREADY_GRANTED"
    scene.when(ZHANG, withdraws())
    assert refused(scene, stale) == "ALREADY_WITHDRAWN"
    open_scene = Scene()
    open_scene.when(ZHANG, FOURTH)
    assert refused(open_scene, stale) == "STALE_CORRECTION"


def test_a_refused_command_is_refused_once() -> None:
    scene = Scene()
    scene.when(ZHANG, FOURTH)
    asked = scene.asked(ZHANG, FIFTH)
    assert kinds(scene.ledger.ask([asked])) == ["CommandRefused"]
    assert scene.ledger.ask([asked]) == []


def test_a_withdrawal_gives_slots_and_money_back() -> None:
    scene = Scene().budget(1500)
    scene.when(ZHANG, FOURTH)
    facts = scene.when(ZHANG, withdraws())
    assert kinds(facts) == ["ApplicationWithdrawn", "ApprovalWithdrawn", "BudgetReleased"]
    assert scene.when(ZHANG, withdraws()) == []
    again = scene.when(ZHANG, applies("b", certificate("电工", "四级")))
    assert "ApprovalGranted" in kinds(again)


def test_a_withdrawal_before_its_claim_is_remembered() -> None:
    scene = Scene().budget(10_000)
    assert only(scene.when(ZHANG, withdraws()), ApplicationWithdrawn).before_filing
    assert scene.when(ZHANG, withdraws()) == []
    assert kinds(scene.when(ZHANG, FOURTH)) == ["ApplicationFiled"]
    assert scene.when(ZHANG, withdraws()) == []
    assert refused(scene, THIRD) == "ALREADY_WITHDRAWN"


def test_a_withdrawal_and_a_correction_before_their_claim_leave_it_withdrawn() -> None:
    scene = Scene().budget(10_000)
    for command in (THIRD, withdraws()):
        scene.when(ZHANG, command)
    assert kinds(scene.when(ZHANG, FOURTH)) == ["ApplicationFiled", "ApplicationCorrected"]


def test_withdrawals_are_refused_in_this_order() -> None:
    denied = Scene()
    denied.when(ZHANG, applies("a", certificate("电工", "二级")))
    assert refused(denied, withdraws()) == "ALREADY_DENIED"
    paid = Scene().budget(10_000)
    paid.when(ZHANG, FOURTH)
    paid.when(ZHANG, pre_checks())
    assert "ApprovalWithdrawn" in kinds(paid.when(ZHANG, withdraws()))


def test_a_correction_to_what_stands_already_changes_nothing_whatever_it_replaces() -> None:
    scene = Scene().budget(100_000)
    first = applies()
    scene.when(ZHANG, first)
    again = corrects("a", first, certificate())
    assert again.digest == first.digest
    replaces_another = again.model_copy(update={"replaces": "f" * 64})
    assert scene.when(ZHANG, replaces_another) == []
