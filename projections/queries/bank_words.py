"""bank words: the balances that a bank has stated of accounts, and its lines between them.

In:   accounts, each with the days that are asked about; the last day whose knowledge counts
Out:  by account: every stated balance of those days with the nearest ones beside them; sums by day
Units: fen
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from projections.queries.connection import Db

Span = tuple[str, date, date]
"""An account, the first and the last day that are asked about."""


class StatedBalance(NamedTuple):
    """A day of a file, with its opening and closing; or a message that opens a month, before its day."""

    day: date
    before_fen: int
    after_fen: int
    by_message: bool

    @property
    def next_day(self) -> date:
        """The first day of which it does not speak."""
        return self.day if self.by_message else self.day + timedelta(days=1)


_FILES = """SELECT day, opening_fen, closing_fen, false AS by_message, seq
            FROM books.statement_days
            WHERE bank_account = a.bank_account AND known_on <= $4
              AND (reversed_on IS NULL OR reversed_on > $4)"""
_MESSAGES = """SELECT to_date(month, 'YYYY-MM') AS day, opening_fen, opening_fen AS closing_fen,
                      true AS by_message, 0 AS seq
               FROM books.statements
               WHERE bank_account = a.bank_account AND opening_fen IS NOT NULL AND opened_on <= $4"""
_STATED = f"""
    SELECT a.bank_account, s.day, s.opening_fen, s.closing_fen, s.by_message
    FROM unnest($1::text[], $2::date[], $3::date[]) AS a (bank_account, first, last)
    CROSS JOIN LATERAL (
        (SELECT DISTINCT ON (day) * FROM ({_FILES} AND day BETWEEN a.first AND a.last) AS own
         ORDER BY day, seq DESC)
        UNION ALL ({_FILES} AND day < a.first ORDER BY day DESC, seq DESC LIMIT 1)
        UNION ALL ({_FILES} AND day > a.last ORDER BY day, seq DESC LIMIT 1)
        UNION ALL ({_MESSAGES} AND to_date(month, 'YYYY-MM') BETWEEN a.first AND a.last)
        UNION ALL ({_MESSAGES} AND to_date(month, 'YYYY-MM') < a.first ORDER BY month DESC LIMIT 1)
        UNION ALL ({_MESSAGES} AND to_date(month, 'YYYY-MM') > a.last ORDER BY month LIMIT 1)
    ) AS s
    ORDER BY a.bank_account, s.day, s.by_message DESC
"""  # noqa: S608 - constants of this module
"""A message that opens a month speaks of the moment before a file's first day of it."""

_LINES = """
    SELECT l.bank_account, l.booked_on, sum(l.amount_fen)::bigint AS fen
    FROM unnest($1::text[], $2::date[], $3::date[]) AS a (bank_account, first, last)
    JOIN books.statement_lines AS l
      ON l.bank_account = a.bank_account AND l.booked_on BETWEEN a.first AND a.last
    WHERE l.known_on <= $4 AND (l.reversed_on IS NULL OR l.reversed_on > $4)
      AND NOT EXISTS (
        SELECT FROM books.statement_days AS d
        WHERE d.bank_account = l.bank_account AND d.day = l.booked_on AND d.known_on <= $4
          AND (d.reversed_on IS NULL OR d.reversed_on > $4))
    GROUP BY l.bank_account, l.booked_on
"""
"""What no file proves by itself: the lines of messages."""


async def stated_balances(
    db: Db, spans: Iterable[Span], known_on: date = date.max
) -> dict[str, list[StatedBalance]]:
    """What the bank states of these accounts, in the order of days, by account."""
    found: dict[str, list[StatedBalance]] = {}
    for row in await db.fetch(_STATED, *_arrays(spans), known_on):
        found.setdefault(row["bank_account"], []).append(StatedBalance(*tuple(row)[1:]))
    return found


async def sums_by_day(
    db: Db, spans: Iterable[Span], known_on: date = date.max
) -> dict[str, dict[date, int]]:
    """What lines come to on days that no file proves, by account and day."""
    found: dict[str, dict[date, int]] = {}
    for row in await db.fetch(_LINES, *_arrays(spans), known_on):
        found.setdefault(row["bank_account"], {})[row["booked_on"]] = row["fen"]
    return found


def _arrays(spans: Iterable[Span]) -> tuple[list[str], list[date], list[date]]:
    rows = list(spans)
    return [one[0] for one in rows], [one[1] for one in rows], [one[2] for one in rows]
