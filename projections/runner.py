"""Runner: the projector as a process: the live books follow the ledger and the dead letters.

In:   `ledger` (committed records) and `benefits.dead-letters.v1`
Out:  the tables of schema `books`
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from projections import books
from projections.ledger_reader import LedgerReader
from projections.projector import Projector
from services.runtime.errors import DatabaseAway, OperatingFailure
from services.runtime.settings import Settings

CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 120.0


class BooksMissing(OperatingFailure):
    """The database has no books yet."""

    def __init__(self) -> None:
        super().__init__(
            "The database has no schema `books`.", "Make it with `benefit-ledger migrate`."
        )


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect to the database, in UTC and with limited waits.

    Raises: DatabaseAway
    """
    try:
        connection = await asyncpg.connect(
            dsn,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings={"timezone": "UTC", "application_name": "benefit-ledger projector"},
        )
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
        raise DatabaseAway(dsn.rpartition("@")[2], str(error)) from error
    try:
        yield connection
    finally:
        await connection.close()


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Follow the ledger until told to stop.

    Raises: BooksMissing, ShapeDiffers, BrokerAway, DatabaseAway, PositionMoved
    """
    topics = settings.topics
    dsn = settings.postgres_dsn
    async with connected(dsn) as connection, connected(dsn) as side:
        if await connection.fetchval("SELECT to_regnamespace($1)", books.LIVE) is None:
            raise BooksMissing
        async with LedgerReader(settings.kafka_bootstrap, topics.ledger) as reader:
            await Projector(connection, side, reader, books.LIVE).follow(stop)
