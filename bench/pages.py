"""Pages: how long people wait for a page over HTTP, with 1 000 000 payments in the books.

Run:   python -m bench.pages
Shows: milliseconds of each page from the real server on 127.0.0.1, asked one by one; those over 300
Holds: the books are filled by SQL and matched as the projector does; the first answer, in which
       templates are read and plans are made, is not counted
"""

import asyncio
import time

import asyncpg
import httpx
import typer

from bench.embedded import own_database
from bench.matches import fill_books
from bench.report import milliseconds
from projections.engine import match_keeping, payment_summing
from projections.engine.migrate import migrate
from services.web.request.sources import Sources
from services.web.server import NODE_MODULES, listening_socket, serve
from tests.given_when_then import policies

TIMES = 20
WANTED_MS = 300.0
MONTH, DAY = "2022-11", "as_of=2022-11-30"

_ENTRIES = """
INSERT INTO books.entries (partition, ledger_offset, fact, kind, reference, application, fund,
    district, amount_fen, value_on, known_on)
SELECT partition, ledger_offset, gen_random_uuid(),
       CASE WHEN ledger_offset % 2 = 0 THEN 'settled' ELSE 'sent' END, 's:' || ledger_offset / 2,
       's:' || ledger_offset / 2, fund, district, amount_fen, value_on, known_on
FROM books.postings WHERE amount_fen > 0
"""
_STANDING = """
CREATE TEMP TABLE standing AS
SELECT *, ('{skill-upgrade,welfare-post,one-off-hiring,internship,online-training,incubator}'::text[])[1 + n / 100 % 6] AS programme,
       CASE WHEN n % 397 = 5 THEN 'cancelled' WHEN day >= '2022-12-27' THEN 'ordered'
            WHEN day = '2022-12-26' THEN 'batched' WHEN day >= '2022-12-24' THEN 'sent'
            WHEN n % 211 = 3 THEN 'returned' ELSE 'settled' END AS state
FROM payments
"""
"""How far payments have come: those of the last days are on their way, some came back."""
_APPLICATIONS = """
INSERT INTO books.applications (partition, application, beneficiary, source, programme, region,
    applied_on, payee, state, amount_fen, policy_version, attempt, filed_at, filed_on, proposed_on,
    granted_on, changed_at)
SELECT partition, 's:' || n, 'person-' || n, 's', programme, district, day - 20,
       'person-' || n, CASE WHEN n % 500 = 0 THEN 'referred' ELSE 'granted' END, -amount,
       '2022-01-01', 1, day - 20, day - 20, day - 20, day - 10, day
FROM standing
"""
_DISBURSEMENTS = """
INSERT INTO books.disbursements (partition, disbursement, application, instalment, beneficiary,
    payee, kind, programme, fund, district, line, amount_fen, offset_fen, state, attempt, batch,
    instruction, bank_account, value_on, ordered_at, ordered_on, batched_on, sent_on, settled_on,
    changed_at)
SELECT partition, 's:' || n || '#1', 's:' || n, 1, 'person-' || n, 'person-' || n, 'benefit',
       programme, 'employment_subsidy', district, 'fund/employment_subsidy/' || district || '/2022',
       -amount, 0, state, 1, batch, upper(batch) || lpad((n % 500)::text, 5, '0'), account, day,
       day - 5, day - 5, day - 2, day - 1, CASE state WHEN 'settled' THEN day END, day
FROM standing
"""
_ATTEMPTS = """
INSERT INTO books.disbursement_attempts (partition, disbursement, attempt, batch, line_no,
    instruction, bank_account, payee, fund, district, amount_fen, state, batched_on, sent_on,
    settled_on, settled_known_on)
SELECT partition, disbursement, attempt, batch, 1, instruction, bank_account, payee, fund, district,
       amount_fen, state, batched_on, sent_on, settled_on, settled_on
FROM books.disbursements
"""


def paths(account: str) -> list[str]:
    """What a treasurer, an accountant and an auditor open every day."""
    return [
        f"/?{DAY}",
        f"/differences?{DAY}",
        f"/reconciliation?{DAY}",
        f"/reconciliation/{account}/{MONTH}",
        f"/accounts?{DAY}",
        f"/accounts?by=books&{DAY}",
        f"/accounts?by=sub&{DAY}&known=2022-11-15",
        "/applications",
        "/applications?state=referred",
        "/disbursements",
        "/journal",
        "/journal?code=1002",
        "/periods",
    ]


async def _ask(dsn: str, account: str) -> list[str]:
    """Ask every page as a browser does; the names of those that are too slow."""
    slow = []
    stop: asyncio.Event = asyncio.Event()
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=10) as pool:
        sources = Sources(pool, policies(), NODE_MODULES)
        with listening_socket("127.0.0.1", 0) as listening:
            serving = asyncio.create_task(serve(sources, listening, stop, ready))
            async with httpx.AsyncClient(base_url=await ready, timeout=60) as browser:

                async def get(path: str) -> None:
                    answer = await browser.get(path)
                    if answer.status_code != 200:
                        raise AssertionError(f"{path}: {answer.status_code} {answer.text[-2000:]}")

                for path in paths(account):
                    found, text = await milliseconds(get, [path] * TIMES)
                    print(f"{path}: {text}", flush=True)
                    if found.p95 > WANTED_MS:
                        slow.append(path)
            stop.set()
            await serving
    return slow


async def _run(dsn: str, payments: int) -> None:
    await migrate(dsn)
    accounts = [*policies().cities.accounts][:4]
    db = await asyncpg.connect(dsn)
    began = time.perf_counter()
    await fill_books(db, payments, (*accounts,))
    for statement in (_STANDING, _ENTRIES, _APPLICATIONS, _DISBURSEMENTS, _ATTEMPTS):
        await db.execute(statement, timeout=3600)
    await match_keeping.keep_whole(db, "books")
    await payment_summing.sum_whole(db, "books")
    await db.execute("VACUUM ANALYZE", timeout=3600)
    await db.close()
    print(f"{payments} payments, filled and matched in {time.perf_counter() - began:.0f} s")
    slow = await _ask(dsn, accounts[1])
    print(f"over {WANTED_MS:.0f} ms at p95: {', '.join(slow) or 'none'}")


def main(payments: int = 1_000_000) -> None:
    """Fill the books, serve the pages, and ask each of them."""
    with own_database() as dsn:
        asyncio.run(_run(dsn, payments))


if __name__ == "__main__":
    typer.run(main)
