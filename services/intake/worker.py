"""Worker: the way from the inbound topics to `commands`, and of what is refused to the dead letters.

In:   inbound topics, as one consumer group
Out:  packets on `commands`, letters on the topic of dead letters; the vault in between
Holds: an offset is committed only when everything up to it is in the vault and acknowledged on its
       topic; whatever is taken twice gives the same commands with the same ids. No message ends it:
       only Kafka or the database away does, and then the log names the message it stood at.
"""

import asyncio
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from policies.engine.message_names import names_of_policies
from services.intake.dead_letter_writer import DeadLetterWriter
from services.intake.intake_loop import IntakeLoop
from services.intake.positions import Positions
from services.runtime import garbage_collection
from services.runtime.city import policies_of
from services.runtime.configuration import configuration_of
from services.runtime.errors import BrokerAway, DatabaseAway
from services.runtime.health import alive
from services.runtime.kafka.packets import PacketSender
from services.runtime.postgres import roles
from services.runtime.postgres.desk_configurations import watched
from services.runtime.settings import Settings
from services.runtime.vault.store import Vault

_FETCH_BYTES = 4 * 1024 * 1024
_GATHER_BYTES = 128 * 1024
_GATHER_MS = 60
"""A fetch waits so long for so much: fuller packets spare everybody behind us a transaction."""
_LIMIT_SECONDS = 30.0


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Take in until asked to stop.

    Raises: BrokerAway, DatabaseAway, NotConfigured, NotAcknowledged
    """
    policies = policies_of(settings)
    known = names_of_policies(policies)
    garbage_collection.collect_rarely()
    try:
        pool = await asyncpg.create_pool(
            settings.postgres_dsn,
            min_size=1,
            max_size=2,
            timeout=_LIMIT_SECONDS,
            command_timeout=_LIMIT_SECONDS,
            server_settings=roles.settings_of("intake", roles.INTAKE),
        )
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise DatabaseAway("the address in BENEFIT_LEDGER_POSTGRES_DSN", repr(error)) from error
    async with pool, watched(pool, configuration_of(policies)), alive(settings):
        vault = await Vault.open(pool, settings.vault_key_file)
        topics = settings.topics
        async with (
            PacketSender.of(settings, "intake") as sender,
            DeadLetterWriter(
                settings.kafka_bootstrap, topics.dead_letters, group_of(settings), vault.day_key
            ) as dead_letters,
        ):
            parked = frozenset(one[:3] for one in await vault.parked_messages())
            consumer, positions = await _consumer(settings, pool)
            try:
                loop = IntakeLoop(
                    consumer, positions, vault, sender, dead_letters, known, parked, settings
                )
                await loop.work(stop)
            except KafkaError as error:
                raise BrokerAway(settings.kafka_bootstrap, repr(error)) from error
            finally:
                await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=5)


def group_of(settings: Settings) -> str:
    """Name the consumer group that all intakes of a ledger share."""
    return f"{settings.topic_prefix}intake"


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
