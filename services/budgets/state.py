"""One budget line, as it stands."""

from dataclasses import dataclass, field

from events.budgets import BudgetAsk

Attempt = tuple[str, int]
Asking = tuple[str, int, int, int]


def asking(ask: BudgetAsk) -> Asking:
    """Name one question to a line: the same one is answered once."""
    return (ask.application, ask.attempt, ask.turn, ask.step)


def attempt_of(ask: BudgetAsk) -> Attempt:
    """Name whose money it is."""
    return (ask.application, ask.attempt)


@dataclass(slots=True)
class Line:
    """What a line may commit, has committed and to whom, and who waits for it.

    Units: fen
    """

    allocated: int = 0
    committed: int = 0
    closed: bool = False
    documents: set[str] = field(default_factory=set)
    commitments: dict[Attempt, int] = field(default_factory=dict)
    answered: set[Asking] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    queue: dict[Attempt, BudgetAsk] = field(default_factory=dict)

    @property
    def available(self) -> int:
        """Fen that may still be committed."""
        return self.allocated - self.committed
