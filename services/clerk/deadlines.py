"""Deadlines: which claims of a data match (免申即享) are not paid though their day has passed.

In:   Postgres `books.*`, the notices' own days (`policies/duties/matches.yaml`)
Out:  rows for `due_commands`, page by page
Holds: who was denied or has withdrawn is not late; who is once noted as late is not found again.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime

from asyncpg import Pool, Record

from policies.duties.matches import Match, MatchRules
from services.clerk.due import LateClaim

PAGE = 1000

_UNPAID = """
    SELECT application, beneficiary, payee, ordered
    FROM (
        SELECT application, beneficiary, payee, late_on, state, EXISTS (
                   SELECT 1 FROM books.disbursements AS d
                   WHERE d.application = a.application
                     AND d.state IN ('ordered', 'batched', 'sent', 'returned')
               ) AS ordered
        FROM books.applications AS a
        WHERE stated ->> 'match.without_application' = 'true'
          AND programme = $1 AND region = ANY($2) AND filed_at < $3
          AND state IN ('filed', 'proposed', 'referred', 'held', 'lapsed', 'granted')
          AND application > $4
    ) AS a
    WHERE CASE WHEN ordered THEN
                    NOT EXISTS (SELECT 1 FROM books.late_payments AS l
                                WHERE l.application = a.application)
               ELSE late_on IS NULL
                    AND (state <> 'granted'
                         OR EXISTS (SELECT 1 FROM books.instalments AS i
                                    WHERE i.application = a.application
                                      AND i.state IN ('planned', 'waiting')))
          END
    ORDER BY application LIMIT $5
"""


async def late_claims(
    pool: "Pool[Record]", table: MatchRules, today: date, before: datetime
) -> AsyncIterator[list[LateClaim]]:
    """Find the claims that came before an instant and are late today."""
    for match in table.matches:
        if match.pay_by < today:
            async for page in _of(pool, match, table.regions_of(match), before):
                yield page


async def _of(
    pool: "Pool[Record]", match: Match, regions: list[str], before: datetime
) -> AsyncIterator[list[LateClaim]]:
    after = ""
    while rows := await pool.fetch(_UNPAID, match.programme, regions, before, after, PAGE):
        yield [
            LateClaim(
                r["application"],
                r["beneficiary"],
                r["payee"],
                match.pay_by,
                match.cite,
                r["ordered"],
            )
            for r in rows
        ]
        after = rows[-1]["application"]
