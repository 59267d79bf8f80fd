"""batches_to_send: batches whose file has to leave, page by page, and the payments of each.

Units: fen
Holds: a batch that was confirmed as sent is not found again
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.due_work import PAGE


class BatchToSend(NamedTuple):
    """A batch that was released, or is being sent."""

    batch: str
    bank_account: str
    released_on: date
    digest: str
    payments: int
    total_fen: int


class ClaimedLine(NamedTuple):
    """One payment of a batch that is being sent."""

    line_no: int
    payee: str
    disbursement: str
    instruction: str
    account: str
    amount_fen: int


async def in_state(db: Db, state: str) -> AsyncIterator[list[BatchToSend]]:
    """Batches in a state: `released` before the sending begins, `sending` until the file is out."""
    after = ""
    while rows := await db.fetch(
        """
        SELECT batch, bank_account, released_on, digest, count, total_fen FROM books.batches
        WHERE state = $1 AND batch > $2 ORDER BY batch LIMIT $3
        """,
        state,
        after,
        PAGE,
    ):
        found = [BatchToSend(*row) for row in rows]
        yield found
        after = found[-1].batch


async def claimed_lines(db: Db, batch: str) -> list[ClaimedLine]:
    """The payments of a batch while it is being sent; none once it was confirmed as sent."""
    rows = await db.fetch(
        """
        SELECT line_no, payee, disbursement, instruction, account, amount_fen
        FROM books.batch_lines
        WHERE batch = $1 AND state = 'claimed'
          AND EXISTS (SELECT FROM books.batches WHERE batch = $1 AND state = 'sending')
        ORDER BY line_no
        """,
        batch,
    )
    return [ClaimedLine(*row) for row in rows]
