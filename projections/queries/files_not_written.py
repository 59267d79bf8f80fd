"""files not written: released batches whose payment file has not left, and why."""

from datetime import datetime
from typing import NamedTuple

from projections.queries.connection import Db


class FileNotWritten(NamedTuple):
    """A batch whose file could not be written; `code` and `detail` have words in `services.wording`."""

    batch: str
    code: str
    detail: str
    since: datetime


async def of_batch(db: Db, batch: str) -> FileNotWritten | None:
    """Why a batch's file is not written."""
    row = await db.fetchrow(
        "SELECT batch, code, detail, since FROM control.files_not_written WHERE batch = $1", batch
    )
    return FileNotWritten(*row.values()) if row else None


async def listed(db: Db) -> list[FileNotWritten]:
    """Every file that could not be written, the longest wait first."""
    rows = await db.fetch(
        "SELECT batch, code, detail, since FROM control.files_not_written ORDER BY since, batch"
    )
    return [FileNotWritten(*row.values()) for row in rows]
