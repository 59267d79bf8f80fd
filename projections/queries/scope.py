"""scope: what a query counts: as of which legal day, known by when, which region, which fund.

Holds: a region counts with what lies below it: a city is its districts, the province its cities
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from events.days import SHANGHAI
from policies.vocabulary.places import lies_in


class History(StrEnum):
    """How far back a list can look."""

    BOTH = "both"
    """As of a legal day, as it was known by a day."""
    DAY = "day"
    """As of a legal day, by what is known now."""
    NONE = "none"
    """Not at all: states and amounts are the present ones."""


def within(area: str) -> str:
    """The pattern (SQL LIKE) of a region's code and of every code below it, local ones too.

    ``=`` before a code is what names the city alone and none of its districts.
    """
    if area.startswith("="):
        return area[1:]
    return re.sub("(00){1,2}$", "%", area)


def city_around(area: str) -> str:
    """The pattern of the city that an area is or lies in: within it a person counts once.

    Shape: everything, where the area is none or a whole province
    """
    region = area.lstrip("=")
    return "%" if not region or region.endswith("0000") else f"{region[:4]}%"


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
    def districts(self) -> str | None:
        """The pattern of the districts counted: of the region that is asked for and below it."""
        return within(self.district) if self.district else None

    def holds(self, region: str | None) -> bool:
        """Whether a region is counted; what belongs to none is counted where all are."""
        return self.district is None or (region is not None and lies_in(region, self.district))

    def goes_by(self, jurisdiction: str) -> bool:
        """Whether what an authority states counts in some region of the scope."""
        above = self.district is not None and lies_in(self.district, jurisdiction)
        return above or self.holds(jurisdiction)

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
