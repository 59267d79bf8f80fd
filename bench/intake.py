"""Intake: applications on their topic to commands, through the vault."""

import time
from collections.abc import Iterator
from pathlib import Path

from bench.kafka_side import publish, watching
from bench.messages import HEADERS, message
from bench.processes import cpu_seconds, process
from bench.report import Row
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics

_COMMAND = b'"type":"DecideApplication"'


async def run(settings: Settings, applications: int, logs: Path) -> Row:
    """Publish ahead, start one intake, and watch `commands` until every application is there."""
    own = settings.model_copy(update={"topic_prefix": "bench-intake."})
    bootstrap, topics = own.kafka_bootstrap, own.topics
    await create_topics(bootstrap, own.partitions, 1, topics)
    warm_up = applications // 20
    feed = topics.inbound["applications"]
    async with (
        watching(bootstrap, topics.commands, own.partitions) as watch,
        process("intake", own, logs) as intake,
    ):
        await publish(bootstrap, feed, _records(0, warm_up, own.partitions), HEADERS)
        await watch.until(_COMMAND, warm_up)
        records = list(_records(warm_up, applications, own.partitions))
        began, used = time.perf_counter(), cpu_seconds(intake)
        await publish(bootstrap, feed, records, HEADERS)
        await watch.until(_COMMAND, warm_up + applications)
        used = cpu_seconds(intake) - used
    wall = watch.last - began
    return Row(
        "受理（含保管库）",
        "intake, messages to commands through the vault",
        applications,
        wall,
        used,
        "校验、加密、登记、打包；从发布到最后一个命令",
    )


def _records(first: int, count: int, partitions: int) -> Iterator[tuple[int, bytes]]:
    for number in range(first, first + count):
        yield number % partitions, message(number)
