"""What the tests of whole processes share: a prepared ledger, its vault, and a running intake."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from projections.engine.migrate import migrate
from services.intake.worker import run
from services.machine import supervisor
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from tests import preloaded
from tests.upstream_system import DEADLINE_SECONDS, Upstream


@pytest.fixture(autouse=True)
def forked_processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of the flow begin out of what is loaded, but where their own start is tried."""
    if not request.node.get_closest_marker("own_start"):
        monkeypatch.setattr(supervisor, "start_process", preloaded.start_process)


@pytest.fixture
async def prepared(settings: Settings) -> Settings:
    """Settings of a ledger whose database has a vault, with its key."""
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    return settings


@pytest.fixture
async def vault(prepared: Settings) -> AsyncIterator[Vault]:
    async with asyncpg.create_pool(prepared.postgres_dsn, min_size=1, max_size=4) as pool:
        yield await Vault.open(pool, prepared.vault_key_file)


@pytest.fixture
async def upstream(prepared: Settings) -> AsyncIterator[Upstream]:
    """A publisher, beside a running intake that must still run at the end of the test."""
    producer = AIOKafkaProducer(
        bootstrap_servers=prepared.kafka_bootstrap, max_request_size=4_000_000
    )
    await producer.start()
    stop = asyncio.Event()
    intake = asyncio.create_task(run(prepared, stop))
    try:
        yield Upstream(prepared, producer)
        assert not intake.done(), intake.exception()
    finally:
        stop.set()
        await producer.stop()
        await asyncio.wait_for(intake, DEADLINE_SECONDS)
