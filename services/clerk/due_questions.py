"""Asking: what the books say is due, found page by page.

In:   Postgres `books.*`
Out:  rows for `due_commands`, at most PAGE at a time, in the order of a key
Holds: nothing is marked as asked; whoever asks after an outage finds everything that still waits.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import NamedTuple

import orjson
from asyncpg import Pool, Record

from events import FACTS, streams
from events.batches import BatchLine
from events.envelope import Position, Recorded
from policies.duties import shipped
from services.banking.payment_files.writing import BatchToPay
from services.clerk.due import (
    TOLD_LATE,
    DueInstalment,
    EndedLine,
    OverdueAdvance,
    PastVoucher,
    ReleasedBatch,
    Unanswered,
)

PAGE = 1000

_INSTALMENTS = """
    SELECT application, instalment, beneficiary, due_on FROM books.instalments
    WHERE state = 'planned' AND due_on <= $1
      AND (due_on, application, instalment) > ($2, $3, $4)
    ORDER BY due_on, application, instalment LIMIT $5
"""
_OVERDUE = """
    SELECT disbursement, payee, settle_by FROM books.advances
    WHERE settle_by < $1 AND amount_fen > settled_fen + called_fen + cancelled_fen
      AND disbursement > $2
    ORDER BY disbursement LIMIT $3
"""
_UNANSWERED = """
    SELECT application, attempt FROM books.applications
    WHERE state = 'proposed' AND proposed_at < $1 AND application > $2
    ORDER BY application LIMIT $3
"""
_ON_THE_WAY = """
    SELECT id::text, stream, seq, type, cause::text, command_partition, command_offset,
           recorded_at, effective_on, body::text
    FROM books.facts
    WHERE application = $1
      AND type IN ('ApprovalProposed', 'PromiseMade', 'PromiseAccepted', 'PromiseRefused',
                   'BudgetCommitted', 'BudgetPassedOn', 'BudgetQueued',
                   'BudgetDequeued')
      AND coalesce(body -> 'ask' ->> 'attempt', body ->> 'attempt')::int = $2
    ORDER BY recorded_at, partition, ledger_offset
"""
_ENDED = """
    SELECT line, name, year FROM books.budgets
    WHERE closed_on IS NULL AND year >= $1 AND year < $2 ORDER BY line
"""
_PAST_VOUCHERS = """
    SELECT voucher, valid_until FROM books.vouchers
    WHERE state IN ('issued', 'claimed', 'verified') AND valid_until < $1
      AND (valid_until, voucher) > ($2, $3)
    ORDER BY valid_until, voucher LIMIT $4
"""
_UNREPORTED = """
    SELECT l.submission || ':' || l.line AS application
    FROM books.submissions AS s JOIN books.submission_lines AS l USING (submission)
    WHERE s.state = 'open' AND s.opened_at < $1 AND l.outcome IS NULL
      AND l.submission || ':' || l.line > $2
    ORDER BY 1 LIMIT $3
"""
_DECIDED = """
    SELECT DISTINCT ON (application) id::text, stream, seq, type, cause::text, command_partition,
           command_offset, recorded_at, effective_on, body::text
    FROM books.facts
    WHERE application = ANY($1) AND stream LIKE 'beneficiary/%'
      AND type IN ('ApprovalGranted', 'ApprovalDenied', 'ApprovalReferred', 'ApprovalHeld',
                   'ApprovalLapsed', 'ApprovalRevoked', 'ApplicationWithdrawn')
    ORDER BY application, seq DESC
"""
_BATCHES = """
    SELECT batch, bank_account, released_on, digest, count, total_fen FROM books.batches
    WHERE state = $1 AND batch > $2 ORDER BY batch LIMIT $3
"""
_LINES = """
    SELECT line_no, payee, disbursement, instruction, account, amount_fen FROM books.batch_lines
    WHERE batch = $1 AND state = 'claimed'
      AND EXISTS (SELECT FROM books.batches WHERE batch = $1 AND state = 'sending')
    ORDER BY line_no
"""
_IMPORTS = """
    SELECT number, file_digest, digest, region, held_on FROM books.imports
    WHERE state = 'released' ORDER BY number
"""


class ReleasedImport(NamedTuple):
    """A file of earlier benefits that a second person has let count."""

    number: str
    file_digest: str
    digest: str
    region: str
    held_on: date


async def released_imports(pool: "Pool[Record]") -> list[ReleasedImport]:
    """Find files whose rows have to be counted."""
    return [ReleasedImport(**dict(row)) for row in await pool.fetch(_IMPORTS)]


async def due_instalments(pool: "Pool[Record]", today: date) -> AsyncIterator[list[DueInstalment]]:
    """Find planned instalments whose day has come, oldest first."""
    after: tuple[date, str, int] = (date.min, "", 0)
    while True:
        rows = await pool.fetch(_INSTALMENTS, today, *after, PAGE)
        if not rows:
            return
        yield [
            DueInstalment(r["application"], r["instalment"], r["beneficiary"], r["due_on"])
            for r in rows
        ]
        last = rows[-1]
        after = (last["due_on"], last["application"], last["instalment"])


async def overdue_advances(
    pool: "Pool[Record]", today: date
) -> AsyncIterator[list[OverdueAdvance]]:
    """Find advances that had to be settled before today and are still open."""
    after = ""
    while True:
        rows = await pool.fetch(_OVERDUE, today, after, PAGE)
        if not rows:
            return
        yield [OverdueAdvance(r["disbursement"], r["payee"], r["settle_by"]) for r in rows]
        after = rows[-1]["disbursement"]


async def unanswered(pool: "Pool[Record]", before: datetime) -> AsyncIterator[list[Unanswered]]:
    """Find proposals without an answer since `before`, with every fact on their way to one."""
    after = ""
    while True:
        rows = await pool.fetch(_UNANSWERED, before, after, PAGE)
        if not rows:
            return
        for row in rows:
            facts = await pool.fetch(_ON_THE_WAY, row["application"], row["attempt"])
            yield [Unanswered(_fact(fact)) for fact in facts]
        after = rows[-1]["application"]


async def ended_lines(pool: "Pool[Record]", first: int, today: date) -> list[EndedLine]:
    """Find the open lines of years that are over, from the first year that the clerk closes."""
    rules = shipped().budgets
    rows = await pool.fetch(_ENDED, first, today.year)
    return [EndedLine(r["line"], r["year"], rules.at_year_end(r["name"])) for r in rows]


async def past_vouchers(pool: "Pool[Record]", today: date) -> AsyncIterator[list[PastVoucher]]:
    """Find vouchers whose last day has passed without their use, oldest first."""
    after = (date.min, "")
    while rows := await pool.fetch(_PAST_VOUCHERS, today - TOLD_LATE, *after, PAGE):
        found = [PastVoucher(row["voucher"], row["valid_until"]) for row in rows]
        yield found
        after = (found[-1].valid_until, found[-1].voucher)


async def unreported(pool: "Pool[Record]", before: datetime) -> AsyncIterator[list[Unanswered]]:
    """Find lines of employers' batches whose decision their batch has not heard of since `before`.

    They were decided before batches were told of their lines, and sent again since.
    """
    after = ""
    while rows := await pool.fetch(_UNREPORTED, before, after, PAGE):
        found = await pool.fetch(_DECIDED, [row["application"] for row in rows])
        yield [Unanswered(_fact(fact)) for fact in found]
        after = rows[-1]["application"]


async def released(pool: "Pool[Record]") -> AsyncIterator[list[ReleasedBatch]]:
    """Find batches that may be sent."""
    async for page in _batches(pool, "released"):
        yield [ReleasedBatch(row["batch"]) for row in page]


async def sending(pool: "Pool[Record]") -> AsyncIterator[BatchToPay]:
    """Find batches whose file has to leave, each with its list."""
    async for page in _batches(pool, "sending"):
        for row in page:
            lines = await pool.fetch(_LINES, row["batch"])
            if not lines:
                continue  # it was confirmed as sent since the page was read
            yield BatchToPay(
                row["batch"],
                row["bank_account"],
                row["released_on"],
                row["digest"],
                row["count"],
                row["total_fen"],
                tuple(map(_line, lines)),
            )


async def _batches(pool: "Pool[Record]", state: str) -> AsyncIterator[list[Record]]:
    after = ""
    while rows := await pool.fetch(_BATCHES, state, after, PAGE):
        yield rows
        after = rows[-1]["batch"]


def _line(row: Record) -> BatchLine:
    return BatchLine(
        line_no=row["line_no"],
        payee=streams.payee(row["payee"]),
        disbursement=row["disbursement"],
        instruction=row["instruction"],
        account=row["account"],
        amount=row["amount_fen"],
    )


def _fact(row: Record) -> Recorded:
    return Recorded(
        row["id"],
        row["stream"],
        row["seq"],
        row["cause"],
        Position(row["command_partition"], row["command_offset"], 0),
        row["recorded_at"],
        row["effective_on"],
        FACTS[row["type"]].model_validate(orjson.loads(row["body"])),
    )
