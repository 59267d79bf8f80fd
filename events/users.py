"""Users: who may sign in, in which roles, and what an administrator did about it.

In:    an administrator's requests; what a page refused to show
Out:   AddUser … ResetCredential, NoteRefusedVisit; UserAdded … VisitRefused
Holds: no password, no name and no code of a person is in the ledger; those are the sign-in's own
Source: docs/adr/0052-what-a-person-may-do-is-decided-by-the-ledger.md
"""

from typing import Annotated, Literal

from msgspec import Meta

from events.authority import RoleGrant
from events.values import Command, Fact

UserId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
"""By which the ledger names a person of the staff."""

Credential = Literal["password", "code"]
"""What somebody signs in with: the password, or the device of the one-time codes."""


class AddUser(Command):
    """Let somebody sign in, in these roles; `region` is the city or district that they work for."""

    user: UserId
    region: str
    grants: tuple[RoleGrant, ...]
    by: str


class GrantRoles(Command):
    """From now on a user has exactly these roles."""

    user: UserId
    grants: tuple[RoleGrant, ...]
    reason: str
    by: str


class SuspendUser(Command):
    """A user may not sign in any more, until somebody reinstates them."""

    user: UserId
    reason: str
    by: str


class ReinstateUser(Command):
    """A user may sign in again, in the roles held before."""

    user: UserId
    reason: str
    by: str


class ResetCredential(Command):
    """A user's password or device was lost, and is set anew."""

    user: UserId
    credential: Credential
    reason: str
    by: str


class NoteRefusedVisit(Command):
    """A user asked for a page that their roles do not open."""

    user: UserId
    route: Annotated[str, Meta(max_length=200)]
    code: str
    session: str


class UserAdded(Fact):
    """Somebody may sign in; each of the ledger's `partitions` must then ask for a sign-in."""

    user: UserId
    region: str
    grants: tuple[RoleGrant, ...]
    by: str
    partitions: int


class RolesGranted(Fact):
    """A user has exactly these roles from now on."""

    user: UserId
    region: str
    grants: tuple[RoleGrant, ...]
    reason: str
    by: str


class UserSuspended(Fact):
    """A user may not sign in any more."""

    user: UserId
    region: str
    reason: str
    by: str


class UserReinstated(Fact):
    """A user may sign in again."""

    user: UserId
    region: str
    reason: str
    by: str


class CredentialReset(Fact):
    """A user's password or device was set anew by an administrator."""

    user: UserId
    region: str
    credential: Credential
    reason: str
    by: str


class VisitRefused(Fact):
    """A user asked for a page that their roles do not open; it was not shown."""

    user: UserId
    region: str
    route: str
    code: str
    session: str


UserCommand = (
    AddUser | GrantRoles | SuspendUser | ReinstateUser | ResetCredential | NoteRefusedVisit
)
UserFact = (
    UserAdded | RolesGranted | UserSuspended | UserReinstated | CredentialReset | VisitRefused
)
