"""Chaos: a real broker, several desks, a load, and faults by the seed; then the books are read.

Out:  a Report: what was done, what an independent reader found, what a replay found
Holds: faults and load follow from the seed; when exactly a process is hit does not
"""

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from confluent_kafka import KafkaException

from events import codec
from events.envelope import Asked
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.packets import PacketSender
from services.runtime.topic_admin import create_topics
from services.runtime.topics import Topics
from tests.faults import raw_topics
from tests.faults.crew import Crew, Plan
from tests.faults.findings import CHECKPOINT, examine
from tests.faults.load import Load, load
from tests.faults.replay import Replayed
from tests.ledger_writer import test_keys

_WEIGHTS = {"kill -9": 8, "SIGSTOP": 5, "SIGTERM": 8, "join": 4, "broker killed": 2}
_CHUNK = 100
_QUIET_SECONDS = 2.5
_WORK_SECONDS = 20.0

Told = Callable[[str, int, int], None]
"""(stage, done, of): for whoever shows progress."""


class Scale(NamedTuple):
    """How large a run is."""

    seed: int
    applications: int
    faults: int
    desks: int = 3
    partitions: int = 4
    session_seconds: float = 6.0
    pause_seconds: tuple[float, float] = (0.5, 4.0)
    settle_seconds: float = 240.0


class Report(NamedTuple):
    """What a run has shown."""

    scale: Scale
    faults: dict[str, int]
    ends: dict[str, int]
    figures: dict[str, int]
    wrong: list[str]
    seconds: float


def planned(scale: Scale) -> list[str]:
    """Choose the faults; a short run has each kind at least once."""
    random = Random(scale.seed)
    each = list(_WEIGHTS)[: scale.faults]
    more = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=scale.faults - len(each))
    faults = each + more
    random.shuffle(faults)
    return faults


async def run(scale: Scale, broker: KafkaBroker, logs: Path, told: Told) -> Report:
    """Run the load through the faults, wait until all is quiet, and read the books."""
    began = time.monotonic()
    topics = Topics("faults.")
    await create_topics(broker.bootstrap, scale.partitions, topics=topics)
    sent = load(scale.seed, scale.applications)
    crew = Crew(
        Plan(broker.bootstrap, topics.prefix, scale.partitions, scale.session_seconds), logs
    )
    crew.want(scale.desks)
    try:
        async with _background(crew.supervise()):
            pace = _Pace(len(sent.commands), scale.faults)
            sending = asyncio.create_task(_send(sent, broker.bootstrap, topics, scale, pace, told))
            faults = await _faults(scale, crew, broker, topics, pace, told)
            await sending
            await _end_at_rest(crew, broker.bootstrap, topics, scale, told)
    finally:
        crew.close()
    told("reading the books", 0, 1)
    found = await asyncio.to_thread(
        examine,
        broker.bootstrap,
        topics.ledger,
        topics.commands,
        scale.partitions,
        sent.applications,
    )
    replayed = await _replayed(broker.bootstrap, topics, scale.partitions)
    told("reading the books", 1, 1)
    wrong = [*found.wrong, *replayed.wrong]
    figures = dict(found.figures) | {"repeats sent": sent.repeats}
    seconds = time.monotonic() - began
    figures |= {"facts replayed": replayed.facts, "follow-ups implied": replayed.follow_ups}
    return Report(scale, dict(faults), dict(crew.ends), figures, wrong, seconds)


@contextlib.asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class _Pace:
    """Lets the load go on as far as the faults have come, so that each of them finds work."""

    def __init__(self, commands: int, faults: int) -> None:
        self._each = commands / (faults + 1)
        self._reached = asyncio.Condition()
        self._allowed = self._each
        self._faults_left = faults

    async def fault_done(self) -> None:
        """One more fault has happened."""
        async with self._reached:
            self._allowed += self._each
            self._faults_left -= 1
            self._reached.notify_all()

    async def at(self, sent: int) -> None:
        """Wait until as many commands may have been sent."""
        async with self._reached:
            await self._reached.wait_for(lambda: not self._faults_left or sent <= self._allowed)


async def _send(
    sent: Load, bootstrap: str, topics: Topics, scale: Scale, pace: _Pace, told: Told
) -> None:
    """Send the load beside the faults; what is not acknowledged is sent again."""
    size = max(1, min(_CHUNK, len(sent.commands) // (scale.faults + 1) // 10))
    for start in range(0, len(sent.commands), size):
        await pace.at(start + size)
        await _send_chunk(bootstrap, topics, sent.commands[start : start + size])
        told("applications", start + size, len(sent.commands))


async def _send_chunk(bootstrap: str, topics: Topics, chunk: Sequence[Asked]) -> None:
    commands = [(asked.stream, codec.encode_command(asked)) for asked in chunk]
    seal = test_keys().packets.seal("operator")
    while True:
        try:
            async with PacketSender(bootstrap, topics.commands, seal) as sender:
                await sender.send_all(commands)
        except OperatingFailure:
            await asyncio.sleep(0.2)
        else:
            return


async def _faults(
    scale: Scale, crew: Crew, broker: KafkaBroker, topics: Topics, pace: _Pace, told: Told
) -> Counter[str]:
    random = Random(scale.seed + 1)
    done: Counter[str] = Counter()
    thaws: set[asyncio.Task[None]] = set()
    desks = scale.desks
    written = 0
    for number, fault in enumerate(planned(scale)):
        written = await _until_written(broker.bootstrap, topics, scale, written)
        await asyncio.sleep(random.uniform(*scale.pause_seconds))
        victims = crew.at_work or crew.lively
        if fault == "join":
            desks = desks + 1 if desks <= scale.desks else scale.desks
            crew.want(desks)
        elif fault == "broker killed":
            await asyncio.to_thread(broker.kill)
            await asyncio.sleep(random.uniform(0.2, 1.0))
            await asyncio.to_thread(broker.start)
        elif victims:
            victim = random.choice(victims)
            if fault == "SIGSTOP":
                frozen = crew.freeze(victim, scale.session_seconds + random.uniform(0.5, 2.0))
                thaws.add(asyncio.create_task(frozen))
            else:
                crew.signal(victim, signal.SIGKILL if fault == "kill -9" else signal.SIGTERM)
        done[fault] += 1
        await pace.fault_done()
        told("faults", number + 1, scale.faults)
    if thaws:
        await asyncio.wait(thaws)
    return done


async def _until_written(bootstrap: str, topics: Topics, scale: Scale, before: int) -> int:
    """Wait until the ledger has grown, so that a fault hits desks at work; but not for ever."""
    deadline = time.monotonic() + _WORK_SECONDS
    written = before
    while written <= before and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        with contextlib.suppress(KafkaException):
            ends = await asyncio.to_thread(
                raw_topics.ends, bootstrap, topics.ledger, scale.partitions
            )
            written = sum(ends)
    return written


async def _end_at_rest(
    crew: Crew, bootstrap: str, topics: Topics, scale: Scale, told: Told
) -> None:
    """Wait until all is decided, and end the desks; what one of them still sent is decided first.

    Quiet is no proof of rest: a desk that has just opened a book sends its last follow-ups again.
    """
    deadline = time.monotonic() + scale.settle_seconds
    while True:
        await _until_quiet(deadline, bootstrap, topics, scale, told)
        crew.close()
        ends, stands = await asyncio.to_thread(_where, bootstrap, topics, scale.partitions)
        if ends == stands:
            return
        crew.want(scale.desks)


async def _until_quiet(
    deadline: float, bootstrap: str, topics: Topics, scale: Scale, told: Told
) -> None:
    """Wait until every command is decided and nothing new comes."""
    since, before = time.monotonic(), [-1]
    while True:
        ends, stands = await asyncio.to_thread(_where, bootstrap, topics, scale.partitions)
        told("settling", sum(stands), max(1, sum(ends)))
        if ends != stands or ends != before:
            since, before = time.monotonic(), ends
        elif time.monotonic() - since > _QUIET_SECONDS:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"not quiet in time: {stands} of {ends} commands decided")
        await asyncio.sleep(0.3)


def _where(bootstrap: str, topics: Topics, partitions: int) -> tuple[list[int], list[int]]:
    ends = raw_topics.ends(bootstrap, topics.commands, partitions)
    stands = [
        raw_topics.last_of(bootstrap, topics.ledger, partition, CHECKPOINT)
        for partition in range(partitions)
    ]
    return ends, [json.loads(point)["next"] if point else 0 for point in stands]


async def _replayed(bootstrap: str, topics: Topics, partitions: int) -> Replayed:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.replay",
        bootstrap,
        topics.ledger,
        topics.commands,
        str(partitions),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise AssertionError(f"the replay ended with {process.returncode}")
    return Replayed(**json.loads(out.splitlines()[-1]))
