"""Positions: where intake goes on, what retention has taken before it could, and what the vault knows.

In:   the consumer's partitions as they are assigned, what it fetches and takes
Out:  rows of `vault.positions`; violations where messages were lost
Holds: messages that are gone are counted and named, never passed over; where Kafka has forgotten the
       group's position, the vault's says where to go on, so nothing is skipped or taken up again
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CorruptRecordException

from services.runtime.kafka.topic_ids import topic_id
from services.runtime.postgres import violations
from services.runtime.seals.chain_at_offset import damaged_partition
from services.runtime.settings import Settings
from services.runtime.vault import positions
from services.runtime.vault.positions import StoredPosition

NOTE_SECONDS = 2.0

log = structlog.get_logger("intake")


class Positions(ConsumerRebalanceListener):  # type: ignore[misc]
    """The positions of one intake; subscribe the consumer with it."""

    def __init__(self, consumer: Any, pool: Any, settings: Settings) -> None:
        self._consumer = consumer
        self._pool = pool
        self._topics = settings.topics
        self._partitions = settings.partitions
        self._ids: dict[str, str] = {}
        self._next: dict[TopicPartition, int] = {}
        self._taken: dict[TopicPartition, int] = {}
        self._done: dict[TopicPartition, int] = {}

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget what went: whoever has it now notes it."""
        for place in revoked:
            for offsets in (self._next, self._taken, self._done):
                offsets.pop(place, None)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Go on where the group stood, or where the vault did when Kafka has forgotten it."""
        places = list(assigned)
        if not places:
            return
        firsts = await self._consumer.beginning_offsets(places)
        async with self._pool.acquire() as connection:
            known = {
                (k.topic, k.partition): k.done for k in await positions.stored_positions(connection)
            }
        for place in places:
            committed = await self._consumer.committed(place)
            at = known.get(tuple(place)) if committed is None else committed
            if at is None:
                continue
            await self._report_deleted(place, at, firsts[place])
            self._next[place] = max(at, firsts[place])
            if committed is None or at < firsts[place]:
                self._consumer.seek(place, self._next[place])

    async def check_fetched(self, fetched: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Look at what was fetched: whether its first record is the one that was due."""
        for place, records in fetched.items():
            due = self._next.get(place)
            if due is not None and records[0].offset > due:
                # a transaction's marker leaves a gap too, and takes nothing away
                firsts = await self._consumer.beginning_offsets([place])
                await self._report_deleted(place, due, min(firsts[place], records[0].offset))
            self._next[place] = records[-1].offset + 1

    async def pause_damaged(self, error: CorruptRecordException) -> None:
        """Read a damaged partition no further; the others go on."""
        place = damaged_partition(error)
        self._consumer.pause(place)
        at = await self._consumer.position(place)
        log.critical(
            "a partition is damaged and not taken in; the others go on",
            topic=place.topic,
            partition=place.partition,
            offset=at,
            do="docs/how-to/damaged-log.md",
        )
        text = f"自位点 {at} 起已损坏，未受理；其他分区照常。见 docs/how-to/damaged-log.md"
        await self._note("damaged", place, at, 1, text)

    async def note_taken(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Note what is in the vault and sent, before Kafka hears of it."""
        self._taken |= next_offsets
        await self._write(next_offsets)

    def mark_done(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Remember that Kafka has heard of it, and every letter is acknowledged; it is noted soon."""
        self._done |= next_offsets

    async def _write(self, ends: Mapping[TopicPartition, int]) -> None:
        known = [
            StoredPosition(
                place.topic,
                place.partition,
                await self._id(place.topic),
                end,
                self._done.get(place, 0),
            )
            for place, end in ends.items()
        ]
        async with self._pool.acquire() as connection:
            await positions.store_positions(connection, known)

    async def note_ends(self) -> NoReturn:
        """Note every few seconds how long `ledger` and `commands` are, and what is done."""
        before: dict[TopicPartition, int] = {}
        done: dict[TopicPartition, int] = {}
        while True:
            places = [
                TopicPartition(topic, partition)
                for topic in (self._topics.ledger, self._topics.commands)
                for partition in range(self._partitions)
            ]
            ends = await self._consumer.end_offsets(places)
            grown = {place: end for place, end in ends.items() if before.get(place) != end}
            finished = {
                place: self._taken.get(place, at)
                for place, at in self._done.items()
                if done.get(place) != at
            }
            if grown or finished:
                before, done = ends, dict(self._done)
                await self._write({**grown, **finished})
            await asyncio.sleep(NOTE_SECONDS)

    async def _report_deleted(self, place: TopicPartition, due: int, first: int) -> None:
        if due >= first:
            return
        count = first - due
        log.critical(
            "messages were deleted before they were taken in",
            topic=place.topic,
            partition=place.partition,
            first=due,
            messages=count,
        )
        text = f"位点 {due} 至 {first - 1} 的报文在受理之前已被删除，请上游重发"
        await self._note("lost_messages", place, due, count, text)

    async def _note(
        self, kind: violations.Kind, place: TopicPartition, first: int, count: int, text: str
    ) -> None:
        found = violations.Violation(
            kind, place.topic, place.partition, first, count, text, "intake"
        )
        async with self._pool.acquire() as connection:
            await violations.note(connection, [found])

    async def _id(self, topic: str) -> str:
        if topic not in self._ids:
            self._ids[topic] = await topic_id(self._consumer._client, topic)
        return self._ids[topic]
