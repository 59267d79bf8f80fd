"""session_rules: how long a session lasts, and what is told of one."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from events.authority import RoleGrant

TOUCHED_AT_MOST = timedelta(minutes=1)
"""A session's last use is written down at most this often."""


class SessionLimits(NamedTuple):
    """How long a session lasts unused, and in all."""

    idle: timedelta = timedelta(minutes=15)
    whole: timedelta = timedelta(hours=10)


class SignedIn(NamedTuple):
    """Who is signed in, by which session.

    Shape: `grants` are the roles that an organisation's sign-in gave; None: the ledger says which
    """

    session: str
    user: str
    name: str
    confirmed_at: datetime | None
    csrf: str
    must_change: bool
    idle_until: datetime
    ends_at: datetime
    grants: tuple[RoleGrant, ...] | None = None


class Sessions(Protocol):
    """What the pages ask of sessions."""

    async def required(self) -> bool:
        """Whether there is an account at all, so that people must sign in."""
        ...

    async def find(self, token: str, address: str, now: datetime) -> SignedIn | None:
        """Who is signed in by this token; using a session keeps it alive."""
        ...

    async def end(self, token: str, why: str) -> None:
        """End a session."""
        ...


def why_over(
    seen_at: datetime, ends_at: datetime, now: datetime, limits: SessionLimits
) -> str | None:
    """Why a session is over by now: `whole` or `idle`; None while it lasts."""
    if now >= ends_at:
        return "whole"
    if now >= seen_at + limits.idle:
        return "idle"
    return None
