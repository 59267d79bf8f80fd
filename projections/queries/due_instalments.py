"""due_instalments: instalments whose day has come and that nobody has ordered yet.

Units: fen
Holds: whoever has been checked after the day of the scope still counts as unchecked on it
"""

from datetime import date
from typing import NamedTuple

from projections.queries.budgets import fund_of_line
from projections.queries.connection import Db
from projections.queries.scope import Scope


class InstalmentRow(NamedTuple):
    """One part of a plan whose day has come; `state` is planned or waiting."""

    application: str
    instalment: int
    programme: str
    fund: str | None
    district: str
    due_on: date
    months: str | None
    amount_fen: int
    state: str
    needs: str | None

    @property
    def awaits(self) -> str:
        """What it waits for: its check, or the evidence that it needs."""
        return self.needs or self.state if self.state == "waiting" else self.state


class InstalmentTotal(NamedTuple):
    """Count and sum of everything in the scope."""

    number: int
    amount_fen: int


_DUE = f"""
SELECT i.application, i.instalment, i.programme, p.fund, a.region AS district, i.due_on,
       i.months, i.amount_fen, i.needs,
       CASE WHEN i.state = 'waiting' THEN 'waiting' ELSE 'planned' END AS state
FROM books.instalments AS i
JOIN books.applications AS a USING (application)
LEFT JOIN LATERAL (
    SELECT {fund_of_line("line")} AS fund FROM books.approvals
    WHERE application = i.application AND state = 'granted' ORDER BY attempt DESC LIMIT 1
) AS p ON true
WHERE (i.state IN ('planned', 'waiting') OR (i.state IN ('due', 'stopped') AND i.checked_on > $1))
  AND i.due_on <= $1 AND i.committed_on <= $1 AND a.granted_on <= $1 AND a.filed_at < $2
  AND ($3::text IS NULL OR a.region LIKE $3) AND ($4::text IS NULL OR p.fund = $4)
"""  # noqa: S608 -- a constant expression


async def instalments(db: Db, scope: Scope, limit: int | None = None) -> list[InstalmentRow]:
    """Instalments that are due and not ordered, the oldest first."""
    rows = await db.fetch(
        f"{_DUE} ORDER BY i.due_on, i.application, i.instalment LIMIT $5", *_of(scope), limit
    )
    return [InstalmentRow(**dict(row)) for row in rows]


async def instalments_total(db: Db, scope: Scope) -> InstalmentTotal:
    """How many there are, and what they are about."""
    row = await db.fetchrow(
        f"""SELECT count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS amount_fen
            FROM ({_DUE}) AS due""",  # noqa: S608 -- a constant query
        *_of(scope),
    )
    assert row is not None
    return InstalmentTotal(row["number"], row["amount_fen"])


def _of(scope: Scope) -> tuple[object, ...]:
    return scope.as_of, scope.known_until, scope.districts, scope.fund
