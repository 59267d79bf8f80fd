"""Connections: the database and the broker for one command, or the plain word that they are away.

In:   addresses
Out:  a connection; a producer
Raises: DatabaseAway, BooksMissing, ShapeDiffers, BrokerAway instead of whatever the drivers raise
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from projections.engine.books import LIVE, check
from projections.engine.runner import BooksMissing
from services.runtime.errors import BrokerAway, DatabaseAway

CONNECT_SECONDS = 10.0
PRODUCE_SECONDS = 30.0


@asynccontextmanager
async def books(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect to a database that has books of this version.

    Raises: DatabaseAway, BooksMissing, ShapeDiffers
    """
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise DatabaseAway(_address(dsn), _why(error)) from error
    try:
        await check(connection, LIVE)
        yield connection
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
        raise BooksMissing from error
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
        raise DatabaseAway(_address(dsn), _why(error)) from error
    finally:
        with suppress(OSError, TimeoutError):
            await connection.close(timeout=CONNECT_SECONDS)


async def migrated(dsn: str) -> None:
    """Bring a database up to date.

    Raises: DatabaseAway
    """
    from sqlalchemy.exc import OperationalError

    from projections.engine.migrate import migrate

    try:
        await migrate(dsn)
    except (OSError, OperationalError, asyncpg.PostgresConnectionError) as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseAway(_address(dsn), why) from error


@asynccontextmanager
async def producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """Produce to a broker; everything within the block must be done in time.

    Raises: BrokerAway
    """
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all")
    try:
        async with asyncio.timeout(PRODUCE_SECONDS):
            await producer.start()
            yield producer
            await producer.flush()
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerAway(bootstrap, _why(error)) from error
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(producer.stop(), CONNECT_SECONDS)


def _address(dsn: str) -> str:
    """Name a database without the password of its user."""
    return dsn.rpartition("@")[2]


def _why(error: BaseException) -> str:
    return str(error) or type(error).__name__
