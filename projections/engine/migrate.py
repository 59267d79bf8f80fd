"""Migrate: bring the database's fixed parts up to date, and make empty books where there are none.

In:   the address of a database
Out:  schemas `control` and `vault` at their newest revision, and `books`
"""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from projections.engine import books

MIGRATIONS = Path(__file__).parents[1] / "migrations"


async def migrate(dsn: str) -> None:
    """Bring a database up to date; doing so twice changes nothing."""
    await asyncio.to_thread(_upgrade, dsn)
    connection = await asyncpg.connect(dsn)
    try:
        await books.ensure(connection)
    finally:
        await connection.close()


def _upgrade(dsn: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")
