"""Source tokens: what lets a system send messages over HTTP, and what it may send.

In:   a source, the types of messages that it may send, who makes the token
Out:  the token, once; afterwards only its SHA-256 is known
Holds: a token is never written down by us; one that is withdrawn or over opens nothing from then on
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

_RANDOM_BYTES = 32
_BEGINS = "bl_"
_FIND = """
    SELECT number, source, types FROM control.source_tokens
    WHERE digest = $1 AND withdrawn_at IS NULL AND (ends_on IS NULL OR ends_on >= $2)
"""
_USED = """
    UPDATE control.source_tokens SET used_at = $2
    WHERE number = $1 AND (used_at IS NULL OR used_at < $2::timestamptz - interval '1 minute')
"""
_MAKE = """
    INSERT INTO control.source_tokens (number, digest, source, types, made_by, ends_on)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
_WITHDRAW = """
    UPDATE control.source_tokens SET withdrawn_at = now(), withdrawn_by = $2
    WHERE number = $1 AND withdrawn_at IS NULL RETURNING number
"""
_LIST = """
    SELECT number, source, types, made_by, made_at, ends_on, withdrawn_by, withdrawn_at, used_at
    FROM control.source_tokens ORDER BY made_at, number
"""


class NewToken(NamedTuple):
    """A token that was just made: the number by which it is spoken of, and the token itself."""

    number: str
    token: str


class FoundToken(NamedTuple):
    """What a token opens."""

    number: str
    source: str
    types: tuple[str, ...]


class TokenRow(NamedTuple):
    """One token as it is listed."""

    number: str
    source: str
    types: tuple[str, ...]
    made_by: str
    made_at: datetime
    ends_on: date | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    used_at: datetime | None


def digest_of(token: str) -> bytes:
    """Hash a token; it is random, so nothing slower is needed."""
    return sha256(token.encode()).digest()


async def make(
    connection: Any, source: str, types: Sequence[str], by: str, ends_on: date | None
) -> NewToken:
    """Make a token; what is returned is seen this once."""
    token = _BEGINS + secrets.token_urlsafe(_RANDOM_BYTES)
    number = f"T-{secrets.token_hex(4)}"
    await connection.execute(_MAKE, number, digest_of(token), source, sorted(types), by, ends_on)
    return NewToken(number, token)


async def find(connection: Any, token: str, today: date) -> FoundToken | None:
    """Tell what a token opens today; None where it opens nothing."""
    row = await connection.fetchrow(_FIND, digest_of(token), today)
    return None if row is None else FoundToken(row["number"], row["source"], tuple(row["types"]))


async def note_use(connection: Any, number: str, at: datetime) -> None:
    """Note that a token was used, at most once a minute."""
    await connection.execute(_USED, number, at)


async def withdraw(connection: Any, number: str, by: str) -> bool:
    """Take a token out of use; False where no such one is in use."""
    return bool(await connection.fetchval(_WITHDRAW, number, by))


async def listed(connection: Any) -> list[TokenRow]:
    """List every token that there ever was, without the tokens."""
    rows = await connection.fetch(_LIST)
    return [TokenRow(**{**dict(row), "types": tuple(row["types"])}) for row in rows]
