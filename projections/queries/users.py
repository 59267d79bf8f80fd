"""users: who may sign in, in which roles, and which pages were refused to whom."""

from datetime import datetime
from typing import NamedTuple

import orjson

from events.authority import RoleGrant, of_rows
from projections.queries.connection import Db


class UserRow(NamedTuple):
    """One user."""

    user_id: str
    region: str
    grants: tuple[RoleGrant, ...]
    state: str
    added_at: datetime
    added_by: str
    reason: str | None
    changed_by: str
    changed_at: datetime


class RefusedVisitRow(NamedTuple):
    """One page that was not shown."""

    user_id: str
    route: str
    code: str
    session: str
    refused_at: datetime


_USERS = """
    SELECT user_id, region, grants::text, state, added_at, added_by, reason, changed_by, changed_at
    FROM books.users
"""


async def one(db: Db, user: str) -> UserRow | None:
    """Look a user up; None where nobody is called so."""
    row = await db.fetchrow(f"{_USERS} WHERE user_id = $1", user)
    return None if row is None else _user(row)


async def everybody(db: Db) -> list[UserRow]:
    """List the users by name."""
    return [_user(row) for row in await db.fetch(f"{_USERS} ORDER BY user_id")]


async def grants_of(db: Db, user: str) -> tuple[RoleGrant, ...]:
    """What a user may do now; nothing for whoever is suspended, or unknown."""
    text = await db.fetchval(
        "SELECT grants::text FROM books.users WHERE user_id = $1 AND state = 'active'", user
    )
    return of_rows(orjson.loads(text)) if text else ()


async def refused_visits(db: Db, most: int) -> list[RefusedVisitRow]:
    """List the latest pages that were not shown."""
    rows = await db.fetch(
        """SELECT user_id, route, code, session, refused_at FROM books.refused_visits
           ORDER BY refused_at DESC LIMIT $1""",
        most,
    )
    return [RefusedVisitRow(**dict(row)) for row in rows]


def _user(row: object) -> UserRow:
    values = dict(row)  # type: ignore[call-overload]
    return UserRow(**{**values, "grants": of_rows(orjson.loads(values["grants"]))})
