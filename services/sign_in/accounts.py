"""accounts: how each member of staff proves who they are, as it is kept.

In:   a connection; instants
Out:  rows of `access.accounts` and of its recovery codes
Holds: a step of time is used once, a recovery code is used once, whoever asks at the same moment
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

USER_ID = re.compile(r"[a-z][a-z0-9-]{1,30}")
"""What may be a user's id, in the ledger and here."""


class StaffAccount(NamedTuple):
    """One account. Its secrets are sealed."""

    user_id: str
    name: str
    password: str | None
    must_change: bool
    password_changed_at: datetime | None
    code_secret: bytes | None
    waiting_secret: bytes | None
    code_step: int | None
    made_by: str
    made_at: datetime
    suspended_by: str | None
    suspended_at: datetime | None

    def __repr__(self) -> str:
        return f"StaffAccount({self.user_id})"


_COLUMNS = ", ".join(StaffAccount._fields)
_FIND = f"SELECT {_COLUMNS} FROM access.accounts WHERE user_id = $1"  # noqa: S608 -- ours
_LIST = f"SELECT {_COLUMNS} FROM access.accounts ORDER BY user_id"  # noqa: S608 -- ours
_ADD = """
    INSERT INTO access.accounts (user_id, name, password, must_change, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING user_id
"""
_PUT_HASH = """
    UPDATE access.accounts SET password = $2, must_change = $3, password_changed_at = $4
    WHERE user_id = $1 RETURNING user_id
"""
_REHASH = "UPDATE access.accounts SET password = $3 WHERE user_id = $1 AND password = $2"
_SUSPEND = """
    UPDATE access.accounts SET suspended_by = $2, suspended_at = $3
    WHERE user_id = $1 AND suspended_at IS NULL RETURNING user_id
"""
_REINSTATE = """
    UPDATE access.accounts SET suspended_by = NULL, suspended_at = NULL
    WHERE user_id = $1 AND suspended_at IS NOT NULL RETURNING user_id
"""
_WAIT = "UPDATE access.accounts SET waiting_secret = $2 WHERE user_id = $1"
_TAKE = """
    UPDATE access.accounts SET code_secret = $2, waiting_secret = NULL, code_step = $3
    WHERE user_id = $1 AND waiting_secret = $2 RETURNING user_id
"""
_FORGET = """
    UPDATE access.accounts SET code_secret = NULL, waiting_secret = NULL, code_step = NULL
    WHERE user_id = $1
"""
_USE_STEP = """
    UPDATE access.accounts SET code_step = $2
    WHERE user_id = $1 AND (code_step IS NULL OR code_step < $2) RETURNING user_id
"""
_DROP_CODES = "DELETE FROM access.recovery_codes WHERE user_id = $1"
_ADD_CODES = "INSERT INTO access.recovery_codes (digest, user_id) SELECT unnest($2::bytea[]), $1"
_USE_CODE = """
    UPDATE access.recovery_codes SET used_at = $3
    WHERE digest = $1 AND user_id = $2 AND used_at IS NULL RETURNING user_id
"""
_CODES_LEFT = "SELECT count(*) FROM access.recovery_codes WHERE user_id = $1 AND used_at IS NULL"


async def find(connection: Any, user: str) -> StaffAccount | None:
    """An account; None where there is none."""
    row = await connection.fetchrow(_FIND, user)
    return StaffAccount(*row) if row is not None else None


async def listed(connection: Any) -> list[StaffAccount]:
    """Every account."""
    return [StaffAccount(*row) for row in await connection.fetch(_LIST)]


async def add(
    connection: Any, user: str, name: str, password: str | None, by: str, now: datetime
) -> bool:
    """Add an account with the hash of a password for the first sign-in; False where there is one.

    Without a hash the person signs in at the organisation alone.
    """
    known = await connection.fetchval(_ADD, user, name, password, password is not None, by, now)
    return known is not None


async def set_password(
    connection: Any, user: str, hashed: str, now: datetime, *, must_change: bool
) -> bool:
    """Put another hash; False where there is no such account."""
    return bool(await connection.fetchval(_PUT_HASH, user, hashed, must_change, now))


async def rehash(connection: Any, user: str, former: str, hashed: str) -> None:
    """Put the same password's hash by newer parameters, unless it was changed meanwhile."""
    await connection.execute(_REHASH, user, former, hashed)


async def suspend(connection: Any, user: str, by: str, now: datetime) -> bool:
    """Let an account open nothing."""
    return bool(await connection.fetchval(_SUSPEND, user, by, now))


async def reinstate(connection: Any, user: str) -> bool:
    """Let an account open again what its roles open."""
    return bool(await connection.fetchval(_REINSTATE, user))


async def let_wait(connection: Any, user: str, sealed: bytes) -> None:
    """Keep a secret until its person has shown a code of it."""
    await connection.execute(_WAIT, user, sealed)


async def take_secret(
    connection: Any, user: str, sealed: bytes, step: int, codes: Sequence[bytes]
) -> bool:
    """Ask for codes of the secret that waited from now on, and for these recovery codes."""
    if await connection.fetchval(_TAKE, user, sealed, step) is None:
        return False
    await connection.execute(_DROP_CODES, user)
    await connection.execute(_ADD_CODES, user, list(codes))
    return True


async def forget_secret(connection: Any, user: str) -> None:
    """Let a person enrol anew: the telephone is lost, and the recovery codes too."""
    await connection.execute(_FORGET, user)
    await connection.execute(_DROP_CODES, user)


async def use_step(connection: Any, user: str, step: int) -> bool:
    """Use a step of time; False where it, or a later one, was used before."""
    return bool(await connection.fetchval(_USE_STEP, user, step))


async def use_recovery_code(connection: Any, user: str, digest: bytes, now: datetime) -> bool:
    """Use a recovery code; False where it is none, or was used."""
    return bool(await connection.fetchval(_USE_CODE, digest, user, now))


async def recovery_codes_left(connection: Any, user: str) -> int:
    """How many codes are unused."""
    return int(await connection.fetchval(_CODES_LEFT, user))
