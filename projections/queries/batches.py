"""batches: payment files, their lines, and what they wait for."""

from datetime import date
from typing import NamedTuple

import asyncpg

from events.ids import application_of
from projections.queries.connection import Db
from projections.queries.scope import Scope
from projections.queries.waiting_total import WaitingTotal

STATE_ON_A_DAY = """
CASE WHEN closed_on <= $1 THEN 'closed'
     WHEN rejected_on <= $1 THEN 'rejected'
     WHEN sent_on <= $1 THEN 'sent'
     WHEN sending_on <= $1 THEN 'sending'
     WHEN released_on <= $1 THEN 'released'
     WHEN prepared_on <= $1 THEN 'prepared'
     ELSE 'requested' END"""
"""The state at the close of a day, from the milestones; `$1` is the day."""


class BatchRow(NamedTuple):
    """One payment file."""

    batch: str
    bank_account: str
    fund: str
    district: str
    maker: str
    checker: str | None
    state: str
    wanted: int
    payments: int | None
    total_fen: int | None
    digest: str | None
    file: str | None
    file_digest: str | None
    reason: str | None
    settled: int
    settled_fen: int
    returned: int
    returned_fen: int
    requested_on: date
    prepared_on: date | None
    released_on: date | None
    sent_on: date | None
    closed_on: date | None
    open_returns: int
    file_left: bool
    file_stopped: bool

    @property
    def shown_state(self) -> str:
        """The state as people name it: how a batch that is closed has ended, where its file is."""
        if self.state == "sending" and not self.file_left:
            return "unwritten" if self.file_stopped else "writing"
        if self.state != "closed":
            return self.state
        if not self.payments:
            return "empty"
        return "returns_open" if self.open_returns else "closed"


class BatchLineRow(NamedTuple):
    """One payment in a batch."""

    line_no: int
    disbursement: str
    payee: str | None
    instruction: str | None
    amount_fen: int | None
    state: str
    code: str | None
    reason: str | None
    value_on: date | None
    bank_reference: str | None

    @property
    def application(self) -> str:
        """Whose payment it is."""
        return application_of(self.disbursement)


class SamePayee(NamedTuple):
    """A bank account that several lines of a batch pay into."""

    groups: int
    lines: int
    amount_fen: int


def _batch(row: asyncpg.Record) -> BatchRow:
    return BatchRow(**{name: row[name] for name in BatchRow._fields})


def _columns(scope: Scope) -> str:
    state = STATE_ON_A_DAY if scope.looks_back else "state"
    named = {
        "state": f"{state} AS state",
        "payments": '"count" AS payments',
        "open_returns": """(SELECT count(*) FROM books.batch_lines AS l
                            JOIN books.disbursements AS d USING (disbursement)
                            WHERE l.batch = batches.batch AND l.state = 'returned'
                              AND d.state = 'returned' AND d.instruction = l.instruction
                           ) AS open_returns""",
    }
    # what may have left is not known to be paid or unpaid; what was never written is not paid
    named["file_left"] = """
        (EXISTS (SELECT FROM control.handed_over AS h WHERE h.batch = batches.batch)
         OR EXISTS (SELECT FROM control.files_not_written AS w
                    WHERE w.batch = batches.batch AND w.code = 'ANOTHER_FILE')) AS file_left"""
    named["file_stopped"] = """
        EXISTS (SELECT FROM control.files_not_written AS w
                WHERE w.batch = batches.batch) AS file_stopped"""
    # of each line the last answer counts, once: what came back after it was paid is not paid
    for outcome in ("settled", "returned"):
        lines = (
            f"FROM books.batch_lines AS l WHERE l.batch = batches.batch AND l.state = '{outcome}'"
        )
        named[outcome] = f"(SELECT count(*) {lines})::int AS {outcome}"
        amount = "coalesce(sum(l.amount_fen), 0)::bigint"
        named[f"{outcome}_fen"] = f"(SELECT {amount} {lines}) AS {outcome}_fen"
    return ", ".join(named.get(name, name) for name in BatchRow._fields)


def of_scope(districts: str, fund: str) -> str:
    """The condition that a row of `batches` is of the scope: its own region, or one of its payments'.

    Shape: the parameters of a pattern of districts and of a fund, both null for all
    """
    return f"""({districts}::text IS NULL OR batches.district LIKE {districts} OR EXISTS (
        SELECT FROM books.batch_lines AS own JOIN books.disbursements AS d USING (disbursement)
        WHERE own.batch = batches.batch AND own.state <> 'refused' AND d.district LIKE {districts}))
      AND ({fund}::text IS NULL OR batches.fund = {fund})"""


async def listed(db: Db, scope: Scope, states: tuple[str, ...] = ()) -> list[BatchRow]:
    """Batches as of the scope, the latest first."""
    state = STATE_ON_A_DAY if scope.looks_back else "state"
    rows = await db.fetch(
        f"""
        SELECT {_columns(scope)} FROM books.batches
        WHERE requested_on <= $1 AND requested_at < $2
          AND {of_scope("$3", "$4")}
          AND (cardinality($5::text[]) = 0 OR ({state}) = ANY($5))
        ORDER BY requested_on DESC, batch DESC
        """,  # noqa: S608 -- a constant expression
        scope.as_of,
        scope.known_until,
        scope.districts,
        scope.fund,
        list(states),
    )
    return [_batch(row) for row in rows]


async def one(db: Db, scope: Scope, batch: str) -> BatchRow | None:
    """One batch as of the scope."""
    row = await db.fetchrow(
        f"""SELECT {_columns(scope)} FROM books.batches
            WHERE requested_on <= $1 AND requested_at < $2 AND batch = $3""",  # noqa: S608
        scope.as_of,
        scope.known_until,
        batch,
    )
    return _batch(row) if row else None


async def lines(db: Db, batch: str) -> list[BatchLineRow]:
    """The payments of a batch in their order."""
    rows = await db.fetch(
        f"""SELECT {", ".join(BatchLineRow._fields)} FROM books.batch_lines
            WHERE batch = $1 ORDER BY line_no""",  # noqa: S608 -- a constant list of columns
        batch,
    )
    return [BatchLineRow(**dict(row)) for row in rows]


async def same_account(db: Db, batch: str) -> SamePayee:
    """How many bank accounts of payees stand in a batch for several persons."""
    row = await db.fetchrow(
        """
        SELECT count(*) AS groups, coalesce(sum(lines), 0)::bigint AS lines,
               coalesce(sum(amount), 0)::bigint AS amount
        FROM (SELECT count(*) AS lines, sum(amount_fen) AS amount FROM books.batch_lines
              WHERE batch = $1 AND state <> 'refused' AND account IS NOT NULL
              GROUP BY account HAVING count(DISTINCT payee) > 1) AS shared
        """,
        batch,
    )
    assert row is not None
    return SamePayee(row["groups"], row["lines"], row["amount"])


async def exists(db: Db, batch: str) -> bool:
    """Whether there is such a batch."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM books.batches WHERE batch = $1)", batch
    )
    return found


async def waiting_for_release(db: Db, scope: Scope) -> tuple[WaitingTotal, int]:
    """Batches that wait for release, and how many payments they hold."""
    row = await db.fetchrow(
        f"""
        SELECT count(*) AS batches, coalesce(sum(total_fen), 0)::bigint AS amount,
               min(prepared_on) AS oldest, coalesce(sum(count), 0)::bigint AS payments
        FROM books.batches
        WHERE prepared_on <= $1 AND requested_at < $2
          AND (released_on IS NULL OR released_on > $1)
          AND (rejected_on IS NULL OR rejected_on > $1)
          AND {of_scope("$3", "$4")}
        """,  # noqa: S608 -- a constant expression
        scope.as_of,
        scope.known_until,
        scope.districts,
        scope.fund,
    )
    assert row is not None
    return WaitingTotal(row["batches"], row["amount"], row["oldest"]), row["payments"]
