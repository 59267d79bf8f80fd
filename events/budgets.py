"""Budgets: what may be committed from one fund, district and year, and who waits for it."""

from typing import Literal

from events.values import (
    ApplicationKey,
    BudgetClaim,
    Command,
    Fact,
    Fen,
    LineTaken,
    SignedFen,
    StreamName,
    Value,
)

QueueRule = Literal["lapse", "carry"]
"""What becomes of those who wait when a line closes: they end, or wait on next year's line."""


Reach = Literal["line", "with_ceilings", "of_ceiling"]
"""A release of this line alone, or of its ceilings too; the last is what a ceiling is then asked."""

Spending = Literal["paid", "kept", "advanced"]
"""How money was spent: paid by the bank, kept for a debt, or paid before by an advance."""

Freeing = Literal["own_instalment", "elsewhere", "no_plan"]
"""How an advance ends: netted in an instalment of its own plan and line, which needs the money; in
another way, so that the plan needs it for its instalments or not at all; or it is its own plan."""

WHOEVER_HOLDS_IT = 0
"""The attempt of a release whose sender knows the application alone: one at most is granted."""


class BudgetAsk(Value):
    """One attempt's way over the lines: claim `step`, alternative `choice`, what is `taken`.

    Holds: lines are asked in one order for all (ceilings, then funds by year), and what is taken
           is kept while it waits for the next, so no two attempts can block each other.
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


class AdjustBudget(Command):
    """Raise or lower a line, by a numbered document of whoever may."""

    document: str
    by: SignedFen
    reason: str


class ProposeAdjustment(Command):
    """A member of staff asks to raise or lower a line; another must agree."""

    document: str
    by: SignedFen
    reason: str
    maker: str


class ConfirmAdjustment(Command):
    """Another member of staff agrees to an adjustment, or does not."""

    document: str
    by: SignedFen
    checker: str
    approve: bool
    reason: str = ""


class CommitBudget(Command):
    """Commit one claim's amount on this line, or pass it on, or queue it."""

    ask: BudgetAsk


class ReleaseBudget(Command):
    """Give back what an attempt has here (all, or `amount`), once per `key`; leave the queue.

    `reach` says whether the ceilings in money that carry the same amount give it back too;
    `still_planned` is what the plan still wants of this line, None where it wants no less than before;
    `turn` names the place in the queue, None every one that the attempt has here.
    """

    application: ApplicationKey
    attempt: int
    key: str
    amount: Fen | None = None
    reach: Reach = "line"
    still_planned: Fen | None = None
    turn: int | None = None


class WakeLine(Command):
    """Go on serving the queue: one command serves a bounded slice of it; let whoever an earlier version
    holds here with what another year has committed wait for this line's part alone."""


class SpendBudget(Command):
    """Money that was set aside is spent, once per `key`; `attempt` is 0 where no bank was needed."""

    disbursement: str
    attempt: int
    amount: Fen
    kind: Spending
    key: str


class ReverseSpending(Command):
    """A payment came back after the bank had paid it: it is set aside again, not spent."""

    disbursement: str
    attempt: int
    amount: Fen
    key: str


class EarmarkAdvance(Command):
    """An advance is paid out of what an approval's plan has here."""

    application: ApplicationKey
    disbursement: str
    amount: Fen


class FreeEarmark(Command):
    """Part of an advance needs no money here any more: it was settled, is back, or was never paid.

    `spent` takes it out of what is spent: a settlement counts where it is settled.
    """

    application: ApplicationKey
    disbursement: str
    amount: Fen
    spent: bool
    by: Freeing
    key: str


class CloseLine(Command):
    """The year is over: what still waits lapses or is carried, in slices, then the line closes."""

    document: str
    queue: QueueRule = "lapse"


class BudgetAllocated(Fact):
    """The line may commit this much more."""

    document: str
    amount: Fen


class BudgetAdjusted(Fact):
    """The line may commit so much more or less, never less than it has committed."""

    document: str
    by: SignedFen
    reason: str
    maker: str = ""
    checker: str = ""


class AdjustmentProposed(Fact):
    """An adjustment waits for a second person."""

    document: str
    by: SignedFen
    reason: str
    maker: str


class AdjustmentRejected(Fact):
    """The second person did not agree."""

    document: str
    maker: str
    checker: str
    reason: str


class BudgetCommitted(Fact):
    """The amount is set aside for one approval."""

    ask: BudgetAsk
    amount: Fen


class BudgetPassedOn(Fact):
    """This line has not enough (or its queue is not empty); the next fund is asked."""

    ask: BudgetAsk
    available: Fen


class CeilingReached(Fact):
    """A ceiling that many share cannot carry the claim: nobody waits for one."""

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


class BudgetCarried(Fact):
    """The year has ended: a claim leaves this queue and asks the lines of the next year.

    `more` asks for another slice of the queue, by the same `document`.
    """

    ask: BudgetAsk
    onward: BudgetAsk
    document: str
    more: bool = False


class BudgetParted(Fact):
    """A claim waited here, by an earlier version of this code, with what an earlier year had committed:
    it is told that this is so, and waits on in its place for this line's part alone.

    `more` asks for another slice of the queue, or for it to be served.
    """

    ask: BudgetAsk
    onward: BudgetAsk
    more: bool = False


class BudgetReleased(Fact):
    """What an attempt had committed or queued here is free again.

    `short` is what its open advance still needs; it is given back when the advance is freed. `turn`
    says which place it leaves, where it leaves one.
    """

    application: ApplicationKey
    attempt: int
    amount: Fen
    key: str
    from_queue: bool = False
    short: Fen = 0
    ceilings: tuple[StreamName, ...] = ()
    turn: int = 0


class BudgetSpent(Fact):
    """Part of a payment is spent out of what was set aside: by the bank, for a debt, in advance."""

    disbursement: str
    attempt: int
    amount: Fen
    kind: Spending
    key: str


class BudgetSpendingReversed(Fact):
    """The money of one attempt came back: it is set aside still, and no longer spent."""

    disbursement: str
    attempt: int
    amount: Fen
    key: str


class AdvanceEarmarked(Fact):
    """So much of what an approval has here stays, whatever becomes of its plan."""

    application: ApplicationKey
    attempt: int
    disbursement: str
    amount: Fen


class EarmarkFreed(Fact):
    """Part of an advance needs no money here any more; `released` of it nobody else needs."""

    application: ApplicationKey
    attempt: int
    disbursement: str
    amount: Fen
    spent: bool
    by: Freeing
    released: Fen
    key: str
    ceilings: tuple[StreamName, ...] = ()


class BudgetAlarmRaised(Fact):
    """So many percent of the line are committed; told once each time the share is reached."""

    share: int
    committed: Fen
    allocated: Fen


class LineClosed(Fact):
    """The line takes no more claims."""

    document: str
    committed: Fen
    allocated: Fen
    spent: Fen = 0
    queue: QueueRule = "lapse"


BudgetCommand = (
    AllocateBudget
    | AdjustBudget
    | ProposeAdjustment
    | ConfirmAdjustment
    | CommitBudget
    | ReleaseBudget
    | WakeLine
    | SpendBudget
    | ReverseSpending
    | EarmarkAdvance
    | FreeEarmark
    | CloseLine
)
BudgetFact = (
    BudgetAllocated
    | BudgetAdjusted
    | AdjustmentProposed
    | AdjustmentRejected
    | BudgetCommitted
    | BudgetPassedOn
    | CeilingReached
    | BudgetQueued
    | BudgetDequeued
    | BudgetCarried
    | BudgetParted
    | BudgetReleased
    | BudgetSpent
    | BudgetSpendingReversed
    | AdvanceEarmarked
    | EarmarkFreed
    | BudgetAlarmRaised
    | LineClosed
)


def merged(claims: tuple[BudgetClaim, ...]) -> tuple[BudgetClaim, ...]:
    """Join claims that share a line into one, so that no line is ever asked twice.

    Holds: an attempt that asked a line twice would wait in its queue for what it gives back
           there by waiting, for ever; what is claimed in all stays the same
    """
    if len(claims) == 1:
        return claims
    found: list[BudgetClaim] = []
    for claim in claims:
        for place, earlier in enumerate(found):
            shared = tuple(line for line in earlier.lines if line in claim.lines)
            if shared:
                amount = earlier.amount + claim.amount
                found[place] = earlier.model_copy(update={"amount": amount, "lines": shared})
                break
        else:
            found.append(claim)
    return tuple(found) if len(found) == len(claims) else merged(tuple(found))
