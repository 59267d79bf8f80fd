"""The invented numbers of the example cities' accounts, for ledgers whose clerk writes payment files."""

import asyncpg

from services.demo.cast.account_numbers import keep_invented_numbers
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from tests.example_cities import cities


async def keep_numbers(settings: Settings) -> None:
    """Let the vault have them, as two people would type them."""
    make_key_file(settings.vault_key_file)
    async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=1) as pool:
        vault = await Vault.open(pool, settings.vault_key_file)
        await keep_invented_numbers(vault, cities())
