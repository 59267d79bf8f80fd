"""scope: what a query counts: as of which legal day, known by when, which district, which fund."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from events.days import SHANGHAI


class History(StrEnum):
    """How far back a list can look."""

    BOTH = "both"
    """As of a legal day, as it was known by a day."""
    DAY = "day"
    """As of a legal day, by what is known now."""
    NONE = "none"
    """Not at all: states and amounts are the present ones."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The frame of every figure; None is the default of each: today, all that is known, everywhere."""

    today: date
    as_of_set: date | None = None
    known_set: date | None = None
    district: str | None = None
    fund: str | None = None
    history: History = History.BOTH

    @property
    def as_of(self) -> date:
        """The last legal day counted."""
        return self.as_of_set or self.today

    @property
    def known_on(self) -> date:
        """The last day whose knowledge counts; far ahead by default."""
        known = self.known_set if self.history is History.BOTH else None
        return known or date.max

    @property
    def known_until(self) -> datetime:
        """The instant from which on knowledge no longer counts; far ahead by default."""
        last = min(self.known_on, date(9998, 12, 31))
        return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)

    @property
    def looks_back(self) -> bool:
        """Whether an earlier day is asked for: its figures are that day's."""
        if self.history is History.NONE:
            return False
        known = self.known_set is not None and self.history is History.BOTH
        return self.as_of_set is not None or known
