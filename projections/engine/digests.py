"""Digests: a fingerprint of every table, by partition, that does not depend on the order of rows.

Holds: a partition's digest is the sum of its rows' hashes, so equal rows give equal digests
       however they were written, and the partitions' digests add up to the table's.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import asyncpg

from projections.definition.table import Table


class Digest(NamedTuple):
    """How many rows a table has of one partition, and the sum of their hashes."""

    rows: int
    total: int


class DigestDifference(NamedTuple):
    """A partition of a table that two buildings do not agree on."""

    table: str
    partition: int
    ours: Digest
    theirs: Digest


Digests = Mapping[tuple[str, int], Digest]


async def digests(
    connection: asyncpg.Connection, schema: str, tables: Sequence[Table]
) -> dict[tuple[str, int], Digest]:
    """Compute the digests of tables; the session's time zone must be UTC."""
    result: dict[tuple[str, int], Digest] = {}
    for table in tables:
        columns = ", ".join(column.name for column in table.all_columns)
        rows = await connection.fetch(
            f"""
            SELECT partition, count(*) AS rows,
                sum(('x' || left(encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex'), 15)
                    )::bit(60)::bigint)::numeric AS total
            FROM {schema}.{table.name} GROUP BY partition
            """,  # noqa: S608
            timeout=3600,
        )
        for row in rows:
            result[table.name, row["partition"]] = Digest(row["rows"], int(row["total"]))
    return result


def differences(ours: Digests, theirs: Digests) -> list[DigestDifference]:
    """List where two buildings do not agree."""
    nothing = Digest(0, 0)
    return [
        DigestDifference(*key, ours.get(key, nothing), theirs.get(key, nothing))
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key, nothing) != theirs.get(key, nothing)
    ]


def fingerprint(found: Digests) -> str:
    """Write all digests as one short text."""
    lines = [
        f"{table} {partition} {rows} {total}"
        for (table, partition), (rows, total) in sorted(found.items())
    ]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]
