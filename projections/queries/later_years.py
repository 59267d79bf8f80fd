"""later_years: parts of granted plans that wait for a later year's budget, the longest wait first.

Units: fen
Holds: what was committed, or ended, after the day of the scope still waits on it; a part that lapsed
       is listed until a person has said what becomes of it
"""

from datetime import date
from typing import NamedTuple

from projections.queries.budgets import fund_of_line
from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.scope import Scope
from projections.queries.waiting_total import WaitingTotal, waiting_total


class LaterYearRow(NamedTuple):
    """One later year of one plan; `place` is None where no line has put it in its queue."""

    application: str
    way: int
    programme: str
    region: str
    year: int
    line: str
    amount_fen: int
    parts: int
    since: date
    first_due_on: date | None
    lapsed: bool
    rule: str | None
    place: int | None
    allocated_fen: int | None
    committed_fen: int | None

    @property
    def key(self) -> str:
        """What names the row in its list."""
        return f"{self.application} {self.way}"

    @property
    def available_fen(self) -> int | None:
        """What its line may still commit; None where no line is known."""
        if self.allocated_fen is None or self.committed_fen is None:
            return None
        return self.allocated_fen - self.committed_fen


_WAITING = f"""
SELECT l.application, l.way, l.programme, a.region, l.year, l.line, l.amount_fen,
       jsonb_array_length(l.instalments) AS parts, l.granted_on AS since, i.first_due_on,
       coalesce(l.ended_on <= $1, false) AS lapsed, l.rule, q.place, b.allocated_fen, b.committed_fen,
       l.application || ' ' || l.way AS key
FROM books.later_years AS l
JOIN books.applications AS a USING (application)
LEFT JOIN LATERAL (
    SELECT min(due_on) AS first_due_on FROM books.instalments AS i
    WHERE i.application = l.application AND l.instalments @> to_jsonb(i.instalment)
) AS i ON true
LEFT JOIN (
    SELECT line, application, attempt, way,
           row_number() OVER (PARTITION BY line ORDER BY seq) AS place
    FROM books.budget_queue
    WHERE seq IS NOT NULL AND queued_on <= $1 AND coalesce(left_on, $1::date + 1) > $1
) AS q ON (q.line, q.application, q.attempt, q.way) = (l.line, l.application, l.attempt, l.way)
LEFT JOIN books.budgets AS b ON b.line = l.line
WHERE l.granted_on <= $1 AND l.granted_at < $2 AND ($3::text IS NULL OR a.region LIKE $3)
  AND ($4::text IS NULL OR {fund_of_line("l.line")} = $4)
  AND (l.committed_on IS NULL OR l.committed_on > $1)
  AND (l.ended_on IS NULL OR l.ended_on > $1
       OR (l.state = 'lapsed' AND coalesce(l.judged_on, $1::date + 1) > $1))
"""  # noqa: S608 -- a constant expression


async def waiting(db: Db, scope: Scope, at: Page) -> list[LaterYearRow]:
    """One page of what waits, and one row more where there are further ones."""
    values = _of(scope)
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        sign = "<" if at.before else ">"
        beyond = f"WHERE (since, key) {sign} ($5, $6)"
    order = "DESC" if at.backwards else "ASC"
    rows = await db.fetch(
        f"""SELECT * FROM ({_WAITING}) AS listed {beyond}
            ORDER BY since {order}, key {order} LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = [LaterYearRow(**{n: row[n] for n in LaterYearRow._fields}) for row in rows]
    return found[::-1] if at.backwards else found


async def waiting_in_all(db: Db, scope: Scope) -> WaitingTotal:
    """All that waits, what lapsed included."""
    return await _total(db, scope, "true")


async def overdue(db: Db, scope: Scope) -> WaitingTotal:
    """What waits though the day of its first instalment has passed."""
    return await _total(db, scope, "NOT lapsed AND first_due_on < $1")


async def lapsed(db: Db, scope: Scope) -> WaitingTotal:
    """What ended without money, and nobody has judged."""
    return await _total(db, scope, "lapsed")


async def _total(db: Db, scope: Scope, which: str) -> WaitingTotal:
    return await waiting_total(
        db,
        f"""SELECT count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS amount_fen,
                   min(since) AS oldest_on
            FROM ({_WAITING}) AS listed WHERE {which}""",  # noqa: S608 -- a constant query
        *_of(scope),
    )


def _of(scope: Scope) -> list[object]:
    return [scope.as_of, scope.known_until, scope.districts, scope.fund]
