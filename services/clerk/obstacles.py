"""Obstacles: why a released batch's payment file could not be written, kept for the pages.

In:   what was raised while a file was written
Out:  a row of `control.files_not_written`, until the file has left
Holds: never a name or a number of an account; who reads it finds words in `services.wording.unwritten_files`
"""

from typing import NamedTuple

import asyncpg

from events.invariants import BrokenInvariant
from services.banking.banks.of_cities import AccountWithoutBank
from services.banking.payment_files.sheets import TextOutsideEncoding
from services.banking.payment_files.writing import AccountUnknown
from services.clerk.outbox import AnotherFile, OutboxUnwritable
from services.clerk.payers import NumberMissing, NumberUnfit

OBSTACLES = (
    AccountWithoutBank,
    NumberMissing,
    NumberUnfit,
    AccountUnknown,
    TextOutsideEncoding,
    AnotherFile,
    BrokenInvariant,
)
"""What stops one batch, until a person has looked; the others are paid."""

_NOTE = """
    INSERT INTO control.files_not_written (batch, code, detail) VALUES ($1, $2, $3)
    ON CONFLICT (batch) DO UPDATE SET code = $2, detail = $3, since = now()
    WHERE (files_not_written.code, files_not_written.detail) <> ($2, $3)
    RETURNING batch
"""


class Obstacle(NamedTuple):
    """Why a file was not written."""

    code: str
    detail: str = ""


def obstacle_of(error: Exception) -> Obstacle:
    """Name an obstacle by a code, with what a person needs to find it."""
    match error:
        case AccountWithoutBank():
            return Obstacle("NO_ACCOUNT", str(error))
        case NumberMissing():
            return Obstacle("NO_NUMBER", error.alias)
        case NumberUnfit():
            return Obstacle("NUMBER_UNFIT", f"{error.alias}：{error.misfit}")
        case AccountUnknown():
            return Obstacle("PAYEE_UNKNOWN", _lines(error.lines))
        case TextOutsideEncoding():
            return Obstacle("TEXT_OUTSIDE", f"{_lines(error.lines)}（{error.encoding}）")
        case AnotherFile():
            return Obstacle("ANOTHER_FILE", error.file)
        case OutboxUnwritable():
            return Obstacle("OUTBOX", error.why)
        case _:
            return Obstacle("BROKEN")


async def note(pool: "asyncpg.Pool[asyncpg.Record]", batch: str, obstacle: Obstacle) -> bool:
    """Keep why a batch's file is not written; whether that is news."""
    return await pool.fetchval(_NOTE, batch, *obstacle) is not None


async def note_gone(pool: "asyncpg.Pool[asyncpg.Record]", batch: str) -> None:
    """Its file has left: nothing stands in the way any more."""
    await pool.execute("DELETE FROM control.files_not_written WHERE batch = $1", batch)


def _lines(numbers: list[int]) -> str:
    shown = "、".join(map(str, numbers[:10]))
    return shown + (f"…共 {len(numbers)} 行" if len(numbers) > 10 else "")
