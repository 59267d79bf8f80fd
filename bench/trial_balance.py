"""Trial balance: as of any day and knowledge, over ten million postings spread as widely as they can be.

Run:   python -m bench.trial_balance
Shows: rows of sums, and milliseconds of the trial balance by account, by books and by
       sub-account: as known now, and as known on some day; whether a plain sum says the same
Holds: 500 days, known 0 to 2 days later and one in twenty up to 40, 8 districts, 20 programmes, 2
       funds, 5 accounts, at random: few postings share a day, so that sums by day lessen them little;
       a city's own books do better
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial

import asyncpg
import typer

from bench.embedded import own_database
from bench.report import milliseconds
from bench.sums import fill
from projections.engine.migrate import migrate
from projections.queries.account_balances import by_account, by_books
from projections.queries.scope import Scope

FIRST_DAY, DAYS = date(2021, 1, 1), 500
KNOWN_NOW = date(2022, 12, 31)
TIMES = 60

_POSTINGS = """
CREATE UNLOGGED TABLE spread AS
SELECT (ARRAY['1002', '2211', '2241', '5001', '1221'])[1 + floor(random() * 5)::int] AS code,
       (ARRAY['unemployment_insurance', 'employment_subsidy'])[1 + floor(random() * 2)::int] AS fund,
       '21120' || floor(random() * 8)::int AS district,
       'programme-' || floor(power(random(), 3) * 20)::int AS sub,
       (CASE WHEN n % 2 = 0 THEN -1 ELSE 1 END) * (100 + n % 1000) AS amount_fen, value_on,
       value_on + floor(CASE WHEN n % 20 = 0 THEN random() * 40 ELSE random() * 3 END)::int
           AS known_on
FROM generate_series(1, $1) AS n,
     LATERAL (SELECT date '2021-01-01' + floor(random() * $2 + n * 0)::int AS value_on) AS day
"""
_PLAIN = """
SELECT fund, district, code, coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0)::bigint,
       coalesce(-sum(amount_fen) FILTER (WHERE amount_fen < 0), 0)::bigint
FROM spread WHERE value_on <= $1 AND known_on <= $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def _scopes(knowing: bool) -> list[Scope]:
    days = random.Random(1)
    scopes = []
    for _ in range(TIMES):
        day = FIRST_DAY + timedelta(days=days.randrange(DAYS))
        known = day + timedelta(days=days.randrange(-30, 60)) if knowing else None
        scopes.append(Scope(today=KNOWN_NOW, as_of_set=day, known_set=known))
    return scopes


async def _equal(db: asyncpg.Connection, scope: Scope) -> bool:
    """Whether the trial balance by books is the postings added up one by one."""
    asked = [(b.fund, b.district, *b.balance) for b in await by_books(db, scope)]
    plain = await db.fetch(_PLAIN, scope.as_of, scope.known_on, timeout=600)
    return asked == [tuple(row) for row in plain]


async def _run(dsn: str, postings: int) -> None:
    await migrate(dsn)
    db = await asyncpg.connect(dsn)
    began = time.perf_counter()
    await db.execute(_POSTINGS.replace("$1", str(postings)).replace("$2", str(DAYS)), timeout=3600)
    for table, rows in (await fill(db, "spread")).items():
        print(f"{table}: {rows} rows")
    print(f"{postings} postings, made in {time.perf_counter() - began:.0f} s", flush=True)
    asks: dict[str, Callable[[Scope], Awaitable[object]]] = {
        "by account": partial(by_account, db),
        "by books": partial(by_books, db),
        "by sub-account": partial(by_account, db, by_sub=True),
    }
    for knowing in (False, True):
        scopes = _scopes(knowing)
        print("as known on some day:" if knowing else "as known now:")
        for name, ask in asks.items():
            _, text = await milliseconds(ask, scopes)
            print(f"  {name}: {text}", flush=True)
    some = [*_scopes(knowing=False)[:3], *_scopes(knowing=True)[:5]]
    equal = [await _equal(db, scope) for scope in some]
    print(f"a plain sum says {'the same' if all(equal) else 'OTHERWISE'} ({len(equal)} times)")
    await db.close()
    if not all(equal):
        raise typer.Exit(1)


def main(postings: int = 10_000_000) -> None:
    """Spread postings over the tables by SQL, and ask for the trial balance of random days."""
    with own_database() as dsn:
        asyncio.run(_run(dsn, postings))


if __name__ == "__main__":
    typer.run(main)
