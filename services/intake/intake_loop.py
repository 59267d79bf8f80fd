"""Intake loop: fetch and read ahead, process, send and commit, in order; end what waited too long.

Holds: an offset is committed only when everything up to it is in the vault and acknowledged on its
       topic. A batch that fails is taken again message by message, and the log names the one at fault.

Two tasks, because the vault's waiting is the reading's chance: one fetches and reads ahead, the
other processes, sends and commits. A third ends what has waited too long.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple, TypeAlias

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, CorruptRecordException, IllegalStateError
from aiokafka.structs import ConsumerRecord

from events.contract.inbound.reader import Message
from events.contract.inbound.semantics import Known
from services.intake.dead_letter_writer import DeadLetterWriter
from services.intake.message_batch import RejectedMessage, process_batch
from services.intake.message_reading import ParkedPlaces, ReadMessage, read_beside
from services.intake.positions import Positions
from services.intake.rejected_content import event_id_of
from services.intake.waiting_messages import (
    WAITING_DAYS,
    rejection_after_waiting,
    waiting_in_order,
)
from services.runtime import tasks
from services.runtime.clock import clock
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.vault.store import Vault

MAX_RECORDS = 1_000
_READ_AHEAD = 2
_LIMIT_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 3600.0
_ROUND_BYTES = 4 * 1024 * 1024
"""Messages of so many bytes are taken in one round."""

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"

log = structlog.get_logger("intake")


class _Fetched(NamedTuple):
    """A batch of records that are read, and the offsets to commit behind them."""

    reads: list[ReadMessage]
    next_offsets: dict[TopicPartition, int]

    def one_by_one(self) -> "Iterator[tuple[Message, _Fetched]]":
        """The same, message by message, to find out which one it is that fails."""
        for _, group in groupby(self.reads, key=lambda one: id(one.message)):
            reads = list(group)
            message = reads[0].message
            place = TopicPartition(message.topic, message.partition)
            yield message, _Fetched(reads, {place: message.offset + 1})


def pieces(
    fetched: Mapping[TopicPartition, Sequence[Record]],
) -> Iterator[dict[TopicPartition, list[Record]]]:
    """Cut what was fetched into rounds of a bounded size, in the order of each partition."""
    piece: dict[TopicPartition, list[Record]] = {}
    size = 0
    for place, records in fetched.items():
        for record in records:
            length = len(record.value or b"")
            if piece and size + length > _ROUND_BYTES:
                yield piece
                piece, size = {}, 0
            piece.setdefault(place, []).append(record)
            size += length
    if piece:
        yield piece


def place_of(message: Message) -> str:
    """Name a message to an operator, who may want to park it."""
    return f"{message.topic}/{message.partition}/{message.offset} event {event_id_of(message)}"


class IntakeLoop:
    """One running intake."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        positions: Positions,
        vault: Vault,
        sender: PacketSender,
        dead_letters: DeadLetterWriter,
        known: Known,
        parked: ParkedPlaces,
        settings: Settings,
    ) -> None:
        self._consumer = consumer
        self._positions = positions
        self._vault = vault
        self._sender = sender
        self._dead_letters = dead_letters
        self._known = known
        self._parked = parked
        self._feeds = {topic: noun for noun, topic in settings.topics.inbound.items()}
        self._rehearsing = bool(settings.practice_clock)
        self._now = clock(settings.practice_clock)
        self._ready: asyncio.Queue[_Fetched] = asyncio.Queue(_READ_AHEAD)

    async def work(self, stop: asyncio.Event) -> None:
        """Fetch and process until asked to stop or one of both fails."""
        works = [
            asyncio.create_task(work)
            for work in (
                self._fetch_all(),
                self._process_all(),
                self._end_waits_hourly(),
                self._positions.note_ends(),
                stop.wait(),
            )
        ]
        try:
            done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await tasks.end(works)
        for task in done:
            task.result()

    async def _fetch_all(self) -> None:
        while True:
            try:
                fetched = await self._consumer.getmany(timeout_ms=1_000, max_records=MAX_RECORDS)
            except CorruptRecordException as error:
                await self._positions.pause_damaged(error)
                continue
            await self._positions.check_fetched(fetched)
            for piece in pieces(fetched):
                messages = [
                    self._message(record) for records in piece.values() for record in records
                ]
                next_offsets = {place: batch[-1].offset + 1 for place, batch in piece.items()}
                reads = await read_beside(messages, self._known, self._parked)
                await self._ready.put(_Fetched(reads, next_offsets))

    async def _process_all(self) -> None:
        while True:
            fetched = await self._ready.get()
            try:
                await self._process(fetched)
            except Exception as error:  # noqa: BLE001 - tried again by themselves, then named
                log.warning("taken one by one", messages=len(fetched.reads), why=repr(error))
                await self._process_one_by_one(fetched)

    async def _process_one_by_one(self, fetched: _Fetched) -> None:
        """Take a batch again, message by message; where one fails, its place is what we end with.

        Raises: whatever the first that fails raises
        """
        for message, one in fetched.one_by_one():
            try:
                await self._process(one)
            except Exception:
                log.error("intake ends", deciding=place_of(message))
                raise

    async def _process(self, fetched: _Fetched) -> None:
        result = await process_batch(fetched.reads, self._vault)
        streams = (command.stream for command in result.commands)
        await self._sender.send_all(list(zip(streams, result.encoded, strict=True)))
        # the vault knows before Kafka hears of it, so that it never stands behind unless it is older
        await self._positions.note_taken(fetched.next_offsets)
        if result.rejected:
            await self._dead_letters.send_all(
                result.rejected, self._still_assigned(fetched.next_offsets)
            )
        else:
            await self._commit(fetched.next_offsets)
        self._positions.mark_done(self._still_assigned(fetched.next_offsets))
        log.debug("taken in", commands=len(result.commands), refused=len(result.rejected))

    def _still_assigned(self, next_offsets: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
        """The offsets of partitions that have not gone to another intake meanwhile."""
        mine = self._consumer.assignment()
        return {place: offset for place, offset in next_offsets.items() if place in mine}

    async def _end_waits_hourly(self) -> None:
        """Reject what has waited too long for its application; look again every hour."""
        while True:
            try:
                await self._end_waits(self._now() - timedelta(days=WAITING_DAYS))
            except OperatingFailure as failure:  # the messages at hand will say so too
                log.warning("waits not ended", why=failure.what)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _end_waits(self, before: datetime) -> None:
        for one in await self._vault.awaited_applications(before):
            messages = waiting_in_order(tuple(one.notes.values()))
            rejection = rejection_after_waiting()
            await self._dead_letters.send_all(
                [RejectedMessage(message.as_message(), rejection) for message in messages]
            )
            await self._vault.end_waiting(one)

    async def _commit(self, next_offsets: dict[TopicPartition, int]) -> None:
        offsets = self._still_assigned(next_offsets)
        if not offsets:
            return
        try:
            await asyncio.wait_for(self._consumer.commit(offsets), _LIMIT_SECONDS)
        except (CommitFailedError, IllegalStateError):
            # the partitions went to another intake, which takes these again: the same commands
            log.info("offsets not committed, partitions have moved", partitions=len(offsets))

    def _message(self, record: Record) -> Message:
        return Message(
            self._feeds[record.topic],
            record.value,
            record.headers,
            self._arrived_ms(record),
            record.topic,
            record.partition,
            record.offset,
        )

    def _arrived_ms(self, record: Record) -> int:
        """When the broker had it; in a rehearsal, when the practice clock says that it is read."""
        return int(self._now().timestamp() * 1000) if self._rehearsing else record.timestamp
