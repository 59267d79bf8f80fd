"""operations: how far the books have read, what stands still, what could not be read."""

import re
from datetime import datetime
from typing import NamedTuple

from projections.queries.connection import Db


class PartitionPosition(NamedTuple):
    """How far one partition has been read."""

    topic: str
    partition: int
    next: int
    log_end: int
    known: datetime | None
    checked_at: datetime | None
    stopped: str | None

    @property
    def behind(self) -> int:
        """Records of the log that are not in the tables."""
        return max(self.log_end - self.next, 0)


class ParkedStreamRow(NamedTuple):
    """A history that waits for an operator."""

    stream: str
    commands: int
    error: str
    parked_at: datetime


class SetAsideRow(NamedTuple):
    """A command that was set aside and waits."""

    stream: str
    command: str
    command_id: str
    error: str
    behind: bool


class ViolationRow(NamedTuple):
    """Records that are nobody's, or that were lost, until a person closes it."""

    violation: int
    kind: str
    topic: str
    partition: int
    first_offset: int
    records: int
    text: str
    found_at: datetime


class GenerationRow(NamedTuple):
    """The building of the read models that is live."""

    generation: int
    live_since: datetime | None
    facts: int | None
    digest: str | None
    compared: str | None

    @property
    def proved(self) -> bool:
        """Whether a rebuild gave the same digest of every table when this building went live."""
        return bool(_ALL_EQUAL.fullmatch(self.compared or ""))


_ALL_EQUAL = re.compile(r"[1-9][0-9]* tables equal, 0 changed")


class LedgerReading(NamedTuple):
    """The log against the tables; `facts` where they were counted."""

    positions: int
    behind: int
    stopped: int
    known: datetime | None
    checked_at: datetime | None
    facts: int | None


async def positions(db: Db) -> list[PartitionPosition]:
    """Every partition of every topic that is read."""
    rows = await db.fetch(
        """SELECT topic, partition, next, log_end, known, checked_at, stopped
           FROM books.positions ORDER BY topic DESC, partition"""
    )
    return [PartitionPosition(**dict(row)) for row in rows]


async def ledger(db: Db, *, count_facts: bool = True) -> LedgerReading:
    """The ledger's partitions in one line; who sees a part of the facts would have each looked at."""
    row = await db.fetchrow(
        """
        SELECT count(*) AS positions, coalesce(sum(greatest(log_end - next, 0)), 0)::bigint AS behind,
               count(*) FILTER (WHERE stopped IS NOT NULL) AS stopped, max(known) AS known,
               min(checked_at) AS checked_at, CASE WHEN $1 THEN (SELECT count(*) FROM books.facts) END AS facts
        FROM books.positions WHERE topic = 'ledger'
        """,
        count_facts,
    )
    assert row is not None
    return LedgerReading(**dict(row))


async def parked(db: Db) -> list[ParkedStreamRow]:
    """Histories that wait for an operator, the longest wait first."""
    rows = await db.fetch(
        """SELECT stream, commands, error, parked_at FROM books.parked_streams
           WHERE state = 'parked' ORDER BY parked_at, stream"""
    )
    return [ParkedStreamRow(**dict(row)) for row in rows]


async def aside(db: Db) -> list[SetAsideRow]:
    """Commands that wait for an operator, by history and in the order in which they stood."""
    rows = await db.fetch(
        """
        SELECT s.stream, s.command, s.command_id, s.error, s.behind
        FROM books.set_aside s JOIN books.parked_streams p USING (stream)
        WHERE p.state = 'parked'
          AND s.command_id NOT IN (SELECT command_id FROM books.rejected_commands)
          AND s.recorded_at >= coalesce(p.resumed_at, s.recorded_at)
        ORDER BY p.parked_at, s.stream, s.seq
        """
    )
    return [SetAsideRow(**dict(row)) for row in rows]


async def violations(db: Db) -> list[ViolationRow]:
    """Open violations, the oldest first."""
    rows = await db.fetch(
        f"""SELECT {", ".join(ViolationRow._fields)} FROM control.violations
            WHERE closed_at IS NULL ORDER BY found_at, violation"""  # noqa: S608 -- columns
    )
    return [ViolationRow(**dict(row)) for row in rows]


async def live_generation(db: Db) -> GenerationRow | None:
    """The building that is read now, with the result of its comparison, if it was compared."""
    row = await db.fetchrow(
        """SELECT generation, live_since, facts, digest, compared FROM control.generations
           WHERE live_since IS NOT NULL AND ended_at IS NULL ORDER BY generation DESC LIMIT 1"""
    )
    return GenerationRow(**dict(row)) if row else None
