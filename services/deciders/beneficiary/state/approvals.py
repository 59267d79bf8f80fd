"""Approvals of one beneficiary, as they stand."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from events.values import LaterYear, LineTaken, PlannedInstalment, PolicyRef
from services.deciders.beneficiary.state.caps import Caps

State = Literal[
    "promised",
    "proposed",
    "held",
    "granted",
    "denied",
    "referred",
    "lapsed",
    "withdrawn",
    "revoked",
]

Answer = tuple[str, int, int, str]
"""(application, attempt, turn, outcome): one answer of the budget, whatever became of it."""


class Proposal(NamedTuple):
    """What a later answer still needs of an ApprovalProposed; its trail stays on the ledger.

    `hired_on` is the first day of the job that an employer is paid for, where it is known.
    """

    policy: PolicyRef
    amount: int
    instalments: tuple[PlannedInstalment, ...]
    payee: str
    account: str
    region: str
    hired_on: date | None = None


class YearAhead(NamedTuple):
    """A later year's part of a plan: where it waits, the last turn in which that was told, and what
    became of it."""

    year: LaterYear
    line: str
    heard: int = -1
    state: Literal["waiting", "committed", "lapsed", "dropped"] = "waiting"


class AskedExtension(NamedTuple):
    """Further months of a plan whose money is asked for, in turns from `turn` on; `document` is what
    they are prolonged by, empty where they are planned again after a stop."""

    turn: int
    parts: tuple[PlannedInstalment, ...]
    document: str


@dataclass(slots=True)
class Approval:
    """One application's approval: its last attempt and what that attempt holds."""

    state: State
    attempt: int = 0
    proposed: Proposal | None = None
    taken: tuple[LineTaken, ...] = ()
    queued_on: str | None = None
    turn: int = 0
    extensions: tuple[AskedExtension, ...] = ()
    extension_turn: int = 0
    extended_by: str = ""
    extending_by: str = ""
    later: tuple[YearAhead, ...] = ()

    def year_of(self, no: int) -> YearAhead | None:
        """Find the later year that a part of the plan belongs to; None where the grant covers it."""
        return next((one for one in self.later if no in one.year.instalments), None)

    def waits_for_its_year(self, no: int) -> bool:
        """Tell whether nobody has set the money of a part aside yet."""
        year = self.year_of(no)
        return year is not None and year.state != "committed"


@dataclass(slots=True)
class Approvals:
    """The approvals of one beneficiary by application key, with the caps they use.

    `marks` are the documents of deceit. What few beneficiaries ever have is a shared empty set until
    then: there are millions of them.
    """

    by_application: dict[str, Approval] = field(default_factory=dict)
    caps: Caps = field(default_factory=Caps)
    heard: frozenset[Answer] = frozenset()
    left_early: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def end(self, application: str, state: State) -> None:
        """Fold a judgement that proposes no money; the count of attempts goes on."""
        earlier = self.by_application.get(application)
        self.by_application[application] = Approval(state, earlier.attempt if earlier else 0)

    def is_granted(self, application: str) -> bool:
        """Tell whether money is due for the application."""
        approval = self.by_application.get(application)
        return approval is not None and approval.state == "granted"

    def is_revoked(self, application: str) -> bool:
        """Tell whether what was granted was taken back; a new claim needs a number of its own."""
        approval = self.by_application.get(application)
        return approval is not None and approval.state == "revoked"

    def is_denied(self, application: str) -> bool:
        """Tell whether the application ended without money."""
        approval = self.by_application.get(application)
        return approval is not None and approval.state == "denied"
