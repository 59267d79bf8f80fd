"""Worker: the way from the inbound topics to `commands`, and of what is refused to the dead letters.

In:   inbound topics, as one consumer group
Out:  packets on `commands`, letters on the topic of dead letters; the vault in between
Holds: an offset is committed only when everything up to it is in the vault and acknowledged on its
       topic; whatever is taken twice gives the same commands with the same ids.

Two tasks, because the vault's waiting is the reading's chance: one fetches and reads ahead, the
other admits, sends and commits, in order.
"""

import asyncio
from typing import NamedTuple

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord

from events.codec import encode_command
from events.inbound.reader import Message
from events.inbound.semantics import Known
from policies.registry import Policies
from services.intake.letters import LetterBox
from services.intake.take import Read, known_of, read_all, take
from services.runtime import collector, tasks
from services.runtime.clock import clock
from services.runtime.errors import BrokerAway, DatabaseAway
from services.runtime.health import alive
from services.runtime.packets import PacketSender
from services.runtime.settings import Settings
from services.runtime.vault.store import Vault

MAX_RECORDS = 1_000
_READ_AHEAD = 2
_FETCH_BYTES = 4 * 1024 * 1024
_GATHER_BYTES = 128 * 1024
_GATHER_MS = 60
"""A fetch waits so long for so much: fuller packets spare everybody behind us a transaction."""
_LIMIT_SECONDS = 30.0

log = structlog.get_logger("intake")


class _Fetched(NamedTuple):
    """A batch of records that are read, and the offsets to commit behind them."""

    reads: list[Read]
    next_offsets: dict[TopicPartition, int]


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Take in until asked to stop.

    Raises: BrokerAway, DatabaseAway, NotConfigured, NotAcknowledged
    """
    known = known_of(Policies.load(overrides=settings.parameters))
    collector.spare()
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
            PacketSender(settings.kafka_bootstrap, topics.commands) as sender,
            LetterBox(settings.kafka_bootstrap, topics.dead_letters, vault.day_key) as letters,
        ):
            consumer = await _consumer(settings)
            try:
                await _Intake(consumer, vault, sender, letters, known, settings).work(stop)
            except KafkaError as error:
                raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
            finally:
                await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=5)


async def _consumer(settings: Settings) -> AIOKafkaConsumer:
    consumer = AIOKafkaConsumer(
        *settings.topics.inbound.values(),
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=f"{settings.topic_prefix}intake",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",  # an upstream may publish in transactions
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_min_bytes=_GATHER_BYTES,
        fetch_max_wait_ms=_GATHER_MS,
    )
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await consumer.start()
    except (KafkaError, OSError, TimeoutError) as error:
        await consumer.stop()
        raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
    return consumer


class _Intake:
    """One running intake."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        vault: Vault,
        sender: PacketSender,
        letters: LetterBox,
        known: Known,
        settings: Settings,
    ) -> None:
        self._consumer = consumer
        self._vault = vault
        self._sender = sender
        self._letters = letters
        self._known = known
        self._feeds = {topic: noun for noun, topic in settings.topics.inbound.items()}
        self._rehearsing = bool(settings.practice_clock)
        self._now = clock(settings.practice_clock)
        self._ready: asyncio.Queue[_Fetched] = asyncio.Queue(_READ_AHEAD)

    async def work(self, stop: asyncio.Event) -> None:
        """Fetch and admit until asked to stop or one of both fails."""
        works = [
            asyncio.create_task(work)
            for work in (self._fetch_all(), self._admit_all(), stop.wait())
        ]
        try:
            done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await tasks.end(works)
        for task in done:
            task.result()

    async def _fetch_all(self) -> None:
        while True:
            fetched = await self._consumer.getmany(timeout_ms=1_000, max_records=MAX_RECORDS)
            if not fetched:
                continue
            records = [record for batch in fetched.values() for record in batch]
            next_offsets = {place: batch[-1].offset + 1 for place, batch in fetched.items()}
            reads = read_all(map(self._message, records), self._known)
            await self._ready.put(_Fetched(reads, next_offsets))

    async def _admit_all(self) -> None:
        while True:
            fetched = await self._ready.get()
            taken = await take(fetched.reads, self._vault)
            await asyncio.gather(
                self._sender.send_all(
                    [(asked.stream, encode_command(asked)) for asked in taken.asked]
                ),
                self._letters.send_all(taken.refused),
            )
            await self._commit(fetched.next_offsets)
            log.debug("taken in", commands=len(taken.asked), refused=len(taken.refused))

    async def _commit(self, next_offsets: dict[TopicPartition, int]) -> None:
        mine = self._consumer.assignment()
        offsets = {place: offset for place, offset in next_offsets.items() if place in mine}
        if not offsets:
            return
        try:
            await asyncio.wait_for(self._consumer.commit(offsets), _LIMIT_SECONDS)
        except (CommitFailedError, IllegalStateError):
            # the partitions went to another intake, which takes these again: the same commands
            log.info("offsets not committed, partitions have moved", partitions=len(offsets))

    def _message(self, record: "ConsumerRecord[bytes, bytes]") -> Message:
        return Message(
            self._feeds[record.topic],
            record.value,
            record.headers,
            self._arrived_ms(record),
            record.topic,
            record.partition,
            record.offset,
        )

    def _arrived_ms(self, record: "ConsumerRecord[bytes, bytes]") -> int:
        """When the broker had it; in a rehearsal, when the practice clock says that it is read."""
        return int(self._now().timestamp() * 1000) if self._rehearsing else record.timestamp
