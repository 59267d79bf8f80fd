"""Signed-in staff: sessions in memory and rows of users, for tests of what roles and districts see."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import orjson

from events.authority import EVERY, RoleGrant, as_rows
from services.sign_in.session_rules import SignedIn


class SignedInAs:
    """Sessions in memory: a token is a user's id."""

    async def required(self) -> bool:
        """There are accounts."""
        return True

    async def find(self, token: str, address: str, now: datetime) -> SignedIn | None:
        """Whoever is named is signed in."""
        later = now + timedelta(minutes=15)
        return SignedIn(f"S-{token}", token, token, None, "csrf", False, later, later)

    async def end(self, token: str, why: str) -> None:
        """Nobody signs out here."""
        raise AssertionError


def user_row(name: str, roles: Iterable[str], district: str, region: str = "211200") -> str:
    """The row of a user who has roles in a district, every fund of it."""
    grants = orjson.dumps(as_rows(RoleGrant(role, (district,), (EVERY,)) for role in roles))
    return f"""INSERT INTO books.users (partition, user_id, region, grants, state)
               VALUES (0, '{name}', '{region}', '{grants.decode()}', 'active')"""
