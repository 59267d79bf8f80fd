"""sample population: the grants that a sample is drawn from, as the ledger stood at a vector.

Holds: rows come of facts at or below the vector alone, so the same vector gives the same rows for
       ever; they stand in the order of their keys
"""

from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from events.samples import SamplePlan
from projections.queries.connection import Lent
from projections.queries.position_vector import PositionVector, array_of, at_or_below
from projections.queries.scope import within


class GrantRow(NamedTuple):
    """One granted claim, as it stood at the vector."""

    application: str
    beneficiary: str
    programme: str
    region: str
    payee: str
    account: str
    phone: str
    certificate: str
    amount_fen: int
    filed_at: datetime
    granted_on: date


_LAST = "(array_agg(s.{0} ORDER BY s.recorded_at DESC, s.ledger_offset DESC))[1] AS {0}"
"""What the last filing or correction states, where one says nothing too."""

_GRANTS = f"""
WITH granted AS (
    SELECT application, min(effective_on) AS granted_on,
           (array_agg(amount_fen ORDER BY recorded_at DESC, ledger_offset DESC))[1] AS amount_fen,
           (array_agg(programme ORDER BY recorded_at DESC, ledger_offset DESC))[1] AS programme
    FROM books.claim_steps AS s
    WHERE step = 'granted' AND {at_or_below("s", 1)}
    GROUP BY application
    HAVING min(effective_on) BETWEEN $2 AND $3
), stated AS (
    SELECT s.application, min(s.recorded_at) AS filed_at,
           {_LAST.format("beneficiary")}, {_LAST.format("region")}, {_LAST.format("payee")},
           {_LAST.format("account")}, {_LAST.format("phone")}, {_LAST.format("certificate")}
    FROM books.claim_steps AS s JOIN granted USING (application)
    WHERE s.step IN ('filed', 'corrected') AND {at_or_below("s", 1)}
    GROUP BY s.application
)
SELECT application, beneficiary, g.programme, region, payee, account,
       coalesce(phone, '') AS phone, coalesce(certificate, '') AS certificate, g.amount_fen, filed_at, granted_on
FROM granted AS g JOIN stated USING (application)
WHERE ($4::text IS NULL OR region LIKE $4) AND ($5 = '' OR g.programme = $5)
ORDER BY application COLLATE "C"
"""  # noqa: S608 -- constant conditions


async def grants(db: Lent, plan: SamplePlan) -> list[GrantRow]:
    """The grants that a plan draws from.

    Raises: ValueError where the plan's vector is none
    """
    # sorting a million claims in the usual four megabytes takes far longer
    async with db.transaction():
        await db.execute("SET LOCAL work_mem = '256MB'")
        rows = await _fetch(db, plan)
    return [GrantRow(*row) for row in rows]


async def _fetch(db: Lent, plan: SamplePlan) -> list[asyncpg.Record]:
    return await db.fetch(
        _GRANTS,
        array_of(PositionVector.parse(plan.vector)),
        plan.granted_from,
        plan.granted_to,
        within(plan.region) if plan.region else None,
        plan.programme,
    )
