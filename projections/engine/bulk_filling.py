"""bulk_filling: fills a table from nothing without its indexes, and makes them when it is full.

Holds: the indexes and the key are those that were there; a row that stands twice is refused then;
       only a table's owner may take its indexes away, so a login that cannot act as the owner fills
       the table with them
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

_KEYS = """
    SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE conrelid = $1::regclass AND contype IN ('p', 'u')
"""
_OWNER = """
    SELECT quote_ident(r.rolname) FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner
    WHERE c.oid = $1::regclass AND pg_has_role(session_user, r.oid, 'SET')
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index AS i
    WHERE i.indrelid = $1::regclass
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
    ORDER BY i.indexrelid
"""


@asynccontextmanager
async def emptied(connection: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Empty a table and take its indexes away while it is filled, in the transaction that is open.

    Raises: UniqueViolationError when a key stands twice
    """
    await connection.execute(f"TRUNCATE {table}")
    owner = await connection.fetchval(_OWNER, table)
    if owner is None:
        yield
        return
    keys = await connection.fetch(_KEYS, table)
    indexes = await connection.fetch(_INDEXES, table)
    async with _acting_as(connection, owner):
        for key in keys:
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key['name']}")
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
    yield
    async with _acting_as(connection, owner):
        await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for key in keys:
            await connection.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {key['name']} {key['definition']}"
            )
        for index in indexes:
            await connection.execute(index["definition"])
        await connection.execute(f"ANALYZE {table}")


@asynccontextmanager
async def _acting_as(connection: asyncpg.Connection, owner: str) -> AsyncIterator[None]:
    """Be the owner of a table for a while, then again whom this process is."""
    role = await connection.fetchval("SELECT quote_ident(current_setting('role'))")
    await connection.execute(f"SET LOCAL ROLE {owner}")
    yield
    await connection.execute(f"SET LOCAL ROLE {role}")
