"""journal: entries with their postings, listed, and of one application.

Units: fen; a posting is a debit where positive
Holds: value day and day of knowledge are obeyed exactly
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import asyncpg

from events.canonical import is_number
from projections.queries.connection import Db
from projections.queries.keyset import Mark, Page, UnknownMark
from projections.queries.scope import Scope
from projections.queries.voucher_numbers import Voucher, of_entries


class PostingRow(NamedTuple):
    """One side of an entry."""

    code: str
    fund: str
    district: str
    sub: str
    amount_fen: int


class JournalEntryRow(NamedTuple):
    """One entry of the journal; partition and offset are its number."""

    partition: int
    offset: int
    fact: str
    kind: str
    reference: str
    application: str | None
    fund: str
    district: str
    amount_fen: int
    value_on: date
    known_on: date
    postings: tuple[PostingRow, ...]
    voucher: Voucher | None = None

    @property
    def number(self) -> str:
        """As people write it."""
        return f"J-{self.partition}-{self.offset}"


class JournalFilter(NamedTuple):
    """Which entries a list shows; None is all."""

    code: str | None = None
    sub: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None


_ENTRY = """e.partition, e.ledger_offset, e.fact, e.kind, e.reference, e.application, e.fund,
            e.district, e.amount_fen, e.value_on, e.known_on"""


async def entries_of_application(db: Db, scope: Scope, application: str) -> list[JournalEntryRow]:
    """The entries that book an application, in the order of the books."""
    rows = await db.fetch(
        f"""SELECT {_ENTRY} FROM books.entries AS e
            WHERE application = $1 AND value_on <= $2 AND known_on <= $3
            ORDER BY value_on, known_on, partition, ledger_offset""",  # noqa: S608
        application,
        scope.as_of,
        scope.known_on,
    )
    return await _with_postings(db, rows, scope.known_on)


async def entries_of_line(
    db: Db, scope: Scope, account: str, month: str, line: str
) -> list[JournalEntryRow]:
    """The entries that were taken from a line of the bank, and taken back, in the order of the ledger."""
    rows = await db.fetch(
        f"""SELECT {_ENTRY} FROM books.bank_movements AS m
            JOIN books.entries AS e USING (partition, ledger_offset)
            WHERE m.bank_account = $1 AND m.line_month = $2 AND m.line = $3
              AND e.value_on <= $4 AND e.known_on <= $5
            ORDER BY e.known_on, e.partition, e.ledger_offset""",  # noqa: S608
        account,
        month,
        line,
        scope.as_of,
        scope.known_on,
    )
    return await _with_postings(db, rows, scope.known_on)


async def entry(db: Db, scope: Scope, partition: int, offset: int) -> JournalEntryRow | None:
    """One entry by its number, unless it is of a later day, or was not known yet."""
    rows = await db.fetch(
        f"""SELECT {_ENTRY} FROM books.entries AS e
            WHERE partition = $1 AND ledger_offset = $2
              AND value_on <= $3 AND known_on <= $4""",  # noqa: S608
        partition,
        offset,
        scope.as_of,
        scope.known_on,
    )
    found = await _with_postings(db, rows, scope.known_on)
    return found[0] if found else None


async def entries_at(db: Db, places: Sequence[tuple[int, int]]) -> list[JournalEntryRow]:
    """Entries by partition and offset, in the order asked for."""
    rows = await db.fetch(
        f"""SELECT {_ENTRY} FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY
                AS wanted (partition, ledger_offset, place)
            JOIN books.entries AS e USING (partition, ledger_offset) ORDER BY place""",  # noqa: S608
        [place[0] for place in places],
        [place[1] for place in places],
    )
    return await _with_postings(db, rows, date.max)


async def page(db: Db, scope: Scope, wanted: JournalFilter, at: Page) -> list[JournalEntryRow]:
    """One page of the entries that a list asks for, newest first; one more where there are further.

    Raises: UnknownMark when the mark names no entry
    """
    where, values = conditions(scope, wanted)
    mark, beyond = at.before or at.after, ""
    if mark is not None:
        values += [mark.on, *_place(mark.id)]
        sign, last = ">" if at.before else "<", len(values)
        beyond = f"""AND (e.value_on, e.partition, e.ledger_offset)
                     {sign} (${last - 2}, ${last - 1}, ${last})"""
    order = "ASC" if at.backwards else "DESC"
    rows = await db.fetch(
        f"""SELECT {_ENTRY} FROM books.entries AS e WHERE {where} {beyond}
            ORDER BY e.value_on {order}, e.partition {order}, e.ledger_offset {order}
            LIMIT {at.size + 1}""",  # noqa: S608
        *values,
    )
    found = await _with_postings(db, rows, scope.known_on)
    return found[::-1] if at.backwards else found


def mark_of(entry: JournalEntryRow) -> Mark:
    """Where a page of entries may begin."""
    return Mark(entry.value_on, f"{entry.partition}-{entry.offset}")


def _place(text: str) -> tuple[int, int]:
    partition, _, offset = text.partition("-")
    if not (is_number(partition) and is_number(offset) and len(text) < 20 and len(partition) < 5):
        raise UnknownMark(text)
    return int(partition), int(offset)


def conditions(scope: Scope, wanted: JournalFilter) -> tuple[str, list[object]]:
    """The condition on entries `e` of a list, with its values."""
    values: list[object] = [scope.as_of, scope.known_on]
    parts = ["e.value_on <= $1", "e.known_on <= $2"]
    for condition, value in (
        ("e.district LIKE {}", scope.districts),
        ("e.fund = {}", scope.fund),
        ("e.kind = {}", wanted.kind),
        ("e.value_on >= {}", wanted.since),
        ("e.value_on <= {}", wanted.until),
        (_HAS_ACCOUNT, wanted.code),
        (_HAS_SUB, wanted.sub),
    ):
        if value is not None:
            values.append(value)
            parts.append(condition.format(f"${len(values)}"))
    return " AND ".join(parts), values


_HAS_ACCOUNT = """EXISTS (SELECT FROM books.postings AS p WHERE p.partition = e.partition
                          AND p.ledger_offset = e.ledger_offset AND p.code = {})"""
_HAS_SUB = """EXISTS (SELECT FROM books.postings AS p WHERE p.partition = e.partition
                      AND p.ledger_offset = e.ledger_offset AND p.sub = {})"""


async def _with_postings(
    db: Db, rows: Iterable[asyncpg.Record], known_on: date
) -> list[JournalEntryRow]:
    listed = list(rows)
    postings: dict[tuple[int, int], list[PostingRow]] = {}
    for row in await db.fetch(
        """
        SELECT partition, ledger_offset, code, fund, district, sub, amount_fen
        FROM unnest($1::smallint[], $2::bigint[]) AS wanted (partition, ledger_offset)
        JOIN books.postings USING (partition, ledger_offset)
        ORDER BY partition, ledger_offset, no
        """,
        [row["partition"] for row in listed],
        [row["ledger_offset"] for row in listed],
    ):
        place = (row["partition"], row["ledger_offset"])
        postings.setdefault(place, []).append(
            PostingRow(row["code"], row["fund"], row["district"], row["sub"], row["amount_fen"])
        )
    vouchers = await of_entries(
        db, [(row["partition"], row["ledger_offset"]) for row in listed], known_on
    )
    return [_entry(row, postings, vouchers) for row in listed]


def _entry(
    row: asyncpg.Record,
    postings: dict[tuple[int, int], list[PostingRow]],
    vouchers: dict[tuple[int, int], Voucher],
) -> JournalEntryRow:
    place = (row["partition"], row["ledger_offset"])
    return JournalEntryRow(
        partition=row["partition"],
        offset=row["ledger_offset"],
        fact=str(row["fact"]),
        kind=row["kind"],
        reference=row["reference"],
        application=row["application"],
        fund=row["fund"],
        district=row["district"],
        amount_fen=row["amount_fen"],
        value_on=row["value_on"],
        known_on=row["known_on"],
        postings=tuple(postings.get(place, ())),
        voucher=vouchers.get(place),
    )
