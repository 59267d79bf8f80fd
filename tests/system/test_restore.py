"""A restore drill on a whole ledger: an older vault, newer again, older books, and people paid once."""

import asyncpg
import pytest

from events.contract.schemas.examples import person
from projections.engine.rebuild import rebuild
from services.machine.store_consistency import StoresDiffer, require_consistent_stores
from services.runtime.settings import Settings
from tests.system.test_main_job import another
from tests.whole_ledger import Upstream, Whole, call, example, whole

_TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'vault' AND table_type = 'BASE TABLE'
"""
_GRANTED = "SELECT count(*) FROM books.facts WHERE type = 'ApprovalGranted'"
WANG = person("21120219910308003", "王示例")
QIAN = person("21120219920409004", "钱示例")


async def copied(dsn: str, source: str, target: str) -> None:
    """Dump one schema of tables into another, or restore it from there."""
    db = await asyncpg.connect(dsn)
    try:
        async with db.transaction():
            await db.execute(f"CREATE SCHEMA IF NOT EXISTS {target}")
            await db.execute("SET LOCAL session_replication_role = replica")
            for (table,) in await db.fetch(_TABLES):
                await db.execute(
                    f"CREATE TABLE IF NOT EXISTS {target}.{table} (LIKE vault.{table})"
                )
                await db.execute(f"DELETE FROM {target}.{table}")
                await db.execute(
                    f"INSERT INTO {target}.{table} OVERRIDING SYSTEM VALUE"
                    f" SELECT * FROM {source}.{table}"
                )
    finally:
        await db.close()


async def applied(ledger: Whole, events: list[dict[str, object]], granted: int) -> None:
    """Publish applications and wait until so many are granted in all."""
    Upstream(ledger.settings).structured(*events)
    await ledger.facts("ApprovalGranted", granted)


async def facts_in_books(dsn: str) -> int:
    """Count the facts that the books hold."""
    db = await asyncpg.connect(dsn)
    try:
        return int(await db.fetchval("SELECT count(*) FROM books.facts"))
    finally:
        await db.close()


async def test_a_vault_from_an_older_dump_is_refused_until_the_newer_one_is_back(
    settings: Settings,
) -> None:
    dsn = settings.postgres_dsn
    first = example("application.submitted")
    second = another("TL-2022-005131", WANG, "6222020000000000131")
    async with whole(settings) as ledger:
        await applied(ledger, [example("budget.allocated"), first], 1)
    await copied(dsn, "vault", "dump_older")
    async with whole(settings) as ledger:
        await applied(ledger, [second], 2)
    facts = await facts_in_books(dsn)  # of processes that have ended: nothing is under way
    await copied(dsn, "vault", "dump_newer")

    await copied(dsn, "dump_older", "vault")
    with pytest.raises(StoresDiffer, match="身份库较旧"):
        await require_consistent_stores(settings)
    for name in ("intake", "clerk", "web"):
        said = await call("run", name, settings=settings)
        assert said.code == 1, said
        assert "请恢复更新的身份库备份" in said.err
    assert await facts_in_books(dsn) == facts, "nothing was done"

    await copied(dsn, "dump_newer", "vault")
    await require_consistent_stores(settings)
    report = await rebuild(settings, swap=True)
    assert report.proved
    async with whole(settings) as ledger:
        # upstream publishes everything again: it is known, and nobody is paid twice
        Upstream(ledger.settings).structured(first, second)
        third = another("TL-2022-005132", QIAN, "6222020000000000132")
        await applied(ledger, [third], 3)
        assert await ledger.count(_GRANTED) == 3
