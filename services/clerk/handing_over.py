"""Handing: give a batch's file to the bank's channel exactly once, however many clerks there are.

In:   a payment file; the database; the outbox
Out:  whether this clerk has handed it over; the mark `control.handed_over`
Holds: who looks whether it has left, writes it and marks it holds the batch's lock meanwhile, so a
       bank that takes the file between two looks, and a second clerk, change nothing
Source: docs/adr/0029-a-file-leaves-once.md
"""

import asyncio
from pathlib import Path

import asyncpg

from services.banking.payment_files.writing import PaymentFile
from services.clerk.outbox import AnotherFile, hand_over


class AnotherClerk(Exception):
    """Another clerk is handing this batch's file over at this moment."""


async def hand_over_once(
    pool: "asyncpg.Pool[asyncpg.Record]", outbox: Path, batch: str, file: PaymentFile
) -> bool:
    """Put a file into the outbox; False when it was handed over before, wherever it is now.

    Raises: AnotherClerk, AnotherFile, OutboxUnwritable
    """
    async with pool.acquire() as connection, connection.transaction():
        mine = "SELECT pg_try_advisory_xact_lock(hashtextextended('handed over ' || $1, 0))"
        if not await connection.fetchval(mine, batch):
            raise AnotherClerk(f"batch {batch}: another clerk is handing its file over")
        marked = await connection.fetchrow(
            "SELECT file, digest FROM control.handed_over WHERE batch = $1", batch
        )
        if marked is not None:
            if (marked["file"], marked["digest"]) != (file.name, file.digest):
                raise AnotherFile(outbox / str(marked["file"]))
            return False
        fresh = await asyncio.to_thread(hand_over, outbox, file)
        await connection.execute(
            "INSERT INTO control.handed_over (batch, file, digest) VALUES ($1, $2, $3)",
            batch,
            file.name,
            file.digest,
        )
        return fresh
