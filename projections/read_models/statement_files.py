"""Statement files: each file of a bank: who handed it in, who took it, how far it has come.

In:    the facts of READS
Asked: alarms, audit_acts, proposals_waiting, statement_files
"""

from collections.abc import Iterator
from typing import Any

from events.statement_files import (
    StatementHeld,
    StatementPartAnswered,
    StatementRejected,
    StatementReleased,
    StatementReversalAnswered,
    StatementReversed,
    StatementReversing,
    StatementTaken,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByAccount
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

STATEMENT_FILES = Table(
    "statement_files",
    "Every file of a bank's statement that was handed in",
    (
        Column("number", "text", "number of the file"),
        Column("state", "text", "held, rejected, released, taken, declined, reversing, reversed"),
        Column("bank_account", "text", "alias of the city's account"),
        Column("file", "text", "name of the file"),
        Column("layout", "text", "layout that reads it; empty for the account's own"),
        Column("file_digest", "text", "SHA-256 of the file"),
        Column("digest", "text", "digest of what it says"),
        Column("first", "date", "first day it covers"),
        Column("last", "date", "last day it covers"),
        Column("opening_fen", "bigint", "the bank's balance before", "fen"),
        Column("closing_fen", "bigint", "the bank's balance after", "fen"),
        Column("lines", "integer", "lines of the file"),
        Column("in_fen", "bigint", "came in", "fen"),
        Column("out_fen", "bigint", "went out, positive", "fen"),
        Column("parts", "integer", "parts in which it is recorded"),
        Column("attempt", "integer", "how often it was released"),
        Column("maker", "text", "who handed it in"),
        Column("checker", "text", "who took it or sent it back"),
        Column("reason", "text", "why it was sent back or is taken back"),
        Column("code", "text", "why a month could not take it, or not give it back"),
        Column("about", "text", "the day, line or file that this is about"),
        Column("held_at", "timestamptz", "when it was handed in", "UTC"),
        Column("held_on", "date", "legal day it was handed in"),
        Column("released_on", "date", "legal day a second person took it"),
        Column("taken_on", "date", "legal day all of it was on record"),
        Column("reversed_on", "date", "legal day nothing of it counted any more"),
    ),
    scoping=ByAccount(),
    key=("number",),
    indexes=("(state)", "(bank_account, first)"),
)
TABLES = (STATEMENT_FILES,)
READS = (
    StatementHeld,
    StatementReleased,
    StatementRejected,
    StatementPartAnswered,
    StatementTaken,
    StatementReversing,
    StatementReversalAnswered,
    StatementReversed,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one file."""
    values: dict[str, Any]
    body = located.fact.body
    match body:
        case StatementHeld():
            as_told = dict(body)
            values = {
                name: as_told[name]
                for name in (
                    "bank_account", "file", "layout", "file_digest", "digest", "maker", "first", "last",
                    "lines", "parts",
                )
            }  # fmt: skip
            values |= {
                "state": "held",
                "opening_fen": body.opening,
                "closing_fen": body.closing,
                "in_fen": body.came_in,
                "out_fen": body.went_out,
                "checker": "",
                "reason": "",
                "code": "",
                "about": "",
                "held_at": located.recorded_at,
                "held_on": located.on,
            }
        case StatementReleased():
            values = {
                "state": "released",
                "checker": body.checker,
                "attempt": body.attempt,
                "released_on": located.on,
            }
        case StatementRejected():
            values = {"state": "rejected", "checker": body.checker, "reason": body.reason}
        case (
            StatementPartAnswered(verdict="declined")
            | StatementReversalAnswered(verdict="declined")
        ):
            values = {"state": "declined", "code": body.code, "about": body.about}
        case StatementTaken():
            values = {"state": "taken", "taken_on": located.on}
        case StatementReversing():
            values = {"state": "reversing", "reason": body.reason, "code": "", "about": ""}
        case StatementReversed():
            values = {"state": "reversed", "reversed_on": located.on}
        case _:
            return
    yield Upsert(STATEMENT_FILES, (body.number,), values)
