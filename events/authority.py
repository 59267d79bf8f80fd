"""Authority: in which roles, for which districts and funds, in which session a person asks.

In:    who has signed in, and what an administrator has granted them
Out:   Authority, which travels in the command of a person who has signed in
Holds: nothing here decides; what a role may do is data (`policies.access`), and the desk refuses
       what goes beyond it (`services.streams.authority`)
Source: docs/adr/0052-what-a-person-may-do-is-decided-by-the-ledger.md
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

EVERY = "*"
"""Stands for every district of the ledger, or every fund."""


class RoleGrant(NamedTuple):
    """A role that somebody has, in which districts and for which funds; ``*`` stands for all.

    Shape: `districts` are region codes, each with what lies below it; `funds` are codes of funds
    """

    role: str
    districts: tuple[str, ...] = (EVERY,)
    funds: tuple[str, ...] = (EVERY,)

    def covers_fund(self, fund: str) -> bool:
        """Whether it is for this fund; what is of no fund is for everybody."""
        return not fund or EVERY in self.funds or fund in self.funds


class Authority(NamedTuple):
    """What a signed-in person brings along: the session's public name, and every role.

    Units: `confirmed_at` is the UTC instant of the last one-time code in this session
    """

    session: str
    grants: tuple[RoleGrant, ...]
    confirmed_at: datetime | None = None


def as_rows(grants: Iterable[RoleGrant]) -> list[list[object]]:
    """Write grants as plain lists, as tables and facts keep them."""
    return [[one.role, list(one.districts), list(one.funds)] for one in grants]


def of_rows(rows: Iterable[Iterable[object]]) -> tuple[RoleGrant, ...]:
    """Read what `as_rows` has written."""
    return tuple(
        RoleGrant(str(role), tuple(map(str, districts)), tuple(map(str, funds)))  # type: ignore[call-overload]
        for role, districts, funds in rows
    )
