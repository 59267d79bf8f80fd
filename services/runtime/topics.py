"""Topics: every topic of the ledger by its name, with its partitions and settings.

In:   settings (prefix, partitions, replication)
Holds: `commands` and `ledger` have the same count; on one node what a topic acknowledges is on its
       disk. `topic_admin` makes and checks them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

INBOUND = (
    "applications",
    "reviews",
    "bank-results",
    "clawbacks",
    "status",
    "budgets",
    "vouchers",
    "statements",
)
_DAY_MS = 24 * 3600 * 1000
_MIB = 1024 * 1024
FLUSH = "flush.messages"


@dataclass(frozen=True, slots=True)
class Topics:
    """The names of the topics; a prefix keeps two ledgers on one broker apart."""

    prefix: str = ""

    @property
    def commands(self) -> str:
        """Packets of commands, one topic for all streams."""
        return f"{self.prefix}commands"

    @property
    def ledger(self) -> str:
        """The truth: facts and checkpoints."""
        return f"{self.prefix}ledger"

    @property
    def stream_snapshots(self) -> str:
        """Snapshots of folded streams."""
        return f"{self.prefix}standings"

    @property
    def outcomes(self) -> str:
        """What upstream is told, without personal data."""
        return f"{self.prefix}benefits.outcomes.v1"

    @property
    def dead_letters(self) -> str:
        """What could not be read, encrypted, with the reason."""
        return f"{self.prefix}benefits.dead-letters.v1"

    @property
    def inbound(self) -> Mapping[str, str]:
        """What upstream publishes, by the noun of `INBOUND`."""
        return MappingProxyType({noun: f"{self.prefix}benefits.{noun}.v1" for noun in INBOUND})

    def __iter__(self) -> Iterator[str]:
        yield from self.inbound.values()
        yield from (
            self.commands,
            self.ledger,
            self.stream_snapshots,
            self.outcomes,
            self.dead_letters,
        )


class PlannedTopic(NamedTuple):
    """One topic as it has to be."""

    name: str
    partitions: int
    configs: dict[str, str]


def planned_topics(topics: Topics, partitions: int, replication: int = 1) -> list[PlannedTopic]:
    """Every topic with its partition count and settings.

    Units: retention in milliseconds, -1 is for ever
    """
    safe = {"unclean.leader.election.enable": "false"}
    if replication >= 3:
        safe["min.insync.replicas"] = "2"
    # On one node Kafka acknowledges before the disk has it, and a power cut takes what it has not:
    # commands and facts, but also what upstream was told has arrived, and what was told to upstream.
    flushed = {FLUSH: "1"} if replication == 1 else {}
    for_ever = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    large = {"max.message.bytes": str(4 * _MIB)}

    def for_days(days: int) -> dict[str, str]:
        return {"cleanup.policy": "delete", "retention.ms": str(days * _DAY_MS)}

    own = [
        PlannedTopic(topics.commands, partitions, safe | for_ever | large | flushed),
        PlannedTopic(topics.ledger, partitions, safe | for_ever | large | flushed),
        PlannedTopic(
            topics.stream_snapshots, partitions, safe | large | {"cleanup.policy": "compact"}
        ),
        PlannedTopic(topics.outcomes, partitions, safe | large | flushed | for_days(365)),
        # an encrypted record is longer than the one it holds
        PlannedTopic(
            topics.dead_letters,
            1,
            safe | flushed | for_days(90) | {"max.message.bytes": str(8 * _MIB)},
        ),
    ]
    # A message arrives when the broker has it, whatever its sender's clock says.
    arrival = {"message.timestamp.type": "LogAppendTime"}
    # They carry identities, so they are not kept longer than intake may be away.
    upstream = [
        PlannedTopic(name, partitions, safe | large | flushed | for_days(7) | arrival)
        for name in topics.inbound.values()
    ]
    return upstream + own
