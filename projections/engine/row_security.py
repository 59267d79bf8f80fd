"""row_security: whether the database still shows of each table what the tables say, and no more.

In:   a database that was migrated
Out:  the digest of all that guards a building of the books; what is wrong with it, in words
Holds: a table without row-level security, or whose owner is free of it, is found; so is a policy that
       was dropped, added or changed since the books were built
"""

from hashlib import sha256

import asyncpg

GUARDED = {
    "vault": frozenset[str](),
    "control": frozenset({"generations", "desk_configurations", "source_tokens", "revision"}),
}
"""Schemas beside the books whose tables are guarded too, each with the tables that tell of no district."""

_OPEN = """
    SELECT c.relnamespace::regnamespace || '.' || c.relname AS name
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace($1)
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity) AND c.relname <> ALL ($2::text[])
    ORDER BY 1
"""

_POLICIES = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polcmd::text,
           p.polpermissive,
           ARRAY(SELECT r::regrole::text FROM unnest(p.polroles) AS r ORDER BY 1) AS roles,
           pg_get_expr(p.polqual, p.polrelid) AS shown,
           pg_get_expr(p.polwithcheck, p.polrelid) AS written
    FROM pg_class AS c LEFT JOIN pg_policy AS p ON p.polrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace($1)
    ORDER BY c.relname, p.polname
"""

_BUILT = """
    SELECT policies FROM control.generations WHERE live_since IS NOT NULL AND ended_at IS NULL
    ORDER BY generation DESC LIMIT 1
"""


async def policies_digest(connection: asyncpg.Connection, schema: str) -> str:
    """Digest every policy of a schema, whatever the schema is called."""
    rows = await connection.fetch(_POLICIES, schema)
    text = "\n".join(str(tuple(row)) for row in rows)
    return sha256(text.replace(f"{schema}.", "").encode()).hexdigest()[:16]


async def gaps(connection: asyncpg.Connection, live: str = "books") -> list[str]:
    """Name what is open: tables that are not guarded, and books that are guarded otherwise than built."""
    found = []
    for schema, free in ((live, frozenset[str]()), *GUARDED.items()):
        found += [row["name"] for row in await connection.fetch(_OPEN, schema, list(free))]
    built = await connection.fetchval(_BUILT)
    if built != await policies_digest(connection, live):
        found.append(f"{live}: policies")
    return found
