"""A child process of the embedded servers: started, watched, ended, and found again when left over.

Holds: a child never outlives its parent by more than the next start on the same directory
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from services.runtime.embedded import guard as embedded_guard
from services.runtime.errors import DiskFull, OperatingFailure, ServerEnded

# The kernel ends a child when the *thread* that started it ends: this one lives as long as we do.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="embedded-starter")
OWNER_ALONE = 0o077
"""Mask of files that servers and processes make: what citizens have sent is nobody else's to read."""

_LOG_LIMIT_BYTES = 20_000_000
_NO_ROOM_BYTES = 5_000_000
_WORKING_CPU_SECONDS = 5.0
_WORKING_BYTES = 20_000_000


def guarded(command: Sequence[str], on_parent_death: signal.Signals, user: str = "") -> list[str]:
    """The command line that makes a program end when we do; to be started by a lasting thread."""
    guard = [sys.executable, "-I", "-S", embedded_guard.__file__]
    return [*guard, str(os.getpid()), str(int(on_parent_death)), user, *command]


class Child:
    """One server process with its log and its pid file."""

    def __init__(self, name: str, home: Path, mark: Path) -> None:
        """`mark` is a path of this home on the server's command line, by which it is known."""
        self.name = name
        self.log = home / "server.log"
        self._pid_file = home / "server.pid"
        self._mark = str(mark)
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0  # where the log of this start begins
        self._meant_to_run = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(
        self, command: Sequence[str], *, on_parent_death: signal.Signals, user: str = ""
    ) -> None:
        """Start the program so that it ends with us, in a session of its own (Ctrl-C is ours)."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = _STARTER.submit(
                subprocess.Popen,
                guarded(command, on_parent_death, user),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.log.parent,
                umask=OWNER_ALONE,
            ).result()
        self._pid_file.write_text(str(self._process.pid))

    def wait_until(self, ready: Callable[[], bool], timeout_seconds: float) -> None:
        """Wait until it is ready, for as long as it gets on: after a crash a server has to recover.

        Raises: ServerEnded when it ended, or got no further for so long; DiskFull when that was why
        """
        last, done = time.monotonic(), self._work_done()
        while not ready():
            if self.pid is None:
                raise self._explained("没有启动成功：随即退出")
            now = time.monotonic()
            if now - last > timeout_seconds:
                if (by_now := self._work_done()) == done:
                    self.kill()
                    raise self._explained(f"没有启动成功：{timeout_seconds:.0f} 秒内没有进展")
                last, done = now, by_now
            time.sleep(0.02)
        self._meant_to_run = True

    def _work_done(self) -> tuple[int, int]:
        """How much a server has computed and read so far, in steps that an idle one does not make."""
        seconds = read = 0.0
        with contextlib.suppress(psutil.Error):
            server = psutil.Process(self.pid)
            for process in (server, *server.children(recursive=True)):
                times = process.cpu_times()
                seconds += times.user + times.system
                if hasattr(process, "io_counters"):  # not on every system
                    read += process.io_counters().read_chars
        return int(seconds / _WORKING_CPU_SECONDS), int(read / _WORKING_BYTES)

    def failure(self) -> OperatingFailure | None:
        """Why it ended, when it ended and nobody here asked it to."""
        if not self._meant_to_run or self.pid is not None:
            return None
        return self._explained("在使用中退出")

    def _explained(self, what: str) -> OperatingFailure:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            words = log.read().decode(errors="replace")
        free = psutil.disk_usage(str(self.log.parent)).free
        if "No space left on device" in words or free < _NO_ROOM_BYTES:
            return DiskFull(self.log.parent, free)
        lines = [line for line in words.splitlines() if line.strip()]
        error_lines = [
            line for line in lines if "FATAL" in line or "ERROR" in line or "Exception" in line
        ]
        last = (error_lines or lines or ["(its log is empty)"])[-1]
        return ServerEnded(self.name, f"{what}。最后一行：{last.strip()[:300]}", self.log)

    def stop(self, how: signal.Signals, timeout_seconds: float) -> None:
        """Ask it to end, and end it when it does not."""
        self._meant_to_run = False
        if self._process is not None and self.pid is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout_seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it without a word, as a crash would."""
        self._meant_to_run = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end_stale(self) -> bool:
        """End a process that an earlier parent left on this home; True when there was one."""
        try:
            process = psutil.Process(int(self._pid_file.read_text()))
            if not any(self._mark in argument for argument in process.cmdline()):
                return False  # the number has been given to another program since
            family = [process, *process.children(recursive=True)]
            process.kill()
            psutil.wait_procs(family, timeout=10)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return False
        finally:
            self._pid_file.unlink(missing_ok=True)
        return True
