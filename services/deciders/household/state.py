"""One household, as it stands."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class HouseholdState:
    """Who belongs to it since when, who has left, and since when it is out."""

    members: dict[str, date] = field(default_factory=dict)
    left: dict[str, date] = field(default_factory=dict)
    reported: set[tuple[str, date]] = field(default_factory=set)
    out_since: date | None = None
    by: str = ""
    informed: set[str] = field(default_factory=set)
