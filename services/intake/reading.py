"""Reading: messages are read beside the event loop, so that heartbeats go on whatever they contain.

Holds: small ones in slices that yield, big ones on a thread; the answers keep the messages' order
"""

import asyncio
import time
from collections.abc import Sequence

from events.contract.inbound.reader import Message, read
from events.contract.inbound.rejections import Code, Problem, Rejected
from events.contract.inbound.semantics import Known
from services.intake.take import Read

Parked = frozenset[tuple[str, int, int]]
"""The places of messages that an operator has parked."""

_BIG_BYTES = 32 * 1024
_SLICE_SECONDS = 0.02


async def read_beside(messages: Sequence[Message], known: Known, parked: Parked) -> list[Read]:
    """Read records; what is parked is refused unread."""
    reads: list[Read] = []
    since = time.monotonic()
    for message in messages:
        if (message.topic, message.partition, message.offset) in parked:
            reads.append(Read(message, Rejected((Problem(Code.PARKED),))))
            continue
        if message.value is not None and len(message.value) > _BIG_BYTES:
            answers = await asyncio.to_thread(read, message, known)
        else:
            answers = read(message, known)
        reads.extend(Read(message, answer) for answer in answers)
        if time.monotonic() - since > _SLICE_SECONDS:
            await asyncio.sleep(0)
            since = time.monotonic()
    return reads
