"""Objections of one payee, as they stand."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Objection:
    """One objection: to what, who recorded it, what was found out, and by whom."""

    application: str
    clawback: str
    by: str
    state: Literal["open", "upheld", "dismissed"] = "open"
    judge: str = ""

    @property
    def holds(self) -> bool:
        """Whether what it objects to must wait."""
        return self.state != "dismissed"


@dataclass(slots=True)
class Objections:
    """The objections of one payee by id, the oldest first."""

    by_id: dict[str, Objection] = field(default_factory=dict)

    def to_payment_of(self, application: str) -> bool:
        """Tell whether the payments of an application must wait."""
        return any(
            one.holds and not one.clawback and one.application == application
            for one in self.by_id.values()
        )

    def judges_of(self, application: str) -> tuple[str, ...]:
        """Name the people who have judged objections to an application."""
        found_out = (one.judge for one in self.by_id.values() if one.application == application)
        return tuple(dict.fromkeys(filter(None, found_out)))

    def to_debt(self, clawback: str) -> bool:
        """Tell whether nothing may be kept for a debt."""
        return any(one.holds and one.clawback == clawback for one in self.by_id.values())
