"""Servers: a broker and a database that can be killed, frozen and left without room.

Holds: each lies on a disk of its own where this machine lets us make one (root on Linux), so that one
       can be full while the other has room; elsewhere those two faults are not made
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.settings import Settings


class Disk:
    """A file system of its own in memory, or only a directory where none can be mounted."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.place = place
        place.mkdir(parents=True)
        self.mounted = False
        if sys.platform == "linux" and os.geteuid() == 0:
            options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)]
            mounted = subprocess.run(["mount", *options], capture_output=True, check=False)
            self.mounted = mounted.returncode == 0

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Leave no room until the block ends."""
        ballast = self.place / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for step in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while file.write(bytes(step)):
                        pass
        try:
            yield
        finally:
            ballast.unlink()

    def close(self) -> None:
        """Give it back."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.place)], check=False)


class Servers:
    """Both servers of a run."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.disks = {name: Disk(place / name, megabytes) for name in ("kafka", "postgres")}
        self._homes = {name: Home(disk.place / "home") for name, disk in self.disks.items()}

    def __enter__(self) -> Self:
        for home in self._homes.values():
            home.__enter__()
        self.kafka = KafkaBroker(self._homes["kafka"], Settings().cache_dir)
        self.postgres = PostgresServer(self._homes["postgres"])
        self.kafka.start()
        self.postgres.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kafka.kill()
        self.postgres.stop()
        for home in self._homes.values():
            home.__exit__(None, None, None)
        for disk in self.disks.values():
            disk.close()

    async def kafka_again(self) -> None:
        """Kill the broker, if it still runs, and start it."""
        await asyncio.to_thread(self.kafka.kill)
        await asyncio.to_thread(self.kafka.start)

    async def postgres_again(self) -> None:
        """Kill the database with all its helpers, as a power cut does, and start it."""
        await asyncio.to_thread(self._kill_postgres)
        await asyncio.to_thread(self.postgres.start)

    def _kill_postgres(self) -> None:
        family = family_of(self.postgres.pid)
        self.postgres.kill()
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, timeout=10)

    async def frozen(self, name: str, seconds: float) -> None:
        """Stop a server in whatever it is doing, and let it go on after a while."""
        family = family_of(self.kafka.pid if name == "kafka" else self.postgres.pid)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.suspend()
        await asyncio.sleep(seconds)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.resume()


def family_of(pid: int | None) -> list[psutil.Process]:
    """A server's process and all that it has started; none where it has ended by itself.

    Holds: never this very process, which is what the library takes a missing number for
    """
    if pid is None:
        return []
    try:
        parent = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return []
    return [parent, *parent.children(recursive=True)]
