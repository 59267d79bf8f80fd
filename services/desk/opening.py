"""Opening: find from the ledger alone where a partition stands.

In:   `ledger`/p, read to its end; the ids of the topics
Out:  Opened: the folded judge, the last checkpoint, and the follow-ups that may not be sent yet
Holds: refuses loudly rather than to skip or to decide twice
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from events import codec
from events.envelope import Asked, Recorded
from services.desk import checkpoint as checkpoints
from services.desk.checkpoint import Checkpoint
from services.desk.failures import CannotOpen
from services.desk.judge import Judge
from services.desk.log import Log

FollowUps = Callable[[Recorded], list[Asked]]


class Opened(NamedTuple):
    """Where a partition stands."""

    checkpoint: Checkpoint
    end: int
    facts: int
    unsent: list[tuple[str, bytes]]


async def fold_ledger(
    log: Log, partition: int, topic: str, judge: Judge, follow_ups: FollowUps
) -> Opened:
    """Fold every committed fact of a partition, check the chain, and take the last checkpoint.

    Raises: CannotOpen when facts are missing, changed, or not ended by a checkpoint
    """
    first, _ = await log.bounds()
    if first != 0:
        raise CannotOpen(
            partition,
            f"the ledger begins at offset {first}: facts before it were deleted.",
            "Restore the topic; nothing may be decided without its whole past.",
        )
    last = checkpoints.beginning(topic)
    end = facts = 0
    since: list[bytes] = []
    unsent: deque[tuple[int, Recorded]] = deque()
    async for records in log.read(0, None):
        for record in records:
            end = record.offset + 1
            if record.key != codec.CHECKPOINT_KEY:
                recorded = codec.decode_fact(record.value)
                judge.fold(recorded)
                unsent.append((record.offset, recorded))
                since.append(record.value)
                facts += 1
                continue
            found = checkpoints.decode(record.value)
            if checkpoints.chained(last.chain, found.next, since) != found.chain:
                raise CannotOpen(
                    partition,
                    f"the chain breaks at ledger offset {record.offset}: facts before it are not "
                    "those that were written.",
                    "Compare the topic with its backup before anything else is decided.",
                )
            while unsent and unsent[0][0] < found.sent:
                unsent.popleft()
            last = found
            since.clear()
    if since:
        raise CannotOpen(
            partition,
            f"{len(since)} facts at the end of the ledger have no checkpoint after them.",
            "Another program than the desk has written them; compare with the backup.",
        )
    asks = [ask for _, recorded in unsent for ask in follow_ups(recorded)]
    return Opened(last, end, facts, [(ask.stream, codec.encode_command(ask)) for ask in asks])


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
