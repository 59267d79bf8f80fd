"""Staff accounts for tests: a database with one, passwords that cost nothing, codes of an instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher

from services.runtime.vault.keys import AccessKey
from services.sign_in import accounts
from services.sign_in.own_account import Enrolled, OwnAccount
from services.sign_in.passwords import Checked, Passwords
from services.sign_in.session_rules import SessionLimits
from services.sign_in.sessions import StoredSessions
from services.sign_in.signing_in import Entered, SigningIn

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
FIRST = "abcd-efgh-jkmn-pqrs"
PASSWORD = "七里河畔 quiet tramway"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEY = AccessKey(b"k" * 32)
HERE, AGENT = "10.0.0.7", "Mozilla/5.0"


class CountedPasswords(Passwords):
    """Cheap, and counts its computations."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.computed = 0

    async def check(self, known: str | None, typed: str) -> Checked:
        """Count one check."""
        self.computed += 1
        return await super().check(known, typed)


class Office:
    """Everything of signing in over one database."""

    def __init__(self, pool: Any, limits: SessionLimits | None = None) -> None:
        self.pool = pool
        self.limits = limits or SessionLimits()
        self.passwords = CountedPasswords()
        self.sessions = StoredSessions(pool, self.limits)
        self.signing_in = SigningIn(pool, self.passwords, KEY, self.limits)
        self.own = OwnAccount(pool, self.passwords, KEY, self.limits)

    async def add(self, user: str = "li-jing", name: str = "李静", password: str = FIRST) -> None:
        """Add an account as an administrator does."""
        hashed = await self.passwords.hash(password)
        assert await accounts.add(self.pool, user, name, hashed, "wang-fang", NOW)

    async def enter(self, user: str, password: str, now: datetime = NOW) -> str:
        """Sign in by password alone; the session's token."""
        answer = await self.signing_in.by_password(user, password, HERE, AGENT, now)
        assert isinstance(answer, Entered), answer
        return answer.token

    async def enrolled(self, user: str = "li-jing", now: datetime = NOW) -> tuple[str, list[str]]:
        """Add an account that has changed its password and enrolled; its secret and codes."""
        await self.add(user)
        who = await self.sessions.find(await self.enter(user, FIRST, now), HERE, now)
        assert who is not None
        changed = await self.own.change_password(who, FIRST, PASSWORD, PASSWORD, HERE, AGENT, now)
        assert not isinstance(changed, str), changed
        waiting = await self.own.begin_enrolment(who)
        done = await self.own.enrol(who, code(waiting.secret, now), "", HERE, now)
        assert isinstance(done, Enrolled), done
        return waiting.secret, done.codes


def code(secret: str, now: datetime) -> str:
    """The code that a telephone shows at an instant."""
    return pyotp.TOTP(secret).at(now)


def later(**time: float) -> datetime:
    """An instant after `NOW`."""
    return NOW + timedelta(**time)
