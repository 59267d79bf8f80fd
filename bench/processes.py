"""Real processes for the benchmark: started as the supervisor starts them, watched from outside."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import psutil

from services.machine.supervisor import environment
from services.runtime.settings import Settings


@asynccontextmanager
async def process(name: str, settings: Settings, logs: Path) -> AsyncIterator[psutil.Process]:
    """Run one process of the flow for as long as the block lasts."""
    with _log(logs, name) as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.cli",
            "run",
            name,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            env=environment(settings),
        )
    try:
        yield psutil.Process(child.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(child.wait(), 20)
        except TimeoutError:
            child.kill()
            await child.wait()


def _log(logs: Path, name: str) -> BinaryIO:
    logs.mkdir(parents=True, exist_ok=True)
    return (logs / f"{name}.log").open("ab")


def cpu_seconds(watched: psutil.Process) -> float:
    """CPU time that the process has used so far."""
    times = watched.cpu_times()
    return float(times.user + times.system)
