"""workbench: what waits for somebody, as of the scope; each with count, amount and the oldest day."""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope


class Waiting(NamedTuple):
    """Records of one kind that wait."""

    number: int
    amount_fen: int
    oldest_on: date | None


async def batches(db: Db, scope: Scope) -> tuple[Waiting, int]:
    """Batches that wait for release, and how many payments they hold."""
    row = await db.fetchrow(
        """
        SELECT count(*) AS batches, coalesce(sum(total_fen), 0)::bigint AS amount,
               min(prepared_on) AS oldest, coalesce(sum(count), 0)::bigint AS payments
        FROM books.batches
        WHERE prepared_on <= $1 AND requested_at < $2
          AND (released_on IS NULL OR released_on > $1)
          AND (rejected_on IS NULL OR rejected_on > $1)
          AND ($3::text IS NULL OR district = $3) AND ($4::text IS NULL OR fund = $4)
        """,
        scope.as_of,
        scope.known_until,
        scope.district,
        scope.fund,
    )
    assert row is not None
    return Waiting(row["batches"], row["amount"], row["oldest"]), row["payments"]
