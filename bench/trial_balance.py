"""Trial balance: as of any day, over ten million postings spread as widely as they can be.

Run:   python -m bench.trial_balance
Shows: rows of `account_days`, and milliseconds of the trial balance by books and by account
Holds: 12 partitions, 500 days, 8 districts, 20 programmes, 2 funds, 5 accounts, at random: nearly no
       two postings share a day, so that sums by day hardly lessen them; a city's own books do better
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import asyncpg
import typer

from projections.engine.migrate import migrate
from projections.queries.account_balances import by_account, by_books
from projections.queries.scope import Scope
from services.runtime.embedded.home import Home
from services.runtime.embedded.postgres_server import PostgresServer

FIRST_DAY, DAYS = date(2021, 1, 1), 500

_SPREAD = """
INSERT INTO books.account_days (partition, code, fund, district, sub, value_on, known_on, debit_fen,
    credit_fen, postings, credits)
SELECT partition, code, fund, district, sub, value_on, value_on + 1, 100 * count(*), 0, count(*), 0
FROM (
    SELECT floor(random() * 12)::int AS partition,
           (ARRAY['1002', '2211', '2241', '5001', '1221'])[1 + floor(random() * 5)::int] AS code,
           (ARRAY['unemployment_insurance', 'employment_subsidy'])[1 + floor(random() * 2)::int]
               AS fund,
           '21120' || floor(random() * 8)::int AS district,
           'programme-' || floor(power(random(), 3) * 20)::int AS sub,
           date '2021-01-01' + floor(random() * 500)::int AS value_on
    FROM generate_series(1, $1::int)
) AS posting
GROUP BY 1, 2, 3, 4, 5, 6
"""


async def _milliseconds(ask: Callable[[Scope], Awaitable[object]], times: int = 20) -> str:
    days = random.Random(1)
    took = []
    for _ in range(times):
        day = FIRST_DAY + timedelta(days=days.randrange(DAYS))
        began = time.perf_counter()
        await ask(Scope(today=day))
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return f"median {statistics.median(took):.0f} ms, p95 {took[times * 95 // 100 - 1]:.0f} ms"


async def _run(dsn: str, postings: int) -> None:
    await migrate(dsn)
    db = await asyncpg.connect(dsn)
    await db.execute(_SPREAD.replace("$1", str(postings)), timeout=3600)
    await db.execute("VACUUM ANALYZE books.account_days", timeout=3600)
    rows = await db.fetchval("SELECT count(*) FROM books.account_days")
    print(f"{postings} postings in {rows} rows")
    print(f"by books: {await _milliseconds(lambda scope: by_books(db, scope))}")
    print(f"by account: {await _milliseconds(lambda scope: by_account(db, scope))}")
    await db.close()


def main(postings: int = 10_000_000) -> None:
    """Spread postings over a table by SQL, and ask for the trial balance of random days."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Home(Path(folder)) as home:
        server = PostgresServer(home, durable=False)
        server.start()
        try:
            asyncio.run(_run(server.dsn("postgres"), postings))
        finally:
            server.stop()


if __name__ == "__main__":
    typer.run(main)
