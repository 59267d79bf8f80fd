"""Power cuts: a whole ledger on a file system whose image is copied while it runs.

`python -m tests.faults.power_cut [--cuts 5] [--unflushed]`, as root on Linux. What only the page cache
has is not in the copy, as after a real power cut, which `kill -9` does not try. The ledger is started on
each copy: every message that the broker had acknowledged by then must be decided, refused, or in the
dead letters. `--unflushed` leaves out the flushing of inbound topics and letters, to see them lost.

Every second cut falls while intake is asleep, when only the inbound topics have the messages.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from confluent_kafka import Message, Producer
from rich.console import Console

from services.machine.running_ledger import RunningLedger, running_ledger
from services.runtime import topic_admin
from services.runtime.seals.key_files import make_keys
from services.runtime.settings import Settings
from services.runtime.topics import PlannedTopic, planned_topics
from tests.faults import raw_topics
from tests.whole_ledger import example

_IMAGE_BYTES = 4 * 1024**3
_PARTITIONS = 4
_BETWEEN_SECONDS = 3.0
_QUIET_SECONDS = 180.0
_AWAKE = ("intake", "desk", "projector", "outcomes", "clerk")
_ASLEEP = ("desk", "projector", "outcomes", "clerk")
_BAD_EVERY = 10
"""Every tenth message is refused, so that letters are tried too."""

console = Console(width=160)


class Sent(NamedTuple):
    """What upstream knows to have arrived."""

    topic: str
    partition: int
    offset: int
    application: str


class Upstream:
    """Publishes applications without end, and remembers what was acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self._topic = settings.topics.inbound["applications"]
        self._producer = Producer(
            {"bootstrap.servers": settings.kafka_bootstrap, "acks": "all", "log_level": 2}
        )
        self.acknowledged: list[Sent] = []

    def publish(self, first: int, count: int) -> None:
        """Publish so many, and take what was acknowledged meanwhile."""
        for number in range(first, first + count):
            event = _application(number)
            self._producer.produce(
                self._topic,
                json.dumps(event).encode(),
                headers=[("content-type", "application/cloudevents+json")],
                partition=number % _PARTITIONS,
                on_delivery=self._noted(event["data"]["application"]),
            )
            self._producer.poll(0)

    def flush(self) -> None:
        """Wait for what is under way."""
        self._producer.flush(30)

    def poll(self) -> None:
        """Take acknowledgements that have come."""
        self._producer.poll(0)

    def _noted(self, application: str) -> Any:
        def delivered(error: object, message: Message) -> None:
            if error is None:
                place = (message.topic() or "", message.partition() or 0, message.offset() or 0)
                self.acknowledged.append(Sent(*place, application))

        return delivered


def _application(number: int) -> dict[str, Any]:
    event = example("application.submitted")
    event["id"] = f"cut-{number}"
    event["data"]["application"] = f"CUT-{number:06d}"
    event["data"]["facts"]["certificate.number"] = f"S{number:06d}"
    if number % _BAD_EVERY == 0:
        event["data"]["programme"] = "no-such-programme"
    return event


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """Mount an image; it is unmounted whatever happens."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def cut(image: Path, copy: Path) -> None:
    """Copy what the disk has: everything of ours stands still, and nothing is written meanwhile."""
    family = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
    ]
    for child in family:
        child.send_signal(signal.SIGSTOP)
    try:
        _until_still(image)
        subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
    finally:
        for child in family:
            child.send_signal(signal.SIGCONT)


def _until_still(image: Path) -> None:
    """Wait until the loop device has nothing under way."""
    device = subprocess.run(
        ["losetup", "--noheadings", "--output", "NAME", "--associated", str(image)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()[0]
    inflight = Path("/sys/block") / Path(device).name / "inflight"
    still = 0
    while still < 10:
        still = still + 1 if inflight.read_text().split() == ["0", "0"] else 0
        time.sleep(0.01)


@asynccontextmanager
async def running(home: Path, names: tuple[str, ...]) -> AsyncIterator[RunningLedger]:
    """Run a ledger on a directory."""
    settings = Settings(data_dir=home, partitions=_PARTITIONS, web_port=0)
    async with running_ledger(settings, Console(quiet=True), names=names) as one:
        yield one


def formatted(image: Path) -> None:
    """Make an empty file system in a file."""
    with image.open("wb") as file:
        file.truncate(_IMAGE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)


async def run(cuts: int, place: Path) -> int:
    """Cut so many times, and judge each copy; how many messages were lost."""
    image = place / "disk.img"
    formatted(image)
    known: list[tuple[Path, list[Sent]]] = []
    history: list[Sent] = []
    number = 1
    with mounted(image, place / "disk") as disk:
        for nth in range(1, cuts + 1):
            names = _AWAKE if nth % 2 else _ASLEEP
            async with running(disk / "ledger", names) as one:
                upstream = Upstream(one.settings)
                until = time.monotonic() + _BETWEEN_SECONDS
                while time.monotonic() < until:
                    upstream.publish(number, 20)
                    number += 20
                    await asyncio.sleep(0.05)  # the pace of upstream
                upstream.poll()
                before = [*history, *upstream.acknowledged]
                copy = place / f"cut-{nth}.img"
                await asyncio.to_thread(cut, image, copy)
                known.append((copy, before))
                upstream.flush()
                history += upstream.acknowledged
                asleep = "" if "intake" in names else ", intake asleep"
                console.print(f"cut {nth}: {len(before)} acknowledged{asleep}")
    lost = 0
    for nth, (copy, acknowledged) in enumerate(known, start=1):
        lost += await _judged(nth, copy, acknowledged, place)
        copy.unlink()
    return lost


async def _judged(nth: int, copy: Path, acknowledged: list[Sent], place: Path) -> int:
    with mounted(copy, place / "copy") as disk:
        async with running(disk / "ledger", _AWAKE) as one:
            settings = one.settings
            began = time.monotonic()
            while True:
                decided, letters = await asyncio.to_thread(_outcome, settings)
                missing = [
                    sent
                    for sent in acknowledged
                    if sent.application not in decided and sent[:3] not in letters
                ]
                if not missing or time.monotonic() - began > _QUIET_SECONDS:
                    break
                await asyncio.sleep(1)
    console.print(
        f"after cut {nth}: {len(acknowledged)} acknowledged, {len(decided)} decided, "
        f"{len(letters)} in the letters, {len(missing)} lost"
    )
    return len(missing)


def _outcome(settings: Settings) -> tuple[set[str], set[tuple[str, int, int]]]:
    """Read the raw topics: which applications have an answer, which messages have a letter."""
    topics, decided, letters = settings.topics, set(), set()
    for partition in range(_PARTITIONS):
        for record in raw_topics.read(
            settings.kafka_bootstrap, topics.ledger, partition, committed=True
        ):
            if record.key != b"~checkpoint":
                body = json.loads(record.value)["body"]
                decided.add(str(body.get("application", "")).rpartition(":")[2])
    for record in raw_topics.read(settings.kafka_bootstrap, topics.dead_letters, 0, committed=True):
        letter = json.loads(record.value)
        letters.add((letter["topic"], letter["partition"], letter["offset"]))
    return decided, letters


def _unflushed() -> None:
    """Plant the mistake: inbound topics and letters acknowledge what the disk has not."""

    def loose(*arguments: Any) -> list[PlannedTopic]:
        return [
            topic._replace(
                configs={k: v for k, v in topic.configs.items() if k != "flush.messages"}
            )
            if "benefits." in topic.name
            else topic
            for topic in planned_topics(*arguments)
        ]

    setattr(topic_admin, "planned_topics", loose)  # noqa: B010 - it is imported there


def main() -> int:
    """Run, judge; 1 when anything was lost, 77 where it cannot be tried."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults.power_cut", description=__doc__)
    asked.add_argument("--cuts", type=int, default=5)
    asked.add_argument("--unflushed", action="store_true")
    options = asked.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        console.print("A power cut is tried as root on Linux, with loop devices and mkfs.ext4.")
        return 77
    if options.unflushed:
        _unflushed()
    with tempfile.TemporaryDirectory(prefix="power-") as directory:
        place = Path(directory)
        keys = place / "keys"
        os.environ["BENEFIT_LEDGER_KEYS_DIR"] = str(keys)
        make_keys(keys)
        lost = asyncio.run(run(options.cuts, place))
    console.print(f"{lost} lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
