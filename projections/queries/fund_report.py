"""fund_report: what the accounts of a fund held and moved in a month, at or below a position.

Shape: sums by account, books and kind of entry; few rows, however long the ledger
Units: fen; a debit is positive
Holds: read from tables of facts alone, so the same vector gives the same figures for ever
"""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.position_vector import PositionVector, array_of, at_or_below
from projections.queries.scope import within


class ReportBooks(NamedTuple):
    """Which books are reported, for which month, as of which position; an empty fund is every fund."""

    area: str
    fund: str
    first: date
    last: date
    vector: PositionVector

    @property
    def values(self) -> tuple[object, ...]:
        """What every question here binds first: until when, districts, fund, vector."""
        return self.last, within(self.area), self.fund, array_of(self.vector)


class AccountFlow(NamedTuple):
    """What one kind of entry did to one account before the month, in the year before it, and in it.

    Units: fen; `before` is the balance on the first of January, or the flow of a kind before it
    """

    code: str
    fund: str
    district: str
    sub: str
    kind: str
    before_debit: int
    before_credit: int
    year_debit: int
    year_credit: int
    month_debit: int
    month_credit: int


class ProgrammePaid(NamedTuple):
    """What the bank paid, or gave back, of one programme in the month and in the year up to its end."""

    fund: str
    district: str
    programme: str
    kind: str
    month_payments: int
    month_fen: int
    year_payments: int
    year_fen: int


_BOOKS = f"""p.value_on <= $1 AND p.district LIKE $2 AND ($3 = '' OR p.fund = $3)
          AND {at_or_below("p", 4)}"""

_FLOWS = f"""
    SELECT p.code, p.fund, p.district, p.sub, e.kind,
           coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0 AND p.value_on < $5), 0)::bigint,
           coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0 AND p.value_on < $5), 0)::bigint,
           coalesce(sum(p.amount_fen) FILTER (
               WHERE p.amount_fen > 0 AND p.value_on >= $5 AND p.value_on < $6), 0)::bigint,
           coalesce(-sum(p.amount_fen) FILTER (
               WHERE p.amount_fen < 0 AND p.value_on >= $5 AND p.value_on < $6), 0)::bigint,
           coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0 AND p.value_on >= $6), 0)::bigint,
           coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0 AND p.value_on >= $6), 0)::bigint
    FROM books.postings AS p JOIN books.entries AS e USING (partition, ledger_offset)
    WHERE {_BOOKS}
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 -- ours

_PAID = f"""
    SELECT p.fund, p.district, coalesce(o.programme, '') AS programme, e.kind,
           count(*) FILTER (WHERE p.value_on >= $6),
           coalesce(sum(e.amount_fen) FILTER (WHERE p.value_on >= $6), 0)::bigint,
           count(*), sum(e.amount_fen)::bigint
    FROM books.postings AS p JOIN books.entries AS e USING (partition, ledger_offset)
    LEFT JOIN LATERAL (
        SELECT b.sub AS programme
        FROM books.entries AS a JOIN books.postings AS b USING (partition, ledger_offset)
        WHERE a.reference = e.reference AND a.kind = 'ordered' AND b.code = '2211'
          AND {at_or_below("a", 4)}
        ORDER BY a.partition, a.ledger_offset LIMIT 1
    ) AS o ON true
    WHERE {_BOOKS} AND p.code = '1002' AND p.value_on >= $5 AND e.kind IN ('settled', 'returned_late')
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 -- ours


async def flows(db: Db, wanted: ReportBooks) -> list[AccountFlow]:
    """What every account held and moved, by the kind of entry."""
    rows = await db.fetch(_FLOWS, *wanted.values, *_days(wanted))
    return [AccountFlow(*row) for row in rows]


async def paid(db: Db, wanted: ReportBooks) -> list[ProgrammePaid]:
    """What was really paid of every programme."""
    rows = await db.fetch(_PAID, *wanted.values, *_days(wanted))
    return [ProgrammePaid(*row) for row in rows]


def _days(wanted: ReportBooks) -> tuple[date, date]:
    return wanted.first.replace(month=1), wanted.first
