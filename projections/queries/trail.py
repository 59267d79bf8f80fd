"""trail: every fact about one application, over all streams, in the order things happened.

Holds: a fact shows when it is dated by the day of the scope and was known by its day of knowledge
"""

from datetime import date, datetime
from typing import Any, NamedTuple

import asyncpg
import orjson

from events import CATALOGUE, FACTS
from events.values import Fact
from projections.queries.connection import Db
from projections.queries.scope import Scope

_ORDER = {name: place for place, name in enumerate(CATALOGUE)}


class Seen(NamedTuple):
    """A fact as pages show it: where it stands, what it says."""

    id: str
    stream: str
    seq: int
    type: str
    cause: str
    partition: int
    offset: int
    command_partition: int
    command_offset: int
    recorded_at: datetime
    effective_on: date
    raw: dict[str, Any]

    @property
    def body(self) -> Fact:
        """What the fact says, typed."""
        return FACTS[self.type].model_validate(self.raw)


_COLUMNS = """id, stream, seq, type, cause, partition, ledger_offset, command_partition,
              command_offset, recorded_at, effective_on, body"""


async def of_application(db: Db, scope: Scope, application: str) -> list[Seen]:
    """Every fact about an application.

    A command and its follow-ups share the instant of arrival; among them the life cycle orders.
    """
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} FROM books.facts
        WHERE application = $1 AND effective_on <= $2 AND recorded_at < $3
        """,  # noqa: S608 -- a constant list of columns
        application,
        scope.as_of,
        scope.known_until,
    )
    found = [seen(row) for row in rows]
    return sorted(found, key=lambda f: (f.recorded_at, _ORDER.get(f.type, 0), f.seq))


async def of_stream(db: Db, scope: Scope, stream: str) -> list[Seen]:
    """The facts of one stream, in its own order."""
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} FROM books.facts
        WHERE stream = $1 AND effective_on <= $2 AND recorded_at < $3
        ORDER BY seq
        """,  # noqa: S608 -- a constant list of columns
        stream,
        scope.as_of,
        scope.known_until,
    )
    return [seen(row) for row in rows]


async def of_command(db: Db, command: str) -> list[Seen]:
    """What a command was answered with."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM books.facts WHERE cause = $1 ORDER BY seq",  # noqa: S608
        command,
    )
    return [seen(row) for row in rows]


async def was_repeat(db: Db, command: str) -> bool:
    """Whether a command had been answered before, so that it changed nothing."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM books.unchanged WHERE command = $1)", command
    )
    return found


async def at_position(db: Db, partition: int, offset: int) -> Seen | None:
    """The fact at a place on the ledger."""
    row = await db.fetchrow(
        f"""SELECT {_COLUMNS} FROM books.facts
            WHERE partition = $1 AND ledger_offset = $2""",  # noqa: S608
        partition,
        offset,
    )
    return seen(row) if row else None


def seen(row: asyncpg.Record) -> Seen:
    """Read a row of the mirror."""
    return Seen(
        str(row["id"]),
        row["stream"],
        row["seq"],
        row["type"],
        str(row["cause"]),
        row["partition"],
        row["ledger_offset"],
        row["command_partition"],
        row["command_offset"],
        row["recorded_at"],
        row["effective_on"],
        orjson.loads(row["body"]),
    )
