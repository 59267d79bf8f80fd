"""One budget line, as it stands."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from events.approvals import way_of
from events.budgets import BudgetAsk, QueueRule
from events.invariants import BrokenInvariant

Attempt = tuple[str, int]
Place = tuple[str, int, int]
"""(application, attempt, way): one place in a queue. An attempt has one for each of its ways."""
Paid = tuple[str, int]
"""(disbursement, attempt): one payment that the bank has made, and that has not come back."""

REARM = 5
"""Percentage points by which a line must fall below an alarm before it is raised again."""
Question = tuple[str, int, int, int]


def question_of(ask: BudgetAsk) -> Question:
    """Name one question to a line: the same one is answered once."""
    return (ask.application, ask.attempt, ask.turn, ask.step)


def attempt_of(ask: BudgetAsk) -> Attempt:
    """Name whose money it is."""
    return (ask.application, ask.attempt)


def place_of(ask: BudgetAsk) -> Place:
    """Name the place that an ask has in a queue."""
    return (ask.application, ask.attempt, way_of(ask.turn))


class Adjustment(NamedTuple):
    """An adjustment that a member of staff proposed; `state` says what the second person did."""

    by: int
    reason: str
    maker: str
    state: Literal["proposed", "made", "rejected"]


@dataclass(slots=True)
class BudgetLineState:
    """What a line may commit, has committed and to whom, and who waits for it.

    Units: fen; `alarmed` is the percentage that was alarmed last, 0 where none is
    Holds: `earmarks` are what of its commitment an attempt's open advances were paid from, by their
           payments; `short` is what its plan would have given back, were it not for them; `ceilings`
           are the ceilings in money that an attempt has taken as much of
    """

    allocated: int = 0
    committed: int = 0
    spent: int = 0
    alarmed: int = 0
    closed: bool = False
    queue_rule: QueueRule = "lapse"
    documents: set[str] = field(default_factory=set)
    adjustments: dict[str, Adjustment] = field(default_factory=dict)
    paid: set[Paid] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    earmarks: dict[Attempt, dict[str, int]] = field(default_factory=dict)
    short: dict[Attempt, int] = field(default_factory=dict)
    ceilings: dict[Attempt, tuple[str, ...]] = field(default_factory=dict)
    commitments: dict[Attempt, int] = field(default_factory=dict)
    answered: set[Question] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    queue: dict[Place, BudgetAsk] = field(default_factory=dict)

    def places_of(self, attempt: Attempt, turn: int | None = None) -> list[Place]:
        """Find the places that an attempt has in the queue: all, or that of the way of a turn."""
        if turn is not None:
            place = (*attempt, way_of(turn))
            return [place] if place in self.queue else []
        return [place for place in self.queue if place[:2] == attempt] if self.queue else []

    @property
    def available(self) -> int:
        """Fen that may still be committed."""
        return self.allocated - self.committed

    def below_alarm(self) -> bool:
        """Tell whether the line has fallen well below the share that was alarmed."""
        return self.committed * 100 < (self.alarmed - REARM) * self.allocated

    def check(self) -> None:
        """Make sure that no more is committed than allocated.

        Raises: BrokenInvariant
        """
        if self.committed > self.allocated:
            raise BrokenInvariant(f"committed {self.committed} of {self.allocated} fen")
