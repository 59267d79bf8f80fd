"""Runner: the projector as a process: the live books follow the ledger and the dead letters.

In:   `ledger` (committed records) and `benefits.dead-letters.v1`
Out:  the tables of schema `books`
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from projections.engine import books
from projections.engine.dead_letter_follower import DeadLetterFollower
from projections.engine.ledger_reader import LedgerReader
from projections.engine.projector import Projector
from services.runtime import garbage_collection, tasks
from services.runtime.errors import DatabaseAway, OperatingFailure
from services.runtime.postgres import roles
from services.runtime.seals.key_files import ledger_keys
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
async def connected(
    dsn: str, *, durable: bool = True, role: str = "none"
) -> AsyncIterator[asyncpg.Connection]:
    """Connect to the database, in UTC and with limited waits; without a `role` as who owns it.

    What is written on a connection that is not `durable` may be lost with the last half second
    before a crash of the database: rows and position alike, so it is read from the ledger again.

    Raises: DatabaseAway
    """
    try:
        connection = await asyncpg.connect(
            dsn,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings={
                "timezone": "UTC",
                **roles.settings_of("projector", role),
                "synchronous_commit": "on" if durable else "off",
            },
        )
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
        raise DatabaseAway(dsn.rpartition("@")[2], str(error)) from error
    try:
        yield connection
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError) as error:
        raise DatabaseAway(dsn.rpartition("@")[2], repr(error)) from error
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Follow the ledger and the dead letters until told to stop.

    Raises: BooksMissing, ShapeDiffers, BrokerAway, DatabaseAway, PositionMoved
    """
    dsn, topics, own = settings.postgres_dsn, settings.topics, roles.PROJECTOR
    keys = ledger_keys(settings.keys_dir, "projector")
    async with AsyncExitStack() as stack:
        writer = await stack.enter_async_context(connected(dsn, durable=False, role=own))
        side, for_letters = [
            await stack.enter_async_context(connected(dsn, role=own)) for _ in "12"
        ]
        if await writer.fetchval("SELECT to_regnamespace($1)", books.LIVE) is None:
            raise BooksMissing
        ledger, dead_letters = [
            await stack.enter_async_context(LedgerReader(settings.kafka_bootstrap, topic))
            for topic in (topics.ledger, topics.dead_letters)
        ]
        stack.enter_context(garbage_collection.collecting_rarely())
        projector = Projector(writer, side, ledger, books.LIVE, keys)
        letters = DeadLetterFollower(for_letters, dead_letters, books.LIVE)
        await _until_one_fails(projector.follow(stop), letters.follow(stop))


async def _until_one_fails(*followers: Coroutine[None, None, None]) -> None:
    """Run all to their end; when one fails, end the others and raise what it raised."""
    running = [asyncio.create_task(follower) for follower in followers]
    try:
        await asyncio.gather(*running)
    finally:
        await tasks.end(running)
