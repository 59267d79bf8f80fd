"""Embedded Kafka and PostgreSQL: real servers for a machine that has Python alone.

In:   a home directory, and what the settings say
Out:  `Servers`, the addresses of both, for as long as the context lasts
Holds: data stays in the home and is found again; the servers end with us, however we end
"""

import asyncio
import contextlib
import errno
import shutil
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import orjson
from rich.console import Console

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.errors import DiskFull, OperatingFailure
from services.runtime.settings import SERVERS_FILE, Settings

DATABASE = "benefit_ledger"
_WATCH_SECONDS = 0.5


class Servers(NamedTuple):
    """Both servers, running."""

    kafka_bootstrap: str
    postgres_dsn: str
    kafka: KafkaBroker
    postgres: PostgresServer


@asynccontextmanager
async def embedded(
    home: Path, *, settings: Settings | None = None, console: Console | None = None
) -> AsyncIterator[Servers]:
    """Start both servers on a home, side by side; stop them at the end.

    SIGTERM and Ctrl-C end the block, also in a background job, and so does a server that ends by itself. While it
    lasts, `servers.json` in the home tells other commands the addresses.

    Raises: HomeInUse, PortTaken, DiskFull, ServerEnded, DownloadFailed, ChecksumMismatch
    """
    settings = settings or Settings()
    with _full_disk_named(home), Home(home) as held, _ended_by_signals():
        kafka = KafkaBroker(
            held,
            settings.cache_dir,
            port=settings.kafka_port,
            repository=settings.maven_repository,
            console=console,
        )
        postgres = PostgresServer(held, port=settings.postgres_port)
        addresses = held.path / SERVERS_FILE
        try:
            await _both(kafka.start, postgres.start)
            dsn = await _database(postgres)
            _tell(addresses, kafka.bootstrap, dsn)
            async with _watched(kafka, postgres):
                yield Servers(kafka.bootstrap, dsn, kafka, postgres)
        finally:
            addresses.unlink(missing_ok=True)
            await _both(kafka.stop, postgres.stop)


@contextlib.contextmanager
def _full_disk_named(home: Path) -> Iterator[None]:
    """A write of ours that found no room says which disk it was."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DiskFull(home, shutil.disk_usage(home).free) from error


@asynccontextmanager
async def _watched(*servers: KafkaBroker | PostgresServer) -> AsyncIterator[None]:
    """Cancel the block when a server ends by itself, and say why."""
    body = asyncio.current_task()
    assert body is not None
    found: list[OperatingFailure] = []

    async def watch() -> None:
        while not found:
            await asyncio.sleep(_WATCH_SECONDS)
            found.extend(filter(None, (server.failure() for server in servers)))
        body.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not found:
            raise
        body.uncancel()
        raise found[0] from None
    finally:
        watching.cancel()


async def _both(*actions: Callable[[], None]) -> None:
    """Run them side by side to their end, also when we are cancelled; then raise the first error.

    A start that is left alone half way would leave a server behind.
    """
    running = asyncio.gather(
        *(asyncio.to_thread(action) for action in actions), return_exceptions=True
    )
    try:
        outcomes = await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _database(postgres: PostgresServer) -> str:
    """Create our database where it is missing."""
    connection = await asyncpg.connect(postgres.dsn(), timeout=10)
    try:
        with contextlib.suppress(asyncpg.DuplicateDatabaseError):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    return postgres.dsn(DATABASE)


def _tell(addresses: Path, kafka_bootstrap: str, postgres_dsn: str) -> None:
    addresses.touch(mode=0o600)  # the database's password is in it
    addresses.write_bytes(
        orjson.dumps({"kafka_bootstrap": kafka_bootstrap, "postgres_dsn": postgres_dsn})
    )


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT cancel the running task.

    SIGINT is taken here also because a shell starts a background job with it ignored, and then
    neither Python nor asyncio listens to it.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    if threading.current_thread() is not threading.main_thread():  # the signals are another's
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    asked: list[int] = []

    def end(number: int) -> None:
        if not asked:  # a second Ctrl-C must not cut the orderly end short
            task.cancel()
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        signal.signal(signal.SIGINT, before)
