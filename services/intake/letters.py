"""Letters: refused records on their way to the topic of dead letters.

Holds: a letter is acknowledged before its record's offset is committed; a record that is taken
       twice may leave its letter twice, at the same topic, partition, offset and line.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

import orjson
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events.inbound.rejections import WORDINGS, Rejected
from services.intake.take import Refused
from services.runtime.dead_letters import DayKeys, Letter, seal
from services.runtime.errors import BrokerAway
from services.runtime.packets import NotAcknowledged
from services.runtime.vault.store import DayKey

_TIMEOUT_SECONDS = 20.0
_MOST_BYTES = 8 * 1024 * 1024

log = structlog.get_logger("intake")


class LetterBox:
    """Seals refused records and sends them.

    Raises: BrokerAway on entering, NotAcknowledged from `send_all`
    """

    def __init__(self, bootstrap: str, topic: str, day_keys: DayKeys) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._day_keys = day_keys
        self._today: tuple[date, DayKey] | None = None

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            max_request_size=_MOST_BYTES,
        )
        try:
            await asyncio.wait_for(self._producer.start(), _TIMEOUT_SECONDS)
        except (KafkaError, OSError, TimeoutError) as error:
            raise BrokerAway(self._bootstrap, repr(error)) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.wait([asyncio.ensure_future(self._producer.stop())], timeout=2)

    async def send_all(self, refused: Sequence[Refused]) -> None:
        """Send these, and return when all are acknowledged."""
        if not refused:
            return
        now = datetime.now(UTC)
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                sent = [
                    await self._producer.send(
                        self._topic,
                        await seal(letter, now, self._day_key),
                        key=letter.topic.encode(),
                    )
                    for letter in map(letter_of, refused)
                ]
                await asyncio.gather(*sent)
        except (KafkaError, OSError, TimeoutError) as error:
            raise NotAcknowledged(self._topic, len(refused), repr(error)) from error
        for message, rejected in refused:
            log.warning(
                "refused",
                code=rejected.code.value,
                field=rejected.field,
                topic=message.topic,
                partition=message.partition,
                offset=message.offset,
                line=rejected.line,
            )

    async def _day_key(self, day: date) -> DayKey:
        if self._today is None or self._today[0] != day:
            self._today = (day, await self._day_keys(day))
        return self._today[1]


def letter_of(refused: Refused) -> Letter:
    """Write down a refusal; of a batch's bad line only that line is kept, not its neighbours."""
    message, rejected = refused
    value = message.value
    if rejected.line is not None and value is not None:
        value = _line(value, rejected.line)
    return Letter(
        message.topic,
        message.partition,
        message.offset,
        rejected.code.value,
        rejected.field,
        reason_of(rejected),
        value,
        tuple(message.headers),
        None,
        rejected.text_zh,
        rejected.line,
    )


def reason_of(rejected: Rejected) -> str:
    """Why, in words that carry nothing of the message."""
    return f"{WORDINGS[rejected.code].wrong_zh}。{WORDINGS[rejected.code].remedy_zh}"


def _line(value: bytes, number: int) -> bytes:
    content: Any = orjson.loads(value)
    data = content.get("data", content) if "specversion" in content else content
    return orjson.dumps(data["lines"][number - 1])
