"""Dead letter writer: rejected records on their way to the topic of dead letters.

Holds: a round's letters and the offsets behind them are one Kafka transaction, so a reader of what
       is committed meets a letter once, however often intake ends on its way; there is no time in
       which all of a round must be done, only one in which each piece of it must be
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby, islice
from types import TracebackType
from typing import Self
from uuid import uuid4

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from events.contract.inbound.cloudevent import Headers
from events.contract.inbound.rejections import WORDINGS, Rejected
from services.intake.message_batch import RejectedMessage
from services.intake.rejected_content import RejectedContent
from services.runtime.errors import BrokerAway
from services.runtime.kafka.dead_letters import DayKeys, Letter, sealed
from services.runtime.kafka.packets import NotAcknowledged
from services.runtime.vault.store import DayKey

_TIMEOUT_SECONDS = 20.0
_MOST_BYTES = 8 * 1024 * 1024
_PIECE = 200
_TRANSACTION_MS = 120_000
_MOST_HEADER_BYTES = 64 * 1024
_MOST_LOGGED = 20

log = structlog.get_logger("intake")


class DeadLetterWriter:
    """Seals rejected records and sends them; connects when the first is to be sent.

    Raises: BrokerAway, NotAcknowledged from `send_all`
    """

    def __init__(self, bootstrap: str, topic: str, group: str, day_keys: DayKeys) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._group = group
        self._day_keys = day_keys
        self._today: tuple[date, DayKey] | None = None
        self._producer: AIOKafkaProducer | None = None
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._producer is not None:
            await asyncio.wait([asyncio.ensure_future(self._producer.stop())], timeout=2)

    async def send_all(
        self,
        messages: Sequence[RejectedMessage],
        offsets: Mapping[TopicPartition, int] | None = None,
    ) -> None:
        """Send these and move on to `offsets`, both or neither.

        Holds: of a partition that has gone to another intake nothing is sent: it takes it again
        """
        if offsets is not None:
            messages = [one for one in messages if one.message[4:6] in offsets]
        if not messages and not offsets:
            return
        async with self._one_at_a_time:
            await self._send(messages, offsets or {})
        _log(messages)

    async def _send(
        self, messages: Sequence[RejectedMessage], offsets: Mapping[TopicPartition, int]
    ) -> None:
        now = datetime.now(UTC)
        day_key = await self._day_key(now.date())
        producer = await self._started()
        letters = iter(dead_letters_of(messages))
        try:
            async with producer.transaction():
                while piece := await asyncio.to_thread(_next_sealed, letters, now, day_key):
                    async with asyncio.timeout(_TIMEOUT_SECONDS):
                        sent = [
                            await producer.send(self._topic, raw, key=key) for key, raw in piece
                        ]
                        await asyncio.gather(*sent)
                if offsets:
                    async with asyncio.timeout(_TIMEOUT_SECONDS):
                        await producer.send_offsets_to_transaction(dict(offsets), self._group)
        except (KafkaError, OSError, TimeoutError) as error:
            raise NotAcknowledged(self._topic, len(messages), repr(error)) from error

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is not None:
            return self._producer
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            transactional_id=f"{self._group}-letters-{uuid4()}",
            transaction_timeout_ms=_TRANSACTION_MS,
            max_request_size=_MOST_BYTES,
            compression_type="gzip",
        )
        try:
            await asyncio.wait_for(producer.start(), _TIMEOUT_SECONDS)
        except (KafkaError, OSError, TimeoutError) as error:
            await asyncio.wait([asyncio.ensure_future(producer.stop())], timeout=2)
            raise BrokerAway(self._bootstrap, repr(error)) from error
        self._producer = producer
        return producer

    async def _day_key(self, day: date) -> DayKey:
        if self._today is None or self._today[0] != day:
            self._today = (day, await self._day_keys(day))
        return self._today[1]


def _next_sealed(
    letters: Iterator[Letter], now: datetime, day_key: DayKey
) -> list[tuple[bytes, bytes]]:
    return [
        (letter.topic.encode(), sealed(letter, now, day_key)) for letter in islice(letters, _PIECE)
    ]


def dead_letters_of(messages: Sequence[RejectedMessage]) -> Iterator[Letter]:
    """Write rejections down; each message is parsed once, whatever the number of its lines."""
    for _, group in groupby(messages, key=lambda one: id(one.message)):
        content: RejectedContent | None = None
        for rejected in group:
            content = content or RejectedContent(rejected.message)
            yield _letter(rejected, content)


def _letter(rejected_message: RejectedMessage, content: RejectedContent) -> Letter:
    message, rejected = rejected_message
    sender = content.sender(rejected.line)
    stored = content.to_store(rejected.line)
    return Letter(
        message.topic,
        message.partition,
        message.offset,
        rejected.code.value,
        rejected.field,
        wording_of(rejected),
        stored.value,
        _bounded(message.headers),
        None,
        rejected.text_zh,
        rejected.line,
        sender.source,
        sender.event,
        sender.application,
        rejected.error,
        stored.resendable,
    )


def _bounded(headers: Headers) -> tuple[tuple[str, bytes | None], ...]:
    """The headers up to a bound: whoever sends more of them has nothing to say with the rest."""
    bounded: list[tuple[str, bytes | None]] = []
    left = _MOST_HEADER_BYTES
    for name, value in headers:
        left -= len(name) + len(value or b"")
        if left < 0:
            break
        bounded.append((name, value))
    return tuple(bounded)


def wording_of(rejected: Rejected) -> str:
    """Why, in words that carry nothing of the message."""
    return f"{WORDINGS[rejected.code].wrong_zh}。{WORDINGS[rejected.code].remedy_zh}"


def _log(messages: Sequence[RejectedMessage]) -> None:
    for message, rejected in messages[:_MOST_LOGGED]:
        log.warning(
            "refused",
            code=rejected.code.value,
            field=rejected.field,
            error=rejected.error,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            line=rejected.line,
        )
    if len(messages) > _MOST_LOGGED:
        log.warning("refused more", count=len(messages) - _MOST_LOGGED)
