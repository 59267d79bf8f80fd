"""links: who is, or is said to be, one person under two documents."""

from datetime import datetime
from typing import NamedTuple

from projections.queries.connection import Db


class LinkRow(NamedTuple):
    """Two histories and what was said of them."""

    lead: str
    other: str
    state: str
    document: str
    reason: str
    maker: str
    checker: str | None
    told_at: datetime


async def rows(db: Db, districts: str | None = None) -> list[LinkRow]:
    """Links of whoever has applied in the districts of a scope, or all; those that wait first."""
    found = await db.fetch(
        f"""SELECT {", ".join(LinkRow._fields)} FROM books.links
            WHERE $1::text IS NULL OR EXISTS (
                SELECT FROM books.applications
                WHERE region LIKE $1 AND (beneficiary = lead OR beneficiary = other))
            ORDER BY (state = 'proposed') DESC, told_at DESC""",  # noqa: S608 -- columns
        districts,
    )
    return [LinkRow(**dict(row)) for row in found]


async def beneficiary(db: Db, application: str) -> str | None:
    """Whose an application is, by its number."""
    found = await db.fetchval(
        "SELECT beneficiary FROM books.applications WHERE application = $1", application
    )
    return None if found is None else str(found)
