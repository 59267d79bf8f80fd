"""objections: what somebody objects to, what it holds, and what was found out.

Units: fen
"""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope
from projections.queries.waiting_total import WaitingTotal, waiting_total


class ObjectionRow(NamedTuple):
    """One objection, with what it holds: what of the claim waits, or what of the debt is left."""

    payee: str
    objection: str
    application: str
    clawback: str
    disclosure: str
    ground: str
    document: str
    reason: str
    raised_by: str
    state: str
    finding: str | None
    found: str | None
    resolved_by: str | None
    raised_on: date
    resolved_on: date | None
    programme: str
    region: str
    held_fen: int
    paid_fen: int


_ROWS = """
SELECT o.payee, o.objection, o.application, o.clawback, o.disclosure, o.ground, o.document, o.reason,
       o.raised_by, o.state, o.finding, o.found, o.resolved_by, o.raised_on, o.resolved_on,
       coalesce(a.programme, '') AS programme, coalesce(a.region, '') AS region,
       CASE WHEN o.state = 'dismissed' THEN 0 WHEN o.clawback = '' THEN d.held
            ELSE coalesce(c.left_fen, 0) END AS held_fen,
       d.paid AS paid_fen, o.raised_at
FROM books.objections AS o
LEFT JOIN books.applications AS a USING (application)
LEFT JOIN books.clawbacks AS c ON c.payee = o.payee AND c.clawback = o.clawback
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_fen) FILTER (WHERE state IN ('ordered', 'returned')), 0)::bigint AS held,
           coalesce(sum(amount_fen) FILTER (WHERE state IN ('sent', 'settled')), 0)::bigint AS paid
    FROM books.disbursements WHERE application = o.application
) AS d
"""


async def listed(db: Db, scope: Scope, states: tuple[str, ...] = ()) -> list[ObjectionRow]:
    """Objections of a scope, those that are open first, the oldest first."""
    rows = await db.fetch(
        f"""SELECT {", ".join(ObjectionRow._fields)} FROM ({_ROWS}) AS all_of_them
            WHERE (cardinality($1::text[]) = 0 OR state = ANY($1))
              AND ($2::text IS NULL OR region LIKE $2)
            ORDER BY array_position(ARRAY['open', 'upheld', 'dismissed'], state),
                     raised_at, objection""",  # noqa: S608 -- constants
        list(states),
        scope.districts,
    )
    return [ObjectionRow(**dict(row)) for row in rows]


async def one(db: Db, payee: str, objection: str) -> ObjectionRow | None:
    """One objection of a payee."""
    row = await db.fetchrow(
        f"""SELECT {", ".join(ObjectionRow._fields)} FROM ({_ROWS} WHERE o.payee = $1
            AND o.objection = $2) AS one""",  # noqa: S608 -- constants
        payee,
        objection,
    )
    return ObjectionRow(**dict(row)) if row else None


class HoldingObjection(NamedTuple):
    """An objection that lets a claim's payments, or a debt, wait."""

    objection: str
    clawback: str
    state: str
    raised_on: date


async def holding(db: Db, application: str, on: date) -> list[HoldingObjection]:
    """What somebody objected to of an application, as far as it held at the close of a day."""
    rows = await db.fetch(
        """SELECT objection, clawback, CASE WHEN resolved_on <= $2 THEN state ELSE 'open' END,
                  raised_on
           FROM books.objections
           WHERE application = $1 AND raised_on <= $2
             AND (state <> 'dismissed' OR resolved_on > $2)
           ORDER BY raised_at, objection""",
        application,
        on,
    )
    return [HoldingObjection(*row) for row in rows]


class NamedObjection(NamedTuple):
    """Whose history an objection stands on."""

    payee: str
    application: str


async def named(db: Db, objection: str) -> list[NamedObjection]:
    """The objections of a number: several, where it was given twice."""
    rows = await db.fetch(
        "SELECT payee, application FROM books.objections WHERE objection = $1", objection
    )
    return [NamedObjection(*row) for row in rows]


class Objectionable(NamedTuple):
    """A granted claim, or a debt, and who is paid or owes."""

    application: str
    payee: str
    programme: str
    region: str
    state: str


async def objectionable(db: Db, application: str, clawback: str = "") -> list[Objectionable]:
    """Whom an objection to a claim, or to a debt of it, concerns."""
    rows = await db.fetch(
        """SELECT a.application, coalesce(c.payee, a.payee) AS payee, a.programme, a.region, a.state
           FROM books.applications AS a
           LEFT JOIN books.clawbacks AS c ON c.application = a.application AND c.clawback = $2
           WHERE a.application = $1 AND ($2 = '' OR c.clawback IS NOT NULL)""",
        application,
        clawback,
    )
    return [Objectionable(**dict(row)) for row in rows]


async def open_ones(db: Db, scope: Scope) -> WaitingTotal:
    """Objections that nobody has resolved yet, and what they hold."""
    return await waiting_total(
        db,
        f"""SELECT count(*) AS number, coalesce(sum(held_fen), 0)::bigint AS amount_fen,
                   min(raised_on) AS oldest_on
            FROM ({_ROWS} WHERE o.state = 'open') AS open_ones
            WHERE $1::text IS NULL OR region LIKE $1""",  # noqa: S608 -- constants
        scope.districts,
    )
