"""Town: the whole system with its vault and books, people who use it, and faults of every kind.

Out:   a TownReport: what was done, how processes ended, what the oracle found
Holds: faults, claims and answers follow from the seed; when exactly something is hit does not
"""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from projections.engine.migrate import migrate
from services.clerk.worker import OUTBOX
from services.flow import PROCESSES
from services.runtime.clock import set_practice_clock
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics
from services.runtime.vault import make_key_file
from tests.account_numbers import keep_numbers
from tests.faults import raw_topics
from tests.faults.company import Company
from tests.faults.evidence import Rest, gathered
from tests.faults.oracle import Judgement, judge
from tests.faults.servers import Servers
from tests.faults.stated import Saying, said
from tests.faults.town_people import Bank, Clock, Mouth, Staff
from tests.faults.wire import Wire

PREFIX = "town."
START = datetime(2022, 9, 1, 1, tzinfo=UTC)
_NAMES = tuple(
    process.name for process in PROCESSES if process.name != "web" and not process.only_with
)
_CHUNK = 50
_QUIET_ROUNDS = 4
_AWAY = (KafkaException, psycopg.Error, OSError, TimeoutError)

Told = Callable[[str, int, int], None]
Fault = Callable[["Town"], Awaitable[None]]


class TownScale(NamedTuple):
    """How large a run is."""

    seed: int
    applications: int
    faults: int
    partitions: int = 4
    freeze_seconds: tuple[float, float] = (2.0, 14.0)
    pause_seconds: tuple[float, float] = (0.3, 2.0)
    settle_seconds: float = 600.0
    disk_megabytes: int = 6_000


class TownReport(NamedTuple):
    """What a run has shown."""

    scale: TownScale
    faults: dict[str, int]
    ends: dict[str, int]
    figures: dict[str, int]
    wrong: list[str]
    seconds: float


class Town:
    """What a fault may lay its hands on."""

    def __init__(
        self,
        scale: TownScale,
        servers: Servers,
        company: Company,
        settings: Settings,
        mouth: Mouth,
        wire: Wire,
    ) -> None:
        self.servers, self.company, self.settings, self.mouth = servers, company, settings, mouth
        self.wire = wire
        self.random = Random(scale.seed + 1)
        self.now = Clock(START)
        self._scale = scale

    def turn_clock(self, by: timedelta) -> None:
        """Set the clock of intake and clerk forward or back."""
        self.now.at += by
        set_practice_clock(Path(self.settings.practice_clock), self.now.at)

    def while_frozen(self) -> float:
        """For how long something stands still."""
        return self.random.uniform(*self._scale.freeze_seconds)


def _of_process(name: str) -> dict[str, Fault]:
    async def killed(town: Town) -> None:
        town.company.signal(name, signal.SIGKILL)

    async def ended(town: Town) -> None:
        town.company.signal(name, signal.SIGTERM)

    async def frozen(town: Town) -> None:
        await town.company.frozen(name, town.while_frozen())

    async def two(town: Town) -> None:
        await town.company.two(name, town.while_frozen() + 4.0)

    return {
        f"{name} killed": killed,
        f"{name} ended": ended,
        f"{name} frozen": frozen,
        f"two of {name}": two,
    }


async def _kafka_killed(town: Town) -> None:
    await town.servers.kafka_again()


async def _postgres_killed(town: Town) -> None:
    await town.servers.postgres_again()


async def _kafka_frozen(town: Town) -> None:
    await town.servers.frozen("kafka", town.while_frozen())


async def _postgres_frozen(town: Town) -> None:
    await town.servers.frozen("postgres", town.while_frozen())


async def _database_cut_off(town: Town) -> None:
    await town.wire.cut(town.while_frozen())


async def _database_unheard(town: Town) -> None:
    await town.wire.swallow(town.while_frozen())


async def _all_killed(town: Town) -> None:
    """As a power cut does: every process and both servers in one moment."""
    town.company.kill_all()
    await asyncio.gather(town.servers.kafka_again(), town.servers.postgres_again())


async def _kafka_full(town: Town) -> None:
    with town.servers.disks["kafka"].full():
        await asyncio.sleep(town.while_frozen())
    await town.servers.kafka_again()


async def _postgres_full(town: Town) -> None:
    with town.servers.disks["postgres"].full():
        await asyncio.sleep(town.while_frozen())
    await town.servers.postgres_again()


async def _clock_back(town: Town) -> None:
    town.turn_clock(timedelta(minutes=-10))


async def _clock_forward(town: Town) -> None:
    town.turn_clock(timedelta(minutes=15))


async def _retention(town: Town) -> None:
    """What intake has taken in is deleted from the inbound topics.

    A broker under load may answer late or not at all: then it is deleted later, or not yet.
    """
    with contextlib.suppress(KafkaException, TimeoutError):
        await asyncio.to_thread(_delete_what_is_taken, town.settings, town.mouth.topics)


def _delete_what_is_taken(settings: Settings, topics: tuple[str, ...]) -> None:
    bootstrap = settings.kafka_bootstrap
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": f"{settings.topic_prefix}intake"}
    )
    try:
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in range(raw_topics.partitions(bootstrap, topic))
        ]
        taken = [one for one in consumer.committed(places, timeout=10) if one.offset > 0]
    finally:
        consumer.close()
    if taken:
        for done in AdminClient({"bootstrap.servers": bootstrap}).delete_records(taken).values():
            done.result(timeout=10)


FAULTS: dict[str, Fault] = {
    **{kind: fault for name in _NAMES for kind, fault in _of_process(name).items()},
    "broker killed": _kafka_killed,
    "broker frozen": _kafka_frozen,
    "database killed": _postgres_killed,
    "database frozen": _postgres_frozen,
    "database cut off": _database_cut_off,
    "database unheard": _database_unheard,
    "everything killed": _all_killed,
    "broker's disk full": _kafka_full,
    "database's disk full": _postgres_full,
    "clock set back": _clock_back,
    "clock set forward": _clock_forward,
    "inbound topics cut": _retention,
}
NEED_A_DISK = {"broker's disk full", "database's disk full"}


def planned(scale: TownScale, *, disks: bool) -> list[str]:
    """Choose the faults: each kind as often as any other, in an order of the seed's."""
    kinds = [kind for kind in FAULTS if disks or kind not in NEED_A_DISK]
    random = Random(scale.seed)
    chosen: list[str] = []
    while len(chosen) < scale.faults:
        random.shuffle(kinds)
        chosen += kinds
    return chosen[: scale.faults]


async def run(scale: TownScale, place: Path, told: Told) -> TownReport:
    """Let the town live through the faults, wait until it rests, and judge."""
    began = time.monotonic()
    logs = place / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with Servers(place, scale.disk_megabytes) as servers:
        settings = await _prepared(scale, servers, place)
        mouth = Mouth(settings)
        wire = Wire(servers.postgres.port)
        await wire.start()
        away = settings.postgres_dsn.replace(f":{servers.postgres.port}/", f":{wire.port}/")
        company = Company(settings.model_copy(update={"postgres_dsn": away}), _NAMES, logs)
        town = Town(scale, servers, company, settings, mouth, wire)
        town.turn_clock(timedelta())
        bank = Bank(settings.data_dir / OUTBOX, mouth, scale.seed)
        try:
            async with (
                _beside(company.supervise()),
                _beside(Staff(settings).work(town.now)),
                _beside(bank.work(town.now)),
            ):
                done = await _lived_through(scale, town, told)
                await _at_rest(scale, town, bank, told)
        finally:
            company.close()
            await wire.stop()
        told("reading everything", 0, 1)
        found: Judgement = await asyncio.to_thread(
            lambda: judge(
                gathered(
                    settings.kafka_bootstrap,
                    settings.postgres_dsn,
                    PREFIX,
                    scale.partitions,
                    mouth.sent,
                    bank.files,
                )
            )
        )
        told("reading everything", 1, 1)
    seconds = time.monotonic() - began
    ends = dict(company.ends)
    return TownReport(scale, dict(done), ends, dict(found.figures), found.wrong, seconds)


async def _prepared(scale: TownScale, servers: Servers, place: Path) -> Settings:
    settings = Settings(
        kafka_bootstrap=servers.kafka.bootstrap,
        postgres_dsn=servers.postgres.dsn(),
        topic_prefix=PREFIX,
        partitions=scale.partitions,
        data_dir=place / "data",
        practice_clock=str(place / "clock"),
    )
    make_key_file(settings.vault_key_file)
    await create_topics(settings.kafka_bootstrap, scale.partitions, topics=settings.topics)
    await migrate(settings.postgres_dsn)
    await keep_numbers(settings)
    return settings


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        if task.done():
            task.result()  # it ended by itself: that is a failure of the test's own
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _lived_through(scale: TownScale, town: Town, told: Told) -> Counter[str]:
    """Say everything, and let a fault happen after each part of it."""
    sayings = list(said(scale.seed, scale.applications))
    faults = planned(scale, disks=all(disk.mounted for disk in town.servers.disks.values()))
    done: Counter[str] = Counter()
    each = max(1, len(sayings) // (len(faults) + 1))
    saying = asyncio.create_task(asyncio.sleep(0))
    parts = [sayings[start : start + each] for start in range(0, len(sayings), each)]
    for number, part in enumerate(parts):
        await saying
        saying = asyncio.create_task(_say(town.mouth, part))
        if number < len(faults):
            await asyncio.sleep(town.random.uniform(*scale.pause_seconds))
            await FAULTS[faults[number]](town)
            done[faults[number]] += 1
        told("messages", min(len(sayings), (number + 1) * each), len(sayings))
        told("faults", min(number + 1, len(faults)), len(faults))
    await saying
    return done


async def _say(mouth: Mouth, part: Sequence[Saying]) -> None:
    for start in range(0, len(part), _CHUNK):
        await mouth.say(part[start : start + _CHUNK])


async def _at_rest(scale: TownScale, town: Town, bank: Bank, told: Told) -> None:
    """Wait until nobody has anything left to read, to pay or to answer."""
    rest = Rest(town.settings.kafka_bootstrap, town.settings.postgres_dsn, PREFIX, scale.partitions)
    deadline = time.monotonic() + scale.settle_seconds
    quiet, before, left = 0, -1, dict[str, int]()
    while quiet < _QUIET_ROUNDS:
        if time.monotonic() > deadline:
            raise AssertionError(f"not at rest in time: {left}")
        await asyncio.sleep(1.0)
        try:
            left = await asyncio.to_thread(rest.left, town.mouth.topics)
            left |= await asyncio.to_thread(_unpaid, town.settings.postgres_dsn)
        except _AWAY as error:
            left = {repr(error)[:100]: 1}
        told("settling", 0 if left else 1, 1)
        same = before == len(bank.files)
        quiet = quiet + 1 if not left and same else 0
        before = len(bank.files)


def _unpaid(dsn: str) -> dict[str, int]:
    with psycopg.connect(dsn, connect_timeout=5) as books:
        rows = books.execute(
            "SELECT state, count(*) FROM books.disbursements"
            " WHERE state IN ('ordered', 'batched', 'sent') GROUP BY state"
        ).fetchall()
    return {f"payments {state}": count for state, count in rows}
