"""Message reading: what records say, read beside the event loop, so that heartbeats go on.

In:   Messages; what they may name (`policies.engine.message_names`); the places of parked messages
Out:  a ReadMessage for each claim line and each other message, or why it is rejected
Holds: small ones in slices that yield, big ones on a thread; the answers keep the messages' order
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import Code, Problem, Rejected
from events.contract.inbound.semantics import Known

ParkedPlaces = frozenset[tuple[str, int, int]]
"""Topic, partition and offset of the messages that an operator has parked."""

_BIG_BYTES = 32 * 1024
_SLICE_SECONDS = 0.02


class ReadMessage(NamedTuple):
    """One answer of the reader with the record that it is about."""

    message: Message
    answer: Inbound | Rejected


def read_all(messages: Iterable[Message], known: Known) -> list[ReadMessage]:
    """Read records; pure, and the costly half of intake."""
    return [ReadMessage(message, answer) for message in messages for answer in read(message, known)]


async def read_beside(
    messages: Sequence[Message], known: Known, parked: ParkedPlaces
) -> list[ReadMessage]:
    """Read records beside the event loop; what is parked is rejected unread."""
    reads: list[ReadMessage] = []
    since = time.monotonic()
    for message in messages:
        if (message.topic, message.partition, message.offset) in parked:
            reads.append(ReadMessage(message, Rejected((Problem(Code.PARKED),))))
            continue
        if message.value is not None and len(message.value) > _BIG_BYTES:
            answers = await asyncio.to_thread(read, message, known)
        else:
            answers = read(message, known)
        reads.extend(ReadMessage(message, answer) for answer in answers)
        if time.monotonic() - since > _SLICE_SECONDS:
            await asyncio.sleep(0)
            since = time.monotonic()
    return reads
