"""proposals_waiting: proposals of staff that wait for a second person, the longest wait first.

Units: fen
Holds: what is listed is what a judgement could still change; batches have a list of their own;
       what is about a person and no payment is listed wherever the person has applied
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db
from projections.queries.scope import Scope


class ProposalRow(NamedTuple):
    """One proposal; `about` is a payee's token, a budget line, a bank account, an act's name, or empty."""

    kind: str
    id: str
    about: str
    application: str | None
    maker: str | None
    since: date | None
    amount_fen: int | None
    district: str | None


_PROPOSED = """
SELECT 'clawback' AS kind, clawback AS id, payee AS about, application, maker,
       proposed_on AS since, proposed_fen AS amount_fen, district, fund, payee AS whose
FROM books.clawbacks WHERE state = 'proposed'
UNION ALL
SELECT 'write_off', c.clawback, c.payee, c.application, c.write_off_maker,
       (SELECT max(effective_on) FROM books.facts AS f
        WHERE f.stream = 'payee/' || c.payee AND f.type = 'WriteOffProposed'
          AND f.body ->> 'clawback' = c.clawback),
       c.write_off_fen, c.district, c.fund, c.payee
FROM books.clawbacks AS c WHERE c.state = 'open' AND c.write_off_maker <> ''
UNION ALL
SELECT 'account', p.proposal, p.payee, p.application, p.maker, p.proposed_on, NULL, a.region, NULL,
       p.payee
FROM books.account_proposals AS p LEFT JOIN books.applications AS a USING (application)
WHERE p.state = 'proposed' AND NOT EXISTS (
    SELECT FROM books.account_versions AS v
    WHERE v.payee = p.payee AND v.application = p.application
      AND v.account = p.account AND v.changed_on >= p.proposed_on)
UNION ALL
SELECT 'budget', a.document, a.line, NULL, a.maker, a.proposed_on, a.by_fen, b.district,
       CASE WHEN b.kind = 'fund' THEN b.name END, NULL
FROM books.budget_adjustments AS a JOIN books.budgets AS b USING (line)
WHERE a.state = 'proposed'
UNION ALL
SELECT 'past', number, '', NULL, maker, held_on, total_fen, region, NULL, NULL
FROM books.imports WHERE state = 'held'
UNION ALL
SELECT 'applications', number, '', NULL, maker, held_on, NULL, region, NULL, NULL
FROM books.application_files WHERE state = 'held'
UNION ALL
SELECT 'period', fund || '/' || district || '/' || month, month, NULL, maker, prepared_on, NULL,
       district, fund, NULL
FROM books.periods WHERE state = 'prepared'
UNION ALL
SELECT 'disclosure', number, '', NULL, maker, prepared_on, total_fen, region, nullif(fund, ''), NULL
FROM books.disclosures WHERE state = 'waiting'
UNION ALL
SELECT 'statement', number, bank_account, NULL, maker, held_on, NULL, NULL, NULL, NULL
FROM books.statement_files WHERE state = 'held'
UNION ALL
SELECT 'act', p.proposal, p.act, p.application, p.maker, p.proposed_on, p.amount_fen,
       coalesce(b.district, a.region, d.district,
                CASE WHEN p.stream LIKE 'figures/%' THEN split_part(p.stream, '/', 2)
                     WHEN p.stream LIKE 'period/%' THEN split_part(p.stream, '/', 3) END),
       CASE WHEN b.kind = 'fund' THEN b.name
            WHEN p.stream LIKE 'period/%' THEN split_part(p.stream, '/', 2) END, split_part(p.stream, '/', 2)
FROM books.proposals AS p LEFT JOIN books.applications AS a USING (application)
LEFT JOIN books.budgets AS b ON b.line = p.stream
LEFT JOIN books.disbursements AS d ON d.disbursement = p.body::json ->> 'disbursement'
WHERE p.state = 'proposed'
"""


class ProposedAct(NamedTuple):
    """One act that takes two people."""

    stream: str
    proposal: str
    act: str
    application: str | None
    body: str
    state: str
    maker: str
    checker: str | None
    answer: str | None
    proposed_on: date
    judged_on: date | None


async def proposal(db: Db, number: str) -> ProposedAct | None:
    """One proposal by its number; those that were confirmed by their sender have no page."""
    row = await db.fetchrow(
        f"""SELECT {", ".join(ProposedAct._fields)} FROM books.proposals
            WHERE proposal = $1 AND body IS NOT NULL LIMIT 1""",  # noqa: S608 -- columns
        number,
    )
    return ProposedAct(**dict(row)) if row else None


async def waiting(db: Db, scope: Scope, accounts: Sequence[str] | None) -> list[ProposalRow]:
    """Everything in the scope that a second person has to judge; `accounts` are those of the scope."""
    rows = await db.fetch(
        f"""
        SELECT {", ".join(ProposalRow._fields)} FROM ({_PROPOSED}) AS proposed
        WHERE coalesce(since, $1) <= $1
          AND (kind <> 'statement' OR $4::text[] IS NULL OR about = ANY($4))
          AND ($2::text IS NULL OR kind = 'statement' OR district LIKE $2
               OR (district IS NULL AND (whose = ANY($4) OR EXISTS (
              SELECT FROM books.applications AS own
              WHERE own.region LIKE $2 AND (own.payee = whose OR own.beneficiary = whose)))))
          AND ($3::text IS NULL OR fund IS NULL OR fund = $3)
        ORDER BY since, kind, id
        """,  # noqa: S608 -- constant queries
        scope.as_of,
        scope.districts,
        scope.fund,
        accounts,
    )
    return [ProposalRow(**dict(row)) for row in rows]
