"""Budgets: what may be committed from one fund, district and year, and who waits for it."""

from events.values import (
    ApplicationKey,
    BudgetClaim,
    Command,
    Fact,
    Fen,
    LineTaken,
    StreamName,
    Value,
)


class BudgetAsk(Value):
    """One attempt's way over the lines: claim `step`, alternative `choice`, what is `taken`.

    Holds: nothing is taken while it waits in a queue, so no two attempts can block each other.
    `turn` counts how often it has left a queue, so that asking a line again is no repeat.
    """

    application: ApplicationKey
    attempt: int
    beneficiary: StreamName
    claims: tuple[BudgetClaim, ...]
    step: int = 0
    choice: int = 0
    taken: tuple[LineTaken, ...] = ()
    turn: int = 0

    @property
    def amount(self) -> int:
        """Fen asked of the line at hand."""
        return self.claims[self.step].amount


class AllocateBudget(Command):
    """Money for a line, by a numbered document."""

    document: str
    amount: Fen


class CommitBudget(Command):
    """Commit one claim's amount on this line, or pass it on, or queue it."""

    ask: BudgetAsk


class ReleaseBudget(Command):
    """Give back what an attempt has here (all, or `amount`), once per `key`; leave the queue."""

    application: ApplicationKey
    attempt: int
    key: str
    amount: Fen | None = None


class WakeLine(Command):
    """Go on serving the queue: one command serves a bounded slice of it."""


class CloseLine(Command):
    """The year is over: what still waits lapses, in slices, then the line closes."""

    document: str


class BudgetAllocated(Fact):
    """The line may commit this much more."""

    document: str
    amount: Fen


class BudgetCommitted(Fact):
    """The amount is set aside for one approval."""

    ask: BudgetAsk
    amount: Fen


class BudgetPassedOn(Fact):
    """This line has not enough (or its queue is not empty); the next fund is asked."""

    ask: BudgetAsk
    available: Fen


class BudgetQueued(Fact):
    """No line can carry the claim: it waits here, in this line's own order."""

    ask: BudgetAsk
    place: int


class BudgetDequeued(Fact):
    """The head of the queue leaves it: its money has come, or the year has ended (`lapsed`).

    `more` asks for another slice of the queue, by the same `document` where the line is closing.
    """

    ask: BudgetAsk
    lapsed: bool = False
    document: str = ""
    more: bool = False


class BudgetReleased(Fact):
    """What an attempt had committed or queued here is free again."""

    application: ApplicationKey
    attempt: int
    amount: Fen
    key: str
    from_queue: bool = False


class LineClosed(Fact):
    """The line takes no more claims."""

    document: str
    committed: Fen
    allocated: Fen
