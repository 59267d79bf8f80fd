"""Cases: write one for a purpose, which the vault records first, from a terminal.

In:   settings, an application, a purpose
Out:  the ZIP
"""

from contextlib import AsyncExitStack
from functools import partial

from events.position_vector import PositionVector
from policies.engine.registry import Policies
from services.audit import case_records
from services.audit.case_writing import WrittenCase, written
from services.machine.connections import books
from services.runtime.seals.key_files import ledger_keys
from services.runtime.settings import Settings
from services.tools.staff.dead_letters import vault_of


async def take_out(
    settings: Settings,
    policies: Policies,
    application: str,
    vector: PositionVector | None,
    purpose: str,
    who: str,
) -> WrittenCase:
    """Write a case; who takes it out and what for is recorded before it is given out.

    Raises: NoSuchCase, NotOnTheLedger, BrokerAway, DatabaseAway
    """
    keys = ledger_keys(settings.keys_dir, "operator")
    async with AsyncExitStack() as opened:
        db = await opened.enter_async_context(books(settings.postgres_dsn))
        vault = await opened.enter_async_context(vault_of(settings))
        fetch = partial(case_records.read, settings, keys)
        case = await written(db, application, vector, policies, fetch)
        await vault.record_case(case.beneficiary, purpose, who)
    return case
