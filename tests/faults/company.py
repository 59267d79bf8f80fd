"""Company: one of each process of the flow, started again when it ends, hit when a fault says so.

Holds: ends only processes that it started
"""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from services.machine.supervisor import environment
from services.runtime.settings import Settings

_PAUSE_SECONDS = 0.3


class Company:
    """The processes of a run."""

    def __init__(self, settings: Settings, names: Sequence[str], logs: Path) -> None:
        self.names = tuple(names)
        self._env = environment(settings)
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._more: list[subprocess.Popen[bytes]] = []
        self._frozen: set[str] = set()
        self.ends: Counter[str] = Counter()

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "services.cli", "run", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
            )

    async def supervise(self) -> None:
        """Keep one of each running, until cancelled."""
        while True:
            for name in self.names:
                process = self._running.get(name)
                if process is None or process.poll() is not None:
                    if process is not None:
                        self.ends[f"{name} {_named(process.returncode)}"] += 1
                    self._running[name] = self._start(name)
            self._more = [one for one in self._more if one.poll() is None]
            await asyncio.sleep(_PAUSE_SECONDS)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one of ours."""
        if (process := self._running.get(name)) is not None and process.poll() is None:
            process.send_signal(number)

    def kill_all(self) -> None:
        """Kill every one at once."""
        for name in self.names:
            self.signal(name, signal.SIGKILL)

    async def frozen(self, name: str, seconds: float) -> None:
        """Stop one in whatever it is doing, and let it go on after a while."""
        process = self._running.get(name)
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)

    async def two(self, name: str, seconds: float) -> None:
        """Let a second of a kind work beside the first for a while."""
        second = self._start(name)
        self._more.append(second)
        await asyncio.sleep(seconds)
        if second.poll() is None:
            second.terminate()

    def close(self) -> None:
        """End all."""
        everyone = [*self._running.values(), *self._more]
        for process in everyone:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in everyone:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _named(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
