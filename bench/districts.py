"""The cost of row-level security: pages over some hundred thousand payments of nine districts.

Each page is asked of the same database as the owner (no policy binds it), in the role of who sees
everything, and in the role of who sees one district; the third is compared with the owner's page of the
same district.
"""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

import asyncpg
import httpx
import typer

from bench.embedded import own_database
from events.authority import RoleGrant
from projections.engine.migrate import migrate
from projections.read_models.catalogue import TABLES
from services.runtime.postgres import roles, sight
from services.web.app import create_app
from services.web.request import visitors
from services.web.request.granted import sight_of
from services.web.request.sources import Sources
from tests.browser import city
from tests.example_cities import cities
from tests.given_when_then import policies
from tests.handmade_ledgers import paid_history

DISTRICTS = (
    "211201",
    "211202",
    "211204",
    "211221",
    "211223",
    "211224",
    "211281",
    "211282",
    "211299",
)
OWN = "211202"
PAGES = (
    "/",
    "/applications",
    "/applications/district-211202.hrss:A0000007",
    "/disbursements",
    "/disbursements?size=200",
    "/batches",
    "/batches/B2208310000",
    "/tasks/due",
    "/journal",
    "/accounts",
    "/budgets",
    "/clawbacks",
    "/audit/acts",
    "/alarms",
)
SAME = 400_000
"""Offsets that one copy of the history takes at most, in a partition."""


def copied(table: str, columns: Iterable[tuple[str, str]], keys: tuple[str, ...]) -> str:
    """Write the statement that copies what one district has, under other names, for other districts."""
    names, values = [], []
    for name, kind in columns:
        names.append(name)
        text = (
            f"replace(replace(replace(t.{name}::text, '211202', d.code), 'A00', d.a), 'tok', d.tok)"
        )
        text = f"replace({text}, 'B2208', d.b)"
        match kind:
            case "text":
                values.append(text)
            case "jsonb" | "text[]":
                values.append(f"({text})::{kind}")
            case "uuid":
                values.append(f"md5(t.{name}::text || d.n)::uuid")
            case _ if name == "ledger_offset":
                values.append(f"t.{name} + d.n * {SAME}")
            case _:
                values.append(f"t.{name}")
    return f"""
        INSERT INTO books.{table} ({", ".join(names)})
        SELECT {", ".join(values)} FROM books.{table} AS t, (
            SELECT n, (ARRAY[{", ".join(f"'{code}'" for code in DISTRICTS)}])[n % 9 + 1] AS code,
                   'C' || lpad(n::text, 4, '0') AS a, 'k' || n || 'tok' AS tok,
                   'B' || lpad((1000 + n)::text, 4, '0') AS b
            FROM generate_series(1, $1) AS n) AS d
        ON CONFLICT DO NOTHING
    """


async def fill(dsn: str, one: int, copies: int) -> int:
    """Fold one history, and copy its rows; how many payments there are."""
    await migrate(dsn)
    await city.project(dsn, paid_history(one).facts)
    db = await asyncpg.connect(dsn)
    await db.execute("SET synchronous_commit = off; SET session_replication_role = replica")
    for table in TABLES:
        columns = [(column.name, column.type) for column in table.all_columns]
        sql = copied(table.name, columns, table.primary_key).replace("$1", str(copies))
        await db.execute(sql, timeout=3600)
    await db.execute("VACUUM ANALYZE", timeout=3600)
    found: int = await db.fetchval("SELECT count(*) FROM books.disbursements")
    await db.close()
    return found


@asynccontextmanager
async def pages(dsn: str, seeing: sight.SessionSight | None) -> AsyncIterator[httpx.AsyncClient]:
    """The pages as a session sees them; as the owner, where none is given."""
    guarded = {} if seeing is None else {"setup": sight.take}
    settings = roles.settings_of("web", roles.WEB if seeing is not None else "none")
    async with asyncpg.create_pool(
        dsn, min_size=1, max_size=2, server_settings=settings, **guarded
    ) as pool:
        app = create_app(Sources(pool, policies(), Path("node_modules"), names=city.names_of))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield http


async def measure(http: httpx.AsyncClient, path: str, times: int) -> tuple[float, float, float]:
    """p50 and p95 of a page in ms, and this process's own time a page."""
    await http.get(path)
    taken, own = [], _own_seconds()
    for _ in range(times):
        began = time.perf_counter()
        answer = await http.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code in (200, 404), (path, answer.status_code)
    each = (_own_seconds() - own) * 1000 / times
    return median(taken), sorted(taken)[int(times * 0.95)], each


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _stays(_connection: object, *, within_transaction: bool = False) -> None:
    """The owner takes no role."""


async def compare(dsn: str, times: int) -> None:
    """Print each page, before and after, for who sees all and for who sees one district."""
    own = sight_of("one", [RoleGrant("finance", (OWN,), ("*",))], cities())
    take = sight.take
    print("p50/p95 in ms")
    print(f"{'page':46} {'owner':>13} {'sees all':>13} {'owner, one':>13} {'sees one':>13}")
    for path in PAGES:
        of_one = f"{path}{'&' if '?' in path else '?'}district={OWN}"
        cells = []
        for seeing, asked in (
            (None, path),
            (sight.EVERYTHING, path),
            (None, of_one),
            (own, of_one),
        ):
            with (
                patch.object(visitors, "sight_for", return_value=seeing or sight.EVERYTHING),
                patch.object(sight, "take", take if seeing else _stays),
            ):
                async with pages(dsn, seeing) as http:
                    p50, p95, _ = await measure(http, asked, times)
            cells.append(f"{p50:6.1f}/{p95:6.1f}")
        print(f"{path:46} {' '.join(f'{cell:>13}' for cell in cells)}", flush=True)


def main(one: int = 2_000, copies: int = 99, times: int = 40, dsn: str = "") -> None:
    """Fill a database, unless one is named, and ask its pages."""
    if dsn:
        asyncio.run(compare(dsn, times))
        return
    with own_database() as dsn:
        began = time.perf_counter()
        found = asyncio.run(fill(dsn, one, copies))
        print(f"{found} payments, filled in {time.perf_counter() - began:.0f} s")
        asyncio.run(compare(dsn, times))


if __name__ == "__main__":
    typer.run(main)
