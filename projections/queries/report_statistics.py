"""report_statistics: what was claimed, granted and paid in a period, by programme and district.

Shape: a row a programme and district; few rows, however long the ledger
Units: fen
Holds: read from tables of facts alone, at or below a position
"""

from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.fund_report import ReportBooks
from projections.queries.position_vector import array_of, at_or_below
from projections.queries.scope import within


class ClaimStatistics(NamedTuple):
    """What became of the claims of one programme in one district."""

    programme: str
    region: str
    filed: int
    granted: int
    granted_fen: int
    granted_people: int
    denied: int
    referred: int
    revoked: int


_CLAIMS = f"""
    WITH steps AS (
        SELECT * FROM books.claim_steps AS c WHERE {at_or_below("c", 1)}
    ), stated AS (
        SELECT DISTINCT ON (application) application, programme, region
        FROM steps WHERE step IN ('filed', 'corrected')
        ORDER BY application, recorded_at DESC, partition, ledger_offset DESC
    )
    SELECT t.programme, t.region,
           count(*) FILTER (WHERE s.step = 'filed'),
           count(*) FILTER (WHERE s.step = 'granted'),
           coalesce(sum(s.amount_fen) FILTER (WHERE s.step = 'granted'), 0)::bigint,
           count(DISTINCT s.beneficiary) FILTER (WHERE s.step = 'granted'),
           count(*) FILTER (WHERE s.step = 'denied'),
           count(*) FILTER (WHERE s.step = 'referred'),
           count(*) FILTER (WHERE s.step = 'revoked')
    FROM steps AS s JOIN stated AS t USING (application)
    WHERE s.effective_on BETWEEN $2 AND $3 AND s.step <> 'corrected' AND t.region LIKE $4
    GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 -- ours


async def claims(db: Db, wanted: ReportBooks) -> list[ClaimStatistics]:
    """What became of the claims of a period."""
    rows = await db.fetch(
        _CLAIMS, array_of(wanted.vector), wanted.first, wanted.last, within(wanted.area)
    )
    return [ClaimStatistics(*row) for row in rows]
