"""position_vector: how far the books stand, and the rows of the books at or below such a vector.

In:    a connection; for what is to agree with other queries, one in a transaction of its own
       (``repeatable read``)
Out:   `PositionVector`, a condition in SQL, whether the books have come so far
Holds: rows of tables of facts (with `ledger_offset`) at or below a vector are the same for ever,
       after a rebuild too; tables of states know the present alone and are never asked by a vector
"""

from events.position_vector import PositionVector
from projections.queries.connection import Db

__all__ = ["PositionVector", "array_of", "at_or_below", "current", "missing", "stopped"]


def at_or_below(alias: str, parameter: int) -> str:
    """Write the condition that a row of a table of facts counts; bind `array_of` to the parameter.

    ``at_or_below("p", 3)`` is for a table read as ``p``, with the vector as ``$3``. A
    partition that the vector does not name counts for nothing.
    """
    place = f"{alias}.partition" if alias else "partition"
    offset = f"{alias}.ledger_offset" if alias else "ledger_offset"
    return f"{offset} < coalesce((${parameter}::bigint[])[{place} + 1], 0)"


def array_of(vector: PositionVector) -> list[int]:
    """The value that is bound to the parameter of `at_or_below`."""
    return list(vector.next_offsets)


async def current(db: Db) -> PositionVector:
    """How far the books have read the ledger."""
    rows = await db.fetch("SELECT partition, next FROM books.positions WHERE topic = 'ledger'")
    return PositionVector.of({row["partition"]: row["next"] for row in rows})


async def missing(db: Db, vector: PositionVector) -> dict[int, int]:
    """What the books still have to read before they can answer as of a vector.

    Shape: partition → how many offsets are missing; empty when they have come so far
    """
    now = await current(db)
    return {
        partition: offset - now.next_of(partition)
        for partition, offset in enumerate(vector.next_offsets)
        if offset > now.next_of(partition)
    }


async def stopped(db: Db) -> list[int]:
    """The partitions that stand still: what lies behind in them is not in the books."""
    rows = await db.fetch(
        """SELECT partition FROM books.positions
           WHERE topic = 'ledger' AND stopped IS NOT NULL ORDER BY partition"""
    )
    return [row["partition"] for row in rows]
