"""What upstream asks of an application before its time waits on its history, and nothing is lost."""

import itertools

import pytest
from msgspec import to_builtins

from events.approvals import ReviewApplication, RevokeApproval
from events.codec import encode_command
from events.control import CommandRefused
from events.early import RequestKept
from events.envelope import Asked, Position, Recorded
from events.proposals import ProposeAct
from events.values import Command
from services.deciders.beneficiary.early_requests import MOST_KEPT
from services.streams.store import StreamStore
from tests.given_when_then import LINE_2022, ZHANG, Scene, applies, certificate, kinds, policies

KEY = "district:a"
UNCLEAR = {name: value for name, value in certificate().items() if name != "person.status"}
"""A claim that a person must look at."""


def review(document: str = "审-1", amount: int | None = None) -> ReviewApplication:
    return ReviewApplication(
        application=KEY,
        verdict="deny",
        reviewer="赵敏",
        document=document,
        reason="不符",
        amount=amount,
    )


def revoke() -> ProposeAct:
    """Revoke, as a message that names two people does."""
    act = RevokeApproval(
        application=KEY, cause="not_entitled", document="撤-1", reason="不符", by="district"
    )
    return ProposeAct(
        proposal="v-1",
        act="RevokeApproval",
        version=1,
        body=to_builtins(act),
        maker="district:li",
        checker="district:wang",
    )


def from_message(scene: Scene, command: Command, event: str) -> Asked:
    return scene.asked(ZHANG, command)._replace(by=f"intake:district/{event}")


def test_a_review_before_its_application_waits_and_is_decided_behind_it() -> None:
    scene = Scene().budget(5000)
    early = from_message(scene, review(), "r-1")
    assert kinds(scene.ledger.ask([early])) == ["RequestKept"]
    assert scene.ledger.ask([early]) == []  # a repeat
    told = scene.when(ZHANG, applies("a", UNCLEAR))
    assert kinds(told) == [
        "ApplicationFiled",
        "ApprovalReferred",
        "RequestTakenUp",
        "ApprovalDenied",
    ]
    assert scene.ledger.ask([early]) == []


@pytest.mark.parametrize("order", list(itertools.permutations(("apply", "revoke", "budget"))))
def test_in_whatever_order_they_arrive_what_rests_on_a_grant_is_done_once(
    order: tuple[str, ...],
) -> None:
    scene = Scene()
    for step in order:
        match step:
            case "apply":
                scene.ledger.ask([from_message(scene, applies("a"), "a-1")])
            case "revoke":
                scene.ledger.ask([from_message(scene, revoke(), "v-1")])
            case _:
                scene.budget(5000, LINE_2022)
    found = kinds(scene.ledger.facts)
    granted_late = order.index("budget") > order.index("apply")
    if granted_late and order.index("revoke") < order.index("budget"):
        assert found.count("CommandRefused") == 1  # it stood in the queue: nothing to revoke
        return
    assert found.count("ApprovalRevoked") == 1
    assert "CommandRefused" not in found


def test_a_revocation_between_the_proposal_and_the_budgets_answer_waits_for_it() -> None:
    """The answer is on its way between two streams while the revocation arrives."""
    scene = Scene().budget(5000)
    store = scene.ledger.store
    at = Position(0, 1_000, 0)
    proposed = store.decide(from_message(scene, applies("a"), "a-1"), at)
    kept = store.decide(from_message(scene, revoke(), "v-1"), at)
    assert [type(one.body) for one in kept.facts] == [RequestKept]
    rest = scene.ledger.ask([ask for ask, _ in proposed.follow_ups])
    found = kinds(rest)
    assert found.index("ApprovalGranted") < found.index("ApprovalRevoked")
    assert "RequestTakenUp" in found


def test_what_waited_is_found_again_from_the_ledger_and_asks_the_same() -> None:
    scene = Scene().budget(5000)
    scene.ledger.ask([from_message(scene, review(), "r-1")])
    told = scene.when(ZHANG, applies("a", UNCLEAR))
    folded = StreamStore(policies())
    for recorded in scene.ledger.facts[:-4]:
        folded.fold(recorded)
    filing = scene.asked(ZHANG, applies("a", UNCLEAR))._replace(id=told[0].cause)
    again = folded.decide(filing, told[0].at)
    assert [one.id for one in again.facts[:3]] == [one.id for one in told[:3]]
    assert [encode_command(ask) for ask, _ in again.follow_ups] != []


def test_staff_are_refused_at_once_and_only_so_many_wait() -> None:
    scene = Scene()
    assert kinds(scene.when(ZHANG, review())) == ["CommandRefused"]
    asked = [from_message(scene, review(f"审-{n}"), f"r-{n}") for n in range(MOST_KEPT + 1)]
    led_to: list[Recorded] = scene.ledger.ask(asked)
    assert kinds(led_to) == ["RequestKept"] * MOST_KEPT + ["CommandRefused"]
    assert isinstance(led_to[-1].body, CommandRefused)
    assert (led_to[-1].body.source, led_to[-1].body.event) == ("district", f"r-{MOST_KEPT}")
