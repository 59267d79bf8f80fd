"""Statement files: a bank's file that two people have taken, read once more and turned into commands.

In:   what was released; the file from the vault; the city's accounts and layouts
Out:  a command for each part of it
Holds: what is asked is exactly what was released, or nothing at all.
"""

import asyncio
from datetime import datetime

from events.envelope import Asked
from policies.cities import Cities
from projections.queries.statement_files import ReleasedStatement
from services.banking.banks.of_cities import city_banks
from services.banking.statements.importing import NotTaken, commands_for, to_record
from services.banking.statements.trying import NotALayout, read_for
from services.clerk.prior_use_files import NotAsReleased
from services.runtime.vault import Vault


async def statement_commands(
    released: ReleasedStatement, vault: Vault, cities: Cities, now: datetime
) -> list[Asked]:
    """Ask for every part of a released file.

    Raises: NotAsReleased
    """
    file = await vault.load_file(released.file_digest)
    account = cities.accounts.get(released.bank_account)
    if file is None:
        raise NotAsReleased("the file is not in the vault")
    if account is None:
        raise NotAsReleased(f"no account of a city is called {released.bank_account}")
    try:
        read = await asyncio.to_thread(
            read_for,
            city_banks(cities),
            account,
            released.file,
            file.content,
            released.layout,
            released.opening_fen,
        )
    except NotALayout as error:
        raise NotAsReleased(f"no bank writes statements as {error.name}") from error
    try:
        taken = await asyncio.to_thread(to_record, read.statement, account)
    except NotTaken as error:
        raise NotAsReleased(str(error)) from error
    if taken.digest != released.digest:
        raise NotAsReleased("the file reads otherwise now: send it back and hand it in anew")
    return commands_for(taken, released.number, released.attempt, now)
