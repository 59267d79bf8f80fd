"""freshness: up to when the read models know the ledger."""

from datetime import datetime

from services.web.sources import Db


async def last_fact_at(db: Db) -> datetime | None:
    """When the latest fact that was read had been recorded; None in empty books."""
    last: datetime | None = await db.fetchval(
        "SELECT max(known) FROM books.positions WHERE topic = 'ledger'"
    )
    return last
