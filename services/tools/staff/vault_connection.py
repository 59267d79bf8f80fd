"""Vault connection: the database and its vault, for one command of a member of staff.

In:   settings
Out:  the vault, and the pool that it asks by
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.runtime.errors import DatabaseAway
from services.runtime.settings import Settings
from services.runtime.vault import Vault

_CONNECT_SECONDS = 10.0


@asynccontextmanager
async def opened_vault(
    settings: Settings,
) -> AsyncIterator[tuple[Vault, "asyncpg.Pool[asyncpg.Record]"]]:
    """Open the vault.

    Raises: DatabaseAway, NotConfigured
    """
    try:
        pool = await asyncpg.create_pool(
            settings.postgres_dsn, min_size=1, max_size=2, timeout=_CONNECT_SECONDS
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise DatabaseAway(settings.postgres_dsn.rpartition("@")[2], repr(error)) from error
    async with pool:
        yield await Vault.open(pool, settings.vault_key_file), pool
