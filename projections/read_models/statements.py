"""Statements: each bank account's month and its lines, as the bank wrote them.

In:    the facts of READS
Asked: reconciliation, statements
"""

from collections.abc import Iterator

from events import streams
from events.ids import instruction_in
from events.statements import StatementLineClassified, StatementLineRecorded, StatementOpened
from projections.definition.located_fact import LocatedFact
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 2

STATEMENTS = Table(
    "statements",
    "Every bank account's month",
    (
        Column("bank_account", "text", "alias of the city's account"),
        Column("month", "text", "yyyy-mm"),
        Column("opening_fen", "bigint", "the bank's opening balance", "fen"),
        Column("lines", "integer", "lines on record", merge=Merge.SUM),
        Column("in_fen", "bigint", "came in", "fen", merge=Merge.SUM),
        Column("out_fen", "bigint", "went out, positive", "fen", merge=Merge.SUM),
        Column("last_balance_fen", "bigint", "the bank's balance after its last line", "fen"),
        Column("last_booked_on", "date", "day of the last line on record"),
        Column("opened_on", "date", "legal day it was opened"),
    ),
    key=("bank_account", "month"),
)

STATEMENT_LINES = Table(
    "statement_lines",
    "Every line of a bank's statement",
    (
        Column("bank_account", "text", "alias of the city's account"),
        Column("month", "text", "yyyy-mm"),
        Column("line", "text", "the line's own id in the statement"),
        Column("seq", "integer", "number of the fact that recorded it"),
        Column("booked_on", "date", "the bank's day"),
        Column("amount_fen", "bigint", "came in where positive", "fen"),
        Column("reference", "text", "the reference that the bank repeats"),
        Column("purpose", "text", "the bank's words"),
        Column("instruction", "text", "the payment's number that either of them names, if any"),
        Column("balance_after_fen", "bigint", "the bank's balance after the line", "fen"),
        Column("kind", "text", "what a line that is no payment is; empty until classified"),
        Column("fund", "text", "the fund, where classified"),
        Column("district", "text", "region code of the district, where classified"),
        Column("recorded_at", "timestamptz", "when it was recorded", "UTC"),
        Column("known_on", "date", "day on which it became known"),
    ),
    key=("bank_account", "month", "line"),
    indexes=("(bank_account, booked_on)", "(reference)", "(instruction)"),
)
TABLES = (STATEMENTS, STATEMENT_LINES)
READS = (StatementOpened, StatementLineRecorded, StatementLineClassified)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one account's month."""
    _, month = streams.account_month(located.fact.stream)
    match located.fact.body:
        case StatementOpened() as body:
            opened = {"opening_fen": body.opening_balance, "opened_on": located.on}
            yield Upsert(STATEMENTS, (body.bank_account, month), opened)
        case StatementLineRecorded() as body:
            yield Upsert(
                STATEMENTS,
                (body.bank_account, month),
                {
                    "lines": 1,
                    "in_fen": max(body.amount, 0),
                    "out_fen": max(-body.amount, 0),
                    "last_balance_fen": body.balance_after,
                    "last_booked_on": body.booked_on,
                },
            )
            yield Upsert(
                STATEMENT_LINES,
                (body.bank_account, month, body.line),
                {
                    "seq": located.fact.seq,
                    "booked_on": body.booked_on,
                    "amount_fen": body.amount,
                    "reference": body.reference,
                    "purpose": body.purpose,
                    "instruction": instruction_in(body.reference, body.purpose),
                    "balance_after_fen": body.balance_after,
                    "kind": "",
                    "recorded_at": located.recorded_at,
                    "known_on": located.known_on,
                },
            )
        case StatementLineClassified() as body:
            yield Upsert(
                STATEMENT_LINES,
                (body.bank_account, month, body.line),
                {"kind": body.kind, "fund": body.fund, "district": body.district},
            )
