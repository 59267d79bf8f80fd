"""administration: what an administrator does with the accounts of others, once the ledger has it.

In:   a pool or connection; a user's id; who does it, the instant
Out:  a password for the first sign-in, once; how many sessions were ended
Holds: a reset takes the password and the second factor, and ends every session; nothing of an
       account is ever deleted
"""

from datetime import datetime
from typing import Any

from services.sign_in import accounts, attempts, passwords, sessions
from services.sign_in.passwords import Passwords


async def give_password(
    pool: Any, hashes: Passwords, user: str, name: str, by: str, now: datetime
) -> str:
    """Give a password for a first sign-in; an account is made where there is none."""
    shown = passwords.one_time_password()
    hashed = await hashes.hash(shown)
    async with pool.acquire() as db, db.transaction():
        if not await accounts.add(db, user, name, hashed, by, now):
            await put_password(db, user, hashed, by, now)
    return shown


async def put_password(connection: Any, user: str, hashed: str, by: str, now: datetime) -> None:
    """Take password, second factor and sessions away, and put a password that must be changed."""
    await accounts.set_password(connection, user, hashed, now, must_change=True)
    await accounts.forget_secret(connection, user)
    await sessions.end_all(connection, user, now, f"{sessions.RESET}:{by}")
    await attempts.forgive(connection, user, now)


async def suspend(pool: Any, user: str, by: str, now: datetime) -> int:
    """Let an account open nothing, and end its sessions; how many there were."""
    async with pool.acquire() as db, db.transaction():
        await accounts.suspend(db, user, by, now)
        return await sessions.end_all(db, user, now, f"{sessions.SUSPENDED}:{by}")
