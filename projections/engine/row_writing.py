"""row_writing: writes slices and their positions in one transaction.

Holds: rows and position are written together or not at all
"""

from collections.abc import Sequence

import asyncpg

from events.invariants import BrokenInvariant
from projections.definition.table import amend, upsert
from projections.engine import match_keeping, partition_positions, payment_summing
from projections.engine.books import LEDGER
from projections.engine.folding import Folded, as_json
from projections.engine.ledger_slices import LedgerSlice
from projections.read_models.catalogue import TABLES
from projections.read_models.disbursements import DISBURSEMENTS

_BY_NAME = {table.name: table for table in TABLES}
_ORDER = {table.name: place for place, table in enumerate(TABLES)}
_COLUMNS = {table.name: [c.name for c in table.all_columns] for table in TABLES}

STATEMENT_SECONDS = 60.0


class ConstraintViolated(Exception):
    """The database refuses what the ledger says: a guard that must never fire has fired."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")


async def write(
    connection: asyncpg.Connection,
    schema: str,
    slices: Sequence[LedgerSlice],
    folded: Folded,
    topic: str = LEDGER,
    *,
    deriving: bool = True,
) -> None:
    """Write slices of different partitions, and what they fold to, all or none.

    Holds: with `deriving`, movements and lines of the bank are matched, and payments summed by
           state, in the same transaction
    Raises: PositionMoved, ConstraintViolated
    """
    try:
        async with connection.transaction():
            await partition_positions.move(connection, schema, topic, slices)
            await write_rows(connection, schema, folded, summing=deriving)
            if deriving:
                await match_keeping.keep(connection, schema, folded)
    except (
        asyncpg.IntegrityConstraintViolationError,
        asyncpg.DataError,
        asyncpg.exceptions._base.DataError,
        BrokenInvariant,
    ) as error:
        raise ConstraintViolated(error) from error


async def write_rows(
    connection: asyncpg.Connection, schema: str, folded: Folded, *, summing: bool = False
) -> None:
    """Write what was folded into the tables of a schema.

    Raises: BrokenInvariant when rows belong to another partition
    """
    for (name, prefix, names), rows in folded.amended.items():
        keys = sorted(rows)
        columns = [[key[place] for key in keys] for place in range(prefix)]
        columns += [[rows[key][column] for key in keys] for column in names]
        statement = amend(_BY_NAME[name], schema, prefix, names)
        await connection.execute(statement, *columns, timeout=STATEMENT_SECONDS)
    # one order of tables for every writer
    for name in sorted(folded.states, key=_ORDER.__getitem__):
        rows = folded.states[name]
        merging = as_json(name, rows)
        if summing and name == DISBURSEMENTS.name:
            written = await payment_summing.write(connection, schema, merging, STATEMENT_SECONDS)
        else:
            statement = _upserts(schema)[name]
            done = await connection.execute(statement, merging, timeout=STATEMENT_SECONDS)
            written = int(done.rpartition(" ")[2])
        if written != len(rows):
            raise BrokenInvariant(f"rows of {name} belong to another partition")
    for name in sorted(folded.appended, key=_ORDER.__getitem__):
        await connection.copy_records_to_table(
            name,
            schema_name=schema,
            columns=_COLUMNS[name],
            records=folded.appended[name],
            timeout=STATEMENT_SECONDS,
        )


_STATEMENTS: dict[str, dict[str, str]] = {}


def _upserts(schema: str) -> dict[str, str]:
    if schema not in _STATEMENTS:
        _STATEMENTS[schema] = {t.name: upsert(t, schema) for t in TABLES if t.is_state}
    return _STATEMENTS[schema]
