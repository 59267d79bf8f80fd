"""submissions: employers' batches and what became of their lines.

Holds: counts are of the lines as they stand now, so that a page and its list never disagree
"""

from datetime import date
from typing import NamedTuple

import asyncpg
import orjson

from events.submissions import Ending
from projections.queries.connection import Db
from projections.queries.scope import Scope


class SubmissionRow(NamedTuple):
    """One employer's batch; the counts are of its lines as they stand."""

    submission: str
    programme: str
    region: str
    employer: str
    applied_on: date
    state: str
    round: int
    lines: int
    open: int
    granted: int
    granted_fen: int
    denied: int
    waiting: int
    ended: int
    refused: int
    opened_on: date
    decided_on: date | None
    closed_on: date | None


class SubmissionLineRow(NamedTuple):
    """One line; `outcome` is empty while nobody has answered."""

    no: int
    line: str
    application: str
    outcome: str
    amount_fen: int | None
    code: str
    field: str
    failing: tuple[str, ...]
    policy_hash: str
    answered_on: date | None


_LISTED = """
    SELECT s.submission, s.programme, s.region, coalesce(s.employer, '') AS employer, s.applied_on,
           s.state, s.round, s.opened_on, s.decided_on, s.closed_on, l.*
    FROM books.submissions AS s
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines,
               count(*) FILTER (WHERE outcome IS NULL) AS open,
               count(*) FILTER (WHERE outcome = 'granted') AS granted,
               coalesce(sum(amount_fen) FILTER (WHERE outcome = 'granted'), 0)::bigint
                   AS granted_fen,
               count(*) FILTER (WHERE outcome = 'denied') AS denied,
               count(*) FILTER (WHERE outcome IN ('referred', 'held')) AS waiting,
               count(*) FILTER (WHERE outcome IN ('lapsed', 'withdrawn', 'revoked')) AS ended,
               count(*) FILTER (WHERE outcome IN ('refused', 'conflicted')) AS refused
        FROM books.submission_lines WHERE submission = s.submission
    ) AS l
    WHERE s.opened_on <= $1 AND s.opened_at < $2 AND ($3::text IS NULL OR s.region LIKE $3)
      AND ($4::text IS NULL OR s.submission = $4)
      AND (cardinality($5::text[]) = 0 OR s.state = ANY($5))
      AND strpos(s.submission, $6) > 0
    ORDER BY s.opened_on DESC, s.submission DESC
"""
_LINES = """
    SELECT l.no, split_part(l.line, '~', 1) AS line,
           CASE WHEN l.outcome IN ('refused', 'conflicted') THEN ''
                ELSE l.submission || ':' || l.line END AS application,
           coalesce(l.outcome, '') AS outcome,
           CASE WHEN l.outcome = 'granted' THEN l.amount_fen END AS amount_fen,
           coalesce(l.code, '') AS code, coalesce(l.field, '') AS field,
           coalesce(l.failing, '[]') AS failing, coalesce(l.policy_hash, '') AS policy_hash,
           l.answered_on
    FROM books.submission_lines AS l
    WHERE l.submission = $1 AND l.no IS NOT NULL
    ORDER BY l.no, l.line
"""


async def listed(
    db: Db, scope: Scope, states: tuple[str, ...] = (), text: str = ""
) -> list[SubmissionRow]:
    """Batches as of the scope, the latest first."""
    rows = await db.fetch(
        _LISTED, scope.as_of, scope.known_until, scope.districts, None, list(states), text
    )
    return [_submission(row) for row in rows]


async def one(db: Db, scope: Scope, submission: str) -> SubmissionRow | None:
    """One batch as of the scope."""
    row = await db.fetchrow(
        _LISTED, scope.as_of, scope.known_until, scope.districts, submission, [], ""
    )
    return _submission(row) if row else None


async def lines(db: Db, submission: str) -> list[SubmissionLineRow]:
    """A batch's lines in the order of the message."""
    rows = await db.fetch(_LINES, submission)
    return [
        SubmissionLineRow(**{**dict(row), "failing": tuple(orjson.loads(row["failing"]))})
        for row in rows
    ]


def _submission(row: asyncpg.Record) -> SubmissionRow:
    return SubmissionRow(**dict(row))


class SubmissionSummary(NamedTuple):
    """One employer's batch in a line; a batch that has just come has no state yet."""

    programme: str
    region: str
    applied_on: date
    state: str | None


async def summary(db: Db, submission: str) -> SubmissionSummary | None:
    """A batch as it stands, whatever a page's scope is."""
    row = await db.fetchrow(
        """SELECT programme, region, applied_on, state FROM books.submissions
           WHERE submission = $1""",
        submission,
    )
    return SubmissionSummary(*row) if row else None


class LineAnswer(NamedTuple):
    """What one line was answered; all None or 0 while nobody has."""

    no: int
    line: str
    outcome: Ending | None
    amount_fen: int | None
    code: str | None
    field: str | None
    failing: tuple[str, ...]
    policy_hash: str | None


async def answers_to_lines(db: Db, submission: str) -> list[LineAnswer]:
    """A batch's lines with their answers, in the order of the message."""
    rows = await db.fetch(
        """
        SELECT no, line, outcome, amount_fen, code, field, coalesce(failing, '[]') AS failing,
               policy_hash
        FROM books.submission_lines WHERE submission = $1 AND no IS NOT NULL ORDER BY no, line
        """,
        submission,
    )
    return [
        LineAnswer(**{**dict(row), "failing": tuple(orjson.loads(row["failing"]))}) for row in rows
    ]
