"""entrance: everything of signing in, put together over one database for the pages."""

from typing import Any, NamedTuple, Self

from services.runtime.vault.keys import AccessKey
from services.sign_in.external import ExternalSignIn
from services.sign_in.own_account import OwnAccount
from services.sign_in.passwords import Passwords
from services.sign_in.provider import Provider
from services.sign_in.session_rules import SessionLimits
from services.sign_in.sessions import StoredSessions
from services.sign_in.signing_in import SigningIn


class Entrance(NamedTuple):
    """How people come in, and what they may change of how they do."""

    pool: Any
    key: AccessKey
    limits: SessionLimits
    sessions: StoredSessions
    signing_in: SigningIn
    own: OwnAccount
    external: ExternalSignIn | None = None
    hashes: Passwords | None = None

    @classmethod
    def over(
        cls,
        pool: Any,
        key: AccessKey,
        limits: SessionLimits,
        passwords: Passwords | None = None,
        provider: Provider | None = None,
    ) -> Self:
        """Put it together."""
        hashes = passwords or Passwords()
        return cls(
            pool,
            key,
            limits,
            StoredSessions(pool, limits),
            SigningIn(pool, hashes, key, limits),
            OwnAccount(pool, hashes, key, limits),
            ExternalSignIn(pool, key, provider, limits) if provider else None,
            hashes,
        )
