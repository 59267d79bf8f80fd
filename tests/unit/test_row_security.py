"""Row-level security: every table says to whom it is shown, the database holds it, a gap is noticed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from projections.definition import visibility
from projections.definition.scoping import PUBLIC, Public, Whole, condition
from projections.engine.migrate import migrate
from projections.engine.row_security import GUARDED, gaps, policies_digest
from projections.read_models.catalogue import TABLES
from services.runtime.postgres import sight
from services.streams import houses
from tests.browser import city

OWN = ("positions", "read_models", "chart")
SCOPINGS = {**{table.name: table.scoping for table in TABLES}, **dict.fromkeys(OWN, PUBLIC)}


@pytest.fixture
async def db(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the owner to migrated books."""
    await migrate(database)
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@asynccontextmanager
async def undone(db: asyncpg.Connection) -> AsyncIterator[None]:
    """Take back whatever is done to the database meanwhile."""
    change = db.transaction()
    await change.start()
    try:
        yield
    finally:
        await change.rollback()


def test_a_table_cannot_be_defined_without_saying_to_whom_it_is_shown() -> None:
    assert "scoping" not in type(TABLES[0])._field_defaults


def test_every_kind_of_history_says_how_it_is_scoped() -> None:
    assert set(visibility.STREAMS) == set(houses.DECIDERS)


async def test_every_table_is_guarded_as_it_says(db: asyncpg.Connection) -> None:
    rows = await db.fetch(
        """SELECT tablename, policyname, roles::text[], cmd, qual FROM pg_policies
           WHERE schemaname = 'books'"""
    )
    found = {(row["tablename"], row["policyname"]): row for row in rows}
    wanted = {(name, "every_row") for name in SCOPINGS}
    wanted |= {(n, "own_districts") for n, s in SCOPINGS.items() if not isinstance(s, Whole)}
    assert set(found) == wanted
    for (table, name), row in found.items():
        own = name == "own_districts"
        roles = (
            {"benefit_web"} if own else {"benefit_projector", "benefit_clerk", "benefit_web_all"}
        )
        assert (set(row["roles"]), row["cmd"]) == (roles, "SELECT" if own else "ALL"), table
        open_to_all = not own or isinstance(SCOPINGS[table], Public)
        assert (row["qual"] == "true") == open_to_all, table
    assert await gaps(db) == []


async def test_who_says_nothing_sees_only_what_is_public(db: asyncpg.Connection) -> None:
    names = [f"books.{name}" for name in SCOPINGS]
    for schema in GUARDED:
        rows = await db.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND rowsecurity", schema
        )
        names += [f"{schema}.{row['tablename']}" for row in rows]
    readable = 0
    await db.execute("SET ROLE benefit_web")
    for name in names:
        if await db.fetchval("SELECT has_table_privilege($1, 'SELECT')", name):
            readable += 1
            filtered = await db.fetch(f"EXPLAIN SELECT * FROM {name}")
            plan = "\n".join(row[0] for row in filtered)
            public = isinstance(SCOPINGS.get(name.removeprefix("books.")), Public)
            assert ("Filter" in plan or "Index Cond" in plan) != (public or name == "vault.keys"), (
                name
            )
    assert readable > len(SCOPINGS)


async def test_a_gap_in_any_table_is_noticed(db: asyncpg.Connection) -> None:
    built = await policies_digest(db, "books")
    for name, scoping in SCOPINGS.items():
        changes = [
            f"DROP POLICY every_row ON books.{name}",
            f"ALTER TABLE books.{name} DISABLE ROW LEVEL SECURITY",
            f"ALTER TABLE books.{name} NO FORCE ROW LEVEL SECURITY",
        ]
        if condition(scoping, "books", name) is None:
            changes.append(f"CREATE POLICY open ON books.{name} TO benefit_web USING (true)")
        elif not isinstance(scoping, Public):
            changes.append(f"ALTER POLICY own_districts ON books.{name} USING (true)")
            changes.append(f"DROP POLICY own_districts ON books.{name}")
        for change in changes:
            async with undone(db):
                await db.execute(change)
                assert await policies_digest(db, "books") != built, change
    for change, named in (
        ("ALTER TABLE books.facts NO FORCE ROW LEVEL SECURITY", ["books.facts", "books: policies"]),
        ("ALTER TABLE vault.files DISABLE ROW LEVEL SECURITY", ["vault.files"]),
        ("ALTER POLICY own_districts ON books.facts USING (true)", ["books: policies"]),
    ):
        async with undone(db):
            await db.execute(change)
            assert await gaps(db) == named, change
    assert await gaps(db) == []


@pytest.fixture
async def own_server(database: str) -> AsyncIterator[tuple[str, str]]:
    """A database whose owner is no superuser, and a log-in of the pages' own: their addresses."""
    admin = await asyncpg.connect(database)
    await migrate(database)  # the roles of the server; this database begins anew
    name = database.rpartition("/")[2]
    owner, web = f"owner_{name}", f"web_{name}"
    await admin.execute(
        f"""
        DROP SCHEMA books CASCADE; DROP SCHEMA vault CASCADE; DROP SCHEMA control CASCADE;
        DROP SCHEMA access CASCADE;
        CREATE ROLE {owner} LOGIN PASSWORD 'x';
        GRANT benefit_projector, benefit_clerk, benefit_intake, benefit_web, benefit_web_all
            TO {owner} WITH INHERIT TRUE, SET TRUE;
        CREATE ROLE {web} LOGIN PASSWORD 'x';
        GRANT benefit_web, benefit_web_all TO {web} WITH INHERIT FALSE, SET TRUE;
        ALTER DATABASE {name} OWNER TO {owner};
        """
    )
    place = database.partition("@")[2]
    yield tuple(f"postgresql://{login}:x@{place}" for login in (owner, web))  # type: ignore[misc]
    await admin.execute(
        f"""ALTER DATABASE {name} OWNER TO CURRENT_USER; DROP OWNED BY {owner} CASCADE;
            DROP ROLE {owner}; DROP ROLE {web}"""
    )
    await admin.close()


async def test_an_owner_without_powers_migrates_and_every_process_does_its_own(
    own_server: tuple[str, str],
) -> None:
    owner, web = own_server
    await migrate(owner)
    facts = city.build().ledger.facts
    await city.project(f"{owner}?role=benefit_projector", facts)
    db = await asyncpg.connect(owner)
    assert await db.fetchval("SELECT count(*) FROM books.facts") == len(facts), "the owner sees all"
    await db.execute("SET ROLE benefit_clerk")
    assert await db.fetchval("SELECT count(*) FROM books.facts") == len(facts)
    for role, forbidden in (
        ("benefit_clerk", "DELETE FROM books.disbursements"),
        ("benefit_clerk", "UPDATE control.generations SET digest = ''"),
        ("benefit_projector", "SELECT * FROM vault.parties"),
        ("benefit_projector", "DELETE FROM control.handed_over"),
        ("benefit_intake", "SELECT * FROM books.facts"),
        ("benefit_web", "UPDATE vault.parties SET name = NULL"),
        ("benefit_web_all", "DELETE FROM books.facts"),
    ):
        await db.execute(f"SET ROLE {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(forbidden)
    await db.close()
    for reached in (owner, web):
        async with asyncpg.create_pool(reached, min_size=1, max_size=1, setup=sight.take) as pool:
            found = {}
            for who, seeing in (
                ("nobody", sight.NOTHING),
                ("other", sight.SessionSight(("211282",), ("*",))),
                ("own", sight.SessionSight(("211202",), ("*",))),
                ("all", sight.EVERYTHING),
                ("nobody again", sight.NOTHING),
            ):
                sight.see(seeing)
                found[who] = await pool.fetchval("SELECT count(*) FROM books.disbursements")
        assert found == {"nobody": 0, "other": 0, "own": 60, "all": 60, "nobody again": 0}
    stolen = await asyncpg.connect(web)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await stolen.fetch("SELECT * FROM books.disbursements")
    await stolen.close()
