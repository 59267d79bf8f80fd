"""Repeated letters: a message that was put aside twice is answered once.

An intake that is frozen in the moment of writing a letter, and wakes up after its partitions have
gone to another, writes the letter a second time: Kafka's transaction of a member that was expelled
cannot be refused by the client library that we have, because it sends no group generation.

In:    letters of one partition of the topic of dead letters, in their order
Out:   whether a letter is about a place that an earlier one of the last minutes was about
Holds: memory is bounded: at most `MOST_LETTERS` places, none older than `MINUTES`; a process that
       starts anew looks back as far, and at least over `LOOK_BACK_LETTERS`. An intake that is frozen
       for longer leads to a second outcome, which has the id of the first.
"""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

MOST_LETTERS = 200_000
MINUTES = 30
LOOK_BACK_LETTERS = 10_000
_WINDOW_MS = int(timedelta(minutes=MINUTES).total_seconds() * 1000)


class RecentLetters:
    """The places of the letters of the last minutes."""

    def __init__(self) -> None:
        self._timestamps: OrderedDict[tuple[object, ...], int] = OrderedDict()

    def is_repeat(self, raw: bytes | None, timestamp_ms: int) -> bool:
        """Tell whether an earlier letter was about the same place, and remember this one.

        Shape: `timestamp_ms` is when the broker had the letter; what is no letter repeats nothing
        """
        place = _place(raw)
        if place is None:
            return False
        if place in self._timestamps:
            return True
        self._timestamps[place] = timestamp_ms
        self._forget(timestamp_ms - _WINDOW_MS)
        return False

    def _forget(self, before_ms: int) -> None:
        known = self._timestamps
        while len(known) > MOST_LETTERS or next(iter(known.values())) < before_ms:
            known.popitem(last=False)


async def look_back_from(
    consumer: AIOKafkaConsumer, place: TopicPartition, first: int, at: int
) -> int:
    """Find the offset from which letters must be read, so that those from `at` on can be judged."""
    since_ms = int(datetime.now(UTC).timestamp() * 1000) - _WINDOW_MS
    found = (await consumer.offsets_for_times({place: since_ms}))[place]
    recent = at if found is None else found.offset
    return max(first, min(recent, at - LOOK_BACK_LETTERS))


def _place(raw: bytes | None) -> tuple[object, ...] | None:
    try:
        letter: dict[str, Any] = orjson.loads(raw or b"")
        return letter["topic"], letter["partition"], letter["offset"], letter["line"] or 0
    except (KeyError, TypeError, ValueError):
        return None
