"""The web process on a real broker and database: it serves, it asks, it leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from events import streams
from events.batches import RejectBatch
from events.codec import decode_packet
from projections.engine.migrate import migrate
from services.runtime import settings as module
from services.runtime.errors import BrokerAway, DatabaseAway
from services.runtime.settings import Settings
from services.runtime.vault import make_key_file
from services.web.server import OnlyLoopback, run

BATCH = "B2208310001"
COMMAND = "5b1f8f0e-6b1c-4f0a-9c1e-0d7a3b2c1d4e"


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    """Where the pages are served, over empty books."""
    async with serving(settings) as found:
        yield found


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """Serve the pages over empty books until the block ends."""
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    stop = asyncio.Event()
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(settings, stop, ready=ready))
    task.add_done_callback(lambda ended: None if ready.done() else ready.cancel())
    try:
        found = await asyncio.wait_for(ready, 30)
    except asyncio.CancelledError:
        await task  # it says why it ended
        raise
    yield found
    stop.set()
    await asyncio.wait_for(task, 15)


async def test_empty_books_are_shown_as_empty_and_never_as_equal(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        first = await client.get("/")
        assert first.status_code == 200
        assert "今天没有待办" in first.text
        assert "未开始" in first.text
        assert "tag green" not in first.text
        for path in ("/applications", "/reconciliation", "/budgets", "/operations", "/accounts"):
            assert (await client.get(path)).status_code == 200, path


async def test_in_a_container_the_pages_listen_on_every_address(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_IN_CONTAINER", (tmp_path / "mark",))
    published = {"web_host": "0.0.0.0", "web_published_on_loopback": True}
    with pytest.raises(OnlyLoopback, match="别的机器也能打开"):
        await run(settings.model_copy(update=published), asyncio.Event())
    (tmp_path / "mark").touch()
    inside = Settings(**(settings.model_dump(exclude={"cache_dir"}) | published))
    async with serving(inside) as address, httpx.AsyncClient() as client:
        port = address.rpartition(":")[2]
        assert address == f"http://0.0.0.0:{port}"
        assert (await client.get(f"http://127.0.0.1:{port}/")).status_code == 200


async def test_what_staff_ask_goes_to_its_partition_once_more_under_the_same_id(
    address: str, settings: Settings
) -> None:
    form = {"command": COMMAND, "reason": "名单有误"}
    async with httpx.AsyncClient(
        base_url=address, headers={"Origin": address}, cookies={"acting_as": "wang-fang"}
    ) as client:
        answers = [await client.post(f"/batches/{BATCH}/reject", data=form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        told = await client.get(answers[0].headers["location"])
    assert "已提交，办理中" in told.text
    assert "已记账" not in told.text

    consumer = AIOKafkaConsumer(
        settings.topics.commands,
        bootstrap_servers=settings.kafka_bootstrap,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        records = [await asyncio.wait_for(consumer.getone(), 15) for _ in range(2)]
    finally:
        await consumer.stop()
    stream = streams.batch(BATCH)
    assert {r.partition for r in records} == {streams.partition_of(stream, settings.partitions)}
    asked = [one for record in records for one in decode_packet(record.value)]
    assert [one.id for one in asked] == [COMMAND] * 2
    assert {one.by for one in asked} == {"staff:wang-fang"}
    assert {one.stream for one in asked} == {stream}
    assert asked[0].body == RejectBatch(batch=BATCH, checker="wang-fang", reason="名单有误")


async def test_a_database_or_broker_that_is_away_is_named(settings: Settings) -> None:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    without = settings.model_copy(update={"postgres_dsn": "postgresql://x@127.0.0.1:1/x"})
    with pytest.raises(DatabaseAway):
        await run(without, asyncio.Event())
    without = settings.model_copy(update={"kafka_bootstrap": "127.0.0.1:1"})
    with pytest.raises(BrokerAway):
        await run(without, asyncio.Event())


async def test_a_job_is_done_in_a_process_of_its_own_and_its_file_is_the_pages(
    address: str,
) -> None:
    async with httpx.AsyncClient(base_url=address, headers={"origin": address}) as client:
        asked = await client.post(
            "/jobs", data={"address": "/applications?csv=1", "title": "导出 申请"}
        )
        assert asked.status_code == 303, asked.text[:300]
        page = asked.headers["location"]
        async with asyncio.timeout(60):
            while "every 2s" in (shown := (await client.get(page)).text):
                await asyncio.sleep(0.1)
        assert "已办完" in shown, shown
        file = await client.get(f"{page}/file")
        assert file.content == (await client.get("/applications?csv=1")).content
        assert len(file.content) > 3
