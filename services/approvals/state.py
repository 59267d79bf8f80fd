"""Approvals of one beneficiary, as they stand."""

from dataclasses import dataclass, field
from typing import Literal

from events.approvals import ApprovalProposed
from events.values import LineTaken, PlannedInstalment
from services.approvals.caps import Caps

State = Literal["proposed", "held", "granted", "denied", "referred", "lapsed", "withdrawn"]


@dataclass(slots=True)
class Approval:
    """One application's approval: its last attempt and what that attempt holds."""

    state: State
    attempt: int = 0
    proposed: ApprovalProposed | None = None
    instalments: tuple[PlannedInstalment, ...] = ()
    taken: tuple[LineTaken, ...] = ()
    queued_on: str | None = None


@dataclass(slots=True)
class Approvals:
    """The approvals of one beneficiary by application key, with the caps they use."""

    by_application: dict[str, Approval] = field(default_factory=dict)
    caps: Caps = field(default_factory=Caps)
    declined: set[tuple[str, int, int, str]] = field(default_factory=set)

    def end(self, application: str, state: State) -> None:
        """Fold a judgement that proposes no money; the count of attempts goes on."""
        earlier = self.by_application.get(application)
        self.by_application[application] = Approval(state, earlier.attempt if earlier else 0)

    def is_granted(self, application: str) -> bool:
        """Tell whether money is due for the application."""
        approval = self.by_application.get(application)
        return approval is not None and approval.state == "granted"

    def is_denied(self, application: str) -> bool:
        """Tell whether the application ended without money."""
        approval = self.by_application.get(application)
        return approval is not None and approval.state == "denied"
