"""posts: public-welfare posts of a quarter: who holds one, who is new, who has left.

Holds: a person is listed once a quarter, with the first post of it; held and vacated never overlap
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope, city_around

Movement = Literal["kept", "new", "vacated"]


class Quarter(NamedTuple):
    """A quarter of a year."""

    year: int
    number: int

    @property
    def months(self) -> list[str]:
        """Its three months."""
        first = self.number * 3 - 2
        return [f"{self.year}-{month:02d}" for month in range(first, first + 3)]

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return (
            Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)
        )


class PostRow(NamedTuple):
    """One person's post; of one who left, the post that was held in the quarter before."""

    beneficiary: str
    movement: Movement
    application: str
    employer: str
    district: str
    placement: int
    plan_filed: bool
    months: int
    month: str


GROUPS: dict[str, Callable[[PostRow], bool]] = {
    "held": lambda post: post.movement != "vacated",
    "new": lambda post: post.movement == "new",
    "vacated": lambda post: post.movement == "vacated",
    "again": lambda post: post.movement != "vacated" and post.placement > 1,
    "filed": lambda post: post.movement != "vacated" and post.placement > 1 and post.plan_filed,
}
"""What the quarterly report counts, and who belongs to it."""

_POSTS = """
    WITH held AS (
        SELECT DISTINCT ON (beneficiary, month = ANY($3))
               beneficiary, month = ANY($3) AS now, application, employer, district, placement,
               plan_filed, month,
               count(*) OVER (PARTITION BY beneficiary, month = ANY($3)) AS months
        FROM books.post_months
        WHERE (month = ANY($3) OR month = ANY($4)) AND stands AND district LIKE $6
          AND granted_on <= $1 AND granted_at < $2 AND (ended_on IS NULL OR ended_on > $1)
        ORDER BY beneficiary, month = ANY($3), month, application
    )
    SELECT h.beneficiary,
           CASE WHEN NOT h.now THEN 'vacated' WHEN b.beneficiary IS NULL THEN 'new'
                ELSE 'kept' END AS movement,
           h.application, h.employer, h.district, h.placement, h.plan_filed, h.months, h.month
    FROM held AS h
    LEFT JOIN held AS b ON b.beneficiary = h.beneficiary AND b.now <> h.now
    WHERE (h.now OR b.beneficiary IS NULL) AND ($5::text IS NULL OR h.district LIKE $5)
    ORDER BY h.district, movement, h.beneficiary
"""


async def of_quarter(db: Db, scope: Scope, quarter: Quarter) -> list[PostRow]:
    """Everybody who holds a post in a quarter or has left one since the quarter before."""
    rows = await db.fetch(
        _POSTS,
        scope.as_of,
        scope.known_until,
        quarter.months,
        quarter.before.months,
        scope.districts,
        city_around(scope.district or ""),
    )
    return [PostRow(**dict(row)) for row in rows]


async def years(db: Db) -> list[int]:
    """The years in which posts were held, the latest first."""
    rows = await db.fetch(
        "SELECT DISTINCT left(month, 4)::int AS year FROM books.post_months ORDER BY 1 DESC"
    )
    return [row["year"] for row in rows]
