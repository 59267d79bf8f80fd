"""Stream: what every kind of history has, whatever noun it is about."""

from abc import ABC, abstractmethod
from typing import ClassVar

from events.envelope import Asked, Recorded
from events.proposals import ActProposed
from events.values import Command, Fact
from policies.engine.registry import Policies


class UnfitCommand(Exception):
    """A command was sent to a stream of a kind that cannot answer it."""


class Stream(ABC):
    """The folded state of one stream: its last sequence number and its nouns' slices.

    `answered` holds the ids of commands that have no natural key by which a repeat is known:
    refused ones, and those that would go on where the first left off (see `remembers_cause`).
    `proposals` holds what waits for a second person by its name, and None for what was judged.
    `aside` holds what waits for an operator: a command's id, its name and what it is about.
    """

    __slots__ = ("answered", "aside", "parked", "proposals", "seq")
    kind: ClassVar[str]

    def __init__(self) -> None:
        self.seq = 0
        self.parked = False
        self.answered: set[str] | None = None
        self.proposals: dict[str, ActProposed | None] | None = None
        self.aside: dict[str, tuple[str, str]] | None = None

    @abstractmethod
    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one command with facts.

        Raises: UnfitCommand
        """

    def keep(self, proposal: Asked, act: Command) -> list[Fact] | None:
        """Keep a proposed act whose time has not come; None where it is to be tried now."""
        return None

    @abstractmethod
    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact, in place.

        Raises: UnfitCommand when the fact is not of this kind of stream
        """


def unfit(stream: Stream, body: object) -> UnfitCommand:
    """Say what was sent where."""
    return UnfitCommand(f"{type(body).__name__} does not belong on a {stream.kind} stream")
