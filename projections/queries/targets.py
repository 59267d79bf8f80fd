"""targets: what was counted in a year, by district, and who entered each count.

Holds: participations count every application, persons the first of the year in a city alone, so
       districts add up to the city; over several cities a person counts once again; a count and its
       list never disagree
"""

from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.keyset import Mark, Page, pages
from projections.queries.scope import Scope, city_around, within
from projections.queries.vouchers import DAYS


class CountedApplication(NamedTuple):
    """One application that counts."""

    application: str
    beneficiary: str
    programme: str
    district: str
    counted_on: date
    granted_on: date


class CountFilter(NamedTuple):
    """A count of a year, in an area; `persons` tells who counts once."""

    name: str
    year: int
    persons: bool
    area: str = ""


ByDistrict = dict[str, int]

_COUNTS = "stands AND granted_on <= $1 AND granted_at < $2 AND (ended_on IS NULL OR ended_on > $1)"
_ENTRIES = f"""
    SELECT application, beneficiary, programme, district, counted_on, granted_on
    FROM books.participations
    WHERE counted_as = $3 AND year = $4 AND {_COUNTS} AND district LIKE $7
"""  # noqa: S608 -- ours
_FIRSTS = f"""
    SELECT DISTINCT ON (beneficiary)
           application, beneficiary, programme, district, counted_on, granted_on
    FROM books.head_count
    WHERE counted_as = $3 AND year = $4 AND {_COUNTS} AND district LIKE $7
    ORDER BY beneficiary, counted_on, application
"""  # noqa: S608 -- ours


def _source(wanted: CountFilter) -> str:
    return _FIRSTS if wanted.persons else _ENTRIES


async def by_district(db: Db, scope: Scope, wanted: CountFilter) -> ByDistrict:
    """How much was counted in each district of the area, and of the scope."""
    rows = await db.fetch(
        f"""SELECT district, count(*) AS number FROM ({_source(wanted)}) AS e
            WHERE district LIKE $5 AND ($6::text IS NULL OR district LIKE $6)
            GROUP BY district""",  # noqa: S608 -- ours
        *_values(scope, wanted),
    )
    return {row["district"]: row["number"] for row in rows}


async def page(db: Db, scope: Scope, wanted: CountFilter, at: Page) -> list[CountedApplication]:
    """One page of those who count, newest first."""
    values = _values(scope, wanted)
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        beyond = f"AND (counted_on, application) {'>' if at.before else '<'} ($8, $9)"
    order = "ASC" if at.backwards else "DESC"
    rows = await db.fetch(
        f"""SELECT * FROM ({_source(wanted)}) AS e
            WHERE district LIKE $5 AND ($6::text IS NULL OR district LIKE $6) {beyond}
            ORDER BY counted_on {order}, application {order} LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = [CountedApplication(**dict(row)) for row in rows]
    return found[::-1] if at.backwards else found


def all_pages(db: Db, scope: Scope, wanted: CountFilter) -> AsyncIterator[list[CountedApplication]]:
    """All who count, page by page, for an export."""
    return pages(
        partial(page, db, scope, wanted), lambda row: Mark(row.counted_on, row.application)
    )


async def vouchers(db: Db, scope: Scope, step: str, year: int, area: str) -> ByDistrict:
    """How many vouchers took a step in a year, by district of issue."""
    day = DAYS[step]
    rows = await db.fetch(
        f"""SELECT district, count(*) AS number FROM books.vouchers
            WHERE {day} BETWEEN $3 AND $4 AND {day} <= $1 AND first_at < $2
              AND district LIKE $5 AND ($6::text IS NULL OR district LIKE $6)
            GROUP BY district""",  # noqa: S608 -- a column of ours
        scope.as_of,
        scope.known_until,
        date(year, 1, 1),
        date(year, 12, 31),
        within(area),
        scope.districts,
    )
    return {row["district"]: row["number"] for row in rows}


def _values(scope: Scope, wanted: CountFilter) -> list[object]:
    return [
        scope.as_of,
        scope.known_until,
        wanted.name,
        wanted.year,
        within(wanted.area) if wanted.area else "%",
        scope.districts,
        city_around(wanted.area or scope.district or ""),
    ]
