"""Desks that go by different folders, on a real broker: noticed, by the name of desk and partition."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest
from prometheus_client import REGISTRY

from policies.cities import read_cities
from policies.engine.registry import Policies
from projections.engine import runner
from projections.engine.migrate import migrate
from services.desk.partition_owner import PartitionOwner
from services.runtime.configuration import (
    PartitionConfiguration,
    configuration_of,
    differing,
    in_words,
)
from services.runtime.postgres import desk_configurations
from services.runtime.settings import Settings
from services.tools.operations.desk_progress import progress
from services.tools.operations.doctor import look
from tests.conftest import PARTITIONS
from tests.example_cities import EXAMPLES
from tests.system.desk_kit import allocate, checkpoints_of, desk_context, line_on, send

DEADLINE_SECONDS = 30


async def noted(settings: Settings, wanted: int) -> list[PartitionConfiguration]:
    """What the projector has noted, once it has noted so many partitions."""
    connection = await asyncpg.connect(settings.postgres_dsn)
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while len(found := await desk_configurations.seen(connection)) < wanted:
                await asyncio.sleep(0.05)
        return found
    finally:
        await connection.close()


async def told_in_time(capsys: pytest.CaptureFixture[str], *words: str) -> None:
    """Wait until a process has said this in its log."""
    said = ""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not all(word in said for word in words):
            await asyncio.sleep(0.05)
            said += capsys.readouterr().out


@pytest.fixture
def other(settings: Settings, tmp_path: Path) -> Path:
    """The folder of another desk: one figure is not the same."""
    folder = Path(shutil.copytree(EXAMPLES, tmp_path / "other"))
    path = folder / "211200/figures/local/211200.yaml"
    path.write_text(path.read_text("utf-8").replace("1600", "1601"), encoding="utf-8")
    return folder


async def test_two_desks_with_different_folders_are_named(
    settings: Settings, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap, topics = settings.kafka_bootstrap, settings.topics
    ours = configuration_of(Policies.load(cities=read_cities(EXAMPLES)))
    theirs = configuration_of(Policies.load(cities=read_cities(other)))
    assert ours != theirs
    async with desk_context(bootstrap, topics) as context:
        owners = []
        for partition in range(PARTITIONS):
            east = partition != 2
            owner = PartitionOwner(
                partition,
                context._replace(
                    configuration=ours if east else theirs, desk="east:7" if east else "west:9"
                ),
            )
            await owner.open()
            owners.append(owner)
        found = differing((await progress(settings)).decided_by)
        assert "柜台 west:9 分区 2 按 " + theirs in in_words(found)
        told = [one async for one in look(settings.model_copy(update={"city": EXAMPLES}))]
        (finding,) = [one for one in told if one.what == "配置"]
        assert not finding.good
        assert "柜台 west:9 分区 2" in finding.detail

        await migrate(settings.postgres_dsn)
        stop = asyncio.Event()
        projecting = asyncio.create_task(runner.run(settings, stop))
        seen = await noted(settings, PARTITIONS)
        assert differing(seen) == seen
        assert REGISTRY.get_sample_value("benefit_ledger_desk_configurations") == 2
        await told_in_time(capsys, "desks decide by different configurations")

        async with (
            asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=1) as pool,
            desk_configurations.watched(pool, ours),
        ):
            await told_in_time(capsys, "desks go by another configuration", "west:9 分区 2")

        # the desk that differed is started anew on the right folder: all is well at once
        await owners[2].close()
        again = PartitionOwner(2, context._replace(configuration=ours, desk="west:10"))
        await again.open()
        assert "the partition was decided by another configuration" in capsys.readouterr().out
        points = await checkpoints_of(bootstrap, topics, 2)
        assert [(one["number"], one["desk"]) for one in points] == [(1, "west:9"), (2, "west:10")]
        assert not differing((await progress(settings)).decided_by, ours)
        line = line_on(2, PARTITIONS)
        await send(context.sender, [allocate(line, 1)])
        await again.catch_up()
        connection = await asyncpg.connect(settings.postgres_dsn)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while differing(await desk_configurations.seen(connection)):
                await asyncio.sleep(0.05)
        await connection.close()
        stop.set()
        await projecting
        for owner in (*owners[:2], again, owners[3]):
            await owner.close()


async def test_a_desk_of_before_and_one_of_today_read_each_others_partition(
    settings: Settings,
) -> None:
    bootstrap, topics = settings.kafka_bootstrap, settings.topics
    line = line_on(1, PARTITIONS)
    async with desk_context(bootstrap, topics) as context:
        for number, configuration in enumerate(("", "0.1.0/aaaa", "0.1.0/aaaa", "")):
            owner = PartitionOwner(1, context._replace(configuration=configuration))
            await owner.open()
            await send(context.sender, [allocate(line, number)])
            await owner.catch_up()
            await owner.close()
        points = await checkpoints_of(bootstrap, topics, 1)
        assert [one["configuration"] for one in points] == [
            *("", ""),  # the first signed one, and a decision
            *("0.1.0/aaaa", "0.1.0/aaaa"),  # ours is named before anything is decided
            "0.1.0/aaaa",  # a desk with the same has nothing to say
            *("", ""),
        ]
        assert [one["number"] for one in points] == [1, 2, 3, 4, 5, 6, 7]
