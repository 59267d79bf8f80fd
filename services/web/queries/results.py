"""results: what the books know of the instructions that a bank's answer speaks of.

Units: fen
"""

from collections.abc import Iterable
from typing import NamedTuple

from services.web.sources import Db


class Known(NamedTuple):
    """One instruction as the books have it."""

    batch: str
    amount_fen: int
    state: str
    result_fen: int | None
    disbursement: str


class Open(NamedTuple):
    """A batch of which the bank has not answered every line."""

    batch: str
    bank_account: str
    sent: int
    amount_fen: int


async def known(db: Db, batches: Iterable[str]) -> dict[str, Known]:
    """Every instruction of these batches."""
    rows = await db.fetch(
        """
        SELECT instruction, batch, amount_fen, state, result_fen, disbursement
        FROM books.batch_lines
        WHERE batch = ANY($1::text[]) AND instruction IS NOT NULL
          AND state NOT IN ('refused', 'freed')
        """,
        list(batches),
    )
    return {row["instruction"]: Known(*list(row)[1:]) for row in rows}


async def open_batches(db: Db, limit: int = 200) -> list[Open]:
    """Batches that have left and are not closed, the earliest first."""
    rows = await db.fetch(
        """
        SELECT b.batch, b.bank_account, count(*) AS sent, sum(l.amount_fen)::bigint AS amount_fen
        FROM books.batches AS b JOIN books.batch_lines AS l USING (batch)
        WHERE b.state IN ('sending', 'sent')
          AND l.state NOT IN ('refused', 'freed', 'settled', 'returned')
        GROUP BY b.batch, b.bank_account, b.released_on
        ORDER BY b.released_on, b.batch LIMIT $1
        """,
        limit,
    )
    return [Open(**dict(row)) for row in rows]
