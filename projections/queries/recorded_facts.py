"""recorded_facts: rows of the mirror of the ledger, found by place, by command, by stream, by application.

Holds: what is found is what the ledger has recorded, whatever a page's scope is
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import asyncpg
import orjson

from events import FACTS, streams
from events.envelope import Position, Recorded
from events.status import PriorUseRecorded
from events.values import Fact
from projections.queries.connection import Db


class FactRow(NamedTuple):
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

    @property
    def recorded(self) -> Recorded:
        """The fact as deciders and follow-ups know it."""
        at = Position(self.command_partition, self.command_offset, 0)
        return Recorded(
            self.id,
            self.stream,
            self.seq,
            self.cause,
            at,
            self.recorded_at,
            self.effective_on,
            self.body,
        )


COLUMNS = """id, stream, seq, type, cause, partition, ledger_offset, command_partition,
              command_offset, recorded_at, effective_on, body"""


async def of_command(db: Db, command: str) -> list[FactRow]:
    """What a command was answered with."""
    rows = await db.fetch(
        f"""SELECT {COLUMNS} FROM books.facts
            WHERE cause = $1 AND type <> 'RuleTextRecorded' ORDER BY seq""",  # noqa: S608
        command,
    )
    return [read_row(row) for row in rows]


async def was_repeat(db: Db, command: str) -> bool:
    """Whether a command had been answered before, so that it changed nothing."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM books.unchanged WHERE command = $1)", command
    )
    return found


async def at_position(db: Db, partition: int, offset: int) -> FactRow | None:
    """The fact at a place on the ledger."""
    row = await db.fetchrow(
        f"""SELECT {COLUMNS} FROM books.facts
            WHERE partition = $1 AND ledger_offset = $2""",  # noqa: S608
        partition,
        offset,
    )
    return read_row(row) if row else None


def read_row(row: asyncpg.Record) -> FactRow:
    """Read a row of the mirror."""
    return FactRow(
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


async def whole_history(db: Db, application: str) -> list[FactRow]:
    """Every fact about an application, and of the batches that paid it, in no order.

    An employer's batch has a history of its own, and is found by its key too.
    """
    rows = await db.fetch(f"SELECT {COLUMNS} FROM books.facts WHERE application = $1", application)  # noqa: S608
    if not rows:
        rows = await db.fetch(_OF_STREAMS, [streams.submission(application)])
    found = [read_row(row) for row in rows]
    batches = {streams.batch(batch) for fact in found if (batch := fact.raw.get("batch"))}
    return found + [read_row(row) for row in await db.fetch(_OF_STREAMS, sorted(batches))]


_OF_STREAMS = f"""
    SELECT {COLUMNS} FROM books.facts WHERE stream = ANY($1) AND application IS NULL
"""  # noqa: S608 -- a constant list of columns


async def on_the_way_to_an_answer(db: Db, application: str, attempt: int) -> list[Recorded]:
    """The facts between a proposal, or a grant, and its budgets' answers, in the ledger's order."""
    rows = await db.fetch(_ON_THE_WAY, application, attempt)
    return [read_row(row).recorded for row in rows]


_ON_THE_WAY = f"""
    SELECT {COLUMNS} FROM books.facts
    WHERE application = $1
      AND type IN ('ApprovalProposed', 'PromiseMade', 'PromiseAccepted', 'PromiseRefused',
                   'ApprovalGranted', 'BudgetCommitted', 'BudgetPassedOn', 'BudgetQueued',
                   'BudgetDequeued')
      AND coalesce(body -> 'ask' ->> 'attempt', body ->> 'attempt')::int = $2
    ORDER BY recorded_at, partition, ledger_offset
"""  # noqa: S608 -- a constant list of columns


async def last_decisions(db: Db, applications: Sequence[str]) -> list[Recorded]:
    """The last decision about each of these applications."""
    rows = await db.fetch(_LAST_DECISIONS, list(applications))
    return [read_row(row).recorded for row in rows]


_LAST_DECISIONS = f"""
    SELECT DISTINCT ON (application) {COLUMNS} FROM books.facts
    WHERE application = ANY($1) AND stream LIKE 'beneficiary/%'
      AND type IN ('ApprovalGranted', 'ApprovalDenied', 'ApprovalReferred', 'ApprovalHeld',
                   'ApprovalLapsed', 'ApprovalRevoked', 'ApplicationWithdrawn')
    ORDER BY application, seq DESC
"""  # noqa: S608 -- a constant list of columns


async def prior_uses(db: Db, beneficiaries: Sequence[str]) -> list[tuple[str, PriorUseRecorded]]:
    """Earlier benefits that the ledger has recorded of these people.

    Shape: (token of the beneficiary, fact)
    """
    rows = await db.fetch(
        """SELECT stream, body::text FROM books.facts
           WHERE stream = ANY($1::text[]) AND type = 'PriorUseRecorded'""",
        [streams.beneficiary(token) for token in beneficiaries],
    )
    return [
        (
            streams.name_of(row["stream"]),
            PriorUseRecorded.model_validate(orjson.loads(row["body"])),
        )
        for row in rows
    ]


async def used_elsewhere(db: Db, command: str, stream: str) -> bool:
    """Whether a command's id stands behind facts of another stream."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM books.facts
                          WHERE cause = $1::text::uuid AND stream <> $2
                            AND type <> 'RuleTextRecorded')""",
        command,
        stream,
    )
    return found
