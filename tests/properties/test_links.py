"""Links: after two people have linked two documents, caps hold over both, under any order.

The two histories talk over wires that delay and repeat. The counter beside them is naive: it knows
the facts alone, and the limits of one programme as the notice prints them.
"""

from collections import Counter
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from events import streams
from events.application_facts.checking import OTHER_NAME
from events.applications import WithdrawApplication
from events.approvals import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalReferred,
    ApprovalRevoked,
    ApprovalWithdrawn,
    ReviewApplication,
    RevokeApproval,
)
from events.budgets import AllocateBudget
from events.envelope import Recorded
from events.links import JudgeLink, PeopleLinked, ProposeLink
from tests.delaying_network import Network
from tests.given_when_then import LINE_2022, applies, certificate, corrects, policies

LEAD, OTHER = streams.beneficiary("a-person-token"), streams.beneficiary("b-person-token")
A_YEAR = 3
"""辽人社: at most three certificates a year; one for each occupation and level."""
OCCUPATIONS = ("电工", "焊工", "钳工", "车工", "铣工")


class Act(NamedTuple):
    """One thing that the outer world asks."""

    what: str
    other: bool
    number: int


ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from(
            ["apply"] * 5 + ["doubt"] * 3 + ["review"] * 3 + ["withdraw", "revoke", "correct"]
        ),
        st.booleans(),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=24,
)


def token(stream: str) -> str:
    return stream.partition("/")[2]


def play(acts: list[Act], link_at: int, seed: int, crashes: int) -> list[Recorded]:
    """Play a script in which the two are linked after `link_at` acts."""
    network, chance = Network(policies()), Random(seed)
    network.ask(LINE_2022, AllocateBudget(document="d", amount=10**9))
    network.until_quiet(chance)
    for at, act in enumerate(acts):
        if at == link_at:
            network.ask(
                LEAD, ProposeLink(other=OTHER, document="9号", reason="照片一致", maker="wang")
            )
            network.ask(
                LEAD, JudgeLink(other=OTHER, checker="li", verdict="confirm", reason="已核对")
            )
        _ask(network, act)
        for _ in range(chance.randint(0, 6)):
            network.step(chance)
    network.until_quiet(chance, crashes)
    return network.facts


def _ask(network: Network, act: Act) -> None:
    stream = OTHER if act.other else LEAD
    name = f"{token(stream)[0]}-{act.number}"
    occupation = OCCUPATIONS[act.number % len(OCCUPATIONS)]
    claim = applies(name, certificate(occupation), payee=token(stream))
    key = claim.application
    match act.what:
        case "apply":
            network.ask(stream, claim)
        case "doubt":
            facts = {**certificate(occupation), OTHER_NAME: True}
            network.ask(stream, applies(name, facts, payee=token(stream)))
        case "review":
            network.ask(
                stream,
                ReviewApplication(
                    application=key,
                    verdict="approve",
                    reviewer="sh-1",
                    document="3号",
                    reason="已核对",
                ),
            )
        case "withdraw":
            network.ask(stream, WithdrawApplication(application=key, reason="放弃"))
        case "revoke":
            network.ask(
                stream,
                RevokeApproval(
                    application=key,
                    cause="administrative_error",
                    document="2号",
                    reason="录入有误",
                    by="staff:li",
                ),
            )
        case "correct":
            facts = certificate(occupation, level="三级")
            network.ask(stream, corrects(name, claim, facts, payee=token(stream)))


class Naive:
    """Who holds what, from the facts alone."""

    def __init__(self) -> None:
        self.live: dict[str, list[str]] = {}
        self.linked = False

    def uses(self) -> Counter[str]:
        return Counter(use for uses in self.live.values() for use in uses)

    def see(self, recorded: Recorded) -> None:
        match recorded.body:
            case PeopleLinked():
                self.linked = True
            case ApprovalProposed() as fact:
                if recorded.stream in (LEAD, OTHER):
                    uses = [f"{slot.cap}/{slot.period}/{slot.key}" for slot in fact.slots]
                    if self.linked:
                        self.check(recorded, uses)
                    self.live[fact.application] = uses
            case ApprovalWithdrawn() | ApprovalLapsed() as fact:
                self.live.pop(fact.application, None)
            case ApprovalRevoked() as fact if fact.gives_back_slots:
                self.live.pop(fact.application, None)
            case _:
                pass

    def check(self, recorded: Recorded, wanted: list[str]) -> None:
        assert recorded.stream == LEAD, "a follower proposed something"
        used = self.uses()
        for use in wanted:
            key = use.split("/", 2)[2]
            limit = 1 if key else A_YEAR
            assert used[use] < limit, f"{use} is used {used[use]} times over both"


@given(ACTS, st.integers(0, 12), st.integers(0, 10**6), st.integers(0, 3))
def test_caps_hold_over_both_once_they_are_linked(
    acts: list[Act], link_at: int, seed: int, crashes: int
) -> None:
    naive = Naive()
    for recorded in play(acts, min(link_at, len(acts) - 1), seed, crashes):
        naive.see(recorded)
    assert naive.linked


def test_the_scripts_try_every_way_over() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        chance = Random(seed)
        whats = ["apply", "apply", "doubt", "doubt", "review", "review", "correct", "revoke"]
        acts = [
            Act(chance.choice(whats), chance.random() < 0.7, chance.randint(0, 4))
            for _ in range(20)
        ]
        naive = Naive()
        for recorded in play(acts, 10, seed, 2):
            naive.see(recorded)
            seen[type(recorded.body).__name__] += 1
    for name in ("ApplicationMoved", "ApplicationReceived", "UseGivenBack", "PassedOn"):
        assert seen[name] > 10, (name, seen)


@given(ACTS, st.integers(0, 10**6))
def test_linked_before_they_apply_two_documents_are_as_one(acts: list[Act], seed: int) -> None:
    """Whatever is denied for its caps over two documents is denied to one who has them all."""
    told = [act for act in acts if act.what == "apply"]
    facts = play(told, 0, seed, 0) if told else []
    naive, denied, filed = Naive(), 0, set()
    for recorded in facts:
        if isinstance(recorded.body, ApprovalDenied):
            denied += 1
            assert recorded.body.code == "CAP_REACHED"
            used = naive.uses()
            assert any(
                count >= (1 if use.split("/", 2)[2] else A_YEAR) for use, count in used.items()
            )
        if isinstance(recorded.body, ApprovalProposed | ApprovalDenied | ApprovalReferred):
            filed.add(recorded.body.application)
        naive.see(recorded)
    granted = [r for r in facts if isinstance(r.body, ApprovalGranted)]
    asked = {f"district:{'b' if act.other else 'a'}-{act.number}" for act in told}
    assert filed == asked
    assert len(granted) + denied == len(asked)
