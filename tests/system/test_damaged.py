"""A damaged byte on the broker's disk: its partition stops and is named, the others go on."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics
from services.runtime.topics import Topics
from services.tools.operations.doctor import look
from tests.conftest import PARTITIONS
from tests.system.desk_kit import allocate, facts_of, line_on, send

TOPICS = Topics("damaged.")
LINES = [line_on(partition, PARTITIONS) for partition in range(PARTITIONS)]
BEHIND_THE_HEADER = 70
"""Bytes of a batch's header, and a few of what it holds."""


@contextmanager
def desk(broker: KafkaBroker, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a desk of this broker."""
    plan = (broker.bootstrap, TOPICS.prefix, str(PARTITIONS), "6")
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.desk_process", *plan],
            stdout=written,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


async def ask(settings: Settings, document: int, partitions: list[int]) -> None:
    async with PacketSender.of(settings, "operator") as sender:
        for partition in partitions:
            await send(sender, [allocate(LINES[partition], document)])


async def decided(broker: KafkaBroker, partition: int, document: int) -> None:
    """Wait until a document is allocated on a partition."""
    async with asyncio.timeout(90):
        while True:
            facts = await facts_of(broker.bootstrap, TOPICS, partition)
            if any(fact["body"].get("document") == f"doc-{document}" for fact in facts):
                return
            await asyncio.sleep(0.2)


async def said(log: Path, words: str) -> str:
    async with asyncio.timeout(90):
        while not (found := [line for line in _lines(log) if words in line]):
            await asyncio.sleep(0.2)
    return found[0]


def _lines(log: Path) -> list[str]:
    return log.read_text().splitlines()


def damage(home: Home, topic: str, partition: int, at: int) -> None:
    """Change one byte within a batch that starts at a place of the segment (from its end if < 0)."""
    folder = home.path / "kafka" / "data" / f"{topic}-{partition}"
    segment = folder / f"{0:020}.log"
    raw = bytearray(segment.read_bytes())
    raw[at] ^= 0xFF
    segment.write_bytes(raw)


@pytest.mark.timeout(300)
async def test_one_damaged_byte_stops_its_partition_and_no_other(
    place: Path, tmp_path: Path
) -> None:
    with Home(place) as home:
        broker = KafkaBroker(home, Settings().cache_dir)
        settings = Settings(
            kafka_bootstrap=broker.bootstrap, topic_prefix=TOPICS.prefix, partitions=PARTITIONS
        )
        try:
            broker.start()
            await create_topics(broker.bootstrap, PARTITIONS, topics=TOPICS)
            every = list(range(PARTITIONS))
            with desk(broker, tmp_path / "first.log"):
                await ask(settings, 1, every)
                for partition in every:
                    await decided(broker, partition, 1)
            await ask(settings, 2, [2])  # it waits, and will be damaged
            broker.stop()
            damage(home, TOPICS.ledger, 1, BEHIND_THE_HEADER)
            damage(home, TOPICS.commands, 2, -3)
            broker.start()

            log = tmp_path / "second.log"
            with desk(broker, log) as running:
                await ask(settings, 3, every)
                for partition in (0, 3):
                    await decided(broker, partition, 3)
                ledger = await said(log, f"{TOPICS.ledger} partition 1 is damaged at offset 0")
                commands = await said(log, f"{TOPICS.commands} partition 2 is damaged at offset 1")
                assert "docs/how-to/damaged-log.md" in ledger
                assert "docs/how-to/damaged-log.md" in commands
                await ask(settings, 4, [0, 3])
                for partition in (0, 3):
                    await decided(broker, partition, 4)
                assert running.poll() is None
                assert sum("book opened" in line for line in _lines(log)) >= PARTITIONS - 1
                found = [one async for one in look(settings) if one.what == "柜台"]
                assert not found[0].good
                assert "分区 2" in found[0].detail
                assert f"{TOPICS.ledger}/1 已损坏" in found[0].detail
                assert "damaged-log.md" in found[0].detail
        finally:
            broker.stop()
