"""provider: an organisation's own sign-in, spoken to by OpenID Connect: code, PKCE, state, nonce.

In:   its file; what its redirect brings back
Out:  an address to go to; who somebody is there, proved by a signature
Holds: a token counts when one of the provider's present keys signed it, for us, for this very
       sign-in, and it is not over; keys that we do not know are fetched anew, once
Raises: NotProved; ProviderAway
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.runtime.errors import OperatingFailure
from services.sign_in.provider_file import ProviderFile

_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "RS512", "EdDSA", "Ed25519"]
_KNOWN_FOR_SECONDS = 3600.0
_LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 10.0


class ProviderAway(OperatingFailure):
    """The organisation's sign-in does not answer."""

    may_pass = True

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}没有应答：{why}", "请稍后再试；持续的，请联系系统管理员。")


class NotProved(Exception):
    """What came back proves nothing."""


class Identity(NamedTuple):
    """Who somebody is at the provider."""

    subject: str
    claims: Mapping[str, Any]
    id_token: str


class Provider:
    """One provider; what it says of itself is remembered for an hour."""

    def __init__(self, about: ProviderFile) -> None:
        self.about = about
        self._says: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._known_until = 0.0

    async def address(self, state: str, nonce: str, verifier: str) -> str:
        """Where somebody proves who they are."""
        async with self._client() as client:
            try:
                said = await self._discovered(client)
            except (httpx.HTTPError, ValueError) as error:
                raise ProviderAway(self.about.name, type(error).__name__) from error
        return str(
            prepare_grant_uri(
                said["authorization_endpoint"],
                self.about.client_id,
                "code",
                redirect_uri=self.about.back,
                scope=" ".join(self.about.scopes),
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def identity(self, code: str, verifier: str, nonce: str, now: datetime) -> Identity:
        """Who has come back with a code.

        Raises: NotProved, ProviderAway
        """
        async with self._client() as client:
            try:
                said = await self._discovered(client)
                token = await self._exchanged(client, said["token_endpoint"], code, verifier)
                raw = str(token.get("id_token", ""))
                claims = await self._checked(client, raw, nonce, now)
                more: dict[str, Any] = {}
                if "userinfo_endpoint" in said:
                    shown = {"Authorization": f"Bearer {token['access_token']}"}
                    answer = await client.get(said["userinfo_endpoint"], headers=shown)
                    more = answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise ProviderAway(self.about.name, type(error).__name__) from error
        if more and more.get("sub") != claims["sub"]:
            raise NotProved("another subject")
        return Identity(str(claims["sub"]), {**more, **claims}, raw)

    async def leave(self, id_token: str) -> str | None:
        """Where somebody signs out of the provider too; None where it has no such place."""
        async with self._client() as client:
            try:
                said = await self._discovered(client)
            except (httpx.HTTPError, ValueError):
                return None
        place = said.get("end_session_endpoint")
        if not place:
            return None
        asked = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": f"{self.about.address}/sign-in",
            "client_id": self.about.client_id,
        }
        return f"{place}?{urlencode(asked)}"

    async def _exchanged(
        self, client: httpx.AsyncClient, place: str, code: str, verifier: str
    ) -> dict[str, Any]:
        """The tokens that a code stands for.

        Raises: NotProved where the provider does not know it, or not from us
        """
        about = self.about
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": about.back,
            "code_verifier": verifier,
        }
        if about.secret is None:
            answer = await client.post(place, data={**form, "client_id": about.client_id})
        else:
            shown = httpx.BasicAuth(quote_plus(about.client_id), quote_plus(about.secret))
            answer = await client.post(place, data=form, auth=shown)
        if answer.is_client_error:
            raise NotProved(str(answer.status_code))
        return dict(answer.raise_for_status().json())

    async def _checked(
        self, client: httpx.AsyncClient, raw: str, nonce: str, now: datetime
    ) -> dict[str, Any]:
        """The claims of a token.

        Raises: NotProved
        """
        try:
            keys = self._keys or await self._fetched_keys(client)
            try:
                token = jwt.decode(raw, keys, algorithms=_ALGORITHMS)
            except (JoseError, ValueError):
                token = jwt.decode(raw, await self._fetched_keys(client), algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._says["issuer"]},
                aud={"essential": True, "value": self.about.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise NotProved(type(error).__name__) from error
        if token.claims.get("azp", self.about.client_id) != self.about.client_id:
            raise NotProved("azp")
        return dict(token.claims)

    async def _discovered(self, client: httpx.AsyncClient) -> dict[str, Any]:
        if time.monotonic() > self._known_until:
            place = f"{self.about.issuer.rstrip('/')}/.well-known/openid-configuration"
            answer = await client.get(place)
            says = answer.raise_for_status().json()
            if str(says.get("issuer", "")).rstrip("/") != self.about.issuer.rstrip("/"):
                raise ValueError("issuer")
            self._says, self._keys = says, None
            self._known_until = time.monotonic() + _KNOWN_FOR_SECONDS
        return self._says

    async def _fetched_keys(self, client: httpx.AsyncClient) -> KeySet:
        answer = await client.get(self._says["jwks_uri"])
        self._keys = KeySet.import_key_set(answer.raise_for_status().json())
        return self._keys

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False)
