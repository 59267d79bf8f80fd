"""Asking: what the books say is due, as the rows that `due_commands` understands.

In:   the books (`projections/queries/due_work.py`, `batches_to_send.py`)
Out:  rows for `due_commands`, page by page
Holds: nothing is marked as asked; whoever asks after an outage finds everything that still waits.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime

from events import streams
from events.batches import BatchLine
from policies.duties import shipped
from policies.engine.registry import Policies
from projections.queries import batches_to_send, due_work, recorded_facts
from projections.queries.batches_to_send import ClaimedLine
from projections.queries.connection import Pool
from projections.queries.due_work import PastVoucher
from services.banking.payment_files.writing import BatchToPay
from services.clerk.due import (
    LATE_REPORT_GRACE,
    EndedLine,
    HoldingLine,
    LateClaim,
    ReleasedBatch,
    UnansweredFact,
)


async def past_vouchers(pool: Pool, today: date) -> AsyncIterator[list[PastVoucher]]:
    """Find vouchers whose last day has passed without their use, oldest first."""
    async for page in due_work.past_vouchers(pool, today - LATE_REPORT_GRACE):
        yield page


async def unanswered(pool: Pool, before: datetime) -> AsyncIterator[list[UnansweredFact]]:
    """Find proposals, and later years of grants, without an answer since `before`, with every fact on
    their way to one."""
    for waiting in (due_work.unanswered_proposals, due_work.unanswered_years):
        async for page in waiting(pool, before):
            for proposal in page:
                facts = await recorded_facts.on_the_way_to_an_answer(pool, *proposal)
                yield [UnansweredFact(fact) for fact in facts]


async def unreported(pool: Pool, before: datetime) -> AsyncIterator[list[UnansweredFact]]:
    """Find lines of employers' batches whose decision their batch has not heard of since `before`.

    They were decided before batches were told of their lines, and sent again since.
    """
    async for applications in due_work.unreported_lines(pool, before):
        decisions = await recorded_facts.last_decisions(pool, applications)
        yield [UnansweredFact(fact) for fact in decisions]


async def ended_lines(pool: Pool, first: int, today: date) -> list[EndedLine]:
    """Find the open lines of years that are over, from the first year that the clerk closes."""
    rules = shipped().budgets
    return [
        EndedLine(ended.line, ended.year, rules.at_year_end(ended.name))
        for ended in await due_work.ended_lines(pool, first, today.year)
    ]


async def holding_lines(pool: Pool) -> list[HoldingLine]:
    """Find the lines on which claims wait with an earlier year's money, since an earlier version."""
    return [HoldingLine(line) for line in await due_work.lines_that_hold_whole(pool)]


async def late_claims(
    pool: Pool, policies: Policies, today: date, before: datetime
) -> AsyncIterator[list[LateClaim]]:
    """Find the claims of data matches (免申即享) that came before an instant and are late today.

    Their days are the notices' own (`policies/duties/matches.yaml`). Who was denied or has
    withdrawn is not late; who is once noted as late is not found again.
    """
    table = policies.duties.matches
    for match in table.matches:
        if match.pay_by >= today:
            continue
        regions = table.regions_of(match, policies.cities.regions)
        async for page in due_work.unpaid_claims(pool, match.programme, regions, before):
            yield [
                LateClaim(
                    claim.application,
                    claim.beneficiary,
                    claim.payee,
                    match.pay_by,
                    match.cite,
                    claim.ordered,
                )
                for claim in page
            ]


async def released(pool: Pool) -> AsyncIterator[list[ReleasedBatch]]:
    """Find batches that may be sent."""
    async for page in batches_to_send.in_state(pool, "released"):
        yield [ReleasedBatch(found.batch) for found in page]


async def sending(pool: Pool) -> AsyncIterator[BatchToPay]:
    """Find batches whose file has to leave, each with its list."""
    async for page in batches_to_send.in_state(pool, "sending"):
        for found in page:
            lines = await batches_to_send.claimed_lines(pool, found.batch)
            if not lines:
                continue  # it was confirmed as sent since the page was read
            yield BatchToPay(*found, tuple(map(_line, lines)))


def _line(row: ClaimedLine) -> BatchLine:
    return BatchLine(
        line_no=row.line_no,
        payee=streams.payee(row.payee),
        disbursement=row.disbursement,
        instruction=row.instruction,
        account=row.account,
        amount=row.amount_fen,
    )
