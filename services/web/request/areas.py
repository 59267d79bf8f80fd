"""areas: which group of pages an address belongs to, so that a role opens it or does not.

In:    a path, of a route or of an address
Out:   an area of `policies.access`, or None
Holds: an address that is in no area is nobody's
"""

from collections.abc import Iterable

from events.authority import RoleGrant
from policies.access import FOR_ALL, access


def area_of(path: str) -> str | None:
    """Tell the area of an address or of a route; None where it has none."""
    known = access().area_of
    parts = path.rstrip("/").split("/")
    if parts == [""]:
        return known["/"]
    leading = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((known[one] for one in leading if one in known), None)


def opens(grants: Iterable[RoleGrant], path: str) -> bool:
    """Whether any role of somebody who has signed in opens an address."""
    area = area_of(path)
    if area in FOR_ALL:
        return True
    return area is not None and any(access().sees(one.role, area) for one in grants)
