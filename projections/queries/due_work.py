"""due_work: what the calendar asks for, found page by page in the order of a key.

Out:  rows, at most PAGE at a time
Units: fen
Holds: nothing is marked as asked; whoever asks after an outage finds everything that still waits
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from projections.queries.connection import Db

PAGE = 1000


class DueInstalment(NamedTuple):
    """A planned instalment whose day may have come."""

    application: str
    no: int
    beneficiary: str
    due_on: date


class OverdueAdvance(NamedTuple):
    """An advance that had to be settled by a day, and is still open."""

    disbursement: str
    payee: str
    settle_by: date


class PastVoucher(NamedTuple):
    """A training voucher that was not used, and its last day."""

    voucher: str
    valid_until: date


class UnansweredProposal(NamedTuple):
    """A proposal to which its budget line, or its payee's history, has not answered."""

    application: str
    attempt: int


class EndedBudgetLine(NamedTuple):
    """An open budget line whose year is over; `name` is its fund's or cap's code."""

    line: str
    name: str
    year: int


class UnpaidClaim(NamedTuple):
    """A claim of a data match that is not paid; `ordered` once its payee's history knows of it."""

    application: str
    beneficiary: str
    payee: str
    ordered: bool


async def due_instalments(db: Db, today: date) -> AsyncIterator[list[DueInstalment]]:
    """Planned instalments whose day has come, oldest first."""
    after: tuple[date, str, int] = (date.min, "", 0)
    while rows := await db.fetch(
        """
        SELECT application, instalment, beneficiary, due_on FROM books.instalments
        WHERE state = 'planned' AND due_on <= $1
          AND (due_on, application, instalment) > ($2, $3, $4)
        ORDER BY due_on, application, instalment LIMIT $5
        """,
        today,
        *after,
        PAGE,
    ):
        found = [DueInstalment(*row) for row in rows]
        yield found
        after = (found[-1].due_on, found[-1].application, found[-1].no)


async def overdue_advances(db: Db, today: date) -> AsyncIterator[list[OverdueAdvance]]:
    """Advances that had to be settled before today and are still open."""
    after = ""
    while rows := await db.fetch(
        """
        SELECT disbursement, payee, settle_by FROM books.advances
        WHERE settle_by < $1 AND amount_fen > settled_fen + called_fen + cancelled_fen
          AND disbursement > $2
        ORDER BY disbursement LIMIT $3
        """,
        today,
        after,
        PAGE,
    ):
        found = [OverdueAdvance(*row) for row in rows]
        yield found
        after = found[-1].disbursement


async def past_vouchers(db: Db, before: date) -> AsyncIterator[list[PastVoucher]]:
    """Vouchers whose last day was before a day and that were not used, oldest first."""
    after = (date.min, "")
    while rows := await db.fetch(
        """
        SELECT voucher, valid_until FROM books.vouchers
        WHERE state IN ('issued', 'claimed', 'verified') AND valid_until < $1
          AND (valid_until, voucher) > ($2, $3)
        ORDER BY valid_until, voucher LIMIT $4
        """,
        before,
        *after,
        PAGE,
    ):
        found = [PastVoucher(*row) for row in rows]
        yield found
        after = (found[-1].valid_until, found[-1].voucher)


def unanswered_proposals(db: Db, before: datetime) -> AsyncIterator[list[UnansweredProposal]]:
    """Proposals without an answer since an instant."""
    return _unanswered(
        db,
        """
        SELECT application, attempt FROM books.applications
        WHERE state = 'proposed' AND proposed_at < $1 AND application > $2
        ORDER BY application LIMIT $3
        """,
        before,
    )


def unanswered_years(db: Db, before: datetime) -> AsyncIterator[list[UnansweredProposal]]:
    """Grants since an instant whose later years' lines have not answered."""
    return _unanswered(
        db,
        """
        SELECT DISTINCT application, attempt FROM books.later_years
        WHERE state = 'asked' AND granted_at < $1 AND application > $2
        ORDER BY application LIMIT $3
        """,
        before,
    )


async def _unanswered(
    db: Db, query: str, before: datetime
) -> AsyncIterator[list[UnansweredProposal]]:
    """What a query tells of an instant, a page after the other, each from the last application on."""
    after = ""
    while rows := await db.fetch(query, before, after, PAGE):
        found = [UnansweredProposal(*row) for row in rows]
        yield found
        after = found[-1].application


async def lines_that_hold_whole(db: Db) -> list[str]:
    """Lines on which claims wait with what an earlier year has committed, as earlier versions let them."""
    rows = await db.fetch(
        """
        SELECT DISTINCT q.line FROM books.budget_queue AS q
        JOIN books.facts AS f ON f.stream = q.line AND f.seq = q.seq
        WHERE q.state = 'waiting' AND q.way = 0
          AND f.body -> 'ask' -> 'taken' -> -1 ->> 'line' LIKE 'budget/fund/%'
          AND split_part(f.body -> 'ask' -> 'taken' -> -1 ->> 'line', '/', 3)
              = split_part(q.line, '/', 3)
        ORDER BY q.line
        """
    )
    return [row["line"] for row in rows]


async def unreported_lines(db: Db, before: datetime) -> AsyncIterator[list[str]]:
    """Applications of lines of employers' batches of which their batch has not heard.

    The batches were opened before an instant.
    """
    after = ""
    while rows := await db.fetch(
        """
        SELECT l.submission || ':' || l.line AS application
        FROM books.submissions AS s JOIN books.submission_lines AS l USING (submission)
        WHERE s.state = 'open' AND s.opened_at < $1 AND l.outcome IS NULL
          AND l.submission || ':' || l.line > $2
        ORDER BY 1 LIMIT $3
        """,
        before,
        after,
        PAGE,
    ):
        found = [str(row["application"]) for row in rows]
        yield found
        after = found[-1]


async def ended_lines(db: Db, first_year: int, this_year: int) -> list[EndedBudgetLine]:
    """The open lines of years that are over, from a first year on."""
    rows = await db.fetch(
        """
        SELECT line, name, year FROM books.budgets
        WHERE closed_on IS NULL AND year >= $1 AND year < $2 ORDER BY line
        """,
        first_year,
        this_year,
    )
    return [EndedBudgetLine(*row) for row in rows]


async def unpaid_claims(
    db: Db, programme: str, regions: Sequence[str], before: datetime
) -> AsyncIterator[list[UnpaidClaim]]:
    """Claims of a data match that came before an instant, are not paid, and not noted as late.

    Holds: who was denied or has withdrawn is not here
    """
    after = ""
    while rows := await db.fetch(_UNPAID, programme, list(regions), before, after, PAGE):
        found = [UnpaidClaim(*row) for row in rows]
        yield found
        after = found[-1].application


_UNPAID = """
    SELECT application, beneficiary, payee, ordered
    FROM (
        SELECT application, beneficiary, payee, late_on, state, EXISTS (
                   SELECT 1 FROM books.disbursements AS d
                   WHERE d.application = a.application
                     AND d.state IN ('ordered', 'batched', 'sent', 'returned')
               ) AS ordered
        FROM books.applications AS a
        WHERE stated ->> 'match.without_application' = 'true'
          AND programme = $1 AND region = ANY($2) AND filed_at < $3
          AND state IN ('filed', 'proposed', 'referred', 'held', 'lapsed', 'granted')
          AND application > $4
    ) AS a
    WHERE CASE WHEN ordered THEN
                    NOT EXISTS (SELECT 1 FROM books.late_payments AS l
                                WHERE l.application = a.application)
               ELSE late_on IS NULL
                    AND (state <> 'granted'
                         OR EXISTS (SELECT 1 FROM books.instalments AS i
                                    WHERE i.application = a.application
                                      AND i.state IN ('planned', 'waiting')))
          END
    ORDER BY application LIMIT $5
"""
