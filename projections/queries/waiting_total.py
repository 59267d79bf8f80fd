"""waiting_total: how much waits for somebody, counted, summed, and since when."""

from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db


class WaitingTotal(NamedTuple):
    """How many records wait, how much they are about in fen, and since when the oldest does."""

    number: int
    amount_fen: int
    oldest_on: date | None


async def waiting_total(db: Db, query: str, *parameters: object) -> WaitingTotal:
    """Ask for the three columns `number`, `amount_fen` and `oldest_on` of one row."""
    row = await db.fetchrow(query, *parameters)
    assert row is not None
    return WaitingTotal(row["number"], row["amount_fen"], row["oldest_on"])
