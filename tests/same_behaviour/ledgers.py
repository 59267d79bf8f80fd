"""Ledgers: a side's whole ledger on a data directory: played by its demo, or started with `up`.

Holds: time stands still for who started it, at the end of the demo's half year: what is due by the
       real clock would be new facts, and no two runs would be the same
"""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import orjson
import psycopg
from psycopg.sql import SQL, Identifier

from tests.same_behaviour.sides import NotRun, Running, Side, free_port

NOW = "2023-01-31T12:00:00+08:00"
"""When a started ledger believes to be: the last day that the demo plays."""

LAST_DAY = "2022-12-31"
"""The day whose close the demo tells about."""

_PROCESSES = 8
"""More than any flow has."""

_MOVING = ("positions", "unchanged")
"""Tables of a ledger at rest that a start moves: how far topics are read, and commands told again."""

_READY_SECONDS = 180
_QUIET_LOOKS = 3
"""So many times nothing has moved, and a ledger is quiet."""

_LONG_QUIET_LOOKS = 12
"""After something was published: intake, desk, clerk and projector hand it on to one another."""

_LOOK_SECONDS = 0.7


class Played(NamedTuple):
    """What a demo has printed: its tables, and the summary of its last line."""

    told: str
    summary: str


class Ledger(NamedTuple):
    """A running ledger."""

    side: Side
    process: Running
    settings: dict[str, object]
    """With which other commands of either side reach it."""

    pages: str
    bootstrap: str
    dsn: str
    metrics: int
    """The port of the first process's metrics; each other process has one of the next."""


def play(side: Side, data: Path, applications: int, seed: int) -> Played:
    """Let a side play its demo into a new data directory.

    Raises: NotRun
    """
    options = ("--once", "--applications", str(applications), "--seed", str(seed))
    said = side.call("demo", *options, data_dir=data, web_port=free_port())
    told, _, last = said.out.rstrip("\n").rpartition("\n")
    if said.code != "0":
        raise NotRun(f"{side.name}: demo ends with {said.code}: {(said.err or said.out)[-1500:]}")
    return Played(told, last)


@contextlib.contextmanager
def started(side: Side, data: Path, work: Path, city: Path) -> Iterator[Ledger]:
    """Start a side's processes on a data directory, and wait until all are at work.

    Raises: NotRun
    """
    clock = work / "clock"
    clock.write_text(NOW)
    settings: dict[str, object] = {
        "data_dir": data,
        "practice_clock": clock,
        "city_parameters": city,  # of commits before a city had a folder
    }
    if (folder := next(iter(side.tree.glob("cities/*/accounts.yaml")), None)) is not None:
        settings["city"] = folder.parent
    port = free_port()
    metrics = _free_ports(_PROCESSES)
    with side.running("up", **settings, web_port=port, metrics_port=metrics) as process:
        pages = f"http://127.0.0.1:{port}"
        wait_for_pages(process, pages)
        addresses = orjson.loads((data / "servers.json").read_bytes())
        bootstrap, dsn = addresses["kafka_bootstrap"], addresses["postgres_dsn"]
        _without_accounts(dsn)
        ledger = Ledger(side, process, settings, pages, bootstrap, dsn, metrics)
        wait_until_healthy(ledger)
        wait_until_quiet(ledger)
        yield ledger


def _without_accounts(dsn: str) -> None:
    """Take the demo's accounts away before a page is asked for: both sides show what the switch shows."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        there = connection.execute("SELECT to_regclass('access.accounts') IS NOT NULL").fetchone()
        if there is not None and there[0]:
            connection.execute("TRUNCATE access.accounts CASCADE")


def wait_for_pages(process: Running, pages: str) -> None:
    """Wait until pages are served.

    Raises: NotRun
    """
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        process.must_live()
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{pages}/livez", timeout=30).status_code < httpx.codes.BAD_GATEWAY:
                return
        if time.monotonic() > deadline:
            raise NotRun(f"{process.name}: no page at {pages} within {_READY_SECONDS} s")
        time.sleep(0.2)


def wait_until_healthy(ledger: Ledger) -> None:
    """Wait until the side's own doctor finds nothing wrong.

    Raises: NotRun
    """
    deadline = time.monotonic() + _READY_SECONDS
    while (said := ledger.side.call("doctor", **ledger.settings)).code != "0":
        ledger.process.must_live()
        if time.monotonic() > deadline:
            raise NotRun(f"{ledger.process.name}: doctor still says: {said.out}{said.err}")


def wait_until_quiet(ledger: Ledger, looks: int = _QUIET_LOOKS) -> None:
    """Wait until the read models stand still for so many looks.

    Raises: NotRun
    """
    deadline = time.monotonic() + _READY_SECONDS
    quiet, last = 0, None
    with psycopg.connect(ledger.dsn, autocommit=True) as books:
        while quiet < looks:
            rows = books.execute(
                "SELECT topic, partition, next, log_end FROM books.positions ORDER BY 1, 2"
            ).fetchall()
            quiet = quiet + 1 if rows == last else 0
            last = rows
            if time.monotonic() > deadline:
                raise NotRun(f"{ledger.process.name}: not quiet within {_READY_SECONDS} s")
            ledger.process.must_live()
            time.sleep(_LOOK_SECONDS)


def wait_for_more_facts(ledger: Ledger, earlier: int) -> None:
    """Wait until a ledger has more facts than `earlier`, and then until it is quiet.

    Raises: NotRun
    """
    deadline = time.monotonic() + _READY_SECONDS
    while sum(facts_by_type(ledger).values()) <= earlier:
        ledger.process.must_live()
        if time.monotonic() > deadline:
            raise NotRun(f"{ledger.process.name}: what was published led to no fact")
        time.sleep(_LOOK_SECONDS)
    wait_until_quiet(ledger, _LONG_QUIET_LOOKS)
    wait_until_healthy(ledger)
    wait_until_quiet(ledger)


def metric_names(ledger: Ledger) -> list[str]:
    """What each process tells about itself: the names, kinds and meanings of its metrics.

    Raises: NotRun where no process tells anything
    """
    found = []
    for number in range(_PROCESSES):
        with contextlib.suppress(httpx.TransportError):
            text = httpx.get(f"http://127.0.0.1:{ledger.metrics + number}/metrics").text
            told = [line for line in text.splitlines() if line.startswith("# ")]
            found += [f"process {number}: {line}" for line in sorted(told)]
    if not found:
        raise NotRun(f"{ledger.process.name} serves no metrics")
    return found


def _free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        first = free_port()
        try:
            with contextlib.ExitStack() as taken:
                for number in range(count):
                    one = taken.enter_context(socket.socket())
                    one.bind(("127.0.0.1", first + number))
        except OSError:
            continue
        return first


def facts_by_type(ledger: Ledger) -> dict[str, int]:
    """Count the facts of the books by their type."""
    with psycopg.connect(ledger.dsn) as books:
        rows = books.execute("SELECT type, count(*) FROM books.facts GROUP BY type ORDER BY type")
        return {str(name): int(number) for name, number in rows}


def table_digests(ledger: Ledger) -> dict[str, str]:
    """Sum up every table of the books, whatever the order of its rows.

    Shape:  rows and the sum of their hashes, by table
    """
    with psycopg.connect(ledger.dsn) as books:
        names = [
            str(name)
            for (name,) in books.execute(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = 'books' ORDER BY table_name"
            )
        ]
        return {name: _digest(books, name) for name in names if name not in _MOVING}


def _digest(books: "psycopg.Connection[tuple[object, ...]]", table: str) -> str:
    query = SQL(
        "SELECT count(*), sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric)"
        " FROM books.{} AS t"
    ).format(Identifier(table))
    rows, total = books.execute(query).fetchone() or (0, 0)
    return f"{rows} rows, {total}"


def column(ledger: Ledger, query: str) -> list[str]:
    """The first column of a query."""
    with psycopg.connect(ledger.dsn) as books:
        return [str(row[0]) for row in books.execute(query.encode())]
