"""areas: which group of pages an address belongs to, so that a role opens it or does not.

In:    a path, of a route or of an address
Out:   an area of `policies.access`, PUBLIC, EVERYBODY (who has signed in), or None
Holds: an address that is not here is nobody's
"""

from collections.abc import Iterable
from typing import Final

from events.authority import RoleGrant
from policies.access import access

PUBLIC: Final = "public"
"""Whoever asks, without signing in."""

EVERYBODY: Final = "everybody"
"""Whoever has signed in."""

AREAS: Final[dict[str, str]] = {
    "/": "work",
    "/tasks": "work",
    "/alarms": "work",
    "/proposals": "work",
    "/tasks/differences": "books",
    "/applications": "applications",
    "/submissions": "applications",
    "/past": "applications",
    "/disclosures": "applications",
    "/targets": "applications",
    "/head-count": "applications",
    "/vouchers": "applications",
    "/links": "applications",
    "/posts": "applications",
    "/decisions": "applications",
    "/parties": "applications",
    "/disbursements": "money",
    "/batches": "money",
    "/results": "money",
    "/budgets": "money",
    "/clawbacks": "money",
    "/advances": "money",
    "/reconciliation": "books",
    "/differences": "books",
    "/matching": "books",
    "/matches": "books",
    "/treasury": "books",
    "/statements": "books",
    "/accounts": "books",
    "/journal": "books",
    "/periods": "books",
    "/reports": "books",
    "/policies": "policies",
    "/audit": "audit",
    "/samples": "audit",
    "/cases": "audit",
    "/operations": "operations",
    "/dead-letters": "operations",
    "/set-aside": "operations",
    "/users": "users",
    "/settings": "users",
    "/commands": EVERYBODY,
    "/find": EVERYBODY,
    "/account": EVERYBODY,
    "/confirm-code": EVERYBODY,
    "/sign-out": EVERYBODY,
    "/acting-as": EVERYBODY,
    "/sign-in": PUBLIC,
    "/public": PUBLIC,
}
"""The area of every address, by its first segments; the longest that fits counts."""


def area_of(path: str) -> str | None:
    """Tell the area of an address or of a route; None where it has none."""
    parts = path.rstrip("/").split("/")
    if parts == [""]:
        return AREAS["/"]
    leading = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((AREAS[one] for one in leading if one in AREAS), None)


def opens(grants: Iterable[RoleGrant], path: str) -> bool:
    """Whether any role of somebody who has signed in opens an address."""
    area = area_of(path)
    if area in (PUBLIC, EVERYBODY):
        return True
    return area is not None and any(access().sees(one.role, area) for one in grants)
