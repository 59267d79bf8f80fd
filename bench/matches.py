"""Matches: how long the reconciliation's pages ask at 1 000 000 payments, and what keeping them costs.

Run:   python -m bench.matches
Shows: milliseconds of what `/`, `/differences` and a 余额调节表 ask, the seconds of one matching of
       everything, and of one slice of new facts in the projector's transaction
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date

import asyncpg
import typer

from bench.embedded import own_database
from bench.sums import fill
from policies.cities import NO_CITY
from projections.engine import match_keeping
from projections.engine.folding import Folded
from projections.engine.migrate import migrate
from projections.queries.reconciliation import differences
from services.banking.reconciliation.reading import accounts_overview, statement_of

CLOSE = date(2022, 12, 31)
ACCOUNTS = ("account-0", "account-1", "account-2", "account-3")
ACCOUNT = ACCOUNTS[1]
DISTRICTS = (*["211202"] * 4, *["211281"] * 2, "211282", "211204", "211221", "211224")
"""Of ten batches, so many are of each."""

_PAYMENTS = """
CREATE TEMP TABLE payments AS
SELECT n, ('{accounts}'::text[])[1 + n / 500 % 4] AS account, n / 500 % 12 AS partition,
       date '2022-01-01' + n / 500 % 364 AS day, -(10000 + n % 890000)::bigint AS amount,
       ('{districts}'::text[])[1 + n / 500 * 7 % 10] AS district,
       'B' || to_char(date '2022-01-01' + n / 500 % 364, 'YYMMDD')
           || lpad(to_hex(n / 500), 4, '0') AS batch
FROM generate_series({first}, {last}) AS n
"""
_MOVEMENTS = """
INSERT INTO books.bank_movements (partition, ledger_offset, movement, bank_account, fund, district,
    kind, amount_fen, value_on, known_on, application, instruction, batch, reference)
SELECT partition, n, lpad(n::text, 36, '0'), account, 'employment_subsidy', district, 'settled', amount, day, day,
       'application-' || n, upper(batch) || lpad((n % 500)::text, 5, '0'), upper(batch), 'BK' || n
FROM payments
"""
_LINES = """
INSERT INTO books.statement_lines (partition, bank_account, month, line, seq, booked_on, amount_fen,
    reference, purpose, instruction, batch, mark, says_return, kind, recorded_at, known_on)
SELECT partition, account, to_char(day, 'YYYY-MM'), 'line-' || n, n, day,
       CASE WHEN n % 4001 = 7 THEN amount - 1 ELSE amount END,
       CASE WHEN n % 3 = 0 THEN 'BK' || n ELSE upper(batch) || lpad((n % 500)::text, 5, '0') END,
       '代发补贴',
       CASE WHEN n % 3 > 0 THEN upper(batch) || lpad((n % 500)::text, 5, '0') END,
       CASE WHEN n % 3 > 0 THEN upper(batch) END, CASE WHEN n % 3 = 0 THEN 'BK' || n ELSE '' END,
       false, '', day::timestamptz, day
FROM payments WHERE n % 4001 <> 11
"""
_JOURNAL = """
INSERT INTO books.postings (partition, ledger_offset, no, code, fund, district, sub, amount_fen,
    value_on, known_on)
SELECT partition, 2 * n + step, no, CASE WHEN no = step THEN '2241' ELSE other END, 'employment_subsidy', district,
       account, CASE WHEN no = 1 THEN amount ELSE -amount END, day, day
FROM payments, (VALUES (0, '1002'), (1, '2211')) AS s (step, other), generate_series(0, 1) AS no
"""
_STATEMENTS = """
INSERT INTO books.statements (partition, bank_account, month, opening_fen, opened_on)
SELECT DISTINCT 0, account, to_char(day, 'YYYY-MM'), 0, date '2022-01-01' FROM payments
"""


def _payments(first: int, last: int, accounts: tuple[str, ...]) -> str:
    return _PAYMENTS.format(
        first=first,
        last=last,
        accounts="{" + ",".join(accounts) + "}",
        districts="{" + ",".join(DISTRICTS) + "}",
    )


async def fill_books(
    db: asyncpg.Connection, payments: int, accounts: tuple[str, ...] = ACCOUNTS
) -> None:
    """Fill both sides and the journal with payments of a year, on four bank accounts."""
    await db.execute(_payments(0, payments - 1, accounts))
    for statement in (_MOVEMENTS, _LINES, _JOURNAL, _STATEMENTS):
        await db.execute(statement, timeout=3600)
    await fill(db, "books.postings")
    await db.execute("VACUUM ANALYZE", timeout=3600)


async def _one_slice(db: asyncpg.Connection, first: int, size: int) -> float:
    """What a slice of new movements and lines costs: its rows apart, its matching alone."""
    await db.execute("DROP TABLE payments")
    await db.execute(_payments(first, first + size - 1, ACCOUNTS))
    async with db.transaction():
        await db.execute(_MOVEMENTS)
        await db.execute(_LINES)
        folded = Folded()
        for row in await db.fetch(
            "SELECT movement FROM books.bank_movements WHERE ledger_offset >= $1", first
        ):
            folded.appended["bank_movements"].append((0, 0, row[0]))
        for row in await db.fetch(
            "SELECT bank_account, month, line FROM books.statement_lines WHERE seq >= $1", first
        ):
            folded.states["statement_lines"][row[0], row[1], row[2]] = {}
        began = time.perf_counter()
        await match_keeping.keep(db, "books", folded)
        return time.perf_counter() - began


async def _milliseconds(ask: Callable[[], Awaitable[object]], times: int = 9) -> str:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return f"median {statistics.median(took):.0f} ms, worst {max(took):.0f} ms"


async def _run(dsn: str, payments: int) -> None:
    await migrate(dsn)
    db = await asyncpg.connect(dsn)
    began = time.perf_counter()
    await fill_books(db, payments)
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    began = time.perf_counter()
    await match_keeping.keep_whole(db, "books")
    print(f"everything matched in {time.perf_counter() - began:.1f} s", flush=True)
    await db.execute("VACUUM ANALYZE books.matches", timeout=3600)
    size = await db.fetchval("SELECT pg_size_pretty(pg_total_relation_size('books.matches'))")
    found = await differences(db, CLOSE)
    rows = await db.fetchval("SELECT count(*) FROM books.matches")
    print(f"{rows} rows, {size}; {len(found)} differences", flush=True)
    for name, ask in (
        ("differences", lambda: differences(db, CLOSE)),
        ("accounts beside their bank", lambda: accounts_overview(db, NO_CITY, CLOSE)),
        ("balance statement", lambda: statement_of(db, ACCOUNT, CLOSE)),
        ("differences half a year ago", lambda: differences(db, date(2022, 6, 30))),
    ):
        print(f"{name}: {await _milliseconds(ask)}", flush=True)
    for slice_size in (500, 4_000):
        seconds = await _one_slice(db, payments + 10 * slice_size, slice_size)
        print(f"a slice of {slice_size} payments with their lines: {seconds:.2f} s", flush=True)
    await db.close()


def main(payments: int = 1_000_000) -> None:
    """Fill the books by SQL, match them, and ask what the pages ask."""
    with own_database() as dsn:
        asyncio.run(_run(dsn, payments))


if __name__ == "__main__":
    typer.run(main)
