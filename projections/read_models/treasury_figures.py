"""Treasury figures: what a city's treasury has stated, by fund, district and month, every statement of it.

In:    the facts of READS
Holds: a row is never changed; of several for one fund, district and month, the latest number counts
Asked: treasury
"""

from collections.abc import Iterator

from events.treasury import TreasuryFiguresStated
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import Change, Column, Table, Upsert

VERSION = 1

TREASURY_FIGURES = Table(
    "treasury_figures",
    "Every figure that a city's treasury stated",
    (
        Column("city", "text", "region code of the city"),
        Column("month", "text", "yyyy-mm"),
        Column("fund", "text", "the fund"),
        Column("district", "text", "region code of the district, or the city's own"),
        Column("number", "integer", "number of the statement of that month, from 1"),
        Column("appropriated_fen", "bigint", "what the treasury gave the fund", "fen"),
        Column("paid_fen", "bigint", "what left the fund, less what came back", "fen"),
        Column("balance_fen", "bigint", "what was left at the month's end", "fen"),
        Column("document", "text", "the treasury's document"),
        Column("corrects", "text", "the document that it corrects, or empty"),
        Column("why", "text", "why, where it corrects one"),
        Column("evidence", "text", "SHA-256 of a file in the vault, or empty"),
        Column("stated_at", "timestamptz", "when it was recorded", "UTC"),
        Column("known_on", "date", "day on which it became known"),
    ),
    scoping=ByDistrict("district", fund="fund"),
    key=("city", "month", "fund", "district", "number"),
    indexes=("(month)",),
)
TABLES = (TREASURY_FIGURES,)
READS = (TreasuryFiguresStated,)


def changes(located: LocatedFact) -> Iterator[Change]:
    """A row a fund and district."""
    body = located.fact.body
    if not isinstance(body, TreasuryFiguresStated):
        return
    for row in body.rows:
        yield Upsert(
            TREASURY_FIGURES,
            (body.city, body.month, row.fund, row.district, body.number),
            {
                "appropriated_fen": row.appropriated,
                "paid_fen": row.paid,
                "balance_fen": row.balance,
                "document": body.document,
                "corrects": body.corrects,
                "why": body.why,
                "evidence": body.evidence,
                "stated_at": located.recorded_at,
                "known_on": located.known_on,
            },
        )
