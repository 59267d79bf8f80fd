"""Transaction: write facts and their checkpoint onto `ledger`/p, all of them or none.

Holds: one transaction touches one partition of one topic; it is committed only after every record
       in it is acknowledged; whoever starts a writer for a partition ends all older ones
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaError,
    ProducerFenced,
)

from services.desk.failures import Fenced, NotCommitted
from services.desk.limits import Limits

_BATCH_BYTES = 1_000_000


LedgerRecord = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value and headers of a record."""


class Written(NamedTuple):
    """Where a transaction's records are, if the broker has said.

    Units: ledger offsets, `end` is exclusive
    """

    first: int
    end: int


class LedgerWriter:
    """The only writer of one partition of `ledger`."""

    def __init__(
        self, bootstrap: str, topic: str, partition: int, transactional_id: str, limits: Limits
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._partition = partition
        self._transactional_id = transactional_id
        self._limits = limits
        self._producer: Any = None

    async def start(self) -> None:
        """Take the partition over: any older writer is fenced, and its open transaction ended.

        Raises: NotCommitted
        """
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            transactional_id=self._transactional_id,
            transaction_timeout_ms=int(self._limits.transaction_seconds * 1000),
            compression_type="lz4",
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=int(self._limits.transaction_seconds * 1000),
        )
        try:
            async with asyncio.timeout(self._limits.start_seconds):
                await self._producer.start()
        except (KafkaError, OSError, TimeoutError) as error:
            raise NotCommitted(self._partition, "beginning", repr(error)) from error

    async def write(self, records: Sequence[LedgerRecord]) -> Written:
        """Commit these as one transaction.

        Raises: Fenced, NotCommitted; after either the process must end, because only the next
                opening can tell whether the transaction counts
        """
        step = "writing"
        try:
            async with asyncio.timeout(self._limits.transaction_seconds):
                await self._producer.begin_transaction()
                acknowledged = [await future for future in await self._sent(records)]
            step = "commit"
            async with asyncio.timeout(self._limits.commit_seconds):
                await self._producer.commit_transaction()
        except (ProducerFenced, InvalidProducerEpoch) as error:
            raise Fenced(self._partition) from error
        except (KafkaError, OSError, TimeoutError) as error:
            if step == "writing":
                await self._abort()
            raise NotCommitted(self._partition, step, repr(error)) from error
        return Written(acknowledged[0].offset, acknowledged[-1].offset + self._in_last_batch)

    async def _sent(self, records: Sequence[LedgerRecord]) -> list[Any]:
        """Hand all records over in as few batches as hold them; each future is one batch's."""
        futures = []
        batch, count = self._producer.create_batch(), 0
        for key, value, headers in records:
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                futures.append(await self._send(batch))
                batch, count = self._producer.create_batch(), 0
                batch.append(timestamp=None, key=key, value=value, headers=headers)
            count += 1
        futures.append(await self._send(batch))
        self._in_last_batch = count
        return futures

    async def _send(self, batch: Any) -> Any:
        return await self._producer.send_batch(batch, self._topic, partition=self._partition)

    async def _abort(self) -> None:
        """Free the partition for its readers at once; where that fails, the time limit does it."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(2):
                await self._producer.abort_transaction()

    async def stop(self) -> None:
        """Leave; a producer whose broker is away would wait for ever."""
        if self._producer is not None:
            stopping = asyncio.ensure_future(self._producer.stop())
            await asyncio.wait([stopping], timeout=2)
            stopping.cancel()
