"""audit acts: what a member of the staff did, newest first."""

from datetime import date, datetime
from typing import NamedTuple

from events.canonical import is_number
from projections.queries.connection import Db
from projections.queries.keyset import Mark, Page, UnknownMark
from projections.queries.scope import Scope


class ActFilter(NamedTuple):
    """Which acts; empty means all. `person` is a name in its one form, `accounts` those of the scope."""

    person: str = ""
    role: str = ""
    type: str = ""
    since: date | None = None
    until: date | None = None
    accounts: tuple[str, ...] | None = None


class ActRow(NamedTuple):
    """One act of one person."""

    partition: int
    offset: int
    no: int
    person: str
    role: str
    type: str
    stream: str
    seq: int
    application: str | None
    recorded_at: datetime
    effective_on: date


_REGION_IN_NAME = {"budget": 4, "period": 3, "figures": 2}
"""Streams whose name says the region, and in which of its parts."""

_REGION_OF = {
    "batch": ("books.batches", "batch", "district"),
    "import": ("books.imports", "number", "region"),
    "applications": ("books.application_files", "number", "region"),
    "report": ("books.reports", "number", "region"),
    "sample": ("books.samples", "number", "region"),
    "disclosure": ("books.disclosures", "number", "region"),
    "payee": ("books.applications", "payee", "region"),
    "beneficiary": ("books.applications", "beneficiary", "region"),
}
"""Streams whose region a table knows: the table, the column of the stream's name, that of the region."""

_BY_ACCOUNT = """
        WHEN 'statement' THEN EXISTS (
            SELECT FROM books.statement_files AS f
            WHERE f.number = split_part(t.stream, '/', 2) AND f.bank_account = ANY({accounts}))
        WHEN 'account' THEN split_part(t.stream, '/', 2) = ANY({accounts})
        WHEN 'difference' THEN split_part(t.stream, '/', 2) = ANY({accounts})
        WHEN 'matching' THEN split_part(t.stream, '/', 2) = ANY({accounts})"""

_IN_SCOPE = f"""(EXISTS (
        SELECT FROM books.applications AS a
        WHERE a.application = t.application AND a.region LIKE {{district}})
    OR (t.application IS NULL AND CASE split_part(t.stream, '/', 1)
        {
    " ".join(
        f"WHEN '{kind}' THEN split_part(t.stream, '/', {part}) LIKE {{district}}"
        for kind, part in _REGION_IN_NAME.items()
    )
}
        {
    " ".join(
        f"WHEN '{kind}' THEN EXISTS (SELECT FROM {table} AS own WHERE own.{name} ="
        f" split_part(t.stream, '/', 2) AND own.{region} LIKE {{district}})"
        for kind, (table, name, region) in _REGION_OF.items()
    )
}{_BY_ACCOUNT}
        ELSE false END))"""  # noqa: S608 -- constants of this module
"""An act about no application is where its history is: a line, a month, a batch, a file, a person.
What belongs to no district is shown where all are."""


def _where(scope: Scope, wanted: ActFilter) -> tuple[str, list[object]]:
    values: list[object] = [scope.as_of]
    parts = ["effective_on <= $1"]
    for condition, value in (
        ("person = {}", wanted.person),
        ("role = {}", wanted.role),
        ("type = {}", wanted.type),
        ("effective_on >= {}", wanted.since),
        ("effective_on <= {}", wanted.until),
    ):
        if value:
            values.append(value)
            parts.append(condition.format(f"${len(values)}"))
    if scope.districts is not None:
        values += [scope.districts, list(wanted.accounts or ())]
        last = len(values)
        parts.append(_IN_SCOPE.format(district=f"${last - 1}::text", accounts=f"${last}::text[]"))
    return " AND ".join(parts), values


async def page(db: Db, scope: Scope, wanted: ActFilter, at: Page) -> list[ActRow]:
    """One page, newest first; one more where there are further.

    Raises: UnknownMark when the mark names no act
    """
    where, values = _where(scope, wanted)
    mark, beyond = at.before or at.after, ""
    if mark is not None:
        values += [mark.on, *_place(mark.id)]
        sign, last = ">" if at.before else "<", len(values)
        beyond = f"""AND (effective_on, partition, ledger_offset, no)
                     {sign} (${last - 3}, ${last - 2}, ${last - 1}, ${last})"""
    order = "ASC" if at.backwards else "DESC"
    rows = await db.fetch(
        f"""SELECT partition, ledger_offset, no, person, role, type, stream, seq, application,
                   recorded_at, effective_on
            FROM books.acts AS t WHERE {where} {beyond}
            ORDER BY effective_on {order}, partition {order}, ledger_offset {order}, no {order}
            LIMIT {at.size + 1}""",  # noqa: S608 -- conditions are ours, values are bound
        *values,
    )
    found = [ActRow(*row) for row in rows]
    return found[::-1] if at.backwards else found


async def count(db: Db, scope: Scope, wanted: ActFilter) -> int:
    """How many acts the filter lets through."""
    where, values = _where(scope, wanted)
    found: int = await db.fetchval(f"SELECT count(*) FROM books.acts AS t WHERE {where}", *values)  # noqa: S608
    return found


async def people(db: Db) -> list[tuple[str, int]]:
    """Everybody who has done something, with how much, by name."""
    rows = await db.fetch("SELECT person, count(*) FROM books.acts GROUP BY person ORDER BY person")
    return [(row[0], row[1]) for row in rows]


def mark_of(act: ActRow) -> Mark:
    """Where a page of acts may begin."""
    return Mark(act.effective_on, f"{act.partition}-{act.offset}-{act.no}")


def _place(text: str) -> tuple[int, int, int]:
    parts = text.split("-")
    if len(parts) != 3 or len(text) > 30 or not all(map(is_number, parts)):
        raise UnknownMark(text)
    partition, offset, no = map(int, parts)
    if partition >= 2**15 or no >= 2**15 or offset >= 2**63:
        raise UnknownMark(text)
    return partition, offset, no
