"""cap_usage: which uses of caps are taken, and by which application."""

from collections.abc import Sequence

from projections.queries.connection import Db


async def holders(db: Db, beneficiaries: Sequence[str]) -> dict[tuple[str, str, str, str], str]:
    """Who holds the named uses that are taken.

    Shape: (beneficiary, family, cap, key) -> application
    """
    rows = await db.fetch(
        """SELECT beneficiary, family, cap, key, holder FROM books.cap_usage
           WHERE beneficiary = ANY($1::text[]) AND key <> '' AND given_back_on IS NULL
             AND attempt > 0""",
        list(beneficiaries),
    )
    return {
        (row["beneficiary"], row["family"], row["cap"], row["key"]): row["holder"] for row in rows
    }
