"""own_account: what people change of their own account: the password, the second factor, sessions.

In:   who is signed in, what they typed, the instant
Out:  a refusal in words, or what is shown this once
Holds: a new password takes the old one first; a new telephone takes a code of the old one; every
       other session ends with a change
"""

from datetime import datetime
from typing import Any, NamedTuple

from services.runtime.vault.keys import AccessKey
from services.sign_in import accounts, attempts, one_time_codes, passwords, recovery_codes, sessions
from services.sign_in.session_rules import SessionLimits, SignedIn
from services.sign_in.signing_in import TriedTooOften, secret_context
from services.wording.languages import marked as _

NOT_THE_OLD_ONE = _("现在的口令不正确。")
NOT_TWICE = _("两次输入的新口令不同。")
THE_SAME = _("新口令与现在的相同。")
WRONG_CODE = _("动态口令不正确，或已经用过。")
NOT_BEGUN = _("请重新扫描后再输入动态口令。")


class Changed(NamedTuple):
    """The password is another one; the token of the session that goes on, this once."""

    token: str


class Enrolled(NamedTuple):
    """Codes are asked for from now on; the recovery codes, this once."""

    codes: list[str]


class Enrolment(NamedTuple):
    """A secret that waits for its first code: to be typed, and to be scanned."""

    secret: str
    picture: str


class OwnAccount:
    """What one can do with one's own account."""

    def __init__(
        self, pool: Any, hashes: passwords.Passwords, key: AccessKey, limits: SessionLimits
    ) -> None:
        self._pool = pool
        self._hashes = hashes
        self._key = key
        self._limits = limits

    async def change_password(
        self,
        who: SignedIn,
        former: str,
        wanted: str,
        again: str,
        address: str,
        agent: str,
        now: datetime,
    ) -> Changed | TriedTooOften | str:
        """Put another password; every session ends, and this one goes on under a new token."""
        begun = await attempts.begin(self._pool, who.user, address, now)
        if begun.number is None:
            return TriedTooOften(begun.opens_at or now)
        account = await accounts.find(self._pool, who.user)
        known = account.password if account else None
        right = (await self._hashes.check(known, former)).right
        await attempts.conclude(
            self._pool, begun.number, attempts.CONFIRMED if right else attempts.WRONG
        )
        if not right:
            return NOT_THE_OLD_ONE
        if passwords.canonical(wanted) != passwords.canonical(again):
            return NOT_TWICE
        if (why := passwords.objection(wanted, (who.user, who.name))) is not None:
            return why
        if passwords.canonical(wanted) == passwords.canonical(former):
            return THE_SAME
        hashed = await self._hashes.hash(wanted)
        async with self._pool.acquire() as db, db.transaction():
            await accounts.set_password(db, who.user, hashed, now, must_change=False)
            await sessions.end_all(db, who.user, now, sessions.CHANGED)
            token = await sessions.open_session(
                db, who.user, address, agent, now, self._limits, who.confirmed_at
            )
        return Changed(token)

    async def begin_enrolment(self, who: SignedIn) -> Enrolment:
        """Give a secret for a telephone; the same one until a code of it was shown."""
        account = await accounts.find(self._pool, who.user)
        assert account is not None
        if account.waiting_secret is not None:
            secret = self._open(who.user, account.waiting_secret)
        else:
            secret = one_time_codes.new_secret()
            sealed = self._key.sealer.seal(secret.encode(), secret_context(who.user))
            await accounts.let_wait(self._pool, who.user, sealed)
        return Enrolment(secret, one_time_codes.picture_of(secret, who.user))

    async def enrol(
        self, who: SignedIn, code: str, former_code: str, address: str, now: datetime
    ) -> Enrolled | TriedTooOften | str:
        """Ask for codes of the new secret from now on, once a code of it was shown.

        Who has a telephone already shows a code of that one too.
        """
        begun = await attempts.begin(self._pool, who.user, address, now)
        if begun.number is None:
            return TriedTooOften(begun.opens_at or now)
        async with self._pool.acquire() as db, db.transaction():
            answer = await self._enrol(db, who, code, former_code, now)
            outcome = attempts.CONFIRMED if isinstance(answer, Enrolled) else attempts.WRONG_CODE
            await attempts.conclude(db, begun.number, outcome)
            return answer

    async def _enrol(
        self, db: Any, who: SignedIn, code: str, former_code: str, now: datetime
    ) -> Enrolled | str:
        account = await accounts.find(db, who.user)
        if account is None or account.waiting_secret is None:
            return NOT_BEGUN
        step = one_time_codes.step_of(self._open(who.user, account.waiting_secret), code, now, None)
        if step is None:
            return WRONG_CODE
        if account.code_secret is not None:
            former = self._open(who.user, account.code_secret)
            used = one_time_codes.step_of(former, former_code, now, account.code_step)
            if used is None:
                return WRONG_CODE
        codes = recovery_codes.new_codes()
        digests = [digest for one in codes if (digest := recovery_codes.digest_of(one))]
        if not await accounts.take_secret(db, who.user, account.waiting_secret, step, digests):
            return NOT_BEGUN
        return Enrolled(codes)

    def _open(self, user: str, sealed: bytes) -> str:
        return self._key.sealer.open(sealed, secret_context(user)).decode()
