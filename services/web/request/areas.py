"""areas: which group of pages an address belongs to, so that a role opens it or does not.

In:    a path, of a route or of an address
Out:   an area of `policies.access`, or None
Holds: an address that is in no area is nobody's
"""

from collections.abc import Iterable
from functools import lru_cache

from events.authority import RoleGrant
from policies.access import FOR_ALL, access


@lru_cache(maxsize=4096)  # a page asks of each address that it may lead to
def area_of(path: str) -> str | None:
    """Tell the area of an address or of a route; None where it has none."""
    known = access().area_of
    parts = path.rstrip("/").split("/")
    if parts == [""]:
        return known["/"]
    leading = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((known[one] for one in leading if one in known), None)


def of_the_whole(path: str) -> bool:
    """Whether an address tells of the ledger as a whole, and so is opened by who sees all districts."""
    return area_of(path) == "operations"


def opening(grants: Iterable[RoleGrant], path: str) -> list[RoleGrant]:
    """Those roles of somebody who has signed in that open an address."""
    area = area_of(path)
    if area in FOR_ALL:
        return list(grants)
    return [one for one in grants if area is not None and access().sees(one.role, area)]


def opens(grants: Iterable[RoleGrant], path: str) -> bool:
    """Whether any role of somebody who has signed in opens an address."""
    return area_of(path) in FOR_ALL or bool(opening(grants, path))
