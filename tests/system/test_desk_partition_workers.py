"""Partition workers: partitions come and go, packets come in any state, and nothing is lost or done twice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from services.desk import partition_worker as workers
from services.desk.agent import Desk
from services.desk.desk_context import DeskContext
from services.desk.partition_owner import PartitionOwner
from services.desk.partition_worker import PartitionWorker
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.topics import Topics
from tests.conftest import PARTITIONS
from tests.system.desk_kit import allocate, desk_context, facts_of, fed, line_on, send
from tests.system.desk_state_machines import Deadly

LINES = [line_on(partition, PARTITIONS) for partition in range(PARTITIONS)]


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await true():
            await asyncio.sleep(0.05)


def _desk(context: DeskContext, failures: list[BaseException]) -> Desk:
    return Desk(context, lambda _, error: failures.append(error))


async def test_a_worker_decides_what_was_fed_before_it_opened(
    kafka: KafkaBroker, topics: Topics
) -> None:
    failures: list[BaseException] = []
    async with desk_context(kafka.bootstrap, topics) as context:
        desk = _desk(context, failures)
        await desk.assigned({1})
        await send(context.sender, [allocate(LINES[1], 1)])
        desk.feed(1, fed(topics, 1, 0, allocate(LINES[1], 1)))
        desk.feed(2, fed(topics, 2, 0, allocate(LINES[2], 1)))  # not ours: dropped

        async def decided() -> bool:
            return len(await facts_of(kafka.bootstrap, topics, 1)) == 1

        await _until(decided)
        await desk.close()
        assert await facts_of(kafka.bootstrap, topics, 2) == []
    assert not failures


async def test_a_worker_that_is_fed_too_much_reads_the_rest_from_the_log(
    kafka: KafkaBroker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_WAITING_BYTES", 500)
    failures: list[BaseException] = []
    async with desk_context(kafka.bootstrap, topics) as context:
        for number in range(8):
            await send(context.sender, [allocate(LINES[1], number)])
        desk = _desk(context, failures)
        await desk.assigned({1})

        async def opened() -> bool:
            return desk.workers[1].opened

        await _until(opened)
        for number in range(8, 16):
            await send(context.sender, [allocate(LINES[1], number)])
        for number in range(16):
            desk.feed(1, fed(topics, 1, number, allocate(LINES[1], number)))

        async def decided() -> bool:
            return len(await facts_of(kafka.bootstrap, topics, 1)) == 16

        await _until(decided)
        await desk.close()
    assert not failures


async def test_a_partition_that_stays_keeps_its_owner_and_one_that_leaves_lets_go(
    kafka: KafkaBroker, topics: Topics
) -> None:
    failures: list[BaseException] = []
    async with desk_context(kafka.bootstrap, topics) as context:
        desk = _desk(context, failures)
        await desk.assigned({0, 1})
        stays = desk.workers[1]
        await desk.revoked()
        await send(context.sender, [allocate(LINES[0], 1), allocate(LINES[1], 1)])
        await desk.assigned({1, 2})
        assert desk.workers.keys() == {1, 2}
        assert desk.workers[1] is stays

        async def decided() -> bool:
            return len(await facts_of(kafka.bootstrap, topics, 1)) == 1

        await _until(decided)
        assert await facts_of(kafka.bootstrap, topics, 0) == []
        await desk.revoked()
        await desk.assigned({0})  # back again, in the same process

        async def decided_too() -> bool:
            return len(await facts_of(kafka.bootstrap, topics, 0)) == 1

        await _until(decided_too)
        await desk.close()
    assert not failures


async def test_a_worker_whose_owner_fails_says_so_once(kafka: KafkaBroker, topics: Topics) -> None:
    failed: asyncio.Future[tuple[PartitionWorker, BaseException]] = (
        asyncio.get_running_loop().create_future()
    )
    async with desk_context(kafka.bootstrap, topics, new_state_machine=Deadly) as context:
        await send(context.sender, [allocate(LINES[1], 2)])
        owner = PartitionOwner(1, context)
        worker = PartitionWorker(owner, lambda of, error: failed.set_result((of, error)), None)
        of, error = await asyncio.wait_for(failed, 60)
        assert of is worker
        assert isinstance(error, MemoryError)
        assert owner.deciding is not None
        assert allocate(LINES[1], 2).id in owner.deciding.command
        await worker.close()
