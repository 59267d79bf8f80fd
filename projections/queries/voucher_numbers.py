"""voucher numbers: which month an entry of the journal belongs to, and its number there.

In:   places of entries, and the last day whose knowledge counts
Out:  Voucher
Holds: an entry belongs to the first signature that takes it in: one under its month or a later one,
       whose vector lies above it; its number is a function of the ledger, and nothing is stored
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db

TAKEN_IN = """
    SELECT s.signing, s.month, s.first_on FROM books.period_signings AS s
    WHERE s.fund = {entry}.fund AND s.district = {entry}.district
      AND s.last_on >= {entry}.value_on
      AND {entry}.ledger_offset < coalesce(s.vector[{entry}.partition + 1], 0)
"""
"""The signatures that take an entry in; the first of them has it."""

_PLACED = f"""
    SELECT e.partition, e.ledger_offset, e.fund, e.district, e.value_on, s.signing, s.month,
           s.first_on, row_number() OVER (
               PARTITION BY e.fund, e.district, e.value_on, s.signing
               ORDER BY e.partition, e.ledger_offset) AS nth
    FROM days JOIN books.entries AS e USING (fund, district, value_on)
    CROSS JOIN LATERAL ({TAKEN_IN.format(entry="e")}
        AND s.known_on <= {{known}} ORDER BY s.signing LIMIT 1) AS s
"""  # noqa: S608 - a constant of this module

_OF_ENTRIES = f"""
    WITH wanted AS MATERIALIZED (
        SELECT partition, ledger_offset, e.fund, e.district, e.value_on
        FROM unnest($1::smallint[], $2::bigint[]) AS w (partition, ledger_offset)
        JOIN books.entries AS e USING (partition, ledger_offset)
    ),
    closed AS (
        SELECT fund, district, min(s.month) AS first,
               max(s.month) FILTER (WHERE p.state = 'signed') AS month, max(s.last_on) AS last_on
        FROM books.period_signings AS s JOIN books.periods AS p USING (fund, district, month)
        WHERE s.known_on <= $3 GROUP BY fund, district
    ),
    days AS (
        SELECT DISTINCT fund, district, value_on FROM wanted JOIN closed USING (fund, district)
        WHERE value_on <= last_on
    ),
    placed AS ({_PLACED.format(known="$3")})
    SELECT w.partition, w.ledger_offset, p.month, d.first_number + p.nth - 1 AS number,
           p.month IS NOT NULL AND w.value_on < p.first_on AS late,
           coalesce(to_char(to_date(c.month, 'YYYY-MM') + interval '1 month', 'YYYY-MM'),
                    c.first) AS next_month,
           to_char(w.value_on, 'YYYY-MM') AS own_month
    FROM wanted AS w
    JOIN closed AS c USING (fund, district)
    LEFT JOIN placed AS p USING (partition, ledger_offset)
    LEFT JOIN books.period_days AS d
           ON d.fund = p.fund AND d.district = p.district AND d.value_on = p.value_on
          AND d.signing = p.signing
"""  # noqa: S608 - constants of this module

_OF_MONTH = f"""
    WITH wanted AS MATERIALIZED (
        SELECT fund, district, value_on, signing, first_number, vouchers FROM books.period_days
        WHERE fund = $1 AND district = $2 AND month = $3 AND known_on <= $4
          AND first_number <= $6 AND first_number + vouchers > $5
    ),
    days AS (SELECT DISTINCT fund, district, value_on FROM wanted),
    placed AS ({_PLACED.format(known="$4")})
    SELECT p.partition, p.ledger_offset, w.first_number + p.nth - 1 AS number
    FROM placed AS p JOIN wanted AS w USING (fund, district, value_on, signing)
    WHERE w.first_number + p.nth - 1 BETWEEN $5 AND $6
    ORDER BY number
"""  # noqa: S608 - constants of this module


class Voucher(NamedTuple):
    """The month that an entry belongs to, its number there once that is signed.

    Shape: `late` tells that its day lies in an earlier month (迟记)
    """

    month: str
    number: int | None
    late: bool

    @property
    def word(self) -> str:
        """As accountants write it: ``记-0001``; empty until the month is signed."""
        return "" if self.number is None else f"记-{self.number:04d}"

    @property
    def text(self) -> str:
        """With its month: ``2022-08 记-0001``."""
        return f"{self.month} {self.word}".strip()


async def of_entries(
    db: Db, places: Sequence[tuple[int, int]], known_on: date = date.max
) -> dict[tuple[int, int], Voucher]:
    """The vouchers of entries, by partition and offset; none where no month was ever closed, and
    none of what lay before the first closed month."""
    if not places:
        return {}
    rows = await db.fetch(
        _OF_ENTRIES, [place[0] for place in places], [place[1] for place in places], known_on
    )
    found: dict[tuple[int, int], Voucher] = {}
    for row in rows:
        place = (row["partition"], row["ledger_offset"])
        if row["number"] is not None:
            found[place] = Voucher(row["month"], row["number"], row["late"])
        elif row["month"] is None:
            month = max(row["next_month"], row["own_month"])
            found[place] = Voucher(month, None, row["own_month"] < month)
    return found


async def of_month(
    db: Db,
    fund: str,
    district: str,
    month: str,
    numbers: tuple[int, int],
    known_on: date = date.max,
) -> list[tuple[int, int, int]]:
    """The entries that have the numbers from one to another in a month, in their order.

    Shape: (number, partition, offset)
    """
    rows = await db.fetch(_OF_MONTH, fund, district, month, known_on, *numbers)
    return [(row["number"], row["partition"], row["ledger_offset"]) for row in rows]


async def last_number(db: Db, fund: str, district: str, month: str) -> int:
    """How many numbers a month has given."""
    found: int = await db.fetchval(
        """SELECT coalesce(max(first_number + vouchers - 1), 0) FROM books.period_days
           WHERE fund = $1 AND district = $2 AND month = $3""",
        fund,
        district,
        month,
    )
    return found


async def waiting(db: Db, fund: str, district: str, last: date) -> int:
    """How many entries of days up to one have no number, though a month of theirs was closed: they
    belong to the next (迟记)."""
    found: int = await db.fetchval(
        f"""
        WITH latest AS (
            SELECT vector FROM books.period_signings
            WHERE fund = $1 AND district = $2 AND last_on >= $3 ORDER BY signing DESC LIMIT 1
        )
        SELECT count(*) FROM latest, unnest(latest.vector) WITH ORDINALITY AS v (seen, n)
        JOIN books.positions AS at ON at.topic = 'ledger' AND at.partition = v.n - 1
        JOIN books.entries AS e ON e.partition = at.partition AND e.ledger_offset >= v.seen
        WHERE e.fund = $1 AND e.district = $2 AND e.value_on <= $3
          AND NOT EXISTS ({TAKEN_IN.format(entry="e")})
        """,  # noqa: S608 - constants of this module
        fund,
        district,
        last,
    )
    return found
