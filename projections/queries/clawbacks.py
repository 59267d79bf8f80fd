"""clawbacks: debts with their moves, as of a day, and advances that are still open."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from events import streams
from projections.queries.connection import Db
from projections.queries.scope import Scope


class ClawbackRow(NamedTuple):
    """One clawback."""

    payee: str
    clawback: str
    application: str
    cause: str
    basis: str | None
    fund: str | None
    district: str | None
    programme: str | None
    document: str
    reason: str
    source: str | None
    maker: str | None
    checker: str | None
    state: str
    proposed_fen: int | None
    amount_fen: int | None
    floor_fen: int | None
    recovered_fen: int
    offset_fen: int
    written_off_fen: int
    left_fen: int | None
    write_off_fen: int | None
    write_off_maker: str | None
    write_off_document: str | None
    write_off_reason: str | None
    proposed_on: date | None
    ordered_on: date | None
    closed_on: date | None

    @property
    def shown_state(self) -> str:
        """The state as people name it: how a debt that is closed has ended."""
        if self.state == "open":
            return "partly" if self.left_fen != self.amount_fen else "open"
        if self.state != "closed":
            return self.state
        if self.recovered_fen:
            return "recovered"
        return "offset" if self.offset_fen else "written_off"


class ClawbackMoveRow(NamedTuple):
    """One step by which a debt grew smaller, and the number of its entry."""

    partition: int
    ledger_offset: int
    kind: str
    amount_fen: int
    left_fen: int
    reference: str
    bank_account: str | None
    moved_on: date

    @property
    def entry(self) -> str:
        """The number of the journal entry that books it."""
        return f"J-{self.partition}-{self.ledger_offset}"


class AdvanceRow(NamedTuple):
    """One advance."""

    disbursement: str
    application: str
    payee: str
    beneficiary: str
    programme: str
    nets: str
    amount_fen: int
    settled_fen: int
    called_fen: int
    cancelled_fen: int
    settle_by: date
    opened_on: date

    @property
    def open_fen(self) -> int:
        """What is neither settled, called nor given up."""
        return self.amount_fen - self.settled_fen - self.called_fen - self.cancelled_fen


class PayeeHonesty(NamedTuple):
    """What is known of a payee's honesty."""

    grade: str | None
    fraud_on: date | None
    fraud_document: str | None


async def listed(db: Db, scope: Scope, states: tuple[str, ...]) -> list[ClawbackRow]:
    """Debts as of the scope, the open ones first, each by its day."""
    rows = await db.fetch(
        f"""
        SELECT {", ".join(ClawbackRow._fields)} FROM books.clawbacks
        WHERE coalesce(ordered_on, proposed_on) <= $1
          AND ($2::text IS NULL OR district LIKE $2) AND ($3::text IS NULL OR fund = $3)
          AND (cardinality($4::text[]) = 0 OR state = ANY($4))
        ORDER BY state <> 'proposed', state <> 'open', coalesce(ordered_on, proposed_on) DESC,
                 clawback, payee
        """,  # noqa: S608 -- a constant list of columns
        scope.as_of,
        scope.districts,
        scope.fund,
        list(states),
    )
    return [ClawbackRow(**dict(row)) for row in rows]


async def one(db: Db, payee: str, clawback: str) -> ClawbackRow | None:
    """One debt."""
    row = await db.fetchrow(
        f"""SELECT {", ".join(ClawbackRow._fields)} FROM books.clawbacks
            WHERE payee = $1 AND clawback = $2""",  # noqa: S608 -- a constant list of columns
        payee,
        clawback,
    )
    return ClawbackRow(**dict(row)) if row else None


async def moves(db: Db, payee: str, clawback: str) -> list[ClawbackMoveRow]:
    """How a debt has grown smaller."""
    rows = await db.fetch(
        f"""SELECT {", ".join(ClawbackMoveRow._fields)} FROM books.clawback_moves
            WHERE payee = $1 AND clawback = $2 ORDER BY partition, ledger_offset""",  # noqa: S608
        payee,
        clawback,
    )
    return [ClawbackMoveRow(**dict(row)) for row in rows]


async def order_entry(db: Db, payee: str, clawback: str) -> str | None:
    """The number of the entry that books the order of a debt."""
    row = await db.fetchrow(
        """SELECT f.partition, f.ledger_offset FROM books.facts AS f
           JOIN books.entries AS e USING (partition, ledger_offset)
           WHERE f.stream = $1 AND f.type = 'ClawbackOrdered' AND f.body ->> 'clawback' = $2""",
        streams.payee(payee),
        clawback,
    )
    return f"J-{row['partition']}-{row['ledger_offset']}" if row else None


async def paid_to(db: Db, application: str) -> list[tuple[str, int]]:
    """Who has been paid how much for an application, as a form shows before a clawback."""
    rows = await db.fetch(
        """SELECT payee, sum(CASE WHEN state = 'settled' THEN amount_fen ELSE 0 END
                             + offset_fen + advanced_fen)::bigint AS paid
           FROM books.disbursements WHERE application = $1 GROUP BY payee ORDER BY payee""",
        application,
    )
    return [(row["payee"], row["paid"]) for row in rows]


async def advances(db: Db, scope: Scope) -> list[AdvanceRow]:
    """Advances as of the scope, the earliest term first."""
    rows = await db.fetch(
        f"""
        SELECT {", ".join(AdvanceRow._fields)} FROM books.advances
        WHERE opened_on <= $1
          AND ($2::text IS NULL OR district LIKE $2) AND ($3::text IS NULL OR fund = $3)
        ORDER BY amount_fen > settled_fen + called_fen + cancelled_fen DESC, settle_by, disbursement
        """,  # noqa: S608 -- a constant list of columns
        scope.as_of,
        scope.districts,
        scope.fund,
    )
    return [AdvanceRow(**dict(row)) for row in rows]


async def honesty(db: Db, payees: Iterable[str]) -> dict[str, PayeeHonesty]:
    """Grade and mark of payees that have any."""
    rows = await db.fetch(
        """SELECT payee, grade, fraud_on, fraud_document FROM books.payees
           WHERE payee = ANY($1::text[])""",
        list(payees),
    )
    return {
        row["payee"]: PayeeHonesty(row["grade"], row["fraud_on"], row["fraud_document"])
        for row in rows
    }
