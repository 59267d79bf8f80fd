"""The home of embedded servers: one directory, one owner at a time, and ports that were free.

Holds: two ledgers never run on one home; the lock goes with its process, so none is ever stale
"""

import os
import random
import shutil
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson
import psutil
from filelock import FileLock, Timeout

from services.runtime.errors import DiskFull, HomeInUse, PortTaken

_NEEDED_BYTES = 500_000_000
_PORTS = random.SystemRandom()


class Home:
    """The directory, locked while it is entered."""

    def __init__(self, path: Path, needed_bytes: int = _NEEDED_BYTES) -> None:
        self.path = path.resolve()
        self._needed_bytes = needed_bytes
        self._lock = FileLock(self.path / "lock", timeout=0)
        self._owner = self.path / "owner.pid"

    def __enter__(self) -> Self:
        """Take the home.

        Raises: HomeInUse, DiskFull
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.stat().st_mode & 0o077 and self.path.stat().st_uid == os.geteuid():
            self.path.chmod(0o700)  # made by an older version; topics and vault are inside
        try:
            self._lock.acquire()
        except Timeout as error:
            raise HomeInUse(self.path, _who(self._owner)) from error
        free = shutil.disk_usage(self.path).free
        if free < self._needed_bytes:
            self._lock.release()
            raise DiskFull(self.path, free)
        self._owner.write_text(str(os.getpid()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._owner.unlink(missing_ok=True)
        self._lock.release()

    def port(self, name: str, asked: int = 0) -> int:
        """A port for a server: the one asked for, else the one of the last time, else a free one.

        Raises: PortTaken when the one asked for is
        """
        remembered = self.path / "ports.json"
        ports = orjson.loads(remembered.read_bytes()) if remembered.exists() else {}
        if asked:
            if not _is_free(asked):
                raise PortTaken(asked, name, _listener(asked))
            return asked
        if not (port := ports.get(name)) or not _is_free(port):
            port = free_port()
            remembered.write_bytes(orjson.dumps(ports | {name: port}))
        return int(port)


def on_disk(path: Path) -> None:
    """Let a file, or a folder with all in it, be on the disk with its name: a power cut takes what is
    not, and a server does not start without the little files that it was prepared with."""
    for one in (*path.rglob("*"), path, path.parent) if path.is_dir() else (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def free_port() -> int:
    """A loopback port that nobody listens on now.

    It lies below those that the system gives to outgoing connections, one of which could else take
    it before its server does, or while that is away.
    """
    while not (_is_free(port := _PORTS.randrange(20_000, 32_000)) and _is_chosen_by_us(port)):
        pass
    return port


def _is_chosen_by_us(port: int) -> bool:
    """Whether no other process has chosen a port whose server does not listen yet.

    A name that lasts as long as this process says so; only Linux has such names.
    """
    if sys.platform != "linux":
        return True
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0benefit-ledger-port-{port}")
    except OSError:
        mark.close()
        return False
    mark.detach()
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _who(owner: Path) -> str:
    try:
        pid = int(owner.read_text())
        return f"process {pid}: {' '.join(psutil.Process(pid).cmdline())[:100]}"
    except (FileNotFoundError, ValueError, psutil.Error):
        return "its process does not say its name"


def _listener(port: int) -> str:
    listening = psutil.CONN_LISTEN
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.laddr
                and connection.laddr.port == port
                and connection.status == listening
            ):
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass  # other users' processes are hidden from us
    return "another program"
