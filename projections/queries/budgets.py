"""budgets: what each line may commit, has committed, and who waits for it.

Units: fen
Holds: amounts obey the day of the scope by month, the present month by what is known
"""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope


def fund_of_line(line: str) -> str:
    """Write how SQL takes the fund out of the key of its line, `budget/fund/<fund>/…`."""
    return f"split_part({line}, '/', 3)"


class BudgetLineRow(NamedTuple):
    """One budget line."""

    line: str
    kind: str
    name: str
    district: str
    year: int
    allocated_fen: int
    committed_fen: int
    paid_fen: int
    queued: int
    queued_fen: int
    closed_on: date | None

    @property
    def available_fen(self) -> int:
        """What may still be committed."""
        return self.allocated_fen - self.committed_fen


class BudgetMonthRow(NamedTuple):
    """One month of a year, cumulative."""

    month: str
    committed_fen: int
    paid_fen: int
    allocated_fen: int


_LINES = """
    SELECT b.line, kind, name, district, year, allocated_fen, committed_fen, closed_on,
           coalesce(q.queued, 0) AS queued, coalesce(q.queued_fen, 0)::bigint AS queued_fen,
           coalesce(f.paid, 0)::bigint AS paid_fen
    FROM books.budgets AS b
    LEFT JOIN (SELECT line, count(*) AS queued, sum(amount_fen) AS queued_fen
               FROM books.budget_queue WHERE state = 'waiting' GROUP BY line) AS q USING (line)
    LEFT JOIN (SELECT line, sum(settled_fen - returned_fen) AS paid
               FROM books.budget_flows GROUP BY line) AS f USING (line)
    WHERE {which} AND ($2::text IS NULL OR district LIKE $2)
      AND ($3::text IS NULL OR kind <> 'fund' OR name = $3)
    ORDER BY kind DESC, name, district
"""


async def lines(db: Db, scope: Scope, year: int) -> list[BudgetLineRow]:
    """The lines of a year as they stand; year 0 has the ceilings of the whole term (全期)."""
    return await _lines(db, scope, "year = $1", year)


async def open_lines(db: Db, scope: Scope) -> list[BudgetLineRow]:
    """The lines that may still be committed from: of the scope's year and of the whole term."""
    return await _lines(db, scope, "year IN (0, $1) AND closed_on IS NULL", scope.as_of.year)


async def _lines(db: Db, scope: Scope, which: str, year: int) -> list[BudgetLineRow]:
    rows = await db.fetch(_LINES.format(which=which), year, scope.districts, scope.fund)
    return [BudgetLineRow(**dict(row)) for row in rows]


class BudgetAdjustmentRow(NamedTuple):
    """An adjustment of a line, proposed by one person and made by another or by a document."""

    line: str
    document: str
    by_fen: int
    reason: str
    maker: str
    checker: str
    state: str
    proposed_on: date | None
    decided_on: date | None


async def adjustments(db: Db, scope: Scope, year: int) -> list[BudgetAdjustmentRow]:
    """The adjustments of a year's lines, those that wait first."""
    rows = await db.fetch(
        """
        SELECT a.line, document, by_fen, coalesce(reason, '') AS reason,
               coalesce(maker, '') AS maker, coalesce(checker, '') AS checker, state,
               proposed_on, decided_on
        FROM books.budget_adjustments AS a JOIN books.budgets AS b USING (line)
        WHERE year = $1 AND ($2::text IS NULL OR district LIKE $2)
          AND ($3::text IS NULL OR kind <> 'fund' OR name = $3)
        ORDER BY state <> 'proposed', coalesce(decided_on, proposed_on) DESC, a.line, document
        """,
        year,
        scope.districts,
        scope.fund,
    )
    return [BudgetAdjustmentRow(**dict(row)) for row in rows]


async def exists(db: Db, line: str) -> bool:
    """Whether there is such a line."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM books.budgets WHERE line = $1)", line
    )
    return found


async def years(db: Db) -> list[int]:
    """The budget years that there are lines for."""
    rows = await db.fetch("SELECT DISTINCT year FROM books.budgets ORDER BY year DESC")
    return [row["year"] for row in rows]


async def months(db: Db, scope: Scope, year: int) -> list[BudgetMonthRow]:
    """Committed and paid of a year's fund lines, cumulative by month, up to the last with a flow."""
    rows = await db.fetch(
        """
        WITH mine AS (
            SELECT line FROM books.budgets
            WHERE year = $1 AND kind = 'fund' AND ($2::text IS NULL OR district LIKE $2)
              AND ($3::text IS NULL OR name = $3)
        ), flows AS (
            SELECT month, committed_fen - released_fen AS committed, 0::bigint AS paid,
                   allocated_fen AS allocated
            FROM books.budget_months JOIN mine USING (line)
            UNION ALL
            SELECT month, 0, settled_fen - returned_fen, 0
            FROM books.budget_flows JOIN mine USING (line)
        ), by_month AS (
            SELECT month, sum(committed) AS committed, sum(paid) AS paid, sum(allocated) AS allocated
            FROM flows GROUP BY month
        )
        SELECT month, (sum(committed) OVER w)::bigint AS committed_fen,
               (sum(paid) OVER w)::bigint AS paid_fen,
               (sum(allocated) OVER w)::bigint AS allocated_fen
        FROM by_month WINDOW w AS (ORDER BY month) ORDER BY month
        """,
        year,
        scope.districts,
        scope.fund,
    )
    return _without_gaps([BudgetMonthRow(**dict(row)) for row in rows])


def _without_gaps(found: list[BudgetMonthRow]) -> list[BudgetMonthRow]:
    """Repeat a month's sums in the months after it in which nothing moved."""
    filled: list[BudgetMonthRow] = []
    for month in found:
        while filled and _next(filled[-1].month) < month.month:
            filled.append(filled[-1]._replace(month=_next(filled[-1].month)))
        filled.append(month)
    return filled


def _next(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"
