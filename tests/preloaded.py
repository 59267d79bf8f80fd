"""Preloaded: commands and processes of the ledger, forked from a server that has loaded them once.

In:   a module that is run as a program, its arguments and environment, files for what it reads and says
Out:  Forked, which answers what a process of asyncio answers
Holds: a fork is a process of its own, with its own signals, output and exit code. That loading works,
       and that nothing outlives its parent, is tested where processes are really started (`own_start`)

To load takes one to three seconds of CPU, and the tests start hundreds of processes.
"""

import asyncio
import ctypes
import io
import multiprocessing
import os
import runpy
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import BinaryIO, NamedTuple

from services.machine.supervisor import environment
from services.runtime.embedded.child import OWNER_ALONE
from services.runtime.settings import Settings

COMMAND = "services.cli"
ROOT = Path(__file__).parents[1]
_PR_SET_PDEATHSIG = 1


def _modules() -> list[str]:
    """Every module of `services`: commands load what they need when they are called."""
    files = sorted((ROOT / "services").rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, *_modules(), "tests.faults.desk_process"])


class Streams(NamedTuple):
    """The files that a process reads and writes instead of a terminal."""

    given: str
    out: str
    err: str


def all_to(log: str | Path) -> Streams:
    """What a process says goes to one file, and it is told nothing."""
    return Streams(os.devnull, str(log), str(log))


class Forked:
    """A process, as far as whoever keeps one looks at it; made inside a running loop."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(process.sentinel, self._note)

    def _note(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        self._ended.set_result(-1 if code is None else code)

    @property
    def pid(self) -> int:
        """Its number."""
        pid = self._process.pid
        assert pid is not None
        return pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait until it ends."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a crash would."""
        self.send_signal(signal.SIGKILL)


def begin(
    module: str, arguments: Sequence[str], env: Mapping[str, str], streams: Streams
) -> BaseProcess:
    """Start a module as a program, as `python -m` does."""
    process = _FORKS.Process(target=_become, args=(module, tuple(arguments), dict(env), streams))
    process.start()
    return process


async def fork(
    module: str, arguments: Sequence[str], env: Mapping[str, str], streams: Streams
) -> Forked:
    """Likewise, for who waits in a loop."""
    return Forked(await asyncio.to_thread(begin, module, arguments, env, streams))


async def start_process(name: str, settings: Settings, log: BinaryIO) -> Forked:
    """Start one process of the flow, as the supervisor does, out of what is loaded."""
    return await fork(COMMAND, ("run", name), environment(settings), all_to(log.name))


def _become(module: str, arguments: tuple[str, ...], env: dict[str, str], streams: Streams) -> None:
    """Be the program: everything that a process has from whoever starts it is set anew."""
    os.setsid()
    os.umask(OWNER_ALONE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(ROOT)
    for number, (path, flags) in enumerate(
        (
            (streams.given, os.O_RDONLY),
            (streams.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
            (streams.err, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        )
    ):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        if opened != number:
            os.close(opened)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
