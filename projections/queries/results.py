"""results: what the books know of the instructions that a bank's answer speaks of.

Units: fen
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from projections.queries.batches import of_scope
from projections.queries.connection import Db
from projections.queries.scope import Scope


class ExpectedPayment(NamedTuple):
    """What a batch ordered with one instruction: the day its sending began, whether it is open."""

    amount_fen: int
    sending_on: date | None
    unanswered: bool = True


class InstructionRow(NamedTuple):
    """One instruction as the books have it."""

    batch: str
    amount_fen: int
    state: str
    result_fen: int | None
    disbursement: str
    sending_on: date | None
    unanswered: bool

    @property
    def ordered(self) -> ExpectedPayment:
        """What was ordered with it."""
        return ExpectedPayment(self.amount_fen, self.sending_on, self.unanswered)


class OpenBatch(NamedTuple):
    """A batch of which the bank has not answered every line."""

    batch: str
    bank_account: str
    sent: int
    amount_fen: int


class RecordedAnswer(NamedTuple):
    """What the ledger made of one line: recorded, doubted, refused with a code, or a repeat."""

    state: Literal["recorded", "disputed", "refused", "repeat"]
    code: str = ""
    text: str = ""


async def answers(db: Db, commands: list[str]) -> dict[str, RecordedAnswer]:
    """What the ledger has recorded of these commands; who is not here has no answer yet."""
    facts = await db.fetch(
        """
        SELECT cause, type, body ->> 'code' AS code, body ->> 'text' AS text,
               body -> 'amount' <> body -> 'line' -> 'amount' AS differs
        FROM books.facts
        WHERE cause = ANY($1::uuid[]) AND type IN ('BatchResultRecorded', 'CommandRefused')
        """,
        commands,
    )
    repeats = await db.fetch(
        "SELECT command FROM books.unchanged WHERE command = ANY($1::text[])", commands
    )
    found = {row["command"]: RecordedAnswer("repeat") for row in repeats}
    for row in facts:
        if row["type"] == "CommandRefused":
            answer = RecordedAnswer("refused", row["code"], row["text"] or "")
        else:
            answer = RecordedAnswer("disputed" if row["differs"] else "recorded")
        found[str(row["cause"])] = answer
    return found


async def instructions(db: Db, batches: Iterable[str]) -> dict[str, InstructionRow]:
    """Every instruction of these batches."""
    rows = await db.fetch(
        """
        SELECT l.instruction, l.batch, l.amount_fen, l.state, l.result_fen, l.disbursement,
               b.sending_on, l.state NOT IN ('settled', 'returned', 'disputed') AS unanswered
        FROM books.batch_lines AS l JOIN books.batches AS b USING (batch)
        WHERE l.batch = ANY($1::text[]) AND l.instruction IS NOT NULL
          AND l.state NOT IN ('refused', 'freed')
        """,
        list(batches),
    )
    return {row["instruction"]: InstructionRow(*list(row)[1:]) for row in rows}


async def open_batches(db: Db, scope: Scope) -> list[OpenBatch]:
    """Batches that have left and are not closed, the earliest first."""
    rows = await db.fetch(
        f"""
        SELECT batch, bank_account, count(*) AS sent, sum(l.amount_fen)::bigint AS amount_fen
        FROM books.batches JOIN books.batch_lines AS l USING (batch)
        WHERE batches.state IN ('sending', 'sent')
          AND l.state NOT IN ('refused', 'freed', 'settled', 'returned')
          AND {of_scope("$1", "$2")}
        GROUP BY batch, bank_account, released_on
        ORDER BY released_on, batch
        """,  # noqa: S608 -- a constant expression
        scope.districts,
        scope.fund,
    )
    return [OpenBatch(**dict(row)) for row in rows]


async def ordered(db: Db, batches: Iterable[str]) -> dict[str, ExpectedPayment]:
    """What was ordered with every instruction of these batches."""
    rows = await instructions(db, batches)
    return {instruction: row.ordered for instruction, row in rows.items()}


class RecordedResult(NamedTuple):
    """What the books have of one instruction's outcome; None where there is none."""

    state: str
    result_fen: int | None


async def recorded_results(db: Db, batches: Iterable[str]) -> dict[str, RecordedResult]:
    """The outcome of every instruction of some batches."""
    rows = await db.fetch(
        """SELECT instruction, state, result_fen FROM books.batch_lines
           WHERE batch = ANY($1) AND instruction IS NOT NULL""",
        list(batches),
    )
    return {row["instruction"]: RecordedResult(row["state"], row["result_fen"]) for row in rows}
