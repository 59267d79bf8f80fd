"""Imports: files of earlier benefits: who handed them in, who released them, what they hold.

In:    the facts of READS
Asked: audit_acts, prior_uses, proposals_waiting
"""

from collections.abc import Iterator

from events.prior_uses import ImportDone, ImportHeld, ImportRejected, ImportReleased
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

IMPORTS = Table(
    "imports",
    "Every file of benefits enjoyed before this ledger",
    (
        Column("number", "text", "number of the import"),
        Column("state", "text", "held, released, rejected or done"),
        Column("file_digest", "text", "SHA-256 of the file"),
        Column("digest", "text", "digest of what is counted"),
        Column("region", "text", "region code of rows that name none"),
        Column("rows", "integer", "rows of the file"),
        Column("uses", "integer", "rows that are counted"),
        Column("doubtful", "integer", "of these, rows with something to look at"),
        Column("refused", "integer", "rows that could not be taken"),
        Column("total_fen", "bigint", "sum of the rows that are counted", "fen"),
        Column("maker", "text", "who handed it in"),
        Column("checker", "text", "who released or rejected it"),
        Column("reason", "text", "why it was rejected"),
        Column("held_at", "timestamptz", "when it was handed in", "UTC"),
        Column("held_on", "date", "legal day it was handed in"),
        Column("released_on", "date", "legal day it was released"),
        Column("rejected_on", "date", "legal day it was rejected"),
        Column("done_on", "date", "legal day every row was counted"),
    ),
    scoping=ByDistrict("region"),
    key=("number",),
    indexes=("(state)",),
)
TABLES = (IMPORTS,)
READS = (ImportHeld, ImportReleased, ImportRejected, ImportDone)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one file."""
    match located.fact.body:
        case ImportHeld() as body:
            held = {name: value for name, value in body if name not in ("number", "total")}
            values = {
                **held,
                "total_fen": body.total,
                "state": "held",
                "held_at": located.recorded_at,
                "held_on": located.on,
            }
        case ImportReleased() as body:
            values = {"state": "released", "checker": body.checker, "released_on": located.on}
        case ImportRejected() as body:
            values = {
                "state": "rejected",
                "checker": body.checker,
                "reason": body.reason,
                "rejected_on": located.on,
            }
        case ImportDone() as body:
            values = {"state": "done", "done_on": located.on}
        case _:
            return
    yield Upsert(IMPORTS, (body.number,), values)
