"""workbench: what waits for somebody, as of the scope; each with count, amount and the oldest day."""

from datetime import date
from typing import NamedTuple

from services.web.queries.applications import STATE_ON_A_DAY
from services.web.scope import Scope
from services.web.sources import Db


class Waiting(NamedTuple):
    """Records of one kind that wait."""

    number: int
    amount_fen: int
    unknown: int
    oldest_on: date | None


NOTHING = Waiting(0, 0, 0, None)


async def applications(db: Db, scope: Scope) -> dict[str, Waiting]:
    """Referred and held applications, by state."""
    state = STATE_ON_A_DAY if scope.historical else "state"
    rows = await db.fetch(
        f"""
        SELECT {state} AS state, count(*) AS count,
               coalesce(sum(amount_fen) FILTER (WHERE proposed_on <= $1), 0)::bigint AS amount_fen,
               count(*) FILTER (WHERE proposed_on IS NULL) AS unknown,
               min(coalesce(held_on, referred_on, filed_on)) AS oldest_on
        FROM books.applications
        WHERE filed_on <= $1 AND filed_at < $2 AND ($3::text IS NULL OR region = $3)
          AND ({state}) IN ('referred', 'held', 'proposed')
        GROUP BY 1
        """,  # noqa: S608 -- a constant expression
        scope.as_of,
        scope.known_until,
        scope.district,
    )
    return {row["state"]: Waiting(*list(row)[1:]) for row in rows}


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
    return Waiting(row["batches"], row["amount"], 0, row["oldest"]), row["payments"]
