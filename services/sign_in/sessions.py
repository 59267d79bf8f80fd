"""sessions: who is signed in, by a random token of which only the digest is kept.

In:   a token from a cookie; instants
Out:  `SignedIn`; the token of a new session, this once
Holds: a session that is over, ended, or of an account that is suspended opens nothing; its row stays
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from services.sign_in.role_texts import grants_of
from services.sign_in.session_rules import TOUCHED_AT_MOST, SessionLimits, SignedIn, why_over

_TOKEN_BYTES = 32
_LONGEST_AGENT = 200

SIGNED_OUT, ENDED, CHANGED, SUSPENDED, RESET = (
    "signed_out",
    "ended",
    "password",
    "suspended",
    "reset",
)

_ANY = "SELECT EXISTS (SELECT FROM access.accounts)"
_FIND = """
    SELECT s.id, s.user_id, a.name, s.confirmed_at, s.csrf,
           a.must_change OR a.code_secret IS NULL AS must_change,
           s.seen_at, s.ends_at, s.address, s.roles
    FROM access.sessions AS s JOIN access.accounts AS a USING (user_id)
    WHERE s.digest = $1 AND s.ended_at IS NULL AND a.suspended_at IS NULL
"""
_TOUCH = "UPDATE access.sessions SET seen_at = $2, address = $3 WHERE id = $1 AND ended_at IS NULL"
_END = """
    UPDATE access.sessions SET ended_at = $2, ended_why = $3
    WHERE digest = $1 AND ended_at IS NULL
"""
_END_ONE = """
    UPDATE access.sessions SET ended_at = $3, ended_why = $4
    WHERE id = $1 AND ($2::text IS NULL OR user_id = $2) AND ended_at IS NULL RETURNING id
"""
_END_ALL = """
    UPDATE access.sessions SET ended_at = $2, ended_why = $3
    WHERE user_id = $1 AND ended_at IS NULL RETURNING id
"""
_END_OTHERS = """
    UPDATE access.sessions SET ended_at = $3, ended_why = $4
    WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL RETURNING id
"""
_OPEN = """
    INSERT INTO access.sessions
        (id, digest, user_id, csrf, made_at, seen_at, ends_at, confirmed_at, address, agent, roles,
         id_token)
    VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11)
"""
_PROOF = "SELECT id_token FROM access.sessions WHERE digest = $1"
_CONFIRM = "UPDATE access.sessions SET confirmed_at = $2 WHERE id = $1 AND ended_at IS NULL"
_LATELY = """
    SELECT user_id, csrf, coalesce(ended_at, least(ends_at, seen_at + $2)) AS over_at, ended_why
    FROM access.sessions WHERE digest = $1
"""
_LIST = """
    SELECT id, user_id, made_at, seen_at, ends_at, address, agent, ended_at, ended_why
    FROM access.sessions
    WHERE ($1::text IS NULL OR user_id = $1) ORDER BY made_at DESC, id LIMIT $2
"""


class SessionRow(NamedTuple):
    """One session as it is listed."""

    id: str
    user_id: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str
    ended_at: datetime | None
    ended_why: str | None

    def state(self, now: datetime, limits: SessionLimits) -> str:
        """Why it is over; empty while it lasts."""
        return self.ended_why or why_over(self.seen_at, self.ends_at, now, limits) or ""


class Lately(NamedTuple):
    """Whose session a token was that has run out, and when."""

    user: str
    csrf: str
    over_at: datetime


def digest_of(token: str) -> bytes:
    """What is kept of a token; it is random, so nothing slower is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_token() -> str:
    """Make 256 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


class StoredSessions:
    """Sessions in the database."""

    def __init__(self, pool: Any, limits: SessionLimits) -> None:
        self._pool = pool
        self.limits = limits
        self._required = False

    async def required(self) -> bool:
        """Whether there is an account; once there is one, there always is."""
        if not self._required:
            self._required = bool(await self._pool.fetchval(_ANY))
        return self._required

    async def find(self, token: str, address: str, now: datetime) -> SignedIn | None:
        """Who is signed in by a token; its use is written down at most once a minute."""
        digest = digest_of(token)
        row = await self._pool.fetchrow(_FIND, digest)
        if row is None:
            return None
        seen_at, ends_at = row["seen_at"], row["ends_at"]
        if (why := why_over(seen_at, ends_at, now, self.limits)) is not None:
            await self._pool.execute(_END, digest, min(ends_at, seen_at + self.limits.idle), why)
            return None
        if now - seen_at >= TOUCHED_AT_MOST or row["address"] != address:
            await self._pool.execute(_TOUCH, row["id"], now, address)
            seen_at = max(seen_at, now)
        return SignedIn(
            row["id"],
            row["user_id"],
            row["name"],
            row["confirmed_at"],
            row["csrf"],
            row["must_change"],
            min(seen_at + self.limits.idle, ends_at),
            ends_at,
            None if row["roles"] is None else grants_of(row["roles"]),
        )

    async def end(self, token: str, why: str, now: datetime | None = None) -> None:
        """End the session of a token."""
        await self._pool.execute(_END, digest_of(token), now or datetime.now(UTC), why)

    async def lately(self, token: str) -> Lately | None:
        """Whose session a token was, if it ran out by itself; None where somebody ended it."""
        row = await self._pool.fetchrow(_LATELY, digest_of(token), self.limits.idle)
        if row is None or row["ended_why"] not in (None, "idle", "whole"):
            return None
        return Lately(row["user_id"], row["csrf"], row["over_at"])


async def open_session(
    connection: Any,
    user: str,
    address: str,
    agent: str,
    now: datetime,
    limits: SessionLimits,
    confirmed_at: datetime | None = None,
    *,
    roles: Sequence[str] | None = None,
    id_token: bytes | None = None,
) -> str:
    """Open a session with a token that nobody has had before; the token, this once."""
    token, number = new_token(), f"S-{secrets.token_hex(5)}"
    csrf, ends_at = secrets.token_urlsafe(_TOKEN_BYTES), now + limits.whole
    seen_as = "".join(one for one in agent if one.isprintable())[:_LONGEST_AGENT]
    await connection.execute(
        _OPEN,
        number,
        digest_of(token),
        user,
        csrf,
        now,
        ends_at,
        confirmed_at,
        address,
        seen_as,
        roles,
        id_token,
    )
    return token


async def id_token_of(connection: Any, token: str) -> bytes | None:
    """The sealed proof by which a session was opened; None where it was opened by a password."""
    found: bytes | None = await connection.fetchval(_PROOF, digest_of(token))
    return found


async def confirm(connection: Any, session: str, now: datetime) -> None:
    """Note that a code was given once more."""
    await connection.execute(_CONFIRM, session, now)


async def end_one(
    connection: Any, session: str, user: str | None, now: datetime, why: str = ENDED
) -> bool:
    """End a session by its number, of one user or of whoever; False where it is over."""
    return bool(await connection.fetchval(_END_ONE, session, user, now, why))


async def end_all(connection: Any, user: str, now: datetime, why: str) -> int:
    """End every session of a user; how many there were."""
    return len(await connection.fetch(_END_ALL, user, now, why))


async def end_others(connection: Any, user: str, session: str, now: datetime) -> int:
    """End every session of a user but one; how many there were."""
    return len(await connection.fetch(_END_OTHERS, user, session, now, ENDED))


async def listed(connection: Any, user: str | None = None, most: int = 50) -> list[SessionRow]:
    """Sessions of one user or of all, the latest first."""
    return [SessionRow(*row) for row in await connection.fetch(_LIST, user, most)]
