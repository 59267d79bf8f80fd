"""Stream: one history's folded state, and the decider of the house that it belongs to."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from events import ids
from events.envelope import Asked, Recorded
from events.proposals import ActProposed
from events.values import Command, Fact
from policies.engine.registry import Policies

State = TypeVar("State")
CommandOf = TypeVar("CommandOf")
FactOf = TypeVar("FactOf")

FollowUps = Callable[[Recorded], list[Asked]]
"""What other streams must be asked because of one committed fact; a pure function of it."""


class UnfitCommand(Exception):
    """A command was sent to a stream of a kind that cannot answer it."""


def members_of(union: object) -> frozenset[type]:
    """List the classes of a union of commands or facts."""
    return frozenset(get_args(union) or (union,))


def decides_now(state: Any, proposal: Asked, act: Command) -> list[Fact] | None:
    """Keep no proposed act for later: most houses try each at once."""
    return None


def application_named(state: Any, act: Command) -> str:
    """Tell which application an act names, itself or in the id of its payment; empty for none."""
    if named := getattr(act, "application", ""):
        return str(named)
    return ids.application_of(str(getattr(act, "disbursement", "")))


class Decider(NamedTuple, Generic[State, CommandOf, FactOf]):
    """One kind of stream: how its state begins, what it answers, what it folds, what follows.

    Holds: `decide` changes nothing and answers the types in `commands`; `evolve` folds the types in
           `facts`, in place; `follow_ups` names types of `facts` alone; those in `for_every_partition`
           are told how many partitions the ledger has
    """

    kind: str
    initial: Callable[[], State]
    decide: Callable[[State, CommandOf, Asked, Policies], list[Fact]]
    evolve: Callable[[State, FactOf, Recorded], None]
    commands: frozenset[type]
    facts: frozenset[type]
    follow_ups: Mapping[type[Fact], FollowUps] = MappingProxyType({})
    for_every_partition: tuple[type[Fact], ...] = ()
    keep: Callable[[State, Asked, Command], list[Fact] | None] = decides_now
    application_of: Callable[[State, Command], str] = application_named


class Stream:
    """One stream: its house's decider and state, its last sequence number, what it has answered.

    `answered` holds the ids of commands that have no natural key by which a repeat is known:
    refused ones, and those that would go on where the first left off (see `remembers_cause`).
    `proposals` holds what waits for a second person by its name, and None for what was judged.
    `set_aside` holds what waits for an operator: a command's id, its name and what it is about.
    """

    __slots__ = ("answered", "decider", "parked", "proposals", "seq", "set_aside", "state")

    def __init__(self, decider: Decider[Any, Any, Any]) -> None:
        self.decider = decider
        self.state = decider.initial()
        self.seq = 0
        self.parked = False
        self.answered: set[str] | None = None
        self.proposals: dict[str, ActProposed | None] | None = None
        self.set_aside: dict[str, tuple[str, str]] | None = None

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one command with facts.

        Raises: UnfitCommand when the command is not for this kind of stream
        """
        command = asked.body
        if type(command) not in self.decider.commands:
            raise self._unfit(command)
        return self.decider.decide(self.state, command, asked, policies)

    def keep(self, proposal: Asked, act: Command) -> list[Fact] | None:
        """Keep a proposed act whose time has not come; None where it is to be tried now."""
        return self.decider.keep(self.state, proposal, act)

    def application_of(self, act: Command) -> str:
        """Tell which application an act is about, as far as it or this stream's state says so."""
        return self.decider.application_of(self.state, act)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact, in place.

        Raises: UnfitCommand when the fact is not of this kind of stream
        """
        fact = recorded.body
        if type(fact) not in self.decider.facts:
            raise self._unfit(fact)
        self.decider.evolve(self.state, fact, recorded)

    def _unfit(self, body: Command | Fact) -> UnfitCommand:
        return UnfitCommand(
            f"{type(body).__name__} does not belong on a {self.decider.kind} stream"
        )
