"""Crew: the desk processes of a run, started again when they end, as a supervisor would."""

import asyncio
import os
import signal
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from tests.preloaded import all_to, begin


class Plan(NamedTuple):
    """What every desk process is told."""

    bootstrap: str
    prefix: str
    partitions: int
    session_seconds: float


class Crew:
    """Running desks; `ends` counts how they ended.

    Holds: ends only processes that it started
    """

    def __init__(self, plan: Plan, logs: Path) -> None:
        self._plan = plan
        self._logs = logs
        self._running: dict[int, BaseProcess] = {}
        self._log_of: dict[int, Path] = {}
        self._frozen: set[int] = set()
        self._wanted = 0
        self._started = 0
        self.ends: Counter[str] = Counter()

    def want(self, desks: int) -> None:
        """Say how many desks there should be; missing ones are started, none is ended."""
        self._wanted = desks
        while len(self._running) < self._wanted:
            self._start()

    def _start(self) -> None:
        self._started += 1
        written = self._logs / f"desk-{self._started}.log"
        env = {**os.environ, "PYTHONUNBUFFERED": "1"}
        plan = tuple(map(str, self._plan))
        process = begin("tests.faults.desk_process", plan, env, all_to(written))
        assert process.pid is not None
        self._running[process.pid] = process
        self._log_of[process.pid] = written

    async def supervise(self) -> None:
        """Start desks again that have ended, until cancelled."""
        while True:
            for pid, process in list(self._running.items()):
                if (code := process.exitcode) is not None:
                    self.ends[_named(code)] += 1
                    del self._running[pid]
                    self._frozen.discard(pid)
            self.want(self._wanted)
            await asyncio.sleep(0.1)

    @property
    def lively(self) -> list[int]:
        """The desks that run and are not frozen."""
        return [pid for pid in self._running if pid not in self._frozen]

    @property
    def at_work(self) -> list[int]:
        """Those of them that have opened a book."""
        return [pid for pid in self.lively if b"book opened" in self._log_of[pid].read_bytes()]

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to one of ours."""
        process = self._running.get(pid)
        if process is not None and process.exitcode is None:
            os.kill(pid, number)

    async def freeze(self, pid: int, seconds: float) -> None:
        """Stop a process in whatever it is doing, and let it go on after a while."""
        self._frozen.add(pid)
        self.signal(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.signal(pid, signal.SIGCONT)
        self._frozen.discard(pid)

    def close(self) -> None:
        """End all desks at once, in the midst of what they do.

        Asked one by one to leave, those that are left open the books of those that have gone and
        send their last follow-ups once more, which nobody is there to decide.
        """
        self._wanted = 0
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.join(10)
        self._running.clear()


def _named(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
