"""The projector is killed again and again, and the books are still what the ledger says."""

import asyncio
import os
import random
import signal

import asyncpg
import pytest

from projections.engine.migrate import migrate
from projections.engine.rebuild import rebuild
from services.machine.supervisor import environment
from services.runtime.settings import Settings
from tests.handmade_ledgers import make_known, paid_history, publish
from tests.preloaded import COMMAND, Forked, all_to, fork

SEED = 20220831
KILLS = int(os.environ.get("BENEFIT_LEDGER_TEST_PROJECTOR_KILLS", "6"))
APPLICATIONS = 300 * KILLS
DEADLINE_SECONDS = 240


async def start(settings: Settings) -> Forked:
    """Start the projector as a process of its own."""
    log = all_to(settings.data_dir / "projector.log")
    return await fork(COMMAND, ("run", "projector"), environment(settings), log)


async def until_written(db: asyncpg.Connection, facts: int, process: Forked) -> None:
    """Wait until the mirror holds so many facts; a projector that ends by itself is a failure."""
    while await db.fetchval("SELECT count(*) FROM books.facts") < facts:
        assert process.returncode is None, f"the projector ended with {process.returncode}"
        await asyncio.sleep(0.005)


@pytest.mark.faults
async def test_rows_equal_a_fresh_rebuild_after_kills_at_seeded_moments(
    settings: Settings,
) -> None:
    chance = random.Random(SEED)
    await migrate(settings.postgres_dsn)
    history = paid_history(APPLICATIONS, per_batch=50)
    total = len(history.facts)
    publishing = asyncio.create_task(
        publish(
            settings.kafka_bootstrap,
            settings.topics.ledger,
            history.facts,
            settings.partitions,
            slice_size=300,
        )
    )
    db = await asyncpg.connect(settings.postgres_dsn)
    await make_known(db, history)
    process: Forked | None = None
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            for kill in range(KILLS):
                process = await start(settings)
                await until_written(db, total * kill // (KILLS + 1) + 1, process)
                await asyncio.sleep(chance.uniform(0, 0.1))  # the moment of the blow
                process.send_signal(signal.SIGKILL)
                assert await process.wait() == -signal.SIGKILL
            await publishing
            process = await start(settings)
            await until_written(db, total, process)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            assert await db.fetchval("SELECT count(DISTINCT id) FROM books.facts") == total
            assert await db.fetchval("SELECT sum(amount_fen) FROM books.postings") == 0
            report = await rebuild(settings, swap=False)
    finally:
        publishing.cancel()
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        await db.close()
    assert report.facts == total
    assert report.differences == ()
    assert not report.troubles
