"""provider_file: an organisation's own sign-in (OpenID Connect), as `oidc.yaml` names it.

In:   the file
Out:  ProviderFile: where it is, who we are to it, which of its claims mean which user and roles
Raises: NotConfigured with what is wrong
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from events.authority import RoleGrant
from services.runtime.errors import NotConfigured
from services.runtime.settings import only_this_machine
from services.sign_in.role_texts import NoSuchRole, grants_of

BACK = "/sign-in/external/back"


class ProviderFile(BaseModel):
    """The file's content.

    Shape: `address` is ours, as browsers write it; `roles` says for each value of `roles_claim` which
           roles it gives; without `client_secret_file` we show no secret, PKCE alone
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=40)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret_file: Path | None = None
    address: str
    scopes: tuple[str, ...] = ("openid", "profile")
    user_claim: str = "preferred_username"
    name_claim: str = "name"
    roles_claim: str = "groups"
    roles: Mapping[str, tuple[str, ...]]

    @field_validator("issuer", "address")
    @classmethod
    def _safe(cls, address: str) -> str:
        parts = urlsplit(address)
        inside = parts.scheme == "http" and only_this_machine(parts.hostname or "", False)
        if not parts.netloc or not (parts.scheme == "https" or inside):
            raise ValueError("须为 https 地址（本机可用 http）")
        return address.rstrip("/") if not parts.path.strip("/") else address

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for named in roles.values():
            try:
                grants_of(named)
            except NoSuchRole as error:
                raise ValueError(error.what) from error
        return roles

    @property
    def back(self) -> str:
        """Where the provider sends people back to."""
        return self.address + BACK

    @cached_property
    def secret(self) -> str | None:
        """What we show to the provider."""
        if self.client_secret_file is None:
            return None
        return self.client_secret_file.read_text("utf-8").strip()

    def roles_of(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """The roles that claims give, as people write them; none where nothing is told of them."""
        held = claims.get(self.roles_claim, ())
        values = [held] if isinstance(held, str) else held if isinstance(held, list) else []
        found = [role for value in map(str, values) for role in self.roles.get(value, ())]
        return tuple(dict.fromkeys(found))

    def grants_of(self, claims: Mapping[str, Any]) -> tuple[RoleGrant, ...]:
        """The same, read."""
        return grants_of(self.roles_of(claims))


def read(path: Path) -> ProviderFile:
    """Read the file.

    Raises: NotConfigured
    """
    try:
        return ProviderFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise NotConfigured(
            f"读不了 {path}：{error.strerror}。", "请核对 BENEFIT_LEDGER_OIDC_FILE。"
        ) from error
    except yaml.YAMLError as error:
        raise NotConfigured(f"{path} 不是 YAML。", str(error).splitlines()[0]) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise NotConfigured(
            f"{path} 的 {place or '内容'}：{first['msg']}", "写法见 docs/how-to/sign-in.md。"
        ) from error
