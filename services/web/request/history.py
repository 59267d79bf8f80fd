"""history: which pages can be looked at as of an earlier day, and which cannot.

Holds: a page that is not here has no history, and says so; only a page whose figures really are
       those of the day asked for is shown as a view of that day
"""

from projections.queries.scope import History

HISTORY: dict[str, History] = {
    "/accounts": History.BOTH,
    "/journal": History.BOTH,
    "/journal/{number}": History.BOTH,
    "/statements": History.BOTH,
    "/reconciliation": History.BOTH,
    "/reconciliation/{account}/{month}": History.BOTH,
    "/differences": History.BOTH,
    "/reports": History.BOTH,
    "/policies": History.BOTH,
    "/audit": History.BOTH,
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
