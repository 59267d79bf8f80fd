"""Verified sources: the ledger and the dead letters, of which only what the desk has written counts.

In:   the positions that were committed last, or what was published, where Kafka has forgotten them
Out:  facts whose checkpoint is verified, and letters, each once, with their places; positions behind
Holds: a record that the desk has not written is never published; a partition that is damaged, or
       whose chain breaks, is published no further, and the others go on
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException

from events.invariants import BrokenInvariant
from services.outcomes.last_published import published_until
from services.outcomes.repeated_letters import RecentLetters, look_back_from
from services.runtime.seals.chain import Chain, ChainBroken
from services.runtime.seals.chain_at_offset import chain_at, damaged_partition
from services.runtime.seals.key_files import ledger_keys
from services.runtime.settings import Settings

log = structlog.get_logger()


class Source(NamedTuple):
    """A fact or a letter, and where it stands."""

    place: TopicPartition
    record: Any


class VerifiedSources:
    """What is to be published, read on from where it was published last; `seek` first."""

    def __init__(self, consumer: AIOKafkaConsumer, settings: Settings) -> None:
        self._consumer = consumer
        self._settings = settings
        self._keys = ledger_keys(settings.keys_dir, "outcomes")
        self._chains: dict[TopicPartition, Chain] = {}
        self._from: dict[TopicPartition, int] = {}
        self._recent_letters: dict[TopicPartition, RecentLetters] = {}

    async def seek(self, places: Sequence[TopicPartition]) -> None:
        """Take every partition from the position that was committed last; letters may have expired.

        Raises: BrokenInvariant when the positions do not fit the ledger
        """
        self._consumer.assign(places)
        firsts = await self._consumer.beginning_offsets(places)
        ends = await self._consumer.end_offsets(places)
        committed = {place: await self._consumer.committed(place) for place in places}
        published: dict[TopicPartition, int] = {}
        if None in committed.values():
            topics = self._settings.topics
            published = await published_until(self._settings.kafka_bootstrap, topics.outcomes)
        starts: dict[TopicPartition, int] = {}
        for place in places:
            at = committed[place]
            if at is None:
                at = published.get(place, firsts[place])
            start = at
            if place.topic == self._settings.topics.dead_letters:
                at = max(at, firsts[place])
                start = await look_back_from(self._consumer, place, firsts[place], at)
                self._recent_letters[place] = RecentLetters()
            elif not firsts[place] <= at <= ends[place]:
                raise BrokenInvariant(
                    f"{place.topic}/{place.partition} holds {firsts[place]} to {ends[place]}, but "
                    f"was published up to {at}; it was re-created, cut, or restored"
                )
            else:
                self._chains[place] = await chain_at(
                    self._consumer, place, firsts[place], at, self._keys
                )
            self._from[place], starts[place] = at, start
        for place, start in starts.items():
            self._consumer.seek(place, start)

    async def read(self, most: int) -> tuple[list[Source], dict[TopicPartition, int]]:
        """Read on: what can be published now, and the positions behind it."""
        try:
            found = await self._consumer.getmany(timeout_ms=300, max_records=most)
        except CorruptRecordException as error:
            place = damaged_partition(error)
            self._end(place, f"damaged at offset {await self._consumer.position(place)}")
            found = {}
        sources: list[Source] = []
        positions: dict[TopicPartition, int] = {}
        for place, records in found.items():
            chain = self._chains.get(place)
            if chain is None:
                sources += [Source(place, record) for record in self._fresh(place, records)]
                positions[place] = max(self._from[place], records[-1].offset + 1)
                continue
            try:
                for record in records:
                    batch = chain.add(record)
                    if batch is not None:  # of one that was published in part, the rest
                        fresh = [one for one in batch.facts if one.offset >= self._from[place]]
                        sources += [Source(place, one) for one in fresh]
                        positions[place] = batch.record.offset + 1
            except ChainBroken as broken:
                self._end(place, str(broken))
        await self._leave_out(positions)
        return sources, positions

    def _fresh(self, place: TopicPartition, letters: Sequence[Any]) -> list[Any]:
        """Letters that were not published yet, and repeat none of before."""
        recent = self._recent_letters[place]
        return [
            letter
            for letter in letters
            if not recent.is_repeat(letter.value, letter.timestamp)
            and letter.offset >= self._from[place]
        ]

    async def _leave_out(self, positions: dict[TopicPartition, int]) -> None:
        for place, chain in self._chains.items():
            if chain.has_waiting and await self._is_at_end(place):
                chain.leave_out_waiting()
                positions[place] = await self._consumer.position(place)
            for foreign in chain.take_foreign():
                log.critical("foreign record left out", topic=place.topic, **foreign._asdict())

    async def _is_at_end(self, place: TopicPartition) -> bool:
        stable = self._consumer.last_stable_offset(place)
        return stable is not None and await self._consumer.position(place) >= stable

    def _end(self, place: TopicPartition, why: str) -> None:
        log.critical(
            "a partition is published no further; the others go on",
            topic=place.topic,
            partition=place.partition,
            why=why,
            do="docs/how-to/damaged-log.md",
        )
        self._consumer.pause(place)
