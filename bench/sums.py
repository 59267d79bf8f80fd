"""Sums: the tables of flows, filled by SQL from any relation of postings.

In:   a relation of code, fund, district, sub, amount_fen, value_on, known_on
Holds: the rows are those that the projector writes; a property test holds the projector's own
"""

import asyncpg

from projections.definition.table import ALL_PARTITIONS, Table
from projections.read_models.account_flows import TABLES

_FILL = """
INSERT INTO books.{table} (partition, {days}, {account}, debit_fen, credit_fen, postings, credits)
SELECT {partition}, {value_on}, {known_on}, {account},
       coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0),
       coalesce(-sum(amount_fen) FILTER (WHERE amount_fen < 0), 0),
       count(*), count(*) FILTER (WHERE amount_fen < 0)
FROM {postings} GROUP BY {value_on}, {known_on}, {account} ORDER BY {known_on}, {value_on}
"""
_DAY = {"value_on": "value_on", "known_on": "known_on"}
_MONTH = {name: f"date_trunc('month', {day})::date" for name, day in _DAY.items()}


def _filling(table: Table, postings: str) -> str:
    value, known, *account = table.key
    return _FILL.format(
        table=table.name,
        days=f"{value}, {known}",
        account=", ".join(account),
        partition=ALL_PARTITIONS,
        postings=postings,
        **(_MONTH if value == "value_month" else _DAY),
    )


async def fill(db: asyncpg.Connection, postings: str) -> dict[str, int]:
    """Fill every table of flows, and tell how many rows each has."""
    rows = {}
    for table in TABLES:
        await db.execute(_filling(table, postings), timeout=3600)
        await db.execute(f"VACUUM ANALYZE books.{table.name}", timeout=3600)
        rows[table.name] = await db.fetchval(f"SELECT count(*) FROM books.{table.name}")
    return rows
