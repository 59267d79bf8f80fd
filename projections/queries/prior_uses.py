"""prior uses: files of earlier benefits: how far each has come."""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db


class PriorUseImportRow(NamedTuple):
    """One file, by its number."""

    number: str
    state: str
    file_digest: str
    digest: str
    region: str
    rows: int
    uses: int
    doubtful: int
    refused: int
    total_fen: int
    maker: str
    checker: str | None
    reason: str | None
    held_on: date
    released_on: date | None
    done_on: date | None


_SELECT = f"SELECT {', '.join(PriorUseImportRow._fields)} FROM books.imports"  # noqa: S608 -- constant


async def listed(db: Db, districts: str | None = None) -> list[PriorUseImportRow]:
    """Imports of the districts of a scope, or all, the latest first."""
    rows = await db.fetch(
        f"""{_SELECT} WHERE $1::text IS NULL OR region LIKE $1
            ORDER BY held_at DESC, number""",
        districts,
    )
    return [PriorUseImportRow(**dict(row)) for row in rows]


async def one(db: Db, number: str) -> PriorUseImportRow | None:
    """One import."""
    row = await db.fetchrow(f"{_SELECT} WHERE number = $1", number)
    return PriorUseImportRow(**dict(row)) if row else None


class ReleasedImport(NamedTuple):
    """A file of earlier benefits that a second person has let count."""

    number: str
    file_digest: str
    digest: str
    region: str
    held_on: date


async def released(db: Db) -> list[ReleasedImport]:
    """Files of earlier benefits whose rows have to be counted."""
    rows = await db.fetch(
        """
        SELECT number, file_digest, digest, region, held_on FROM books.imports
        WHERE state = 'released' ORDER BY number
        """
    )
    return [ReleasedImport(*row) for row in rows]
