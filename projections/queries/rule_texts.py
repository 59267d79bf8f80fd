"""rule texts: the words behind a hash that decisions cite."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from projections.queries.connection import Db


class RuleText(NamedTuple):
    """A text with its kind, and when it was first cited."""

    hash: str
    kind: str
    text: str
    kept_at: datetime


async def kept(db: Db, digest: str) -> RuleText | None:
    """One text by its hash, or by the beginning of it where only one begins so."""
    rows = await db.fetch(
        """SELECT hash, min(kind) AS kind, min(text) AS text, min(kept_at) AS kept_at
           FROM books.rule_texts WHERE starts_with(hash, $1) GROUP BY hash LIMIT 2""",
        digest,
    )
    return RuleText(**dict(rows[0])) if len(rows) == 1 else None


async def texts(db: Db, digests: Iterable[str]) -> Mapping[str, str]:
    """The texts of some hashes, by hash; those that nobody kept are left out."""
    rows = await db.fetch(
        "SELECT hash, min(text) AS text FROM books.rule_texts WHERE hash = ANY($1) GROUP BY hash",
        list(digests),
    )
    return {row["hash"]: row["text"] for row in rows}
