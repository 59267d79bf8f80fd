"""statements: which months of a bank account have a statement."""

from services.web.sources import Db


async def months(db: Db, account: str) -> list[str]:
    """The months of an account that the bank's statements cover, the latest first."""
    rows = await db.fetch(
        "SELECT month FROM books.statements WHERE bank_account = $1 ORDER BY month DESC", account
    )
    return [row["month"] for row in rows]
