"""Summary: what the demo has led to, read from the books and nowhere else.

Units: money in fen
"""

from datetime import date
from typing import Any

from asyncpg import Pool, Record
from pydantic import BaseModel

from services.demo.bank import Damage
from services.reconciliation.bank_accounts import bank_accounts
from services.reconciliation.reading import accounts_overview, differences, statement_of


class Reconciled(BaseModel):
    """Books beside bank."""

    accounts: int
    agreed: int
    to_explain: int
    differences: int
    differences_by_kind: dict[str, int]
    injected: int
    injected_found_once: bool
    nothing_else_found: bool
    adjusted_balances_equal: bool
    book_balance_fen: int
    bank_balance_fen: int


class Summary(BaseModel):
    """What happened, in figures."""

    messages_published: int
    applications_published: int
    applications_decided: int
    by_programme: dict[str, dict[str, int]]
    corrected: int
    conflicts: int
    granted: int
    granted_fen: int
    instalments_stopped: int
    payments_settled: int
    payments_settled_fen: int
    payments_returned: int
    batches: int
    dead_letters: dict[str, int]
    reconciliation: Reconciled
    journal_entries: int
    journal_balanced: bool
    seconds: float


_DECIDED = """
    SELECT programme, state, count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS fen,
           coalesce(sum(corrections), 0)::bigint AS corrections,
           coalesce(sum(conflicts), 0)::bigint AS conflicts
    FROM books.applications WHERE application = ANY($1)
    GROUP BY programme, state ORDER BY programme, state
"""
_PAID = """
    SELECT state, count(*) AS number, coalesce(sum(amount_fen), 0)::bigint AS fen
    FROM books.disbursements WHERE application = ANY($1) GROUP BY state
"""
_STOPPED = """
    SELECT count(*) FROM books.instalments WHERE application = ANY($1) AND state = 'stopped'
"""
_BATCHES = """
    SELECT count(DISTINCT a.batch) FROM books.disbursement_attempts a
    JOIN books.disbursements d USING (disbursement) WHERE d.application = ANY($1)
"""
_DEAD = "SELECT code, count(*) AS number FROM books.dead_letters GROUP BY code ORDER BY code"
_JOURNAL = """
    SELECT (SELECT count(*) FROM books.entries) AS entries,
           coalesce(sum(amount_fen), 0)::bigint AS off,
           coalesce((SELECT bool_and(balanced) FROM (
               SELECT sum(amount_fen) = 0 AS balanced FROM books.postings
               GROUP BY partition, ledger_offset) AS each_entry), true) AS each
    FROM books.postings
"""


async def summarise(
    pool: "Pool[Record]",
    keys: list[str],
    damages: list[Damage],
    as_of: date,
    *,
    messages: int,
    seconds: float,
) -> Summary:
    """Read everything back, for these applications and the close of a day."""
    by_programme: dict[str, dict[str, int]] = {}
    decided = await pool.fetch(_DECIDED, keys)
    for row in decided:
        by_programme.setdefault(row["programme"], {})[row["state"]] = row["number"]
    granted = [row for row in decided if row["state"] == "granted"]
    paid = {row["state"]: row for row in await pool.fetch(_PAID, keys)}
    journal = await pool.fetchrow(_JOURNAL)
    assert journal is not None
    return Summary(
        messages_published=messages,
        applications_published=len(keys),
        applications_decided=sum(
            row["number"] for row in decided if row["state"] not in ("filed", "proposed")
        ),
        by_programme=by_programme,
        corrected=sum(row["corrections"] for row in decided),
        conflicts=sum(row["conflicts"] for row in decided),
        granted=sum(row["number"] for row in granted),
        granted_fen=sum(row["fen"] for row in granted),
        instalments_stopped=await pool.fetchval(_STOPPED, keys),
        payments_settled=_of(paid, "settled", "number"),
        payments_settled_fen=_of(paid, "settled", "fen"),
        payments_returned=_of(paid, "returned", "number"),
        batches=await pool.fetchval(_BATCHES, keys),
        dead_letters={row["code"]: row["number"] for row in await pool.fetch(_DEAD)},
        reconciliation=await _reconciled(pool, damages, as_of),
        journal_entries=journal["entries"],
        journal_balanced=journal["off"] == 0 and journal["each"],
        seconds=round(seconds, 1),
    )


def _of(rows: dict[str, Any], state: str, column: str) -> int:
    return int(rows[state][column]) if state in rows else 0


async def _reconciled(pool: "Pool[Record]", damages: list[Damage], as_of: date) -> Reconciled:
    """Hold what was found against what the bank has done wrong."""
    async with pool.acquire() as connection:
        overview = await accounts_overview(connection, as_of)
        found = await differences(connection, as_of)
        statements = [
            await statement_of(connection, account, as_of) for account in sorted(bank_accounts())
        ]
    by_kind: dict[str, int] = {}
    for one in found:
        by_kind[one.kind] = by_kind.get(one.kind, 0) + 1
    seen = sorted((d.kind, d.account, d.instruction or "", d.difference) for d in found)
    done = sorted((d.kind, d.account, d.instruction or "", d.difference) for d in damages)
    banked = [row for row in overview if row.bank_balance is not None]
    return Reconciled(
        accounts=len(overview),
        agreed=sum(row.state == "agreed" for row in overview),
        to_explain=sum(row.state == "to_explain" for row in overview),
        differences=len(found),
        differences_by_kind=by_kind,
        injected=len(damages),
        injected_found_once=all(seen.count(one) == done.count(one) for one in done),
        nothing_else_found=seen == done,
        adjusted_balances_equal=all(s is not None and s.difference_after == 0 for s in statements),
        book_balance_fen=sum(row.book_balance for row in banked),
        bank_balance_fen=sum(row.bank_balance or 0 for row in banked),
    )
