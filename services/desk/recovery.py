"""Recovery: find from the ledger alone where a partition stands.

In:   `ledger`/p, read to its end; the ids of the topics
Out:  RecoveredPartition: the folded state machine, the last checkpoint, and the follow-ups that
      may not be sent yet
Holds: refuses loudly rather than to skip or to decide twice
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import structlog

from events import codec
from events.envelope import Asked, Recorded
from services.desk.command_runner import StateMachine
from services.desk.failures import CannotOpen
from services.desk.partition_log import Log
from services.runtime.seals.chain import Chain, ChainBroken
from services.runtime.seals.checkpoint import Checkpoint, first_checkpoint

log = structlog.get_logger("desk")

FollowUps = Callable[[Recorded], list[Asked]]


class RecoveredPartition(NamedTuple):
    """Where a partition stands."""

    checkpoint: Checkpoint
    end: int
    facts: int
    unsent: list[tuple[str, bytes]]
    has_checkpoint: bool


async def fold_ledger(
    ledger: Log, chain: Chain, topic: str, state_machine: StateMachine, follow_ups: FollowUps
) -> RecoveredPartition:
    """Fold every fact of the desk's on a partition, verify it, and take the last checkpoint.

    What the desk has not written is left out and named.

    Raises: CannotOpen when facts are missing or changed
    """
    partition = chain.partition
    first, _ = await ledger.bounds()
    if first != 0:
        raise CannotOpen(
            partition,
            f"the ledger begins at offset {first}: facts before it were deleted.",
            "Restore the topic; nothing may be decided without its whole past.",
        )
    end = facts = 0
    unsent: deque[tuple[int, Recorded]] = deque()
    try:
        async for records in ledger.read(0, None):
            for record in records:
                end = record.offset + 1
                batch = chain.add(record)
                if batch is None:
                    continue
                for one in batch.facts:
                    recorded = codec.decode_fact(one.value or b"")
                    state_machine.fold(recorded)
                    unsent.append((one.offset, recorded))
                facts += len(batch.facts)
                while unsent and unsent[0][0] < batch.checkpoint.sent:
                    unsent.popleft()
    except ChainBroken as broken:
        raise CannotOpen(
            partition, str(broken), "Compare the topic with its backup before anything is decided."
        ) from broken
    chain.leave_out_waiting()
    for foreign in chain.take_foreign():
        log.critical("foreign record left out", topic="ledger", **foreign._asdict())
    last = chain.last or first_checkpoint(topic)
    asks = [ask for _, recorded in unsent for ask in follow_ups(recorded)]
    unsent_asks = [(ask.stream, codec.encode_command(ask)) for ask in asks]
    return RecoveredPartition(last, end, facts, unsent_asks, chain.last is not None)


def check_position(
    checkpoint: Checkpoint, partition: int, topic: str, first: int, end: int
) -> None:
    """Refuse to go on in a `commands` that is not the one that was decided so far.

    Raises: CannotOpen
    """
    if checkpoint.topic != topic:
        raise CannotOpen(
            partition,
            f"`commands` has the topic id {topic}, the ledger was decided from "
            f"{checkpoint.topic}: the topic was made anew or restored.",
            "Its offsets mean something else now, so nothing is decided. Restore the topic that "
            "belongs to this ledger, or write an explicit reset of the position.",
        )
    if not first <= checkpoint.next <= end:
        raise CannotOpen(
            partition,
            f"command {checkpoint.next} is to be decided next, but `commands` holds "
            f"{first} to {end}.",
            "Commands are missing; restore the topic. Nothing is skipped in silence.",
        )
