"""external: people who prove who they are at their organisation, and what its claims let them do here.

In:   where somebody wants to go; what the provider's redirect brings back with our sealed note
Out:  a session whose roles are those of the claims, or a refusal
Holds: the note is sealed, of this browser, for ten minutes, for one sign-in; an account with a
       password of ours is never taken over by a name that a provider says; whoever is suspended
       here is not let in; roles that exclude each other open nothing
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from policies.access import access
from services.runtime.vault.keys import AccessKey, WrongKey
from services.sign_in import accounts, attempts, sessions
from services.sign_in.provider import Identity, NotProved, Provider
from services.sign_in.session_rules import SessionLimits
from services.sign_in.throttle import place_of
from services.wording.languages import marked as _

LASTS = timedelta(minutes=10)
BY = "oidc"
_NOTE = b"external sign-in"
_USER = """
    SELECT user_id FROM access.external WHERE issuer = $1 AND subject = $2
"""
_LINKED = "SELECT EXISTS (SELECT FROM access.external WHERE user_id = $1)"
_LINK = """
    INSERT INTO access.external (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""

NOT_COMPLETED = _("统一身份登录没有完成，请重新登录。")
NO_ROLE = _("统一身份没有给您本系统的角色，请联系系统管理员。")
CLASH = _("统一身份给您的角色互不相容，不能登录，请联系系统管理员。")
NOT_HERE = _("这个统一身份不能用于本系统，请联系系统管理员。")


class SentThere(NamedTuple):
    """Where to send somebody, and the note that this browser keeps."""

    address: str
    note: str


class LetIn(NamedTuple):
    """A session's token, this once, and where somebody wanted to go."""

    token: str
    back: str


class NotAdmitted(NamedTuple):
    """Why somebody is not let in, in words."""

    why: str


class ExternalSignIn:
    """Lets people in whom the organisation vouches for."""

    def __init__(
        self, pool: Any, key: AccessKey, provider: Provider, limits: SessionLimits
    ) -> None:
        self._pool = pool
        self._key = key
        self.provider = provider
        self._limits = limits

    async def begin(self, back: str, now: datetime) -> SentThere:
        """Send somebody to the provider.

        Raises: ProviderAway
        """
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        address = await self.provider.address(state, nonce, verifier)
        note = orjson.dumps([state, nonce, verifier, back, now.timestamp()])
        return SentThere(address, self._key.sealer.seal(note, _NOTE).hex())

    async def complete(
        self, note: str, query: dict[str, str], address: str, agent: str, now: datetime
    ) -> LetIn | NotAdmitted:
        """Let somebody in who has come back.

        Raises: ProviderAway
        """
        try:
            opened = self._key.sealer.open(bytes.fromhex(note), _NOTE)
        except (ValueError, WrongKey):
            return NotAdmitted(NOT_COMPLETED)
        state, nonce, verifier, back, at = orjson.loads(opened)
        over = not 0 <= now.timestamp() - at < LASTS.total_seconds()
        if over or not secrets.compare_digest(state.encode(), query.get("state", "").encode()):
            return NotAdmitted(NOT_COMPLETED)
        about = self.provider.about
        if query.get("iss", about.issuer).rstrip("/") != about.issuer.rstrip("/"):
            return NotAdmitted(NOT_COMPLETED)
        if "code" not in query:
            return NotAdmitted(NOT_COMPLETED)
        try:
            who = await self.provider.identity(query["code"], verifier, nonce, now)
        except NotProved:
            return NotAdmitted(NOT_COMPLETED)
        grants = about.grants_of(who.claims)
        if not grants:
            return NotAdmitted(NO_ROLE)
        if access().clashes(grants):
            return NotAdmitted(CLASH)
        return await self._enter(who, back, address, agent, now)

    async def sign_out_there(self, token: str) -> str | None:
        """Where the provider's own session ends; None where there is none."""
        sealed = await sessions.id_token_of(self._pool, token)
        if sealed is None:
            return None
        raw = self._key.sealer.open(sealed, _ID_TOKEN).decode()
        return await self.provider.leave(raw)

    async def _enter(
        self, who: Identity, back: str, address: str, agent: str, now: datetime
    ) -> LetIn | NotAdmitted:
        about = self.provider.about
        async with self._pool.acquire() as db, db.transaction():
            user = await self._user(db, who, now)
            account = await accounts.find(db, user) if user else None
            if user is None or account is None or account.suspended_at is not None:
                return NotAdmitted(NOT_HERE)
            token = await sessions.open_session(
                db,
                user,
                address,
                agent,
                now,
                self._limits,
                roles=about.roles_of(who.claims),
                id_token=self._key.sealer.seal(who.id_token.encode(), _ID_TOKEN),
            )
            await attempts.note(db, user, place_of(address), attempts.SIGNED_IN, now)
            return LetIn(token, back)

    async def _user(self, db: Any, who: Identity, now: datetime) -> str | None:
        """The account of an identity: the linked one, or a new one, or one that waits for it."""
        about = self.provider.about
        known = await db.fetchval(_USER, about.issuer, who.subject)
        if known is not None:
            return str(known)
        user = str(who.claims.get(about.user_claim, ""))
        if accounts.USER_ID.fullmatch(user) is None:
            return None
        name = str(who.claims.get(about.name_claim, "") or user)[:100]
        if not await accounts.add(db, user, name, None, BY, now):
            found = await accounts.find(db, user)
            if found is None or found.password is not None or await db.fetchval(_LINKED, user):
                return None
        await db.execute(_LINK, about.issuer, who.subject, user, now)
        return user


_ID_TOKEN = b"id token"
