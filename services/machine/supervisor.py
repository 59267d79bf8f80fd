"""Supervisor: keep the processes of one machine running, as compose does on containers.

In:   the names of the processes, the settings they share
Out:  their logs, one file each; alarms for what does not get up again
Holds: a process that ends is started again, ever more slowly; all end when we end
"""

import asyncio
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from services.runtime.embedded.child import OWNER_ALONE, guarded
from services.runtime.settings import PREFIX, Settings

RESTART_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_SECONDS = 10.0
"""Who ran so long is started again at once."""

STOP_SECONDS = 15.0
ALARM_AFTER = 3
"""So many ends at one place of the log, and a person is told which command it is."""

_STUCK_AT = re.compile(rb'"deciding": ?"([^"]+)"')
"""How a desk names the command that it was deciding when it ended."""

_LAST_BYTES = 20_000

Alarm = Callable[[str], None]


class Started(Protocol):
    """A process that was started."""

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""

    async def wait(self) -> int:
        """Wait until it ends."""

    def send_signal(self, signal: int, /) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it as a crash would."""


@dataclass(slots=True)
class _Child:
    name: str
    log: Path
    process: Started | None = None
    starts: int = 0
    restarts: int = 0
    places: deque[str] = field(default_factory=lambda: deque(maxlen=ALARM_AFTER))


class Supervisor:
    """The processes of one ledger on this machine."""

    def __init__(self, settings: Settings, names: tuple[str, ...], alarm: Alarm) -> None:
        self._settings = settings
        self._alarm = alarm
        logs = settings.data_dir / "logs"
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._children = [_Child(name, logs / f"{name}.log") for name in names]
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._keep(child)) for child in self._children]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await asyncio.gather(*(self._end(child) for child in self._children))
        await asyncio.gather(*self._tasks)

    @property
    def restarts(self) -> int:
        """How often anything had to be started again."""
        return sum(child.restarts for child in self._children)

    async def _keep(self, child: _Child) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            child.starts += 1
            child.log.touch(mode=0o600)
            with child.log.open("ab") as log:
                log_start = log.tell()
                child.process = await start_process(child.name, self._settings, log)
            if self._stopping.is_set():
                await self._end(child)
                return
            code = await child.process.wait()
            if self._stopping.is_set():
                return
            self._noticed(child, code, log_start)
            if time.monotonic() - began > STEADY_SECONDS:
                child.starts = 1
            pause = RESTART_SECONDS[min(child.starts, len(RESTART_SECONDS)) - 1]
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            child.restarts += not self._stopping.is_set()

    def _noticed(self, child: _Child, code: int, log_start: int) -> None:
        """Raise an alarm when a process ends again and again at the same place."""
        with child.log.open("rb") as log:
            log.seek(max(log_start, child.log.stat().st_size - _LAST_BYTES))
            found = _STUCK_AT.findall(log.read())
        child.places.append(f"{found[-1].decode() if found else 'no command'} (exit {code})")
        if len(child.places) == ALARM_AFTER and len(set(child.places)) == 1:
            self._alarm(
                f"{child.name} ended {ALARM_AFTER} times at {child.places[-1]}; see {child.log}"
            )
            child.places.clear()

    async def _end(self, child: _Child) -> None:
        process = child.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def start_process(name: str, settings: Settings, log: BinaryIO) -> Started:
    """Start one process of the flow; what it says goes to its log."""
    command = [sys.executable, "-m", "services.cli", "run", name]
    return await asyncio.create_subprocess_exec(
        *guarded(command, signal.SIGTERM),
        stdout=log,
        stderr=asyncio.subprocess.STDOUT,
        env=environment(settings),
        start_new_session=True,
        umask=OWNER_ALONE,
    )


def environment(settings: Settings) -> dict[str, str]:
    """Hand every setting on to a child, whatever directory it starts in."""
    own = {
        f"{PREFIX}{name.upper()}": str(value)
        for name, value in settings.model_dump().items()
        if name != "cache_dir"
    }
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    cache = {f"{PREFIX}CACHE": str(settings.cache_dir)}
    return {**os.environ, **own, **cache, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
