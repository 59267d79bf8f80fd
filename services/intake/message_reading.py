"""Message reading: what records say, read beside the event loop, so that heartbeats go on.

In:   Messages; what they may name (`names_of_policies`); the places of parked messages
Out:  a ReadMessage for each claim line and each other message, or why it is rejected
Holds: small ones in slices that yield, big ones on a thread; the answers keep the messages' order
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from events.application_facts.checking import BORN_ON
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import Code, Problem, Rejected
from events.contract.inbound.semantics import Known
from policies.engine.facts_used import facts_used
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS

ParkedPlaces = frozenset[tuple[str, int, int]]
"""Topic, partition and offset of the messages that an operator has parked."""

_BIG_BYTES = 32 * 1024
_SLICE_SECONDS = 0.02


class ReadMessage(NamedTuple):
    """One answer of the reader with the record that it is about."""

    message: Message
    answer: Inbound | Rejected


def names_of_policies(policies: Policies) -> Known:
    """What messages may name: the programmes that have a policy, the regions of this ledger's cities,
    funds; and which sources may file where."""
    asking_birth = {policy.text.policy for policy in policies if BORN_ON in facts_used(policy.text)}
    return Known(
        frozenset(policies.programmes),
        policies.cities.served,
        frozenset(FUNDS.values()),
        frozenset(asking_birth),
        policies.cities.regions,
        tuple(city.name for city in policies.cities),
        policies.cities.objection,
        policies.cities.objection_to_account,
    )


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
