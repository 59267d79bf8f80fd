"""payment_summing: keeps the sums of payments by state equal to a count over the payments.

In:   rows of `disbursements` to be merged
Out:  those rows, and `payment_days` and `payment_months` moved by what they were and have become
Holds: one statement writes both, so that they never disagree; a payment is taken out of the sum it
       stood in and put into its new one, whatever fact moved it
"""

# ruff: noqa: S608 - every statement here is put together from constants of this package

from functools import cache

import asyncpg

from projections.definition.table import ALL_PARTITIONS, Table, upsert
from projections.engine.bulk_filling import emptied
from projections.read_models.disbursements import DISBURSEMENTS
from projections.read_models.payment_sums import KEY, PAYMENT_DAYS, TABLES

_STANDING = ", ".join(KEY)
_EACH = f"ordered_on, {_STANDING}"
_MONTH = "date_trunc('month', ordered_on)::date"


def _of(row: str) -> str:
    """Where a payment stands, as a row was before or is now."""
    return ", ".join((f"{row}.ordered_on", *(f"coalesce({row}.{name}, '')" for name in KEY)))


def _named(row: str) -> str:
    return ", ".join(f"{row}.{name} AS {row}_{name}" for name in ("ordered_on", *KEY, "amount_fen"))


def _standing(row: str) -> str:
    return _of(row).replace(f"{row}.", f"w.{row}_")


def _adding(table: Table, moved: str, schema: str) -> str:
    """Add sums, by day, to a table: to those by day or by month."""
    day = table.key[0]
    of_day = "ordered_on" if table is PAYMENT_DAYS else _MONTH
    return f"""
    INSERT INTO {schema}.{table.name} AS t (partition, {day}, {_STANDING}, payments, amount_fen)
    SELECT {ALL_PARTITIONS}, {of_day}, {_STANDING}, sum(payments), sum(amount_fen) FROM {moved}
    GROUP BY {of_day}, {_STANDING}
    HAVING sum(payments) <> 0 OR sum(amount_fen) <> 0
    ORDER BY {of_day}, {_STANDING}
    ON CONFLICT ({", ".join(table.key)}) DO UPDATE SET
        payments = t.payments + EXCLUDED.payments,
        amount_fen = t.amount_fen + EXCLUDED.amount_fen
    """


@cache
def _writing(schema: str) -> str:
    adding = [f"{t.name} AS ({_adding(t, 'moved', schema)})" for t in TABLES]
    return f"""
    WITH written AS (
        {upsert(DISBURSEMENTS, schema)}
        RETURNING {_named("old")}, {_named("new")}
    ), moved AS MATERIALIZED (
        SELECT {_EACH}, sum(payments) AS payments, sum(amount_fen) AS amount_fen
        FROM written AS w, LATERAL (VALUES
            ({_standing("old")}, -1, -coalesce(w.old_amount_fen, 0)),
            ({_standing("new")}, 1, coalesce(w.new_amount_fen, 0))
        ) AS one ({_EACH}, payments, amount_fen)
        WHERE ordered_on IS NOT NULL
        GROUP BY {_EACH}
    ), {", ".join(adding)}
    SELECT count(*) FROM written
    """


async def write(
    connection: asyncpg.Connection, schema: str, rows: str, timeout_seconds: float
) -> int:
    """Merge payments, given as JSON, and move the sums; the number of rows that were written.

    Holds: called in a transaction
    """
    written: int = await connection.fetchval(_writing(schema), rows, timeout=timeout_seconds)
    for table in TABLES:
        await connection.execute(
            f"DELETE FROM {schema}.{table.name} WHERE payments = 0", timeout=timeout_seconds
        )
    return written


async def sum_whole(connection: asyncpg.Connection, schema: str) -> None:
    """Sum up all payments, where the sums were not kept while facts arrived."""
    async with connection.transaction():
        for table in TABLES:
            counted = f"""(
                SELECT {_of("d")}, 1, coalesce(d.amount_fen, 0) FROM {schema}.disbursements AS d
                WHERE d.ordered_on IS NOT NULL
            ) AS one ({_EACH}, payments, amount_fen)"""
            statement = _adding(table, counted, schema)
            async with emptied(connection, f"{schema}.{table.name}"):
                inserting = statement.partition("ON CONFLICT")[0]
                await connection.execute(inserting, timeout=3600)
