"""worklists: what a person must judge, and what waits for money, the longest wait first.

Units: fen
Holds: a list counts and sums what the first screen says of it, for the same scope
"""

from datetime import date
from typing import Any, NamedTuple, TypeVar

import orjson

from projections.queries.applications import STATE_ON_A_DAY
from projections.queries.budgets import fund_of_line
from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.scope import Scope
from projections.queries.waiting_total import WaitingTotal, waiting_total


def _available(allocated_fen: int | None, committed_fen: int | None) -> int | None:
    if allocated_fen is None or committed_fen is None:
        return None
    return allocated_fen - committed_fen


class ReferredApplication(NamedTuple):
    """An application that the rules do not decide, with what they saw."""

    application: str
    programme: str
    region: str
    applied_on: date
    since: date
    code: str
    text: str
    policy_hash: str | None
    trail: list[Any]


class HeldApplication(NamedTuple):
    """An application whose money is not there, and its place in the line's own order."""

    application: str
    programme: str
    region: str
    since: date
    amount_fen: int
    line: str | None
    place: int | None
    allocated_fen: int | None
    committed_fen: int | None

    @property
    def available_fen(self) -> int | None:
        """What its line may still commit; None where no line is known."""
        return _available(self.allocated_fen, self.committed_fen)


class BudgetQueueTotal(NamedTuple):
    """The held applications of one line, beside its money."""

    line: str | None
    number: int
    amount_fen: int
    oldest_on: date
    allocated_fen: int | None
    committed_fen: int | None

    @property
    def available_fen(self) -> int | None:
        """What the line may still commit; None where no line is known."""
        return _available(self.allocated_fen, self.committed_fen)


Row = TypeVar("Row", ReferredApplication, HeldApplication)

_REFERRED = """
SELECT application, programme, region, applied_on, referred_on AS since, code, text, policy_hash,
       coalesce(trail, '[]') AS trail
FROM books.applications
WHERE filed_on <= $1 AND filed_at < $2 AND ($3::text IS NULL OR region LIKE $3)
  AND ({state}) = 'referred'
"""

_HELD = """
SELECT a.application, a.programme, a.region, a.held_on AS since, a.amount_fen,
       coalesce(q.line, p.line) AS line, q.place, b.allocated_fen, b.committed_fen
FROM (SELECT * FROM books.applications WHERE ({state}) = 'held') AS a
LEFT JOIN books.approvals AS p ON p.application = a.application AND p.attempt = a.attempt
LEFT JOIN (
    SELECT DISTINCT ON (application, attempt) application, attempt, line, place
    FROM (
        SELECT application, attempt, way, line, queued_at,
               row_number() OVER (PARTITION BY line ORDER BY seq) AS place
        FROM books.budget_queue
        WHERE seq IS NOT NULL AND queued_on <= $1 AND coalesce(left_on, $1::date + 1) > $1
    ) AS waiting
    WHERE way = 0
    ORDER BY application, attempt, queued_at DESC
) AS q ON q.application = a.application AND q.attempt = a.attempt
LEFT JOIN books.budgets AS b ON b.line = coalesce(q.line, p.line)
WHERE a.filed_on <= $1 AND a.filed_at < $2 AND ($3::text IS NULL OR a.region LIKE $3)
  AND ($4::text IS NULL OR {fund} = $4)
  AND ($5::text IS NULL OR coalesce(q.line, p.line) = $5)
"""


async def referred(db: Db, scope: Scope, at: Page) -> list[ReferredApplication]:
    """One page of what a person must judge."""
    rows = await _page(db, _REFERRED, scope, at, [scope.as_of, scope.known_until, scope.districts])
    return [ReferredApplication(**{**row, "trail": orjson.loads(row["trail"])}) for row in rows]


async def referred_total(db: Db, scope: Scope) -> WaitingTotal:
    """All that a person must judge; amounts are not known before."""
    return await waiting_total(
        db,
        f"""SELECT count(*) AS number, 0::bigint AS amount_fen, min(since) AS oldest_on
            FROM ({_stated(_REFERRED, scope)}) AS listed""",  # noqa: S608 -- a constant query
        scope.as_of,
        scope.known_until,
        scope.districts,
    )


async def held(db: Db, scope: Scope, at: Page, line: str | None = None) -> list[HeldApplication]:
    """One page of what waits for money, for one line where it is named."""
    return [
        HeldApplication(**row) for row in await _page(db, _HELD, scope, at, _with_fund(scope, line))
    ]


async def held_total(db: Db, scope: Scope, line: str | None = None) -> WaitingTotal:
    """All that waits for money, for one line where it is named."""
    return await waiting_total(
        db,
        f"""SELECT count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS amount_fen,
                   min(since) AS oldest_on
            FROM ({_stated(_HELD, scope)}) AS listed""",  # noqa: S608 -- a constant query
        *_with_fund(scope, line),
    )


async def queues(db: Db, scope: Scope, line: str | None = None) -> list[BudgetQueueTotal]:
    """What waits for money, by line, the largest lack first."""
    rows = await db.fetch(
        f"""SELECT line, count(*) AS number, sum(amount_fen)::bigint AS amount_fen,
                   min(since) AS oldest_on, min(allocated_fen) AS allocated_fen,
                   min(committed_fen) AS committed_fen
            FROM ({_stated(_HELD, scope)}) AS listed
            GROUP BY line ORDER BY 3 DESC, line""",  # noqa: S608 -- a constant query
        *_with_fund(scope, line),
    )
    return [BudgetQueueTotal(**dict(row)) for row in rows]


def _with_fund(scope: Scope, line: str | None) -> list[object]:
    return [scope.as_of, scope.known_until, scope.districts, scope.fund, line]


def _stated(query: str, scope: Scope) -> str:
    state = STATE_ON_A_DAY if scope.looks_back else "state"
    return query.format(state=state, fund=fund_of_line("coalesce(q.line, p.line)"))


async def _page(
    db: Db, query: str, scope: Scope, at: Page, values: list[object]
) -> list[dict[str, Any]]:
    """The longest wait first; one row more than asked where there are further ones."""
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        sign = "<" if at.before else ">"
        beyond = f"WHERE (since, application) {sign} (${len(values) - 1}, ${len(values)})"
    order = "DESC" if at.backwards else "ASC"
    rows = await db.fetch(
        f"""SELECT * FROM ({_stated(query, scope)}) AS listed {beyond}
            ORDER BY since {order}, application {order} LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = [dict(row) for row in rows]
    return found[::-1] if at.backwards else found
