"""applications: the list of claim lines, filtered, counted, summed and paged.

Holds: the list shows records filed by the day of the scope, in the state they had at its close
"""

from datetime import date
from typing import NamedTuple

import asyncpg

from projections.queries.after_payment import after
from projections.queries.connection import Db
from projections.queries.keyset import Page
from projections.queries.payment_filter import AMOUNT_PAID_ON_A_DAY
from projections.queries.payment_filter import STATE_ON_A_DAY as PAYMENT_ON_A_DAY
from projections.queries.scope import Scope

STATE_ON_A_DAY = """
CASE WHEN withdrawn_on <= $1 THEN 'withdrawn'
     WHEN revoked_on <= $1 THEN 'revoked'
     WHEN granted_on <= $1 THEN 'granted'
     WHEN lapsed_on <= $1 THEN 'lapsed'
     WHEN held_on <= $1 THEN 'held'
     WHEN denied_on <= $1 THEN 'denied'
     WHEN referred_on <= $1 AND (proposed_on IS NULL OR proposed_on > $1) THEN 'referred'
     WHEN proposed_on <= $1 THEN 'proposed'
     ELSE 'filed' END"""
"""The state at the close of a day, from the milestones; `$1` is the day."""


_CODE_THEN = f"CASE WHEN ({STATE_ON_A_DAY}) = state THEN code ELSE '' END"
"""The reason of a state that was another one then is not known from the milestones."""


class ApplicationFilter(NamedTuple):
    """What of the list is asked for; empty means everything."""

    states: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    text: str = ""
    code: str = ""
    policy: str = ""


class ApplicationRow(NamedTuple):
    """One line of the list."""

    application: str
    beneficiary: str
    programme: str
    region: str
    filed_on: date
    applied_on: date
    state: str
    code: str
    amount_fen: int | None
    payment: str | None
    instruction: str | None
    paid_fen: int | None


class ApplicationTotal(NamedTuple):
    """Count and sum of the whole filter; `unknown` have no amount yet and are left out."""

    number: int
    amount_fen: int
    unknown: int


_PAGE = """
WITH listed AS MATERIALIZED (
    SELECT application, beneficiary, programme, region, filed_on, applied_on,
           {state} AS state, {code} AS code,
           CASE WHEN proposed_on <= $1 THEN amount_fen END AS amount_fen
    FROM books.applications
    WHERE {where} {beyond}
    ORDER BY filed_on {order}, application {order}
    LIMIT {limit}
)
SELECT l.*, d.payment, d.instruction, d.paid_fen
FROM listed AS l
LEFT JOIN LATERAL (
    SELECT (array_agg({paid} ORDER BY instalment DESC))[1] AS payment,
           (array_agg(instruction ORDER BY instalment DESC))[1] AS instruction,
           sum({paid_fen}) FILTER (WHERE ({paid}) = 'settled')::bigint AS paid_fen
    FROM books.disbursements
    WHERE application = l.application AND ordered_on <= $1
) AS d ON true
ORDER BY l.filed_on DESC, l.application DESC
"""


def _where(scope: Scope, wanted: ApplicationFilter) -> tuple[str, list[object]]:
    """Write the conditions; `$1` is the day, `$2` the end of knowledge."""
    values: list[object] = [scope.as_of, scope.known_until]
    parts = ["filed_on <= $1", "filed_at < $2"]

    def also(condition: str, value: object) -> None:
        values.append(value)
        parts.append(condition.format(f"${len(values)}"))

    if scope.districts:
        also("region LIKE {}", scope.districts)
    if wanted.states:
        also(f"({_state(scope)}) = ANY({{}})", list(wanted.states))
    if wanted.programmes:
        also("programme = ANY({})", list(wanted.programmes))
    if wanted.since:
        also("filed_on >= {}", wanted.since)
    if wanted.until:
        also("filed_on <= {}", wanted.until)
    if wanted.code:
        also("code = {}", wanted.code)
    if wanted.policy:
        also("policy_hash = {}", wanted.policy)
    if wanted.text:
        also("strpos(application, {}) > 0", wanted.text)
    return " AND ".join(parts), values


def _state(scope: Scope) -> str:
    return STATE_ON_A_DAY if scope.looks_back else "state"


async def page(db: Db, scope: Scope, wanted: ApplicationFilter, at: Page) -> list[ApplicationRow]:
    """One page, newest first; one row more than asked where there are further ones.

    Shape: in the order of the screen, whichever way it was read
    """
    where, values = _where(scope, wanted)
    beyond = ""
    mark = at.before or at.after
    if mark is not None:
        values += [mark.on, mark.id]
        sign = ">" if at.before else "<"
        beyond = f"AND (filed_on, application) {sign} (${len(values) - 1}, ${len(values)})"
    rows = await db.fetch(
        _PAGE.format(
            state=_state(scope),
            code=_CODE_THEN if scope.looks_back else "code",
            paid=PAYMENT_ON_A_DAY if scope.looks_back else "state",
            paid_fen=AMOUNT_PAID_ON_A_DAY if scope.looks_back else "amount_fen",
            where=where,
            beyond=beyond,
            order="ASC" if at.backwards else "DESC",
            limit=at.size + 1,
        ),
        *values,
    )
    found = [_row(row) for row in rows]
    after_payment = await after(
        db, scope, (row.application for row in found if row.payment == "settled")
    )
    return [
        row._replace(
            payment=after_payment.state(row.application, row.payment or "", row.instruction) or None
        )
        for row in found
    ]


async def total(db: Db, scope: Scope, wanted: ApplicationFilter) -> ApplicationTotal:
    """Count and sum of everything that the filter lets through."""
    where, values = _where(scope, wanted)
    row = await db.fetchrow(
        f"""
        SELECT count(*) AS count,
               coalesce(sum(amount_fen) FILTER (WHERE proposed_on <= $1), 0)::bigint AS amount,
               count(*) FILTER (WHERE proposed_on IS NULL OR proposed_on > $1) AS unknown
        FROM books.applications WHERE {where}
        """,  # noqa: S608 -- conditions are ours, values are bound
        *values,
    )
    assert row is not None
    return ApplicationTotal(row["count"], row["amount"], row["unknown"])


def _row(row: asyncpg.Record) -> ApplicationRow:
    return ApplicationRow(**{name: row[name] for name in ApplicationRow._fields})


async def latest_filed(db: Db, most: int) -> list[tuple[str, str]]:
    """The applications that were filed last.

    Shape: (application, beneficiary), the latest first
    """
    rows = await db.fetch(
        """SELECT application, beneficiary FROM books.applications
           ORDER BY filed_at DESC NULLS LAST LIMIT $1""",
        most,
    )
    return [(row["application"], row["beneficiary"]) for row in rows]


async def exists(db: Db, application: str) -> bool:
    """Whether there is such an application."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM books.applications WHERE application = $1)", application
    )
    return found


async def decided_by_policy(db: Db, scope: Scope, policy_hash: str) -> dict[str, int]:
    """How many applications a version of a policy has decided, by state."""
    rows = await db.fetch(
        """SELECT state, count(*) AS number FROM books.applications
           WHERE policy_hash = $1 AND filed_on <= $2 AND filed_at < $3
             AND ($4::text IS NULL OR region LIKE $4)
           GROUP BY state""",
        policy_hash,
        scope.as_of,
        scope.known_until,
        scope.districts,
    )
    return {row["state"]: row["number"] for row in rows}
