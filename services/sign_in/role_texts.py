"""role_texts: roles as people write them: ``finance``, ``checker:district,district:fund``.

In:   a role, behind colons its districts and its funds; none of them means all
Out:  RoleGrant, and back
Raises: NoSuchRole
"""

from collections.abc import Iterable

from events.authority import EVERY, RoleGrant
from policies.access import access
from services.runtime.errors import OperatingFailure


class NoSuchRole(OperatingFailure):
    """A role that is not in the table."""

    def __init__(self, role: str) -> None:
        known = "、".join(f"{name}（{one.name}）" for name, one in access().roles.items())
        super().__init__(f"没有角色“{role}”，没有改动。", f"可用的角色：{known}。")


def grants_of(written: Iterable[str]) -> tuple[RoleGrant, ...]:
    """Read roles.

    Raises: NoSuchRole
    """
    return tuple(_grant(text) for text in written)


def written(grant: RoleGrant) -> str:
    """Write a role."""
    every = grant.districts == (EVERY,) and grant.funds == (EVERY,)
    parts = (grant.role, ",".join(grant.districts), ",".join(grant.funds))
    return grant.role if every else ":".join(parts)


def _grant(text: str) -> RoleGrant:
    role, _, rest = text.partition(":")
    districts, _, funds = rest.partition(":")
    if role not in access().roles:
        raise NoSuchRole(role)
    return RoleGrant(role, _listed(districts), _listed(funds))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part) or (EVERY,)
