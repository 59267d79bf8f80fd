"""signed_months: what was signed of a month, in the funds and districts of an area, at a position.

Holds: read from the facts of the signatures, so what is found is what two people have signed
"""

from datetime import date
from typing import NamedTuple

import orjson

from events.periods import PeriodSigned
from projections.queries.connection import Db
from projections.queries.fund_report import ReportBooks
from projections.queries.position_vector import array_of, at_or_below
from projections.queries.scope import within


class SignedMonth(NamedTuple):
    """The last signature under a month of a fund and district."""

    signed_on: date
    content: PeriodSigned


_SIGNED = f"""
    SELECT DISTINCT ON (fund, district) signed_on, content
    FROM books.period_signings AS s
    WHERE month = $1 AND district LIKE $2 AND ($3 = '' OR fund = $3) AND {at_or_below("s", 4)}
    ORDER BY fund, district, signing DESC
"""  # noqa: S608 -- ours


async def signed(db: Db, wanted: ReportBooks) -> list[SignedMonth]:
    """The signatures under a month, by fund and district."""
    rows = await db.fetch(
        _SIGNED,
        f"{wanted.first:%Y-%m}",
        within(wanted.area),
        wanted.fund,
        array_of(wanted.vector),
    )
    return [
        SignedMonth(row["signed_on"], PeriodSigned.model_validate(orjson.loads(row["content"])))
        for row in rows
    ]
