"""signing_in: two steps, a password and a code, and a session of a new token.

In:   what somebody typed, from which address, at which instant
Out:  a session's token, or what is missing, or a refusal that says nothing of whether there is such
      an account
Holds: whether an account is there, suspended or neither: one password is one computation and one
       answer; a try is counted before it is looked at; only a complete sign-in forgives failures;
       the token of one step never opens the next
"""

import unicodedata
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.runtime.vault.keys import AccessKey
from services.sign_in import accounts, attempts, recovery_codes, sessions
from services.sign_in.accounts import StaffAccount
from services.sign_in.one_time_codes import step_of
from services.sign_in.passwords import Passwords
from services.sign_in.session_rules import SessionLimits
from services.sign_in.sessions import digest_of, new_token

PENDING = timedelta(minutes=5)
_LONGEST_ID = 64

_ADD_PENDING = """
    INSERT INTO access.pending (digest, user_id, address, ends_at) VALUES ($1, $2, $3, $4)
"""
_FIND_PENDING = "SELECT user_id FROM access.pending WHERE digest = $1 AND ends_at > $2"
_DROP_PENDING = "DELETE FROM access.pending WHERE digest = $1 RETURNING user_id"
_DROP_OLD = "DELETE FROM access.pending WHERE ends_at <= $1"


class Entered(NamedTuple):
    """Signed in: the session's token, this once."""

    token: str


class CodeAsked(NamedTuple):
    """The password is right; the code is missing. The token of the second step, this once."""

    token: str


class NotRight(NamedTuple):
    """Something is not right; nobody is told what."""


class TriedTooOften(NamedTuple):
    """No try is taken before then."""

    until: datetime


class StartAgain(NamedTuple):
    """The second step took too long, or was never begun."""


Answer = Entered | CodeAsked | NotRight | TriedTooOften


class SigningIn:
    """Lets people in."""

    def __init__(
        self, pool: Any, passwords: Passwords, key: AccessKey, limits: SessionLimits
    ) -> None:
        self._pool = pool
        self._passwords = passwords
        self._key = key
        self._limits = limits

    async def by_password(
        self, typed_user: str, typed: str, address: str, agent: str, now: datetime
    ) -> Answer:
        """Take the first step."""
        user = canonical_user(typed_user)
        account = await accounts.find(self._pool, user)
        begun = await attempts.begin(self._pool, self.known_by(user, account), address, now)
        if begun.number is None:
            return TriedTooOften(begun.opens_at or now)
        checked = await self._passwords.check(account.password if account else None, typed)
        if account is None or not checked.right or account.suspended_at is not None:
            await attempts.conclude(self._pool, begun.number, attempts.WRONG)
            return NotRight()
        async with self._pool.acquire() as db, db.transaction():
            if checked.new_hash is not None and account.password is not None:
                await accounts.rehash(db, user, account.password, checked.new_hash)
            if account.code_secret is not None:
                token = new_token()
                await db.execute(_DROP_OLD, now)
                await db.execute(_ADD_PENDING, digest_of(token), user, address, now + PENDING)
                await attempts.conclude(db, begun.number, attempts.PASSWORD)
                return CodeAsked(token)
            await attempts.conclude(db, begun.number, attempts.SIGNED_IN)
            return Entered(await sessions.open_session(db, user, address, agent, now, self._limits))

    async def by_code(
        self, token: str, typed: str, address: str, agent: str, now: datetime
    ) -> Answer | StartAgain:
        """Take the second step, with a code of the telephone or one of the recovery codes."""
        digest = digest_of(token)
        user = await self._pool.fetchval(_FIND_PENDING, digest, now)
        account = await accounts.find(self._pool, user) if user else None
        if account is None:
            return StartAgain()
        begun = await attempts.begin(self._pool, account.user_id, address, now)
        if begun.number is None:
            return TriedTooOften(begun.opens_at or now)
        async with self._pool.acquire() as db, db.transaction():
            right = account.suspended_at is None and (
                await self._uses_code(db, account, typed, now)
                or await _uses_recovery_code(db, account, typed, now)
            )
            if not right:
                await attempts.conclude(db, begun.number, attempts.WRONG_CODE)
                return NotRight()
            if await db.fetchval(_DROP_PENDING, digest) is None:
                return StartAgain()
            await attempts.conclude(db, begun.number, attempts.SIGNED_IN)
            return Entered(
                await sessions.open_session(db, account.user_id, address, agent, now, self._limits)
            )

    async def confirm(
        self, session: str, user: str, typed: str, address: str, now: datetime
    ) -> NotRight | TriedTooOften | None:
        """Note that somebody who is signed in has given a code once more; None: it is right."""
        account = await accounts.find(self._pool, user)
        begun = await attempts.begin(self._pool, user, address, now)
        if begun.number is None:
            return TriedTooOften(begun.opens_at or now)
        async with self._pool.acquire() as db, db.transaction():
            if account is None or not await self._uses_code(db, account, typed, now):
                await attempts.conclude(db, begun.number, attempts.WRONG_CODE)
                return NotRight()
            await attempts.conclude(db, begun.number, attempts.CONFIRMED)
            await sessions.confirm(db, session, now)
            return None

    def known_by(self, user: str, account: StaffAccount | None) -> str:
        """Under which name a try is kept; what is no account may be a password typed too early."""
        return user if account is not None else "?" + self._key.mark(user)

    async def _uses_code(self, db: Any, account: StaffAccount, typed: str, now: datetime) -> bool:
        if account.code_secret is None:
            return False
        secret = self._key.sealer.open(account.code_secret, secret_context(account.user_id))
        step = step_of(secret.decode(), typed, now, account.code_step)
        return step is not None and await accounts.use_step(db, account.user_id, step)


async def _uses_recovery_code(db: Any, account: StaffAccount, typed: str, now: datetime) -> bool:
    digest = recovery_codes.digest_of(typed)
    return digest is not None and await accounts.use_recovery_code(db, account.user_id, digest, now)


def secret_context(user: str) -> bytes:
    """What a sealed secret is bound to: it opens for its own account alone."""
    return b"one-time codes:" + user.encode()


def canonical_user(typed: str) -> str:
    """A user's id however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()[:_LONGEST_ID]
