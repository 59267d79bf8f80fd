"""One user, as they stand."""

from dataclasses import dataclass
from typing import Literal

from events.authority import RoleGrant

UserState = Literal["none", "active", "suspended"]


@dataclass(slots=True)
class UserOfStaff:
    """Where somebody works, in which roles, and whether they may sign in."""

    state: UserState = "none"
    region: str = ""
    grants: tuple[RoleGrant, ...] = ()
