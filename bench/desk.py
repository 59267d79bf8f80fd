"""The desk: applications on `commands` to ApprovalGranted on `ledger`, by one worker process."""

import time
from pathlib import Path

from bench import claims
from bench.kafka_side import publish_packets, watching
from bench.processes import cpu_seconds, process
from bench.report import Row
from events import streams
from events.codec import encode_command, packet
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics

_GRANTED = b'"type":"ApprovalGranted"'
_ALLOCATED = b'"type":"BudgetAllocated"'


async def run(settings: Settings, applications: int, size: int, logs: Path) -> Row:
    """Publish ahead, start one desk, and watch the ledger until every application is granted.

    The clock runs from the first command's publishing to the last grant that an outside reader
    sees; the worker has opened its partitions before. CPU is the worker's over the same time.
    """
    prefix = f"bench-desk-{size}."
    own = settings.model_copy(update={"topic_prefix": prefix})
    bootstrap, topics = own.kafka_bootstrap, own.topics
    await create_topics(bootstrap, own.partitions, 1, topics)
    line = streams.partition_of(claims.LINE, own.partitions)
    allocation = (line, packet([encode_command(claims.allocation(applications))]))
    async with (
        watching(bootstrap, topics.ledger, own.partitions) as watch,
        process("desk", own, logs) as desk,
    ):
        await publish_packets(own, [allocation])
        await watch.until(_ALLOCATED, 1)
        waiting = claims.packets(0, applications, own.partitions, size)
        began, used = time.perf_counter(), cpu_seconds(desk)
        await publish_packets(own, waiting)
        await watch.until(_GRANTED, applications)
        used = cpu_seconds(desk) - used
    wall = watch.last - began
    return Row(
        f"柜台：每条 {size} 件" if size > 1 else "柜台：每条 1 件",
        f"desk, {size} command(s) a record, whole saga to ApprovalGranted",
        applications,
        wall,
        used,
        f"{len(waiting):,} 条记录；政策评估与预算额度在内",
    )
