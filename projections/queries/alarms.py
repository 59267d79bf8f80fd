"""alarms: what is late, near its day, unanswered or nearly used up, as of the scope.

Units: fen
Holds: whoever was denied or has withdrawn is not late; paid is what the bank has paid by that day
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from policies.duties.matches import Match, MatchRules
from projections.queries.applications import STATE_ON_A_DAY
from projections.queries.connection import Db
from projections.queries.scope import Scope
from projections.queries.waiting_total import WaitingTotal, waiting_total

NEAR_DAYS = 30
UNANSWERED_AFTER = timedelta(minutes=5)


class UnpaidMatch(NamedTuple):
    """A claim of a data match (免申即享) that is not paid, though its day is near or over."""

    application: str
    beneficiary: str
    programme: str
    region: str
    filed_on: date
    state: str
    ordered: bool
    amount_fen: int | None
    pay_by: date
    cite: str


async def unpaid_matches(
    db: Db, scope: Scope, table: MatchRules, regions: Collection[str]
) -> list[UnpaidMatch]:
    """Claims of data matches in some regions that are not paid by the scope's day, the earliest day
    first."""
    found: list[UnpaidMatch] = []
    for match in sorted(table.matches, key=lambda one: one.pay_by):
        if match.pay_by <= scope.as_of + timedelta(days=NEAR_DAYS):
            found += await _of(db, scope, match, table.regions_of(match, regions))
    return found


async def _of(db: Db, scope: Scope, match: Match, regions: list[str]) -> list[UnpaidMatch]:
    rows = await db.fetch(
        f"""
        SELECT application, beneficiary, programme, region, filed_on, state, ordered, amount_fen
        FROM (
            SELECT a.*, ({STATE_ON_A_DAY}) AS state_then, d.ordered, coalesce(d.paid, false) AS paid
            FROM books.applications AS a
            LEFT JOIN LATERAL (
                SELECT count(*) > 0 AS ordered,
                       bool_and(coalesce(settled_on <= $1 OR netted_on <= $1, false)) AS paid
                FROM books.disbursements AS d
                WHERE d.application = a.application AND d.ordered_on <= $1
            ) AS d ON true
            WHERE stated ->> 'match.without_application' = 'true'
              AND programme = $2 AND region = ANY($3)
              AND filed_on <= $1 AND filed_at < $4 AND ($5::text IS NULL OR region LIKE $5)
        ) AS matched
        WHERE NOT paid AND state_then NOT IN ('denied', 'withdrawn', 'revoked')
        ORDER BY filed_on, application
        """,  # noqa: S608 -- a constant expression
        scope.as_of,
        match.programme,
        regions,
        scope.known_until,
        scope.districts,
    )
    return [UnpaidMatch(**dict(row), pay_by=match.pay_by, cite=match.cite) for row in rows]


async def overdue_advances(db: Db, scope: Scope) -> WaitingTotal:
    """Advances that had to be settled before the scope's day and are open."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number,
               coalesce(sum(amount_fen - settled_fen - called_fen - cancelled_fen), 0)::bigint
                   AS amount_fen,
               min(settle_by) AS oldest_on
        FROM books.advances
        WHERE opened_on <= $1 AND settle_by < $1
          AND amount_fen > settled_fen + called_fen + cancelled_fen
          AND ($2::text IS NULL OR district LIKE $2) AND ($3::text IS NULL OR fund = $3)
        """,
        scope.as_of,
        scope.districts,
        scope.fund,
    )


async def overdue_instalments(db: Db, scope: Scope) -> WaitingTotal:
    """Instalments whose day has passed and that nobody has checked: the clerk does not work."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number, coalesce(sum(i.amount_fen), 0)::bigint AS amount_fen,
               min(due_on) AS oldest_on
        FROM books.instalments AS i JOIN books.applications AS a USING (application)
        WHERE i.state = 'planned' AND due_on < $1 AND i.committed_on < $1 AND a.granted_on < $1
          AND ($2::text IS NULL OR a.region LIKE $2)
        """,
        scope.as_of,
        scope.districts,
    )


async def unsettled_payments(db: Db, scope: Scope, days: int) -> WaitingTotal:
    """Payments that left for the bank more than so many days ago, without an answer."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS amount_fen,
               min(sent_on) AS oldest_on
        FROM books.disbursements
        WHERE state = 'sent' AND sent_on < $1
          AND ($2::text IS NULL OR district LIKE $2) AND ($3::text IS NULL OR fund = $3)
        """,
        scope.as_of - timedelta(days=days),
        scope.districts,
        scope.fund,
    )


async def unanswered(db: Db, scope: Scope) -> WaitingTotal:
    """Proposals to which no budget line (or no payee's history) has answered for five minutes."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS amount_fen,
               min(proposed_on) AS oldest_on
        FROM books.applications
        WHERE state = 'proposed' AND proposed_at < now() - $3::interval AND proposed_on <= $1
          AND ($2::text IS NULL OR region LIKE $2)
        """,
        scope.as_of,
        scope.districts,
        UNANSWERED_AFTER,
    )


async def unpublished_files(db: Db, scope: Scope) -> WaitingTotal:
    """Files of applications that were released before this day and are not published yet."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number, 0::bigint AS amount_fen, min(released_on) AS oldest_on
        FROM books.application_files
        WHERE state = 'released' AND released_on < $1 AND ($2::text IS NULL OR region LIKE $2)
        """,
        scope.as_of,
        scope.districts,
    )


async def unrecorded_statements(
    db: Db, scope: Scope, accounts: Sequence[str] | None
) -> WaitingTotal:
    """Statement files that were taken and are not on record by the next day, or that do not fit it."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number, 0::bigint AS amount_fen, min(released_on) AS oldest_on
        FROM books.statement_files
        WHERE (state = 'declined' OR (state = 'released' AND released_on < $1))
          AND ($2::text[] IS NULL OR bank_account = ANY($2))
        """,
        scope.as_of,
        accounts,
    )


async def violations(db: Db) -> WaitingTotal:
    """Records that are nobody's, and messages that were lost, which nobody has looked into."""
    return await waiting_total(
        db,
        """
        SELECT count(*) AS number, 0::bigint AS amount_fen,
               min((found_at AT TIME ZONE 'Asia/Shanghai')::date) AS oldest_on
        FROM control.violations WHERE closed_at IS NULL
        """,
    )
