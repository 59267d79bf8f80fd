"""journal_totals: how many entries a list of the journal holds, and what they come to.

Units: fen
Holds: each entry debits one account and credits another (`projections.read_models.journal`), so that
       sums by day and month know how many entries there are; where a list asks for what the sums do
       not keep, its entries are counted one by one
"""

from datetime import date, timedelta
from typing import NamedTuple

from projections.queries.account_balances import flows, flows_until
from projections.queries.connection import Db
from projections.queries.journal import JournalFilter, conditions
from projections.queries.scope import Scope


class JournalTotals(NamedTuple):
    """Entries of a list, debits and credits of the account asked for, and what all entries book."""

    entries: int = 0
    debit_fen: int = 0
    credit_fen: int = 0
    amount_fen: int = 0

    def less(self, earlier: "JournalTotals") -> "JournalTotals":
        """What is not in those of an earlier day."""
        return JournalTotals(*(now - then for now, then in zip(self, earlier, strict=True)))


async def totals(db: Db, scope: Scope, wanted: JournalFilter) -> JournalTotals:
    """Count and sum up a list of entries."""
    if wanted.kind is not None or (wanted.sub is not None and not wanted.code):
        return await _one_by_one(db, scope, wanted)
    last = min(scope.as_of, wanted.until or date.max)
    found = await _until(db, scope, wanted, last)
    if wanted.since is not None and wanted.since > date.min:
        before = min(last, wanted.since - timedelta(days=1))
        found = found.less(await _until(db, scope, wanted, before))
    return found


async def _until(db: Db, scope: Scope, wanted: JournalFilter, last: date) -> JournalTotals:
    """By the sums of the accounts, up to a day."""
    by_sub = wanted.sub is not None
    row = await db.fetchrow(
        f"""
        WITH {flows(by_sub=by_sub)}
        SELECT coalesce(sum(postings), 0)::bigint AS postings,
               coalesce(sum(credits), 0)::bigint AS credits,
               coalesce(sum(debit_fen), 0)::bigint AS debit,
               coalesce(sum(credit_fen), 0)::bigint AS credit
        FROM flows
        WHERE ($5::text IS NULL OR district LIKE $5) AND ($6::text IS NULL OR fund = $6)
          AND ($7::text IS NULL OR code = $7) {"AND sub = $8" if by_sub else ""}
        """,  # noqa: S608 -- constants of this module
        *flows_until(last, scope.known_on),
        scope.districts,
        scope.fund,
        wanted.code or None,
        *([wanted.sub] if by_sub else []),
    )
    assert row is not None
    postings, credited, debit, credit = row
    if wanted.code:  # each of its postings is of another entry, which books as much
        return JournalTotals(postings, debit, credit, debit + credit)
    return JournalTotals(postings - credited, debit, credit, debit)


async def _one_by_one(db: Db, scope: Scope, wanted: JournalFilter) -> JournalTotals:
    where, values = conditions(scope, wanted)
    of_account, sides = "", "e.amount_fen AS debit, e.amount_fen AS credit"
    if wanted.code or wanted.sub is not None:
        chosen = [("code", wanted.code or None), ("sub", wanted.sub)]
        of_account = "JOIN books.postings AS p USING (partition, ledger_offset)"
        sides = "greatest(p.amount_fen, 0) AS debit, greatest(-p.amount_fen, 0) AS credit"
        for name, value in chosen:
            if value is not None:
                values.append(value)
                where += f" AND p.{name} = ${len(values)}"
    row = await db.fetchrow(
        f"""
        WITH listed AS (
            SELECT e.partition, e.ledger_offset, e.amount_fen AS amount, {sides}
            FROM books.entries AS e {of_account} WHERE {where}
        )
        SELECT count(*) AS entries, coalesce(sum(debit), 0)::bigint AS debit,
               coalesce(sum(credit), 0)::bigint AS credit,
               coalesce(sum(amount), 0)::bigint AS amount
        FROM (
            SELECT sum(debit) AS debit, sum(credit) AS credit, max(amount) AS amount
            FROM listed GROUP BY partition, ledger_offset
        ) AS each
        """,  # noqa: S608 -- constants of this module
        *values,
    )
    assert row is not None
    return JournalTotals(*row)
