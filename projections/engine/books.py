"""Books: the schema that holds one whole building of the read models.

Readers say `books.applications`; the schema of that name is the live building. A rebuild fills
another one beside it and takes the name over in one transaction (`swap`).
Holds: who writes locks its positions first, so no transaction straddles a swap; of every table a
       session sees what its role and its settings let it see, whoever owns it.
"""

from hashlib import sha256

import asyncpg

from projections.definition import visibility
from projections.definition.chart_of_accounts import CHART
from projections.definition.scoping import PUBLIC
from projections.definition.table import READERS, Table, create, guard, unguarded
from projections.engine import row_security
from projections.read_models.catalogue import READ_MODELS, TABLES
from services.runtime.errors import OperatingFailure

LIVE = "books"
NEXT = "books_next"
FORMER = "books_former"

_MOST_NAMED = 5
LEDGER = "ledger"
DEAD_LETTERS = "dead-letters"

_OWN_TABLES = """
CREATE TABLE {schema}.positions (
    topic text NOT NULL,
    partition smallint NOT NULL,
    next bigint NOT NULL DEFAULT 0,
    last_offset bigint,
    last_id uuid,
    known timestamptz,
    log_end bigint NOT NULL DEFAULT 0,
    checked_at timestamptz NOT NULL DEFAULT now(),
    stopped text,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
COMMENT ON TABLE {schema}.positions IS 'How far each partition of a topic has been read';
COMMENT ON COLUMN {schema}.positions.next IS 'next offset to be read: all before it are in the tables';
COMMENT ON COLUMN {schema}.positions.last_id IS 'id of the fact at last_offset';
COMMENT ON COLUMN {schema}.positions.known IS 'latest recorded_at read (UTC), never falling';
COMMENT ON COLUMN {schema}.positions.log_end IS 'end of the log when last looked, at checked_at';
COMMENT ON COLUMN {schema}.positions.stopped IS 'why the partition stands still, or empty';
CREATE TABLE {schema}.read_models (
    name text PRIMARY KEY,
    version integer NOT NULL,
    shape text NOT NULL,
    generation bigint NOT NULL
);
COMMENT ON TABLE {schema}.read_models IS 'Which version of each read model is built here';
CREATE TABLE {schema}.chart (
    code text PRIMARY KEY,
    name text NOT NULL,
    side text NOT NULL,
    kind text NOT NULL,
    sub text NOT NULL
);
COMMENT ON TABLE {schema}.chart IS 'The accounts, their Chinese names and what their subs are';
CREATE FUNCTION {schema}.must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
    SELECT partition, ledger_offset, sum(amount_fen) AS off INTO bad FROM added
    GROUP BY partition, ledger_offset HAVING sum(amount_fen) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry %/% does not balance: debits less credits are % fen',
            bad.partition, bad.ledger_offset, bad.off USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER must_balance AFTER INSERT ON {schema}.postings
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {schema}.must_balance();
CREATE FUNCTION {schema}.never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed: a correction is a new fact', TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.facts
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.never_changed();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.entries
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.never_changed();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.postings
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.never_changed();
"""


_OWN = ("positions", "read_models", "chart")

_GRANTS = f"""
GRANT USAGE ON SCHEMA {{schema}} TO benefit_projector, {", ".join(READERS)};
GRANT ALL ON ALL TABLES IN SCHEMA {{schema}} TO benefit_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA {{schema}} TO {", ".join(READERS)};
"""


class ShapeDiffers(OperatingFailure):
    """The live books were built by another version of the read models."""

    def __init__(self, names: list[str]) -> None:
        shown = "、".join(names[:_MOST_NAMED]) + (" 等" if len(names) > _MOST_NAMED else "")
        super().__init__(
            f"账本是另一个版本建的，{len(names)} 个读模型与本版本不符：{shown}。",
            "请运行 benefit-ledger rebuild，从总账重建；up 开着的，在另一个终端运行。详见 docs/how-to/rebuild.md。",
        )
        self.names = names


def shape(table: Table) -> str:
    """Digest how a table is defined, so that books built by other code are noticed."""
    return sha256("\n".join(create(table, "s")).encode()).hexdigest()[:16]


def shape_of_all() -> str:
    """Digest all definitions and versions."""
    parts = [f"{m.name} {m.version} {[shape(t) for t in m.tables]}" for m in READ_MODELS]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _all_of(schema: str) -> str:
    """Write everything that a building is made of: one message to the database, for it is much."""
    tables = [statement for table in TABLES for statement in unguarded(table, schema)]
    # what is shown of one table may depend on any other
    scoped = [(table.name, table.scoping) for table in TABLES] + [(name, PUBLIC) for name in _OWN]
    guards = [one for name, scoping in scoped for one in guard(name, scoping, schema)]
    own = _OWN_TABLES.replace("{schema}", schema)
    grants = _GRANTS.replace("{schema}", schema)
    made = f"CREATE SCHEMA {schema};\n{visibility.functions(schema)}"
    return "\n".join((made, ";\n".join(tables) + ";", own, ";\n".join(guards) + ";", grants))


async def build(connection: asyncpg.Connection, schema: str) -> int:
    """Make an empty building of all read models; its generation's number is returned."""
    async with connection.transaction():
        await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await connection.execute(_all_of(schema))
        generation: int = await connection.fetchval(
            "INSERT INTO control.generations (shape, policies) VALUES ($1, $2) RETURNING generation",
            shape_of_all(),
            await row_security.policies_digest(connection, schema),
        )
        await connection.executemany(
            f"INSERT INTO {schema}.read_models VALUES ($1, $2, $3, $4)",  # noqa: S608
            [
                (model.name, model.version, " ".join(map(shape, model.tables)), generation)
                for model in READ_MODELS
            ],
        )
        await connection.executemany(
            f"INSERT INTO {schema}.chart VALUES ($1, $2, $3, $4, $5)",  # noqa: S608
            [(a.code, a.name, a.side.value, a.kind, a.by) for a in CHART],
        )
    return generation


async def ensure(connection: asyncpg.Connection) -> None:
    """Make empty live books where there are none, or where another version's have read nothing yet."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('benefit-ledger books'))")
        if await connection.fetchval("SELECT to_regnamespace($1)", LIVE) is not None:
            if not await differing(connection, LIVE):
                return
            await connection.execute(f"LOCK TABLE {LIVE}.positions IN ACCESS EXCLUSIVE MODE")
            if await connection.fetchval(f"SELECT max(next) > 0 FROM {LIVE}.positions"):  # noqa: S608
                return
            await connection.execute(
                "UPDATE control.generations SET ended_at = now() "
                "WHERE live_since IS NOT NULL AND ended_at IS NULL"
            )
        generation = await build(connection, LIVE)
        await connection.execute(
            "UPDATE control.generations SET live_since = now() WHERE generation = $1", generation
        )


async def differing(connection: asyncpg.Connection, schema: str) -> list[str]:
    """Name the read models that are built there otherwise than this code would."""
    rows = await connection.fetch(
        f"SELECT name, version, shape FROM {schema}.read_models"  # noqa: S608
    )
    built = {row["name"]: (row["version"], row["shape"]) for row in rows}
    wanted = {m.name: (m.version, " ".join(map(shape, m.tables))) for m in READ_MODELS}
    return sorted(name for name in built | wanted if built.get(name) != wanted.get(name))


async def check(connection: asyncpg.Connection, schema: str) -> int:
    """Make sure that the books are of this code's shape; their generation is returned.

    Raises: ShapeDiffers, naming the read models that do
    """
    if names := await differing(connection, schema):
        raise ShapeDiffers(names)
    return int(
        await connection.fetchval(f"SELECT generation FROM {schema}.read_models LIMIT 1")  # noqa: S608
    )
