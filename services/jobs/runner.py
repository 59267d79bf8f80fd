"""runner: begins the jobs that wait, a few at a time, each in a process of its own.

In:    the jobs as they are kept; the command line that does one, and what it is told
Out:   processes
Holds: at most so many at once; one that is cancelled, or takes too long, is ended; none outlives the
       runner, and what it had not done is told as broken off
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import asyncpg
import structlog

from services.jobs.stored import JobStore, Outcome

MOST_AT_ONCE = 2
LONGEST_SECONDS = 30 * 60.0
_LOOK_SECONDS = 1.0
_REST_SECONDS = 15.0
_STOP_SECONDS = 5.0
_TOO_LONG = Outcome("failed", "30 分钟没有办完，已停止。请缩小范围再试。")
_GONE = Outcome("broken")

_log = structlog.get_logger("jobs")


class JobRunner:
    """The processes that do jobs, by the jobs' numbers."""

    def __init__(
        self,
        store: JobStore,
        command: Callable[[str], Sequence[str]],
        told: bytes = b"",
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        """`told` is a line on a process's standard input, which ends when we do: so does it."""
        self._store = store
        self._command = command
        self._told = told
        self._longest = longest_seconds
        self._running: dict[str, tuple[asyncio.subprocess.Process, float]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Begin, watch and end processes until told to stop."""
        try:
            while not stop.is_set():
                with suppress(TimeoutError):
                    seconds = _LOOK_SECONDS if self._running else _REST_SECONDS
                    await asyncio.wait_for(self._store.changed.wait(), seconds)
                self._store.changed.clear()
                try:
                    await self._look()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    _log.warning("jobs not looked at", error=type(error).__name__)
        finally:
            await asyncio.shield(self._end_all())

    async def _look(self) -> None:
        """End what must not go on, and begin what waits."""
        for number, (process, began) in list(self._running.items()):
            late = time.monotonic() - began > self._longest
            if process.returncode is None and not late:
                if await self._store.state(number) == "running":
                    continue
            elif late:
                await self._store.end(number, _TOO_LONG)
            await self._end(number, process)
        await self._store.sweep()
        while len(self._running) < MOST_AT_ONCE:
            taken = await self._store.take()
            if taken is None:
                return
            process = await asyncio.create_subprocess_exec(
                *self._command(taken),
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            assert process.stdin is not None
            process.stdin.write(self._told + b"\n")
            self._running[taken] = process, time.monotonic()

    async def _end(self, number: str, process: asyncio.subprocess.Process) -> None:
        """See that a process is over; a job that it left undone is broken off."""
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        del self._running[number]
        await self._store.end(number, _GONE)

    async def _end_all(self) -> None:
        for number, (process, _began) in list(self._running.items()):
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._end(number, process)
