"""Worker: the way from the inbound topics to `commands`, and of what is refused to the dead letters.

In:   inbound topics, as one consumer group
Out:  packets on `commands`, letters on the topic of dead letters; the vault in between
Holds: an offset is committed only when everything up to it is in the vault and acknowledged on its
       topic; whatever is taken twice gives the same commands with the same ids. No message ends it:
       only Kafka or the database away does, and then the log names the message it stood at.

Two tasks, because the vault's waiting is the reading's chance: one fetches and reads ahead, the
other admits, sends and commits, in order. A third ends what has waited too long.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, CorruptRecordException, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord

from events.contract.inbound.reader import Message
from events.contract.inbound.semantics import Known
from policies.engine.registry import Policies
from services.intake import waiting
from services.intake.letters import LetterBox
from services.intake.opened import event_of
from services.intake.positions import Positions
from services.intake.reading import Parked, read_beside
from services.intake.take import Read, Refused, known_of, take
from services.runtime import garbage_collection, tasks
from services.runtime.clock import clock
from services.runtime.errors import BrokerAway, DatabaseAway, OperatingFailure
from services.runtime.health import alive
from services.runtime.kafka.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.vault.store import Vault

MAX_RECORDS = 1_000
_READ_AHEAD = 2
_FETCH_BYTES = 4 * 1024 * 1024
_GATHER_BYTES = 128 * 1024
_GATHER_MS = 60
"""A fetch waits so long for so much: fuller packets spare everybody behind us a transaction."""
_LIMIT_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 3600.0
_ROUND_BYTES = 4 * 1024 * 1024
"""Messages of so many bytes are taken in one round."""

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"

log = structlog.get_logger("intake")


class _Fetched(NamedTuple):
    """A batch of records that are read, and the offsets to commit behind them."""

    reads: list[Read]
    next_offsets: dict[TopicPartition, int]

    def one_by_one(self) -> "Iterator[tuple[Message, _Fetched]]":
        """The same, message by message, to find out which one it is that fails."""
        for _, group in groupby(self.reads, key=lambda one: id(one.message)):
            reads = list(group)
            message = reads[0].message
            place = TopicPartition(message.topic, message.partition)
            yield message, _Fetched(reads, {place: message.offset + 1})


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Take in until asked to stop.

    Raises: BrokerAway, DatabaseAway, NotConfigured, NotAcknowledged
    """
    known = known_of(Policies.load(overrides=settings.parameters))
    garbage_collection.spare()
    try:
        pool = await asyncpg.create_pool(
            settings.postgres_dsn,
            min_size=1,
            max_size=2,
            timeout=_LIMIT_SECONDS,
            command_timeout=_LIMIT_SECONDS,
        )
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise DatabaseAway("the address in BENEFIT_LEDGER_POSTGRES_DSN", repr(error)) from error
    async with pool, alive(settings):
        vault = await Vault.open(pool, settings.vault_key_file)
        topics = settings.topics
        async with (
            PacketSender.of(settings, "intake") as sender,
            LetterBox(
                settings.kafka_bootstrap, topics.dead_letters, group_of(settings), vault.day_key
            ) as letters,
        ):
            parked = frozenset(one[:3] for one in await vault.parked_messages())
            consumer, positions = await _consumer(settings, pool)
            try:
                intake = _Intake(
                    consumer, positions, vault, sender, letters, known, parked, settings
                )
                await intake.work(stop)
            except KafkaError as error:
                raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
            finally:
                await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=5)


def group_of(settings: Settings) -> str:
    """Name the consumer group that all intakes of a ledger share."""
    return f"{settings.topic_prefix}intake"


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
    return f"{message.topic}/{message.partition}/{message.offset} event {event_of(message)}"


async def _consumer(settings: Settings, pool: Any) -> tuple[AIOKafkaConsumer, Positions]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=group_of(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",  # an upstream may publish in transactions
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_min_bytes=_GATHER_BYTES,
        fetch_max_wait_ms=_GATHER_MS,
    )
    positions = Positions(consumer, pool, settings)
    consumer.subscribe(list(settings.topics.inbound.values()), listener=positions)
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await consumer.start()
    except (KafkaError, OSError, TimeoutError) as error:
        await consumer.stop()
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    return consumer, positions


class _Intake:
    """One running intake."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        positions: Positions,
        vault: Vault,
        sender: PacketSender,
        letters: LetterBox,
        known: Known,
        parked: Parked,
        settings: Settings,
    ) -> None:
        self._consumer = consumer
        self._positions = positions
        self._vault = vault
        self._sender = sender
        self._letters = letters
        self._known = known
        self._parked = parked
        self._feeds = {topic: noun for noun, topic in settings.topics.inbound.items()}
        self._rehearsing = bool(settings.practice_clock)
        self._now = clock(settings.practice_clock)
        self._ready: asyncio.Queue[_Fetched] = asyncio.Queue(_READ_AHEAD)

    async def work(self, stop: asyncio.Event) -> None:
        """Fetch and admit until asked to stop or one of both fails."""
        works = [
            asyncio.create_task(work)
            for work in (
                self._fetch_all(),
                self._admit_all(),
                self._wait_out(),
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
                await self._positions.damaged(error)
                continue
            await self._positions.seen(fetched)
            for piece in pieces(fetched):
                messages = [
                    self._message(record) for records in piece.values() for record in records
                ]
                next_offsets = {place: batch[-1].offset + 1 for place, batch in piece.items()}
                reads = await read_beside(messages, self._known, self._parked)
                await self._ready.put(_Fetched(reads, next_offsets))

    async def _admit_all(self) -> None:
        while True:
            fetched = await self._ready.get()
            try:
                await self._admit(fetched)
            except Exception as error:  # noqa: BLE001 - tried again by themselves, then named
                log.warning("taken one by one", messages=len(fetched.reads), why=repr(error))
                await self._admit_one_by_one(fetched)

    async def _admit_one_by_one(self, fetched: _Fetched) -> None:
        """Take a batch again, message by message; where one fails, its place is what we end with.

        Raises: whatever the first that fails raises
        """
        for message, one in fetched.one_by_one():
            try:
                await self._admit(one)
            except Exception:
                log.error("intake ends", deciding=place_of(message))
                raise

    async def _admit(self, fetched: _Fetched) -> None:
        taken = await take(fetched.reads, self._vault)
        streams = (asked.stream for asked in taken.asked)
        await self._sender.send_all(list(zip(streams, taken.encoded, strict=True)))
        # the vault knows before Kafka hears of it, so that it never stands behind unless it is older
        await self._positions.taken(fetched.next_offsets)
        if taken.refused:
            await self._letters.send_all(taken.refused, self._mine(fetched.next_offsets))
        else:
            await self._commit(fetched.next_offsets)
        self._positions.done(self._mine(fetched.next_offsets))
        log.debug("taken in", commands=len(taken.asked), refused=len(taken.refused))

    def _mine(self, next_offsets: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
        """The offsets of partitions that have not gone to another intake meanwhile."""
        mine = self._consumer.assignment()
        return {place: offset for place, offset in next_offsets.items() if place in mine}

    async def _wait_out(self) -> None:
        """Refuse what has waited too long for its application; look again every hour."""
        while True:
            try:
                await self._end_waits(self._now() - timedelta(days=waiting.DAYS))
            except OperatingFailure as failure:  # the messages at hand will say so too
                log.warning("waits not ended", why=failure.what)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _end_waits(self, before: datetime) -> None:
        for one in await self._vault.awaited_applications(before):
            notes = waiting.in_order(tuple(one.notes.values()))
            rejected = waiting.waited_too_long()
            await self._letters.send_all([Refused(note.message(), rejected) for note in notes])
            await self._vault.end_waiting(one)

    async def _commit(self, next_offsets: dict[TopicPartition, int]) -> None:
        offsets = self._mine(next_offsets)
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
