"""Once is enough: a replay answers alike, and a repeat or another order changes no sum."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import decode_fact
from events.envelope import Asked, Position
from services.streams import StreamStore, follow_ups
from services.streams.in_memory import replayed
from tests.delaying_network import Network
from tests.example_cities import policies_with
from tests.given_when_then import policies
from tests.office_at_work import Office

_SEEDS = st.integers(0, 2**32)
_MOVES = st.integers(10, 60)


def played(seed: int, moves: int) -> Network:
    """Let an office work with delays and crashes until all is quiet."""
    office = Office(seed)
    office.run(moves)
    return office.network


def answer_alike(one: StreamStore, other: StreamStore, network: Network, seed: int) -> None:
    """Ask both all that was ever asked, in another order, and then something new."""
    chance = Random(seed)
    again = chance.sample(network.delivered, min(150, len(network.delivered)))
    new = [asked._replace(id=asked.id[:-4] + f"{n:04x}") for n, asked in enumerate(again)]
    for nth, asked in enumerate([*again, *new]):
        at = Position(0, 1_000_000, nth)
        assert one.decide(asked, at) == other.decide(asked, at)


@settings(max_examples=30, deadline=None)
@given(_SEEDS, _MOVES)
def test_a_replay_of_the_encoded_facts_answers_as_the_first_did(seed: int, moves: int) -> None:
    network = played(seed, moves)
    answer_alike(network.store, replayed(network.raw, network.law), network, seed)


@settings(max_examples=30, deadline=None)
@given(_SEEDS, _MOVES)
def test_facts_decode_to_what_was_decided_and_imply_what_was_asked(seed: int, moves: int) -> None:
    network = played(seed, moves)
    assert [decode_fact(raw) for raw in network.raw] == network.facts
    implied = {ask for recorded in network.facts for ask in follow_ups(recorded)}
    delivered = {asked.id for asked in network.delivered}
    assert {ask.id for ask in implied} <= delivered


@settings(max_examples=30, deadline=None)
@given(_SEEDS, _MOVES)
def test_everything_delivered_once_more_in_any_order_changes_nothing(seed: int, moves: int) -> None:
    network = played(seed, moves)
    before = list(network.facts)
    chance = Random(seed)
    for _ in range(3):
        for wire in network.wires.values():
            wire.next = chance.randint(0, wire.next)
        network.until_quiet(chance)
    acted = {recorded.cause for recorded in before}
    assert not [fact for fact in network.facts[len(before) :] if fact.cause in acted]
    network.money.settle()


@settings(max_examples=40, deadline=None)
@given(_SEEDS, _MOVES, _SEEDS)
def test_another_interleaving_loses_no_money_and_grants_nothing_twice(
    seed: int, moves: int, other: int
) -> None:
    network = played(seed, moves)
    outside = [
        asked for wire in network.wires.values() for asked in wire.asks if asked.by != "desk"
    ]
    anew, chance = Network(policies()), Random(other)
    for asked in outside:
        anew.ask(asked.stream, asked.body, asked.by)
    anew.until_quiet(chance, 10)
    anew.money.settle()


def test_two_desks_with_policies_of_their_own_decide_alike() -> None:
    network = played(7, 60)
    again = StreamStore(policies_with())
    decided = [again.decide(asked, at) for at, asked in enumerate_positions(network)]
    assert [raw for decision in decided for raw in decision.raw] == network.raw


def enumerate_positions(network: Network) -> list[tuple[Position, Asked]]:
    """List what was delivered, each at its place in the log."""
    return [(Position(0, nth, 0), asked) for nth, asked in enumerate(network.delivered)]
