"""Embedded: a PostgreSQL of the measurement's own, made for it and gone with it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.runtime.embedded.home import Home
from services.runtime.embedded.postgres_server import PostgresServer


@contextmanager
def own_database(*, durable: bool = False) -> Iterator[str]:
    """The address of an empty database; `durable` waits for the disk at each commit, as a real one."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Home(Path(folder)) as home:
        server = PostgresServer(home, durable=durable)
        server.start()
        try:
            yield server.dsn("postgres")
        finally:
            server.stop()
