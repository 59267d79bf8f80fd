"""resumptions: stopped plans that nothing stops any more, the longest wait first.

Holds: what was judged after the day of the scope still waits on it
"""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.scope import Scope


class ResumableRow(NamedTuple):
    """One stopped plan, what had stopped it, and what says that this is over."""

    application: str
    since: date
    programme: str
    region: str
    beneficiary: str
    stopped_by: str
    stopped_since: date
    status: str
    raised_on: date


class ResumptionTotal(NamedTuple):
    """How many wait, and since when."""

    number: int
    oldest_on: date | None


_OPEN = """
SELECT r.application, r.since, a.programme, a.region, r.beneficiary, r.stopped_by,
       r.stopped_since, r.status, r.raised_on
FROM books.resumptions AS r JOIN books.applications AS a USING (application)
WHERE (r.state = 'open' OR r.judged_on > $1) AND r.raised_on <= $1 AND a.filed_at < $2
  AND ($3::text IS NULL OR a.region LIKE $3)
"""


async def waiting(db: Db, scope: Scope, at: Page) -> list[ResumableRow]:
    """One page of what waits, and one row more where there are further ones."""
    values: list[object] = [scope.as_of, scope.known_until, scope.districts]
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        sign = "<" if at.before else ">"
        beyond = f"WHERE (raised_on, application) {sign} ($4, $5)"
    order = "DESC" if at.backwards else "ASC"
    rows = await db.fetch(
        f"""SELECT * FROM ({_OPEN}) AS listed {beyond}
            ORDER BY raised_on {order}, application {order} LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = [ResumableRow(**dict(row)) for row in rows]
    return found[::-1] if at.backwards else found


async def total(db: Db, scope: Scope) -> ResumptionTotal:
    """All that waits."""
    row = await db.fetchrow(
        f"SELECT count(*) AS number, min(raised_on) AS oldest_on FROM ({_OPEN}) AS listed",  # noqa: S608
        scope.as_of,
        scope.known_until,
        scope.districts,
    )
    assert row is not None
    return ResumptionTotal(row["number"], row["oldest_on"])


async def of(db: Db, scope: Scope, application: str) -> ResumableRow | None:
    """The last open word about an application's plan."""
    row = await db.fetchrow(
        f"SELECT * FROM ({_OPEN}) AS listed WHERE application = $4 ORDER BY since DESC LIMIT 1",  # noqa: S608
        scope.as_of,
        scope.known_until,
        scope.districts,
        application,
    )
    return None if row is None else ResumableRow(**dict(row))
