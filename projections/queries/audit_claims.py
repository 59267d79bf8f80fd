"""audit claims: decisions by programme, clause, party and day, newest first.

A clause is asked for by the versions that cite it: every decision of such a version rests on it, and
a denial names it where it failed.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from events.canonical import is_number
from projections.queries.connection import Db
from projections.queries.keyset import Mark, Page, UnknownMark
from projections.queries.scope import Scope

_DECIDED = "s.step NOT IN ('filed', 'corrected')"
"""As the index over decisions says it, so that it is used."""


class ClaimFilter(NamedTuple):
    """Which decisions; empty means all.

    `clause` has (content hash of a version, id of a node) for every place that cites the clause
    asked for, None where none is asked for; `failed` wants denials that name one of these nodes
    """

    steps: tuple[str, ...] = ()
    programme: str = ""
    clause: Sequence[tuple[str, str]] | None = None
    failed: bool = False
    party: str = ""
    since: date | None = None
    until: date | None = None


class ClaimRow(NamedTuple):
    """One decision; `region` and `amount_fen` are those of the claim as it stands."""

    application: str
    step: str
    decided_on: date
    programme: str | None
    policy_hash: str | None
    failing: str | None
    beneficiary: str
    payee: str | None
    region: str | None
    amount_fen: int | None
    partition: int
    offset: int


_FAILED = """EXISTS (SELECT FROM unnest({}::text[], {}::text[]) AS c (hash, node)
                     WHERE c.hash = s.policy_hash AND s.failing ? c.node)"""


def _where(scope: Scope, wanted: ClaimFilter) -> tuple[str, list[object]]:
    values: list[object] = [scope.as_of, scope.known_until]
    parts = [_DECIDED, "s.effective_on <= $1", "s.recorded_at < $2"]

    def also(condition: str, *bound: object) -> None:
        places = [f"${len(values) + place}" for place in range(1, len(bound) + 1)]
        values.extend(bound)
        parts.append(condition.format(*places))

    if wanted.steps:
        also("s.step = ANY({})", list(wanted.steps))
    if wanted.programme:
        also("coalesce(s.programme, a.programme) = {}", wanted.programme)
    if wanted.clause is not None:
        hashes = sorted({version for version, _node in wanted.clause})
        also("s.policy_hash = ANY({})", hashes)
        if wanted.failed:
            nodes = [node for _version, node in wanted.clause]
            also(_FAILED, [version for version, _node in wanted.clause], nodes)
    if wanted.party:
        also("({0} = s.beneficiary OR {0} = a.payee)", wanted.party)
    if wanted.since:
        also("s.effective_on >= {}", wanted.since)
    if wanted.until:
        also("s.effective_on <= {}", wanted.until)
    if scope.districts:
        also("a.region LIKE {}", scope.districts)
    return " AND ".join(parts), values


_FROM = "books.claim_steps AS s LEFT JOIN books.applications AS a USING (application)"


async def page(db: Db, scope: Scope, wanted: ClaimFilter, at: Page) -> list[ClaimRow]:
    """One page, newest first; one more where there are further.

    Raises: UnknownMark when the mark names no decision
    """
    where, values = _where(scope, wanted)
    mark, beyond = at.before or at.after, ""
    if mark is not None:
        values += [mark.on, *_place(mark.id)]
        sign, last = ">" if at.before else "<", len(values)
        beyond = f"""AND (s.effective_on, s.partition, s.ledger_offset)
                     {sign} (${last - 2}, ${last - 1}, ${last})"""
    order = "ASC" if at.backwards else "DESC"
    rows = await db.fetch(
        f"""SELECT application, s.step, s.effective_on, coalesce(s.programme, a.programme),
                   s.policy_hash, s.failing::text, s.beneficiary, a.payee, a.region,
                   CASE WHEN s.step IN ('granted', 'revoked') THEN
                        coalesce(s.amount_fen, a.amount_fen) END,
                   s.partition, s.ledger_offset
            FROM {_FROM} WHERE {where} {beyond}
            ORDER BY s.effective_on {order}, s.partition {order}, s.ledger_offset {order}
            LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = [ClaimRow(*row) for row in rows]
    return found[::-1] if at.backwards else found


def mark_of(row: ClaimRow) -> Mark:
    """Where a page of decisions may begin."""
    return Mark(row.decided_on, f"{row.partition}-{row.offset}")


def _place(text: str) -> tuple[int, int]:
    partition, _, offset = text.partition("-")
    if not (is_number(partition) and is_number(offset) and len(text) < 20 and len(partition) < 5):
        raise UnknownMark(text)
    return int(partition), int(offset)


async def by_step(db: Db, scope: Scope, wanted: ClaimFilter) -> dict[str, tuple[int, int]]:
    """How many decisions of each kind, and the sum of their amounts.

    Shape: step → (number, fen)
    """
    where, values = _where(scope, wanted)
    rows = await db.fetch(
        f"""SELECT s.step, count(*),
                   coalesce(sum(s.amount_fen) FILTER (WHERE s.step = 'granted'), 0)::bigint
            FROM {_FROM} WHERE {where} GROUP BY s.step""",  # noqa: S608
        *values,
    )
    return {row[0]: (row[1], row[2]) for row in rows}
