"""Company: one of each process of the flow, started again when it ends, hit when a fault says so.

Holds: ends only processes that it started
"""

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from services.machine.supervisor import environment
from services.runtime.settings import Settings
from tests.preloaded import COMMAND, all_to, begin

_PAUSE_SECONDS = 0.3


class Company:
    """The processes of a run."""

    def __init__(self, settings: Settings, names: Sequence[str], logs: Path) -> None:
        self.names = tuple(names)
        self._env = environment(settings)
        self._logs = logs
        self._running: dict[str, BaseProcess] = {}
        self._more: list[BaseProcess] = []
        self._frozen: set[str] = set()
        self.ends: Counter[str] = Counter()

    def _start(self, name: str) -> BaseProcess:
        return begin(COMMAND, ("run", name), self._env, all_to(self._logs / f"{name}.log"))

    async def supervise(self) -> None:
        """Keep one of each running, until cancelled."""
        while True:
            for name in self.names:
                process = self._running.get(name)
                if process is not None and process.exitcode is not None:
                    self.ends[f"{name} {_named(process.exitcode)}"] += 1
                if process is None or process.exitcode is not None:
                    self._running[name] = self._start(name)
            self._more = [one for one in self._more if one.exitcode is None]
            await asyncio.sleep(_PAUSE_SECONDS)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one of ours."""
        if (process := self._running.get(name)) is not None and process.exitcode is None:
            _send(process, number)

    def kill_all(self) -> None:
        """Kill every one at once."""
        for name in self.names:
            self.signal(name, signal.SIGKILL)

    async def frozen(self, name: str, seconds: float) -> None:
        """Stop one in whatever it is doing, and let it go on after a while."""
        process = self._running.get(name)
        if process is None or process.exitcode is not None:
            return
        _send(process, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            _send(process, signal.SIGCONT)

    async def two(self, name: str, seconds: float) -> None:
        """Let a second of a kind work beside the first for a while."""
        second = self._start(name)
        self._more.append(second)
        await asyncio.sleep(seconds)
        if second.exitcode is None:
            second.terminate()

    def close(self) -> None:
        """End all."""
        everyone = [*self._running.values(), *self._more]
        for process in everyone:
            if process.exitcode is None:
                _send(process, signal.SIGCONT)
                process.terminate()
        for process in everyone:
            process.join(10)
            process.kill()
            process.join(10)


def _send(process: BaseProcess, number: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)


def _named(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
