"""Statements: each bank account's month, its days and its lines, as the bank wrote them.

In:    the facts of READS
Asked: bank_words, difference_notes, manual_matches, periods, reconciliation, rule_preview,
       statement_files, statements, treasury
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from events import streams
from events.bank_marks import marks_of
from events.statements import (
    LineClassificationReversed,
    RecordedBankDay,
    RecordedBankLine,
    StatementDaysRecorded,
    StatementDaysReversed,
    StatementLineClassified,
    StatementLineRecorded,
    StatementOpened,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByAccount
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 5

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
    scoping=ByAccount(),
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
        Column("batch", "text", "the batch that they name, by itself or in an instruction, if any"),
        Column("mark", "text", "the reference in one writing where they name neither, or empty"),
        Column("says_return", "boolean", "they say that money came back"),
        Column("balance_after_fen", "bigint", "the bank's balance after the line", "fen"),
        Column("kind", "text", "what a line that is no payment is; empty until classified"),
        Column("fund", "text", "the fund, where classified"),
        Column("district", "text", "region code of the district, where classified"),
        Column("recorded_at", "timestamptz", "when it was recorded", "UTC"),
        Column("known_on", "date", "day on which it became known"),
        Column("statement", "text", "number of the file it came with; empty for a message"),
        Column("reversed_on", "date", "day on which it became known that it is taken back"),
    ),
    scoping=ByAccount(),
    key=("bank_account", "month", "line"),
    indexes=(
        "(bank_account, booked_on)",
        "(instruction) WHERE instruction IS NOT NULL",
        "(batch) WHERE batch IS NOT NULL",
        "(bank_account, mark) WHERE mark <> ''",
    ),
)
STATEMENT_DAYS = Table(
    "statement_days",
    "Every day of an account that a file proves: opening, lines and closing agree",
    (
        Column("bank_account", "text", "alias of the city's account"),
        Column("day", "date", "the bank's day"),
        Column("statement", "text", "number of the file"),
        Column("attempt", "integer", "how often the file had been released by then"),
        Column("seq", "integer", "number of the fact; of several files the latest speaks"),
        Column("opening_fen", "bigint", "the bank's balance before the day", "fen"),
        Column("closing_fen", "bigint", "the bank's balance after the day", "fen"),
        Column("known_on", "date", "day on which it became known"),
        Column("reversed_on", "date", "day on which it became known that it is taken back"),
    ),
    scoping=ByAccount(),
    key=("bank_account", "day", "statement", "attempt"),
    indexes=("(statement)",),
)
TABLES = (STATEMENTS, STATEMENT_LINES, STATEMENT_DAYS)
READS = (
    StatementOpened,
    StatementLineRecorded,
    StatementLineClassified,
    StatementDaysRecorded,
    StatementDaysReversed,
    LineClassificationReversed,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one account's month."""
    _, month = streams.account_month(located.fact.stream)
    match located.fact.body:
        case StatementOpened() as body:
            opened = {"opening_fen": body.opening_balance, "opened_on": located.on}
            yield Upsert(STATEMENTS, (body.bank_account, month), opened)
        case StatementLineRecorded() as body:
            yield from _line(located, month, body, body.booked_on, "")
        case StatementDaysRecorded() as body:
            for day in body.days:
                for line in day.lines:
                    yield from _line(located, month, line, day.day, body.statement)
                if day.complete:
                    yield _proved(located, body, day)
        case StatementDaysReversed() as body:
            back_on = located.known_on
            for name in body.lines:
                key = (body.bank_account, month, name)
                yield Upsert(STATEMENT_LINES, key, {"reversed_on": back_on})
            for gone in body.days:
                place = (body.bank_account, gone.day, body.statement, gone.attempt)
                yield Upsert(STATEMENT_DAYS, place, {"reversed_on": back_on})
            less = {
                "lines": -len(body.lines),
                "in_fen": -body.came_in,
                "out_fen": -body.went_out,
            }
            yield Upsert(STATEMENTS, (body.bank_account, month), less)
        case StatementLineClassified() as body:
            yield Upsert(
                STATEMENT_LINES,
                (body.bank_account, month, body.line),
                {"kind": body.kind, "fund": body.fund, "district": body.district},
            )
        case LineClassificationReversed() as body:
            yield Upsert(
                STATEMENT_LINES,
                (body.bank_account, month, body.line),
                {"kind": "", "fund": "", "district": ""},
            )


def _proved(located: LocatedFact, body: StatementDaysRecorded, day: RecordedBankDay) -> Upsert:
    values = {
        "seq": located.fact.seq,
        "opening_fen": day.opening,
        "closing_fen": day.closing,
        "known_on": located.known_on,
    }
    key = (body.bank_account, day.day, body.statement, body.attempt)
    return Upsert(STATEMENT_DAYS, key, values)


def _line(
    located: LocatedFact,
    month: str,
    line: StatementLineRecorded | RecordedBankLine,
    booked_on: date,
    statement: str,
) -> Iterator[Change]:
    account, _ = streams.account_month(located.fact.stream)
    yield Upsert(
        STATEMENTS,
        (account, month),
        {
            "lines": 1,
            "in_fen": max(line.amount, 0),
            "out_fen": max(-line.amount, 0),
            "last_balance_fen": line.balance_after,
            "last_booked_on": booked_on,
        },
    )
    yield Upsert(
        STATEMENT_LINES,
        (account, month, line.line),
        {
            "seq": located.fact.seq,
            "booked_on": booked_on,
            "amount_fen": line.amount,
            "reference": line.reference,
            "purpose": line.purpose,
            **_marks(line),
            "balance_after_fen": line.balance_after,
            "kind": "",
            "recorded_at": located.recorded_at,
            "known_on": located.known_on,
            "statement": statement,
        },
    )


def _marks(line: StatementLineRecorded | RecordedBankLine) -> dict[str, Any]:
    marks = marks_of(line.reference, line.purpose)
    return {
        "instruction": marks.instruction,
        "batch": marks.batch,
        "mark": marks.reference,
        "says_return": marks.says_return,
    }
