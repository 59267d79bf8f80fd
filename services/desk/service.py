"""Service: what a desk needs while it runs, started before Faust and stopped after it.

Holds: a topic that is made anew under a running desk, a feeder that has fallen silent, and a
       follow-up that is not acknowledged are noticed within seconds, without any packet
"""

import asyncio
from contextlib import AsyncExitStack
from typing import NoReturn, Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from mode import Service

from services.desk.agent import Desk
from services.desk.desk_context import DeskContext, DeskKeys
from services.desk.failures import CannotOpen, LedgerDiffers, PartitionDamaged
from services.desk.partition_worker import PartitionWorker
from services.desk.restart_counter import RestartCounter
from services.runtime.city import policies_of
from services.runtime.configuration import configuration_of, this_process
from services.runtime.errors import BrokerAway
from services.runtime.health import alive
from services.runtime.kafka.packets import PacketSender
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.seals.key_files import ledger_keys, ledger_seal, packet_keys
from services.runtime.settings import Settings
from services.streams import StreamStore, follow_ups

_WATCH_SECONDS = 2.0
_WATCH_LIMIT_SECONDS = 30.0

log = structlog.get_logger("desk")


class EndProcess(Protocol):
    """How a desk ends: at once."""

    def __call__(self, error: BaseException, *, partition: int | None, at: str | None) -> NoReturn:
        """End the process."""


def desk_keys(settings: Settings) -> DeskKeys:
    """The keys of the desk, from its folder.

    Raises: NotConfigured
    """
    folder = settings.keys_dir
    return DeskKeys(ledger_seal(folder), ledger_keys(folder, "desk"), packet_keys(folder))


class DeskService(Service):
    """The adapters of one desk, its workers, and the watch over them."""

    def __init__(self, settings: Settings, end: EndProcess) -> None:
        super().__init__()
        self._settings = settings
        self._alive = AsyncExitStack()
        self._end = end
        self._policies = policies_of(settings)
        self._keys = desk_keys(settings)

    def desk(self) -> Desk:
        """The workers; there from the start of this service on."""
        return self._desk

    async def on_start(self) -> None:
        """Connect. Faust starts only after this."""
        await self._alive.enter_async_context(alive(self._settings))
        bootstrap, topics = self._settings.kafka_bootstrap, self._settings.topics
        self._client = AIOKafkaClient(bootstrap_servers=bootstrap)
        await self._client.bootstrap()
        self._sender = PacketSender.of(self._settings, "desk")
        await self._sender.start()
        self._consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
        await self._consumer.start()
        self._restart_counter = RestartCounter(
            bootstrap, topics.commands, f"{self._settings.topic_prefix}desk-openings"
        )
        await self._restart_counter.start(self._settings.partitions)
        self._topic = await topic_id(self._client, topics.commands)
        context = DeskContext(
            bootstrap,
            topics,
            self._client,
            self._sender,
            lambda: StreamStore(
                self._policies, partitions=self._settings.partitions, keeps_texts=True
            ),
            follow_ups,
            asyncio.Lock(),
            self._restart_counter,
            self._keys,
            configuration=configuration_of(self._policies),
            desk=this_process(),
        )
        self._desk = Desk(context, self._failed)
        self._watching = asyncio.create_task(self._watch())

    async def on_stop(self) -> None:
        """Leave every partition, then disconnect."""
        self._watching.cancel()
        await self._desk.close()
        await self._sender.stop()
        await self._restart_counter.stop()
        await self._consumer.stop()
        await self._client.close()
        await self._alive.aclose()

    def _failed(self, worker: PartitionWorker | None, error: BaseException) -> None:
        if (
            worker is not None
            and isinstance(error, CannotOpen | PartitionDamaged)
            and self._others_go_on(worker)
        ):
            worker.failure = error
            log.critical(
                "a partition is not decided; the others go on",
                partition=worker.owner.partition,
                error=str(error),
            )
            return
        deciding = worker.owner.deciding if worker else None
        self._end(
            error,
            partition=worker.owner.partition if worker else None,
            at=None if deciding is None else f"{deciding.offset}/{deciding.nth} {deciding.command}",
        )

    def _others_go_on(self, failed: PartitionWorker) -> bool:
        workers = self._desk.workers.values()
        return any(worker.failure is None for worker in workers if worker is not failed)

    async def _watch(self) -> None:
        """Look after what no packet would tell; whatever goes wrong here ends the desk too."""
        previous: dict[int, int] = {}
        try:
            while True:
                await asyncio.sleep(_WATCH_SECONDS)
                try:
                    async with asyncio.timeout(_WATCH_LIMIT_SECONDS):
                        previous = await self._check_partitions(previous)
                except (KafkaError, OSError, TimeoutError) as error:
                    raise BrokerAway(self._settings.kafka_bootstrap, repr(error)) from error
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - the process ends, whatever it is
            self._failed(None, error)

    async def _check_partitions(self, previous: dict[int, int]) -> dict[int, int]:
        topic = self._settings.topics.commands
        if (now := await topic_id(self._client, topic)) != self._topic:
            raise LedgerDiffers(
                f"{topic} was made anew under a running desk: its id is {now}, it was "
                f"{self._topic}. Restore the topic that belongs to this ledger."
            )
        workers = self._desk.workers.values()
        open_workers = [worker for worker in workers if worker.opened and worker.failure is None]
        at = [TopicPartition(topic, worker.owner.partition) for worker in open_workers]
        ends = await self._consumer.end_offsets(at) if at else {}
        for worker in open_workers:
            worker.owner.check()
            partition, position = worker.owner.partition, worker.owner.next
            waits = ends[TopicPartition(topic, partition)] > position
            if waits and previous.get(partition) == position and not worker.owner.busy:
                log.warning("nothing was fed, reading on", partition=partition, next=position)
                worker.check_log()
        return {worker.owner.partition: worker.owner.next for worker in open_workers}
