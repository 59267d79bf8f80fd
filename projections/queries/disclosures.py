"""disclosures: public lists and statements, what they may list, and who has left since.

Units: fen
Holds: a grant is listed once: what waits or is shown is not offered again
"""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import within


class DisclosureRow(NamedTuple):
    """One issue of a public list or statement."""

    number: str
    issue: int
    kind: str
    region: str
    programme: str
    fund: str
    since: date
    until: date
    lines: int
    total_fen: int
    file_digest: str
    digest: str
    state: str
    maker: str
    checker: str
    reason: str
    document: str | None
    prepared_on: date
    from_on: date | None
    to_on: date | None
    published_on: date | None
    taken_down_on: date | None

    def shown_state(self, today: date) -> str:
        """The state as people name it: a list whose last day has passed is over."""
        ended = self.to_on is not None and self.to_on < today
        return "over" if self.state == "shown" and ended else self.state

    def is_public(self, today: date) -> bool:
        """Whether the public may see it on a day."""
        return self.shown_state(today) == "shown"


class GrantToList(NamedTuple):
    """One grant that may stand on a public list."""

    application: str
    beneficiary: str
    amount_fen: int
    granted_on: date


class ListedGrantRow(NamedTuple):
    """One line of an issue, and what has become of its claim since."""

    application: str
    beneficiary: str
    payee: str
    amount_fen: int
    state: str
    objection: str | None
    objected: str | None


class FundUse(NamedTuple):
    """What one benefit brought whom, out of one fund."""

    programme: str
    persons: int
    payments: int
    amount_fen: int


_SELECT = f"SELECT {', '.join(DisclosureRow._fields)} FROM books.disclosures"  # noqa: S608 -- constant
_LISTED = """
SELECT 1 FROM books.disclosure_lines AS l JOIN books.disclosures AS d USING (number, issue)
WHERE l.application = a.application AND l.digest = d.digest AND d.state IN ('waiting', 'shown')
"""


async def listed(db: Db, districts: str | None = None) -> list[DisclosureRow]:
    """The last issue of each list and statement of a scope, the latest first."""
    rows = await db.fetch(
        f"""SELECT * FROM (
                {_SELECT.replace("SELECT", "SELECT DISTINCT ON (number) prepared_at,", 1)}
                WHERE $1::text IS NULL OR region LIKE $1 ORDER BY number, issue DESC
            ) AS last ORDER BY prepared_at DESC, number""",  # noqa: S608 -- a constant
        districts,
    )
    return [_row(row) for row in rows]


async def issues(db: Db, number: str) -> list[DisclosureRow]:
    """Every issue of a list or statement, the latest first."""
    rows = await db.fetch(f"{_SELECT} WHERE number = $1 ORDER BY issue DESC", number)
    return [_row(row) for row in rows]


async def public(db: Db, today: date) -> list[DisclosureRow]:
    """What the public may see on a day: lists in their period; of statements that speak of one fund
    and place, the latest alone."""
    rows = await db.fetch(
        f"""{_SELECT} WHERE state = 'shown' AND (to_on IS NULL OR to_on >= $1)
            ORDER BY from_on DESC, prepared_at DESC, number""",
        today,
    )
    found = [_row(row) for row in rows]
    latest: dict[tuple[str, str], DisclosureRow] = {}
    for row in found:
        if row.kind == "fund_use":
            known = latest.get((row.fund, row.region))
            if known is None or row.until > known.until:
                latest[row.fund, row.region] = row
    return [row for row in found if row.kind == "grants" or row in latest.values()]


def _row(row: object) -> DisclosureRow:
    values = dict(row)  # type: ignore[call-overload]
    return DisclosureRow(**{name: values[name] for name in DisclosureRow._fields})


async def to_list(
    db: Db, programme: str, region: str, since: date, until: date, limit: int
) -> list[GrantToList]:
    """Grants of a benefit in a place that stand, and on no list that waits or is shown, the oldest
    first."""
    rows = await db.fetch(
        f"""
        SELECT a.application, a.beneficiary, a.amount_fen, a.granted_on
        FROM books.applications AS a
        WHERE a.state = 'granted' AND a.programme = $1 AND a.region LIKE $2
          AND a.granted_on BETWEEN $3 AND $4 AND NOT EXISTS ({_LISTED})
        ORDER BY a.granted_on, a.application LIMIT $5
        """,  # noqa: S608 -- a constant condition
        programme,
        within(region),
        since,
        until,
        limit,
    )
    return [GrantToList(*row) for row in rows]


async def lines(db: Db, number: str, issue: int, digest: str) -> list[ListedGrantRow]:
    """The lines of an issue as it was prepared last, each with what became of its claim, and the
    latest objection that holds it."""
    rows = await db.fetch(
        """
        SELECT l.application, a.beneficiary, a.payee, l.amount_fen, a.state,
               o.objection, o.state AS objected
        FROM books.disclosure_lines AS l
        JOIN books.applications AS a USING (application)
        LEFT JOIN LATERAL (
            SELECT objection, state FROM books.objections
            WHERE application = l.application AND clawback = ''
            ORDER BY (state = 'dismissed'), raised_at DESC LIMIT 1
        ) AS o ON true
        WHERE l.number = $1 AND l.issue = $2 AND l.digest = $3
        ORDER BY l.ledger_offset, l.no
        """,
        number,
        issue,
        digest,
    )
    return [ListedGrantRow(*row) for row in rows]


_PAID = """
FROM books.disbursements WHERE state = 'settled' AND fund = $1 AND district LIKE $2
  AND settled_on BETWEEN $3 AND $4
"""


async def fund_use(db: Db, fund: str, region: str, since: date, until: date) -> list[FundUse]:
    """What the bank paid out of a fund in a place and has not returned, by benefit."""
    rows = await db.fetch(
        f"""SELECT programme, count(DISTINCT beneficiary), count(*), sum(amount_fen)::bigint
            {_PAID} GROUP BY programme ORDER BY programme""",
        fund,
        within(region),
        since,
        until,
    )
    return [FundUse(*row) for row in rows]


async def persons_of(
    db: Db, fund: str, region: str, since: date, until: date, programmes: list[str]
) -> int:
    """How many different persons and units were paid by one of several benefits."""
    found = await db.fetchval(
        f"SELECT count(DISTINCT beneficiary) {_PAID} AND programme = ANY($5)",
        fund,
        within(region),
        since,
        until,
        programmes,
    )
    return int(found)


async def allocated(db: Db, fund: str, region: str, year: int) -> int:
    """What may be committed in a year out of a fund in a place."""
    found = await db.fetchval(
        """SELECT coalesce(sum(allocated_fen), 0)::bigint FROM books.budgets
           WHERE kind = 'fund' AND name = $1 AND district LIKE $2 AND year = $3""",
        fund,
        within(region),
        year,
    )
    return int(found)


class Recovered(NamedTuple):
    """Cash that came back to a fund, and from how many."""

    persons: int
    amount_fen: int


async def recovered(db: Db, fund: str, region: str, since: date, until: date) -> Recovered:
    """What was recovered in cash for a fund in a place."""
    row = await db.fetchrow(
        """SELECT count(DISTINCT m.payee), coalesce(sum(m.amount_fen), 0)::bigint
           FROM books.clawback_moves AS m JOIN books.clawbacks AS c USING (payee, clawback)
           WHERE m.kind = 'recovered' AND m.moved_on BETWEEN $3 AND $4
             AND c.fund = $1 AND c.district LIKE $2""",
        fund,
        within(region),
        since,
        until,
    )
    assert row is not None
    return Recovered(*row)
