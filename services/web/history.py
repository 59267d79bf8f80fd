"""history: which pages can be looked at as of an earlier day, and which cannot.

Holds: a page that is not here has no history, and says so; only a page whose figures really are
       those of the day asked for is shown as a view of that day
"""

from enum import StrEnum


class History(StrEnum):
    """How far back a page can look."""

    BOTH = "both"
    """As of a legal day, as it was known by a day."""
    DAY = "day"
    """As of a legal day, by what is known now."""
    NONE = "none"
    """Not at all: states and amounts are the present ones."""


HISTORY: dict[str, History] = {
    "/accounts": History.BOTH,
    "/journal": History.BOTH,
    "/journal/{number}": History.BOTH,
    "/statements": History.BOTH,
    "/reconciliation": History.BOTH,
    "/reconciliation/{account}/{month}": History.BOTH,
    "/differences": History.BOTH,
    "/policies": History.BOTH,
    "/applications": History.DAY,
    "/applications/{key}": History.DAY,
    "/tasks/referred": History.DAY,
    "/targets": History.DAY,
    "/head-count": History.DAY,
    "/posts": History.DAY,
    "/vouchers": History.DAY,
    "/vouchers/{key}": History.DAY,
}


def of_route(path: str) -> History:
    """How far back the page at a route can look."""
    return HISTORY.get(path, History.NONE)
