"""tables_at_position: read models as they were at a position of the ledger, for one transaction.

In:    the mirror of the facts, the read models that are wanted, a position vector
Out:   tables of the same names in the session's own schema, and a `Db` that asks them by the queries
       of the pages
Holds: the mappings are the projector's own, so figures of then and of now have one definition; what
       is not folded cannot be asked; the tables go with the transaction, which nobody commits
"""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import orjson

from events import FACTS
from events.envelope import Position, Recorded
from events.invariants import BrokenInvariant
from events.position_vector import PositionVector
from projections.definition.located_fact import LocatedFact
from projections.definition.table import unguarded
from projections.engine.books import LIVE
from projections.engine.folding import Folded, Mappings
from projections.engine.row_writing import write_rows
from projections.read_models.catalogue import READ_MODELS, ReadModel

_AT_ONCE = 2_000
_OWN = "pg_temp"
_ASKED = re.compile(rf"\b{LIVE}\.([a-z_]+)")

_FACTS = f"""
    SELECT id::text, stream, seq, cause::text, command_partition, command_offset, recorded_at,
           effective_on, type, body::text, ledger_offset
    FROM {LIVE}.facts
    WHERE partition = $1 AND ledger_offset < $2 AND type = ANY($3::text[])
    ORDER BY ledger_offset
"""  # noqa: S608 -- ours


class PositionedDb:
    """Asks tables as they were at a position: a `Db` for the queries that pages use."""

    def __init__(self, connection: asyncpg.Connection, tables: frozenset[str]) -> None:
        self._connection = connection
        self._tables = tables

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """As a connection does."""
        return await self._connection.fetch(self._moved(query), *args)

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """As a connection does."""
        return await self._connection.fetchrow(self._moved(query), *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """As a connection does."""
        return await self._connection.fetchval(self._moved(query), *args)

    def _moved(self, query: str) -> str:
        """The query with its tables in the session's own schema.

        Raises: BrokenInvariant where it asks a table that was not folded: that one knows the present
        """

        def own(found: re.Match[str]) -> str:
            if found[1] not in self._tables:
                raise BrokenInvariant(f"{found[0]} is asked at a position, and was not folded")
            return f"{_OWN}.{found[1]}"

        return _ASKED.sub(own, query)


async def tables_at(
    connection: asyncpg.Connection, names: Sequence[str], vector: PositionVector
) -> PositionedDb:
    """Fold read models up to a vector, inside the transaction that is open.

    Shape:  one pass over the facts that they read; a second for some 20 000 facts
    """
    models = [_model(name) for name in names]
    for model in models:
        for table in model.tables:
            for statement in unguarded(table, _OWN):
                if not statement.startswith("COMMENT"):
                    await connection.execute(statement)
    mappings: Mappings = {
        kind: tuple(m.changes for m in models if m.changes is not None and kind in m.reads)
        for kind in FACTS.values()
        if any(kind in m.reads for m in models)
    }
    for partition, end in enumerate(vector.next_offsets):
        async for facts in _facts(connection, partition, end, mappings):
            folded = Folded(mappings)
            folded.add(facts)
            await write_rows(connection, _OWN, folded)
    for model in models:
        for table in model.tables:
            await connection.execute(f"ANALYZE {_OWN}.{table.name}")
    return PositionedDb(connection, frozenset(t.name for model in models for t in model.tables))


def _model(name: str) -> ReadModel:
    return next(model for model in READ_MODELS if model.name == name)


async def _facts(
    connection: asyncpg.Connection, partition: int, end: int, mappings: Mappings
) -> AsyncIterator[list[LocatedFact]]:
    kinds = sorted(kind.__name__ for kind in mappings)
    cursor = await connection.cursor(_FACTS, partition, end, kinds)
    while rows := await cursor.fetch(_AT_ONCE):
        yield [_located(row, partition) for row in rows]


def _located(row: asyncpg.Record, partition: int) -> LocatedFact:
    body = FACTS[row["type"]].model_validate(orjson.loads(row["body"]))
    fact = Recorded(
        row["id"],
        row["stream"],
        row["seq"],
        row["cause"],
        Position(row["command_partition"], row["command_offset"], 0),
        row["recorded_at"],
        row["effective_on"],
        body,
    )
    return LocatedFact(fact, partition, row["ledger_offset"], row["body"])
