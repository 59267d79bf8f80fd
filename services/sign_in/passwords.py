"""passwords: which ones are taken, how they are hashed, and that a guess always costs the same.

In:   what somebody typed
Out:  an argon2id hash with its parameters; whether a password is the one that was hashed
Holds: one check is one computation, whether or not there is such an account; a hash with other
       parameters than today's is made anew when its password is next given
Source: RFC 9106 (second recommended option); OWASP Password Storage; NIST SP 800-63B, 5.1.1
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from services.wording.languages import marked as _

SHORTEST, LONGEST = 12, 128
_LEAST_SCORE = 3
"""Of 0 to 4, as zxcvbn counts: 3 is more than 10^8 guesses by somebody who knows what people choose."""
_LOOKED_AT = 72
_AT_ONCE = 2
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_OURS = ("benefit", "ledger", "benefit-ledger", "butie", "huimin", "taizhang", "jiuye")

TOO_SHORT = _("口令至少 12 个字符。")
TOO_LONG = _("口令最多 128 个字符。")
UNSEEN = _("口令里有看不见的字符。")
OWN_NAME = _("口令里不要有自己的用户名或姓名。")
GUESSABLE = _("这个口令太常见或太容易猜到。请用几个不相干的词，或更长的口令。")


class Checked(NamedTuple):
    """What a password led to."""

    right: bool
    new_hash: str | None = None


def canonical(typed: str) -> str:
    """One writing for what keyboards and input methods write differently."""
    return unicodedata.normalize("NFKC", typed)


def objection(typed: str, own: Sequence[str]) -> str | None:
    """Why a password is not taken, in words; None where it is. `own`: the person's id and names."""
    password = canonical(typed)
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    if not password.isprintable():
        return UNSEEN
    plain = _letters(password)
    if any(len(word) > 1 and word in plain for word in map(_letters, own)):
        return OWN_NAME
    known = [part for word in own for part in (word, *word.split("-"))]
    if zxcvbn(password[:_LOOKED_AT], [*known, *_OURS])["score"] < _LEAST_SCORE:
        return GUESSABLE
    return None


def _letters(text: str) -> str:
    return "".join(one for one in canonical(text).casefold() if one.isalnum())


def one_time_password() -> str:
    """A password for the first sign-in alone: 16 letters that nobody mistakes, 79 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


class Passwords:
    """Hashes and checks; a few at once, for each takes 64 MiB."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_hex())
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, typed: str) -> str:
        """Hash a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, canonical(typed))

    async def check(self, known: str | None, typed: str) -> Checked:
        """Tell whether a password is the one that was hashed; without a hash it takes as long."""
        password = canonical(typed)[: LONGEST + 1]
        async with self._turn:
            right = await asyncio.to_thread(self._is, known or self._decoy, password)
        if known is None or not right:
            return Checked(right=False)
        if self._hasher.check_needs_rehash(known):
            return Checked(right=True, new_hash=await self.hash(typed))
        return Checked(right=True)

    def _is(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False
