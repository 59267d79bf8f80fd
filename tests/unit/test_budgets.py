"""Budgets: what a line can carry, who waits, and in which order they are served."""

import pytest

from events import streams
from events.approvals import ApprovalGranted, ApprovalHeld, ApprovalLapsed
from events.budgets import (
    AllocateBudget,
    BudgetAllocated,
    BudgetAsk,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetQueued,
    BudgetReleased,
    CloseLine,
    CommitBudget,
    LineClosed,
    ReleaseBudget,
    WakeLine,
)
from events.control import CommandRefused
from events.envelope import Position, Recorded
from events.values import BudgetClaim, LineTaken
from services.deciders.budget_line.queue import SLICE, carried
from services.deciders.budget_line.state import BudgetLineState
from services.streams import follow_ups
from tests.delaying_network import Network
from tests.given_when_then import Scene, kinds, only, policies, withdraws

CEILING = streams.ceiling_line("agency-1", "211202", 2022)
FIRST = streams.fund_line("skills_special_account", "211202", 2022)
SECOND = streams.fund_line("employment_subsidy", "211202", 2022)
CLOSE = CloseLine(document="年终")


class Town(Scene):
    """A scene in which approvals claim whatever a test wants."""

    def __init__(self, **lines: int) -> None:
        super().__init__()
        names = {"ceiling": CEILING, "first": FIRST, "second": SECOND}
        for name, amount in lines.items():
            self.when(names[name], AllocateBudget(document="拨款", amount=amount))

    def claims(self, application: str, *claims: tuple[int, tuple[str, ...]]) -> list[Recorded]:
        """Propose an approval that claims this; what it led to."""
        return self.asks(
            application, *(BudgetClaim(amount=fen, lines=lines) for fen, lines in claims)
        )

    def asks(self, application: str, *claims: BudgetClaim) -> list[Recorded]:
        """Propose an approval with these very claims; what it led to."""
        network = Network(policies())
        network.propose(application, claims)
        self.ledger.record(network.facts)
        return self.ledger.ask([ask for wire in network.wires.values() for ask in wire.asks])

    def free(self, line: str) -> int:
        """Tell what a line may still commit."""
        state = self.ledger.store.state(line)
        assert isinstance(state, BudgetLineState)
        return state.available


def person(application: str) -> str:
    """Name the stream of a claim's beneficiary."""
    return streams.beneficiary(f"of-{application}-token")


def granted(facts: list[Recorded]) -> list[str]:
    """List the claims that were granted, in order."""
    return [f.body.application[9:] for f in facts if isinstance(f.body, ApprovalGranted)]


def ask(amount: int, *lines: str) -> CommitBudget:
    """Ask a line directly."""
    return CommitBudget(
        ask=BudgetAsk(
            application="district:x",
            attempt=1,
            beneficiary=person("x"),
            claims=(BudgetClaim(amount=amount, lines=lines or (FIRST,)),),
        )
    )


def test_money_comes_by_a_document_once() -> None:
    town = Town()
    money = AllocateBudget(document="铁财社〔2022〕41号", amount=100)
    assert only(town.when(FIRST, money), BudgetAllocated).amount == 100
    assert town.when(FIRST, money) == []
    assert town.free(FIRST) == 100


def test_a_claim_takes_the_last_fen_and_not_one_more() -> None:
    town = Town(first=100)
    assert granted(town.claims("a", (100, (FIRST,)))) == ["a"]
    assert kinds(town.claims("b", (1, (FIRST,))))[-1] == "ApprovalHeld"
    assert town.free(FIRST) == 0


def test_the_same_question_is_answered_once() -> None:
    town = Town(first=100)
    asked = town.asked(FIRST, ask(60))
    assert kinds(town.ledger.ask([asked]))[0] == "BudgetCommitted"
    assert town.ledger.ask([asked]) == []
    assert town.when(FIRST, ask(60)) == []


def test_funds_are_asked_one_after_the_other() -> None:
    town = Town(first=5, second=10)
    facts = town.claims("a", (6, (FIRST, SECOND)))
    assert kinds(facts) == ["BudgetPassedOn", "BudgetCommitted", "ApprovalGranted"]
    assert only(facts, ApprovalGranted).taken[0].line == SECOND


def test_at_the_last_fund_a_claim_waits() -> None:
    town = Town(first=5, second=5)
    facts = town.claims("a", (6, (FIRST, SECOND)))
    assert kinds(facts) == ["BudgetPassedOn", "BudgetQueued", "ApprovalHeld"]
    assert only(facts, ApprovalHeld).line == SECOND


def test_a_ceiling_is_asked_before_the_funds() -> None:
    town = Town(ceiling=10, first=10)
    facts = town.claims("a", (6, (CEILING,)), (6, (FIRST,)))
    committed = [f.stream for f in facts if isinstance(f.body, BudgetCommitted)]
    assert committed == [CEILING, FIRST]


def test_a_full_ceiling_leaves_the_fund_alone() -> None:
    town = Town(ceiling=5, first=10)
    assert kinds(town.claims("a", (6, (CEILING,)), (6, (FIRST,)))) == [
        "BudgetQueued",
        "ApprovalHeld",
    ]
    assert town.free(FIRST) == 10


def test_what_is_taken_is_kept_while_a_claim_waits() -> None:
    town = Town(ceiling=10, first=5)
    facts = town.claims("a", (6, (CEILING,)), (6, (FIRST,)))
    assert kinds(facts) == ["BudgetCommitted", "BudgetQueued", "ApprovalHeld"]
    assert [taken.line for taken in only(facts, ApprovalHeld).taken] == [CEILING]
    assert town.free(CEILING) == 4


def test_who_leaves_a_queue_gives_back_what_was_kept() -> None:
    town = Town(ceiling=10, first=5)
    town.claims("a", (6, (CEILING,)), (6, (FIRST,)))
    facts = town.when(person("a"), withdraws("a"))
    assert {f.stream for f in facts if isinstance(f.body, BudgetReleased)} == {CEILING, FIRST}
    assert (town.free(CEILING), town.free(FIRST)) == (10, 5)


def test_a_served_claim_goes_on_with_what_it_has() -> None:
    town = Town(ceiling=10, first=5)
    town.claims("a", (6, (CEILING,)), (6, (FIRST,)))
    facts = town.when(FIRST, AllocateBudget(document="追加", amount=1))
    assert granted(facts) == ["a"]
    assert {t.line for t in only(facts, ApprovalGranted).taken} == {CEILING, FIRST}
    assert (town.free(CEILING), town.free(FIRST)) == (4, 0)


def test_a_later_smaller_claim_does_not_overtake() -> None:
    town = Town(first=5)
    town.claims("large", (6, (FIRST,)))
    facts = town.claims("small", (1, (FIRST,)))
    assert only(facts, BudgetQueued).place == 2
    assert granted(town.when(FIRST, AllocateBudget(document="追加", amount=2))) == [
        "large",
        "small",
    ]


def test_a_smaller_claim_passes_a_queue_by_to_the_next_fund() -> None:
    town = Town(first=5, second=5)
    town.claims("large", (6, (FIRST,)))
    facts = town.claims("small", (1, (FIRST, SECOND)))
    assert only(facts, ApprovalGranted).taken[0].line == SECOND


def test_what_is_given_back_serves_the_next_who_waits() -> None:
    town = Town(first=6)
    town.claims("a", (6, (FIRST,)))
    town.claims("b", (6, (FIRST,)))
    assert granted(town.when(person("a"), withdraws("a"))) == ["b"]


def test_who_leaves_the_queue_lets_the_next_be_served() -> None:
    town = Town(first=5)
    town.claims("large", (6, (FIRST,)))
    town.claims("small", (5, (FIRST,)))
    facts = town.when(person("large"), withdraws("large"))
    assert only(facts, BudgetReleased).from_queue
    assert granted(facts) == ["small"]


def test_money_is_released_once_per_key() -> None:
    town = Town(first=10)
    town.claims("a", (6, (FIRST,)))
    release = ReleaseBudget(application="district:a", attempt=1, key="k", amount=2)
    assert only(town.when(FIRST, release), BudgetReleased).amount == 2
    assert town.when(FIRST, release) == []
    rest = release.model_copy(update={"key": "l", "amount": 9})
    assert only(town.when(FIRST, rest), BudgetReleased).amount == 4


def test_a_release_of_an_amount_leaves_the_place_in_the_queue() -> None:
    town = Town(first=1)
    town.claims("a", (6, (FIRST,)))
    release = ReleaseBudget(application="district:a", attempt=1, key="k", amount=2)
    assert only(town.when(FIRST, release), CommandRefused).code == "NOTHING_TO_RELEASE"
    assert granted(town.when(FIRST, AllocateBudget(document="追加", amount=5))) == ["a"]


def test_a_late_release_of_an_earlier_way_leaves_the_next_turns_money() -> None:
    town = Town()  # of three lines, one may be asked again before it hears of the release
    taken = (LineTaken(line=FIRST, amount=6, step=0),)
    queued = ask(6).ask.model_copy(update={"taken": taken})
    recorded = Recorded(
        "00000000-0000-5000-8000-000000000001",
        SECOND,
        1,
        "",
        Position(0, 0, 0),
        town.asked(FIRST, WakeLine()).sent_at,
        town.on,
        BudgetCarried(ask=queued, onward=carried(queued), document="年终"),
    )
    release = next(a for a in follow_ups(recorded) if isinstance(a.body, ReleaseBudget))
    assert release.stream == FIRST
    assert release.body == ReleaseBudget(
        application="district:x", attempt=1, key=recorded.id, amount=6
    )


def test_what_is_not_there_cannot_be_released() -> None:
    town = Town(first=10)
    asked = town.asked(FIRST, ReleaseBudget(application="district:z", attempt=1, key="k"))
    assert only(town.ledger.ask([asked]), CommandRefused).code == "NOTHING_TO_RELEASE"
    assert town.ledger.ask([asked]) == []


def test_a_release_that_crosses_the_serving_of_the_queue_gives_the_money_back() -> None:
    network = Network(policies())
    stream = network.propose("a", (BudgetClaim(amount=6, lines=(FIRST,)),))
    deliver(network, stream, FIRST)  # queued
    deliver(network, FIRST, stream)  # held
    network.ask(stream, withdraws("a"), "staff")
    network.ask(FIRST, AllocateBudget(document="拨款", amount=6), "city")
    deliver(network, "city", FIRST)  # served: the answer is on its way
    deliver(network, "staff", stream)  # withdrawn: the release is on its way
    deliver(network, FIRST, stream)  # nobody waits for the answer any more
    deliver(network, stream, FIRST)
    deliver(network, stream, FIRST)
    names = [type(fact.body).__name__ for fact in network.facts]
    assert names[-3:] == ["CommitmentDeclined", "BudgetReleased", "CommandRefused"]
    network.money.settle()
    assert not network.money.committed[FIRST]


def deliver(network: Network, sender: str, receiver: str) -> None:
    """Deliver the next command on one wire."""
    wire = network.wires[sender, receiver]
    wire.next += 1
    network.deliver(wire.asks[wire.next - 1])


def test_a_closed_line_refuses_money_and_lets_claims_lapse() -> None:
    town = Town(first=10)
    town.claims("a", (6, (FIRST,)))
    closed = only(town.when(FIRST, CLOSE), LineClosed)
    assert (closed.allocated, closed.committed) == (10, 6)
    assert town.when(FIRST, CLOSE) == []
    late = AllocateBudget(document="追加", amount=1)
    assert only(town.when(FIRST, late), CommandRefused).code == "LINE_CLOSED"
    assert kinds(town.claims("b", (1, (FIRST,)))) == ["BudgetDequeued", "ApprovalLapsed"]
    assert kinds(town.when(person("a"), withdraws("a")))[-1] == "BudgetReleased"


def test_a_claim_at_a_closed_line_goes_on_to_the_next_fund() -> None:
    town = Town(first=10, second=10)
    town.when(FIRST, CLOSE)
    assert granted(town.claims("a", (6, (FIRST, SECOND)))) == ["a"]


@pytest.mark.parametrize("waiting", [SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + 3])
def test_at_the_end_of_the_year_everybody_who_waits_lapses_in_slices(waiting: int) -> None:
    town = Town()
    for number in range(waiting):
        town.claims(f"{number}", (1, (FIRST,)))
    asked = town.asked(FIRST, CLOSE)
    facts = town.ledger.ask([asked])
    lapsed = [f.body.application for f in facts if isinstance(f.body, ApprovalLapsed)]
    assert lapsed == [f"district:{number}" for number in range(waiting)]
    causes = {f.cause for f in facts if isinstance(f.body, BudgetDequeued)}
    assert len(causes) == -(-waiting // SLICE)
    assert only(facts, LineClosed).committed == 0
    assert town.ledger.ask([asked]) == []


def test_a_long_queue_is_served_in_slices_and_in_order() -> None:
    town = Town()
    for number in range(SLICE + 2):
        town.claims(f"{number}", (1, (FIRST,)))
    facts = town.when(FIRST, AllocateBudget(document="拨款", amount=SLICE + 1))
    assert granted(facts) == [f"{number}" for number in range(SLICE + 1)]
    assert town.free(FIRST) == 0


def test_waking_a_line_without_money_changes_nothing() -> None:
    town = Town()
    town.claims("a", (1, (FIRST,)))
    assert town.when(FIRST, WakeLine()) == []
