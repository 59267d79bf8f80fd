"""Inbound topics: messages put where any upstream system would put them, and acknowledged.

In:   messages with the noun of their topic
Out:  records on `benefits.*.v1`
Holds: `send_all` returns only when every broker that must have them has them, on one node on its disk;
       the messages of one call are handed over in their order
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.runtime.errors import BrokerAway
from services.runtime.settings import Settings

_LARGEST = 2 * 1024 * 1024
_TIMEOUT_SECONDS = 20.0


class InboundMessage(NamedTuple):
    """One message for a topic; the key keeps what is sent twice together."""

    feed: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class InboundTopics:
    """Publishes messages; one for each process.

    Raises: BrokerAway on entering and from `send_all`
    """

    def __init__(self, settings: Settings, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        self._bootstrap = settings.kafka_bootstrap
        self._topics = settings.topics.inbound
        self._timeout_seconds = timeout_seconds

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            max_request_size=_LARGEST,
            request_timeout_ms=int(self._timeout_seconds * 1000),
        )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._producer.start()
        except (KafkaError, OSError, TimeoutError) as error:
            await self._stop()
            raise BrokerAway(self._bootstrap, repr(error)) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        stopping = asyncio.ensure_future(self._producer.stop())
        await asyncio.wait([stopping], timeout=2)  # a producer waits for a dead broker for ever
        stopping.cancel()

    async def send_all(self, messages: Sequence[InboundMessage]) -> None:
        """Publish messages, and return when all of them are acknowledged.

        Raises: BrokerAway when the time is over; some may have arrived, and may be sent again
        """
        try:
            async with asyncio.timeout(self._timeout_seconds):
                sent = [
                    await self._producer.send(
                        self._topics[message.feed],
                        message.value,
                        message.key,
                        headers=list(message.headers),
                    )
                    for message in messages
                ]
                await asyncio.gather(*sent)
        except (KafkaError, OSError, TimeoutError) as error:
            raise BrokerAway(self._bootstrap, repr(error)) from error
