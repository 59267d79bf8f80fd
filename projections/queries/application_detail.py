"""application_detail: one claim line as it stands, its budget line, its payments and its entries."""

from datetime import date
from typing import Any, NamedTuple

import orjson

from projections.queries.applications import STATE_ON_A_DAY
from projections.queries.connection import Db
from projections.queries.journal import JournalEntryRow, entries_of_application
from projections.queries.payment_filter import STATE_ON_A_DAY as PAYMENT_ON_A_DAY
from projections.queries.scope import Scope


class ApplicationFound(NamedTuple):
    """The claim line and its last decision."""

    application: str
    beneficiary: str
    payee: str
    programme: str
    region: str
    channel: str
    applied_on: date
    filed_on: date
    state: str
    stated: dict[str, Any]
    corrections: int
    conflicts: int


class ApplicationBudgetLine(NamedTuple):
    """A budget line as it stands."""

    line: str
    allocated_fen: int
    committed_fen: int
    place: int | None


class BeneficiaryTotals(NamedTuple):
    """What else is known of whom caps count for."""

    applications: int
    paid_fen: int


async def application_found(db: Db, scope: Scope, application: str) -> ApplicationFound | None:
    """The claim line as of the scope, or None where there was none."""
    state = STATE_ON_A_DAY if scope.looks_back else "state"
    row = await db.fetchrow(
        f"""
        SELECT application, beneficiary, payee, programme, region, channel, applied_on, filed_on,
               {state} AS state, stated, corrections, conflicts
        FROM books.applications
        WHERE filed_on <= $1 AND filed_at < $2 AND application = $3
        """,  # noqa: S608 -- a constant expression
        scope.as_of,
        scope.known_until,
        application,
    )
    if row is None:
        return None
    return ApplicationFound(**{**dict(row), "stated": orjson.loads(row["stated"] or "{}")})


async def budget(db: Db, line: str, application: str) -> ApplicationBudgetLine | None:
    """A budget line, and this application's place in its queue."""
    row = await db.fetchrow(
        """
        SELECT b.line, b.allocated_fen, b.committed_fen,
               (SELECT count(*) FROM books.budget_queue AS q, books.budget_queue AS mine
                WHERE mine.line = b.line AND mine.application = $2 AND mine.state = 'waiting'
                  AND q.line = b.line AND q.state = 'waiting' AND q.seq <= mine.seq) AS place
        FROM books.budgets AS b WHERE b.line = $1
        """,
        line,
        application,
    )
    if row is None:
        return None
    return ApplicationBudgetLine(
        row["line"],
        row["allocated_fen"],
        row["committed_fen"],
        row["place"] or None,
    )


async def person(db: Db, scope: Scope, beneficiary: str) -> BeneficiaryTotals:
    """How many applications this person has, and what was paid for them."""
    state = PAYMENT_ON_A_DAY.replace("$1", "$2") if scope.looks_back else "state"
    row = await db.fetchrow(
        f"""
        SELECT (SELECT count(*) FROM books.applications
                WHERE beneficiary = $1 AND filed_on <= $2 AND filed_at < $3) AS applications,
               (SELECT coalesce(sum(amount_fen), 0)::bigint FROM books.disbursements
                WHERE beneficiary = $1 AND ordered_on <= $2 AND ({state}) = 'settled') AS paid_fen
        """,  # noqa: S608 -- a constant expression
        beneficiary,
        scope.as_of,
        scope.known_until,
    )
    assert row is not None
    return BeneficiaryTotals(row["applications"], row["paid_fen"])


async def entries(db: Db, scope: Scope, application: str) -> list[JournalEntryRow]:
    """The entries of the journal that book this application."""
    return await entries_of_application(db, scope, application)
