"""Approvals: what was decided about an application, on which clauses, with which money."""

from datetime import date
from typing import Literal

from events.values import (
    ApplicationKey,
    BudgetClaim,
    CapSlot,
    ClauseSeen,
    Command,
    Fact,
    Fen,
    LaterYear,
    LineTaken,
    PlannedInstalment,
    PolicyRef,
    StreamName,
    Token,
)

EXTENSION_TURN = 1000
"""So many turns has each way of an attempt over the lines: its first, then one for each later year of
its plan and for each extension. Their money is the same attempt's, asked for apart."""


def way_of(turn: int) -> int:
    """Number the way over the lines that a turn belongs to: 0 is an attempt's first."""
    return turn // EXTENSION_TURN


class ReviewApplication(Command):
    """A person's judgement of a referred application; `amount` only where the rule has none."""

    application: ApplicationKey
    verdict: Literal["approve", "deny"]
    reviewer: str
    document: str
    reason: str
    amount: Fen | None = None


class AnswerBudget(Command):
    """A budget line's answer to an attempt: what was asked is committed, or it waits in a queue, or a
    shared ceiling is reached; `ahead` are the claims of later years, which nobody has asked yet."""

    application: ApplicationKey
    attempt: int
    outcome: Literal["committed", "queued", "lapsed", "ceiling"]
    line: StreamName
    taken: tuple[LineTaken, ...]
    turn: int = 0
    ahead: tuple[BudgetClaim, ...] = ()


class RevokeApproval(Command):
    """What was granted is taken back; what is unpaid stays unpaid, what was paid is due back."""

    application: ApplicationKey
    cause: Literal["administrative_error", "fraud", "not_entitled"]
    document: str
    reason: str
    by: str


class ExtendApproval(Command):
    """A person confirms that a plan may be prolonged, as its clause allows once."""

    application: ApplicationKey
    reviewer: str
    document: str
    reason: str


class ApprovalProposed(Fact):
    """The clauses hold and the slots are taken; the money is still to be found."""

    application: ApplicationKey
    attempt: int
    policy: PolicyRef
    amount: Fen
    instalments: tuple[PlannedInstalment, ...]
    slots: tuple[CapSlot, ...]
    claims: tuple[BudgetClaim, ...]
    payee: Token
    account: Token
    region: str
    trail: tuple[ClauseSeen, ...]
    reviewer: str | None = None


class CeilingStated(Fact):
    """A proposal falls under a shared ceiling that a clause sets: its line has so much in all."""

    application: ApplicationKey
    line: StreamName
    limit: Fen
    document: str


class ExtensionProposed(Fact):
    """A plan is prolonged by a clause; the money is still to be found, in the same attempt."""

    application: ApplicationKey
    attempt: int
    turn: int
    instalments: tuple[PlannedInstalment, ...]
    claims: tuple[BudgetClaim, ...]
    rule: str
    reviewer: str
    document: str


class ApprovalExtended(Fact):
    """The plan goes on: its further months are committed."""

    application: ApplicationKey
    attempt: int
    turn: int
    programme: str
    instalments: tuple[PlannedInstalment, ...]
    taken: tuple[LineTaken, ...]


class ExtensionLapsed(Fact):
    """No money was found for the further months before the line closed."""

    application: ApplicationKey
    attempt: int
    turn: int
    line: StreamName


class ApprovalDenied(Fact):
    """No money is due; every failing clause is named."""

    application: ApplicationKey
    code: str
    failing: tuple[str, ...]
    policy: PolicyRef | None
    trail: tuple[ClauseSeen, ...]
    text: str = ""
    reviewer: str | None = None


class ApprovalReferred(Fact):
    """A person must judge: a fact is missing, a standard is not stated, a sample was drawn."""

    application: ApplicationKey
    code: str
    text: str
    policy: PolicyRef | None
    trail: tuple[ClauseSeen, ...]


class ApprovalGranted(Fact):
    """Money is due: the slots are taken, and the budget of the year of its first part is committed.

    `amount` and `instalments` are the whole plan; `later` are the parts of it whose years have not
    committed theirs: they wait for that, and nothing else waits for them.
    """

    application: ApplicationKey
    attempt: int
    policy: PolicyRef
    amount: Fen
    instalments: tuple[PlannedInstalment, ...]
    taken: tuple[LineTaken, ...]
    payee: Token
    turn: int = 0
    later: tuple[LaterYear, ...] = ()


class LaterYearHeld(Fact):
    """The line of a later year cannot carry its part of a plan yet: that part waits in its queue."""

    application: ApplicationKey
    attempt: int
    turn: int
    year: int
    line: StreamName
    amount: Fen


class LaterYearCommitted(Fact):
    """The money of a later year is set aside: these instalments of the plan can be paid.

    `surplus` is what its other instalments, stopped while they waited, do not need.
    """

    application: ApplicationKey
    attempt: int
    turn: int
    year: int
    line: StreamName
    amount: Fen
    surplus: Fen
    instalments: tuple[int, ...]


class LaterYearLapsed(Fact):
    """The line of a later year closed before it had money for its part of the plan, for the months
    from `since` on."""

    application: ApplicationKey
    attempt: int
    turn: int
    year: int
    line: StreamName
    amount: Fen
    instalments: tuple[int, ...]
    ceilings: tuple[StreamName, ...]
    since: date
    rule: str


class LaterYearDropped(Fact):
    """Nothing of a later year's part is due any more: it leaves the queue in which it waits."""

    application: ApplicationKey
    attempt: int
    turn: int
    year: int
    line: StreamName
    amount: Fen
    ceilings: tuple[StreamName, ...]


class ApprovalHeld(Fact):
    """The clauses hold, the budget does not: the claim waits in a line's queue."""

    application: ApplicationKey
    attempt: int
    line: StreamName
    turn: int = 0
    taken: tuple[LineTaken, ...] = ()


class ApprovalLapsed(Fact):
    """A held approval ended with its budget year; its slots are free again."""

    application: ApplicationKey
    attempt: int
    line: StreamName


class ApprovalWithdrawn(Fact):
    """The claim was taken back before payment: slots and money are free again, and the places in the
    queues of `later` years."""

    application: ApplicationKey
    attempt: int
    taken: tuple[LineTaken, ...]
    queued_on: StreamName | None
    later: tuple[LaterYear, ...] = ()


class CommitmentDeclined(Fact):
    """An answer came for an attempt that nobody waits for; what it committed is given back."""

    application: ApplicationKey
    attempt: int
    turn: int
    taken: tuple[LineTaken, ...]
    queued_on: StreamName | None


class ApprovalRevoked(Fact):
    """A grant was taken back. Only an error of the administration gives the slots back.

    `later` are the parts of later years that were still waiting for money.
    """

    application: ApplicationKey
    attempt: int
    cause: Literal["administrative_error", "fraud", "not_entitled"]
    gives_back_slots: bool
    payee: Token
    unpaid: tuple[LineTaken, ...]
    instalments: tuple[int, ...]
    document: str
    reason: str
    by: str
    later: tuple[LaterYear, ...] = ()


class ServiceLeftEarly(Fact):
    """Somebody left before the term that the money was for: `unserved` is due back, all of it or by
    the day as the city's `manner` says, under the clause of `rule`."""

    application: ApplicationKey
    payee: Token
    began_on: date
    left_on: date
    ends_on: date
    amount: Fen
    unserved: Fen
    manner: str
    rule: str
    document: str


ApprovalCommand = ReviewApplication | AnswerBudget | ExtendApproval | RevokeApproval
ApprovalFact = (
    CeilingStated
    | ApprovalProposed
    | ApprovalDenied
    | ApprovalReferred
    | ApprovalGranted
    | ApprovalHeld
    | ApprovalLapsed
    | ApprovalWithdrawn
    | LaterYearHeld
    | LaterYearCommitted
    | LaterYearLapsed
    | LaterYearDropped
    | ExtensionProposed
    | ApprovalExtended
    | ExtensionLapsed
    | CommitmentDeclined
    | ApprovalRevoked
    | ServiceLeftEarly
)
