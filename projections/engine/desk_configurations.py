"""desk_configurations: what the checkpoints say of the desks that wrote them, noted when it changes.

In:   the last checkpoint of each partition
Out:  rows of `control.desk_configurations`; a log line and a metric where partitions differ
"""

from collections.abc import Mapping

import asyncpg
import structlog
from prometheus_client import Gauge

from services.runtime.configuration import PartitionConfiguration, differing, in_words
from services.runtime.postgres import desk_configurations
from services.runtime.seals.chain import Chain

log = structlog.get_logger(__name__)

CONFIGURATIONS = Gauge(
    "benefit_ledger_desk_configurations",
    "How many different configurations the desks of all partitions decide by; 1 is right",
)


class DeskConfigurations:
    """Knows what was noted last of each partition."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._noted: dict[int, PartitionConfiguration] = {}

    async def note(self, chains: Mapping[int, Chain]) -> None:
        """Note what has changed since the last time."""
        changed = False
        for partition, chain in chains.items():
            last = chain.last
            if last is None or not last.configuration:
                continue
            seen = PartitionConfiguration(partition, last.configuration, last.desk)
            if self._noted.get(partition) != seen:
                self._noted[partition] = seen
                await desk_configurations.note(self._connection, seen, last.number)
                changed = True
        if not changed:
            return
        CONFIGURATIONS.set(len({one.configuration for one in self._noted.values()}))
        if found := differing(self._noted.values()):
            log.error("desks decide by different configurations", desks=in_words(found))
