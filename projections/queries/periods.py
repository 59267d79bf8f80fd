"""periods: the months of funds and districts: how far each is closed, and what one comes to.

In:   a fund, a district, a month, a position vector
Out:  rows of months; what a signature would take in, counted from the journal
Units: fen; a debit is positive
Holds: what is counted at a vector is the same for ever, after a rebuild too
"""

from datetime import date, timedelta
from typing import NamedTuple

import orjson

from events.periods import PeriodBalance, PeriodSigned, VoucherDay
from events.position_vector import PositionVector
from projections.queries.connection import Db
from projections.queries.position_vector import array_of
from projections.queries.voucher_numbers import TAKEN_IN


class PeriodRow(NamedTuple):
    """One month that was prepared once, as it stands."""

    fund: str
    district: str
    month: str
    state: str
    digest: str
    content: str
    vouchers: int
    late: int
    open_items: int
    maker: str
    checker: str
    reason: str
    document: str
    prepared_on: date
    signed_on: date | None
    reopened_on: date | None


class BooksOpen(NamedTuple):
    """One fund in one district: where its books begin, and the last month that is closed."""

    fund: str
    district: str
    first_month: date
    closed: str | None

    def due(self, rows: list[PeriodRow]) -> str:
        """The month to be closed next, by the months that were prepared: the first one that has
        entries, where none was ever closed."""
        if self.closed:
            return f"{_last_on(self.closed) + timedelta(days=1):%Y-%m}"
        own = [one.month for one in rows if (one.fund, one.district) == (self.fund, self.district)]
        return min(own, default=f"{self.first_month:%Y-%m}")


class Counted(NamedTuple):
    """What a signature would take in.

    Shape: `opening` and `flows` by (account, sub-account), flows as (debits, credits) of the whole
           month; `days` and `entries` of what gets a number now
    """

    opening: dict[tuple[str, str], int]
    flows: dict[tuple[str, str], tuple[int, int]]
    days: tuple[VoucherDay, ...]
    first_voucher: int
    entries: str

    @property
    def balances(self) -> tuple[PeriodBalance, ...]:
        """Every account that has a balance or moved, by account and sub-account."""
        found = []
        for code, sub in sorted(self.opening.keys() | self.flows.keys()):
            opening = self.opening.get((code, sub), 0)
            debit, credit = self.flows.get((code, sub), (0, 0))
            if opening or debit or credit:
                found.append(
                    PeriodBalance(
                        code=code,
                        sub=sub,
                        opening=opening,
                        debit=debit,
                        credit=credit,
                        closing=opening + debit - credit,
                    )
                )
        return tuple(found)


_COLUMNS = ", ".join(PeriodRow._fields)


async def listed(db: Db, districts: str | None = None, fund: str | None = None) -> list[PeriodRow]:
    """Every month that was prepared, of the districts and fund of a scope, the latest first."""
    rows = await db.fetch(
        f"""SELECT {_COLUMNS} FROM books.periods
            WHERE ($1::text IS NULL OR district LIKE $1) AND ($2::text IS NULL OR fund = $2)
            ORDER BY month DESC, fund, district""",  # noqa: S608 -- constant columns
        districts,
        fund,
    )
    return [PeriodRow(**dict(row)) for row in rows]


async def one(db: Db, fund: str, district: str, month: str) -> PeriodRow | None:
    """One month."""
    row = await db.fetchrow(
        f"""SELECT {_COLUMNS} FROM books.periods
            WHERE fund = $1 AND district = $2 AND month = $3""",  # noqa: S608 -- constant columns
        fund,
        district,
        month,
    )
    return PeriodRow(**dict(row)) if row else None


async def books_open(
    db: Db, districts: str | None = None, fund: str | None = None
) -> list[BooksOpen]:
    """Every fund and district that has entries, with the last month that is closed."""
    rows = await db.fetch(
        """
        SELECT a.fund, a.district, min(a.value_month) AS first_month,
               (SELECT max(p.month) FROM books.periods AS p WHERE p.fund = a.fund
                  AND p.district = a.district AND p.state = 'signed') AS closed
        FROM books.general_ledger_months AS a
        WHERE ($1::text IS NULL OR a.district LIKE $1) AND ($2::text IS NULL OR a.fund = $2)
        GROUP BY a.fund, a.district ORDER BY a.fund, a.district
        """,
        districts,
        fund,
    )
    return [BooksOpen(**dict(row)) for row in rows]


async def signings(db: Db, fund: str, district: str) -> list[PeriodSigned]:
    """Every signature under a month of a fund and district, in their order."""
    rows = await db.fetch(
        """SELECT content FROM books.period_signings
           WHERE fund = $1 AND district = $2 ORDER BY signing""",
        fund,
        district,
    )
    return [PeriodSigned.model_validate(orjson.loads(row["content"])) for row in rows]


_FRESH = f"""
    fresh AS MATERIALIZED (
        SELECT * FROM (
            SELECT e.* FROM unnest($4::bigint[]) WITH ORDINALITY AS v (until, n)
            JOIN books.entries AS e
              ON e.partition = v.n - 1 AND e.ledger_offset < v.until
             AND e.ledger_offset >= coalesce(($5::bigint[])[v.n], 0)
            WHERE e.value_on <= $3
            UNION ALL
            SELECT e.* FROM books.entries AS e
            WHERE e.value_on > $6 AND e.value_on <= $3
              AND e.ledger_offset < coalesce(($5::bigint[])[e.partition + 1], 0)
              AND e.ledger_offset < coalesce(($4::bigint[])[e.partition + 1], 0)
        ) AS e
        WHERE e.fund = $1 AND e.district = $2
          AND NOT EXISTS ({TAKEN_IN.format(entry="e")} AND s.signing <= $7)
    )
"""  # noqa: S608 - a constant of the voucher numbers
"""Entries up to a day and a vector that no signature up to ``$7`` has; ``$5`` and ``$6`` are vector
and last day of that signature: what it could not see lies above the one, or after the other."""

_COUNTED = f"""
    WITH {_FRESH},
    moved AS (
        SELECT e.partition, e.ledger_offset, e.value_on, e.fact, e.kind, e.reference, e.amount_fen,
               p.no, p.code, p.sub, p.amount_fen AS posted_fen
        FROM fresh AS e LEFT JOIN books.postings AS p USING (partition, ledger_offset)
    ),
    flows AS (
        SELECT code, sub, value_on < $8 AS before,
               coalesce(sum(posted_fen) FILTER (WHERE posted_fen > 0), 0)::bigint AS debit,
               coalesce(-sum(posted_fen) FILTER (WHERE posted_fen < 0), 0)::bigint AS credit
        FROM moved WHERE code IS NOT NULL GROUP BY code, sub, before
    ),
    days AS (
        SELECT value_on AS "on", count(*) AS vouchers FROM fresh WHERE value_on >= $8
        GROUP BY value_on ORDER BY value_on
    ),
    lines AS (
        SELECT value_on, partition, ledger_offset,
               concat_ws('|', value_on, fact, kind, reference, amount_fen,
                         string_agg(concat_ws(' ', code, sub, posted_fen), ';'
                                    ORDER BY no)) AS line
        FROM moved WHERE value_on >= $8
        GROUP BY value_on, partition, ledger_offset, fact, kind, reference, amount_fen
    )
    SELECT (SELECT coalesce(json_agg(flows), '[]')::text FROM flows) AS flows,
           (SELECT coalesce(json_agg(days), '[]')::text FROM days) AS days,
           (SELECT encode(sha256(convert_to(coalesce(string_agg(
                line, E'\\n' ORDER BY value_on, partition, ledger_offset), ''), 'UTF8')), 'hex')
            FROM lines) AS entries
"""  # noqa: S608 - constants of this module
"""Balances that lay before ``$8`` and flows from then on, days with their numbers, and SHA-256 over
the entries, each with all its postings, in the order of their numbers."""


async def counted(
    db: Db,
    fund: str,
    district: str,
    days: tuple[date, date],
    vector: PositionVector,
    before: list[PeriodSigned],
) -> Counted:
    """Count what a signature under a month would take in, after those `before` it.

    Shape: `days` are the first and the last of the month
    """
    first, last = days
    month = f"{first:%Y-%m}"
    latest = before[-1] if before else None
    seen = PositionVector.parse(latest.vector) if latest else PositionVector()
    asked = (
        fund,
        district,
        last,
        array_of(vector),
        array_of(seen),
        _last_on(latest.month) if latest else date.min,
        latest.signing if latest else 0,
        # what lay before the first closed month is its opening, and has no number
        first if latest is None else date.min,
    )
    opening, flows = _signed_before(month, before)
    found = await db.fetchrow(_COUNTED, *asked)
    assert found is not None
    for row in orjson.loads(found["flows"]):
        account = row["code"], row["sub"]
        if row["before"]:
            opening[account] = opening.get(account, 0) + row["debit"] - row["credit"]
        else:
            debit, credit = flows.get(account, (0, 0))
            flows[account] = debit + row["debit"], credit + row["credit"]
    numbered = sum(day.vouchers for one in before if one.month == month for day in one.days)
    return Counted(
        opening=opening,
        flows=flows,
        days=tuple(VoucherDay.model_validate(day) for day in orjson.loads(found["days"])),
        first_voucher=numbered + 1,
        entries=found["entries"],
    )


def _signed_before(
    month: str, before: list[PeriodSigned]
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], tuple[int, int]]]:
    """What a month opens with by the signatures before, and what it has moved by its own."""
    own = next((one for one in reversed(before) if one.month == month), None)
    former = next((one for one in reversed(before) if one.month < month), None)
    flows = {(one.code, one.sub): (one.debit, one.credit) for one in own.balances} if own else {}
    if former is not None:
        return {(one.code, one.sub): one.closing for one in former.balances}, flows
    return ({(one.code, one.sub): one.opening for one in own.balances} if own else {}), flows


def _last_on(month: str) -> date:
    year, number = map(int, month.split("-"))
    following = date(year + number // 12, number % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


class StatementMonth(NamedTuple):
    """What is recorded of the bank's statement of one account and month.

    Units: `digest` is SHA-256 over its lines
    """

    bank_account: str
    lines: int
    digest: str


async def statement_months(db: Db, month: str, accounts: list[str]) -> dict[str, StatementMonth]:
    """The recorded statements of accounts in a month, by account."""
    rows = await db.fetch(
        """
        SELECT a.bank_account, count(l.line)::int AS lines,
               encode(sha256(convert_to(coalesce(string_agg(
                   concat_ws('|', l.booked_on, l.line, l.amount_fen, l.reference, l.purpose),
                   E'\\n' ORDER BY l.booked_on, l.line), ''), 'UTF8')), 'hex') AS digest
        FROM unnest($2::text[]) AS a (bank_account)
        LEFT JOIN books.statement_lines AS l
               ON l.bank_account = a.bank_account AND l.month = $1 AND l.reversed_on IS NULL
        GROUP BY a.bank_account
        """,
        month,
        accounts,
    )
    return {row["bank_account"]: StatementMonth(*row) for row in rows}


async def left_open(
    db: Db, fund: str, district: str, accounts: list[str], until: date
) -> dict[str, int]:
    """What else is open at a month's end, by its code in the closing list."""
    disputes = await db.fetchval(
        """SELECT count(*) FROM books.disputes
           WHERE bank_account = ANY($1::text[]) AND opened_on <= $2
             AND (resolved_on IS NULL OR resolved_on > $2)""",
        accounts,
        until,
    )
    in_transit = await db.fetchval(
        """SELECT count(*) FILTER (WHERE amount_fen < 0) - count(*) FILTER (WHERE amount_fen > 0)
           FROM books.postings
           WHERE code = '2241' AND fund = $1 AND district = $2 AND value_on <= $3""",
        fund,
        district,
        until,
    )
    set_aside = await db.fetchval(
        "SELECT count(*) FROM books.parked_streams WHERE state = 'parked'"
    )
    return {"disputes": disputes, "in_transit": max(in_transit, 0), "set_aside": set_aside}
