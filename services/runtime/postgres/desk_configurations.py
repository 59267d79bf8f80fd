"""Desk configurations: by what the desk of each partition decides, as its last checkpoint says.

In:   the projector, which reads the checkpoints; a connection to the database
Out:  rows of `control.desk_configurations`, for the pages and for processes that compare themselves
Holds: an older checkpoint never goes before a newer one, so a rebuild changes nothing
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from asyncpg import InterfaceError

from services.runtime.configuration import PartitionConfiguration, differing, in_words

log = structlog.get_logger("configuration")

_LOOK_SECONDS = 30.0

_NOTE = """
    INSERT INTO control.desk_configurations AS d (partition, configuration, desk, checkpoint)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (partition) DO UPDATE SET configuration = EXCLUDED.configuration,
        desk = EXCLUDED.desk, checkpoint = EXCLUDED.checkpoint, noted_at = now()
    WHERE d.checkpoint < EXCLUDED.checkpoint
"""
_ALL = "SELECT partition, configuration, desk FROM control.desk_configurations ORDER BY partition"


async def note(connection: Any, seen: PartitionConfiguration, checkpoint: int) -> None:
    """Keep what a partition's checkpoint says."""
    await connection.execute(_NOTE, seen.partition, seen.configuration, seen.desk, checkpoint)


async def seen(connection: Any) -> list[PartitionConfiguration]:
    """What is known of every partition."""
    return [PartitionConfiguration(*row) for row in await connection.fetch(_ALL)]


@asynccontextmanager
async def watched(pool: Any, own: str) -> AsyncIterator[None]:
    """Compare a process with the desks for as long as the block lasts, and log when that changes."""
    task = asyncio.create_task(_watch(pool, own))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _watch(pool: Any, own: str) -> None:
    before: list[PartitionConfiguration] = []
    while True:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, InterfaceError):
            # whoever works with the database says that it is away
            found = differing(await seen(pool), own)
            if found and found != before:
                log.error("desks go by another configuration", desks=in_words(found), own=own)
            before = found
        await asyncio.sleep(_LOOK_SECONDS)
