"""attempts: every try to sign in is counted before it is looked at, and told afterwards.

In:   an account as it was typed, an address, the instant
Out:  the try's number, or until when no try is taken
Holds: tries of one account, and of one address, are counted one after the other: a hundred at once
       get no more guesses than a hundred in a row; a try that nobody concluded stays a failure
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.sign_in.throttle import (
    ADDRESS_TRIES,
    ADDRESS_WINDOW,
    REMEMBERED,
    Failures,
    account_opens_at,
    address_opens_at,
    place_of,
)

BEGUN = "begun"
WRONG = "wrong"
WRONG_CODE = "wrong_code"
PASSWORD = "password"  # noqa: S105  the outcome: a right one
SIGNED_IN = "signed_in"
CONFIRMED = "confirmed"
REFUSED = "refused"
FORGIVEN = "forgiven"
_FAILURES = [BEGUN, WRONG, WRONG_CODE]
_FORGIVING = [SIGNED_IN, FORGIVEN]
_A_MINUTE = timedelta(minutes=1)

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 11))"
_OF_ACCOUNT = """
    SELECT count(*), max(at) FROM access.attempts
    WHERE account = $1 AND at > $2 AND outcome = ANY($3::text[]) AND id > coalesce(
        (SELECT max(id) FROM access.attempts WHERE account = $1 AND outcome = ANY($4::text[])), 0)
"""
_OF_ADDRESS = """
    SELECT at FROM access.attempts
    WHERE address = $1 AND at > $2 AND outcome = ANY($3::text[])
    ORDER BY at DESC OFFSET $4 LIMIT 1
"""
_ADD = """
    INSERT INTO access.attempts (at, account, address, outcome) VALUES ($1, $2, $3, $4) RETURNING id
"""
_ADD_REFUSED = """
    INSERT INTO access.attempts (at, account, address, outcome)
    SELECT $1, $2, $3, $4 WHERE NOT EXISTS (
        SELECT FROM access.attempts
        WHERE account = $2 AND address = $3 AND outcome = $4 AND at > $5)
"""
_CONCLUDE = "UPDATE access.attempts SET outcome = $2 WHERE id = $1"
_LATEST = """
    SELECT at, account, address, outcome FROM access.attempts
    WHERE ($1::text IS NULL OR account = $1) ORDER BY id DESC LIMIT $2
"""


class Begun(NamedTuple):
    """A try that may be looked at, or until when it may not."""

    number: int | None
    opens_at: datetime | None = None


class SignInAttempt(NamedTuple):
    """One try as it is listed."""

    at: datetime
    account: str
    address: str
    outcome: str


async def begin(pool: Any, account: str, address: str, now: datetime) -> Begun:
    """Count a try as failed, until `conclude` says better."""
    place = place_of(address)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_LOCK, f"account {account}")
        await connection.execute(_LOCK, f"address {place}")
        count, last_at = await connection.fetchrow(
            _OF_ACCOUNT, account, now - REMEMBERED, _FAILURES, _FORGIVING
        )
        reached_at = await connection.fetchval(
            _OF_ADDRESS, place, now - ADDRESS_WINDOW, _FAILURES, ADDRESS_TRIES - 1
        )
        opening = (account_opens_at(Failures(count, last_at)), address_opens_at(reached_at))
        opens_at = max((one for one in opening if one is not None), default=now)
        if opens_at > now:
            await connection.execute(
                _ADD_REFUSED, now, account, place, REFUSED, now - _A_MINUTE
            )  # one a minute: who hammers fills no disk
            return Begun(None, opens_at)
        return Begun(await connection.fetchval(_ADD, now, account, place, BEGUN))


async def conclude(connection: Any, number: int, outcome: str) -> None:
    """Say what came of a try."""
    await connection.execute(_CONCLUDE, number, outcome)


async def note(connection: Any, account: str, address: str, outcome: str, now: datetime) -> None:
    """Keep what came of a sign-in at an organisation, where it was tried."""
    await connection.execute(_ADD, now, account, address, outcome)


async def forgive(connection: Any, account: str, now: datetime) -> None:
    """Let an account's failures count no more, as an administrator may."""
    await connection.execute(_ADD, now, account, "", FORGIVEN)


async def latest(
    connection: Any, account: str | None = None, most: int = 200
) -> list[SignInAttempt]:
    """The latest tries, of one account or of all."""
    return [SignInAttempt(*row) for row in await connection.fetch(_LATEST, account, most)]
