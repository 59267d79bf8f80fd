"""issued_reports: reports that were issued: how each can be found and made again."""

from datetime import date, datetime
from typing import NamedTuple

import asyncpg
import orjson

from events.reports import number_of
from projections.queries.connection import Db
from projections.queries.scope import Scope


class IssuedReport(NamedTuple):
    """One report, by its number."""

    number: str
    kind: str
    form: int
    region: str
    parameters: dict[str, str]
    through: date
    vector: str
    rules: str
    digest: str
    files: dict[str, str]
    maker: str
    checker: str | None
    reason: str | None
    state: str
    issued_at: datetime
    issued_on: date
    withdrawn_on: date | None

    @property
    def own_number(self) -> str:
        """The number that follows from this row: another one than its own, where it was changed."""
        return number_of(
            self.kind, self.form, self.parameters, self.vector, self.rules, self.digest
        )


_SELECT = f"SELECT {', '.join(IssuedReport._fields)} FROM books.reports"  # noqa: S608 -- constant


async def listed(db: Db, scope: Scope, kind: str = "") -> list[IssuedReport]:
    """Reports issued as of a scope, the latest first."""
    rows = await db.fetch(
        f"""{_SELECT}
            WHERE issued_on <= $1 AND issued_at < $2
              AND ($3::text IS NULL OR region LIKE $3) AND ($4 = '' OR kind = $4)
            ORDER BY issued_at DESC, number""",
        scope.as_of,
        scope.known_until,
        scope.districts,
        kind,
    )
    return [_read(row) for row in rows]


async def one(db: Db, number: str) -> IssuedReport | None:
    """One report."""
    row = await db.fetchrow(f"{_SELECT} WHERE number = $1", number)
    return _read(row) if row else None


async def with_file(db: Db, digest: str) -> IssuedReport | None:
    """The report that has a file of this SHA-256."""
    row = await db.fetchrow(
        f"""{_SELECT} WHERE EXISTS (
                SELECT FROM jsonb_each_text(files) AS f WHERE f.value = $1)
            ORDER BY issued_at LIMIT 1""",
        digest,
    )
    return _read(row) if row else None


def _read(row: asyncpg.Record) -> IssuedReport:
    values = dict(row)
    for name in ("parameters", "files"):
        values[name] = orjson.loads(values[name])
    return IssuedReport(**values)
