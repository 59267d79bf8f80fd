"""application files: tables of applications that staff handed in: how far each has come."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db


class ApplicationFileRow(NamedTuple):
    """One file, by its number."""

    number: str
    state: str
    file_digest: str
    digest: str
    source: str
    region: str
    rows: int
    applications: int
    refused: int
    maker: str
    checker: str | None
    reason: str | None
    held_on: date
    released_on: date | None
    rejected_on: date | None
    published_on: date | None


_SELECT = f"""SELECT {", ".join(ApplicationFileRow._fields)}
              FROM books.application_files"""  # noqa: S608 -- constant


async def listed(db: Db, districts: str | None = None) -> list[ApplicationFileRow]:
    """Files of the districts of a scope, or all, the latest first."""
    rows = await db.fetch(
        f"""{_SELECT} WHERE $1::text IS NULL OR region LIKE $1
            ORDER BY held_at DESC, number""",
        districts,
    )
    return [ApplicationFileRow(**dict(row)) for row in rows]


async def one(db: Db, number: str) -> ApplicationFileRow | None:
    """One file."""
    row = await db.fetchrow(f"{_SELECT} WHERE number = $1", number)
    return ApplicationFileRow(**dict(row)) if row else None


async def released(db: Db) -> list[ApplicationFileRow]:
    """Files whose applications have to be published."""
    rows = await db.fetch(f"{_SELECT} WHERE state = 'released' ORDER BY number")
    return [ApplicationFileRow(**dict(row)) for row in rows]


async def recorded(db: Db, applications: Sequence[str]) -> dict[str, str]:
    """The digest of what stands, for those of these applications that are filed."""
    rows = await db.fetch(
        "SELECT application, digest FROM books.applications WHERE application = ANY($1::text[])",
        applications,
    )
    return {row["application"]: row["digest"] for row in rows}
