"""neighbours: everything on which the matching of some movements and lines can depend.

In:   movements and lines by name, and the tables of both sides
Out:  all movements and lines that share a mark or a match by hand with them, and with those, and so on
Holds: matched among themselves alone, they come to what the whole matching says of them, but for
       rule `return`, which goes by amounts
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import asyncpg


class Asks(Protocol):
    """A connection, as far as it is asked here."""

    async def fetch(self, query: str, /, *args: Any) -> list[asyncpg.Record]:
        """Rows of a query."""


LineName = tuple[str, str, str]
"""Bank account, month and id of a statement line."""


class Neighbours(NamedTuple):
    """Movements by id, lines by account, month and id, and the matches by hand that name any of them."""

    movements: list[str]
    lines: list[LineName]
    manual: list[str]

    def arrays(self) -> tuple[list[str], list[str], list[str], list[str]]:
        """Movements and lines as four arrays of text, for `OWN_BOOK` and `OWN_BANK`."""
        accounts, months, lines = _columns(self.lines, 3)
        return self.movements, accounts, months, lines

    def values(self) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
        """The same, and the matches by hand, for `OWN_MANUAL`."""
        return *self.arrays(), self.manual


_MOVEMENT_KEYS = "m.movement, m.batch, m.bank_account, m.reference, m.line_month, m.line"
_MOVEMENTS = f"""
SELECT {_MOVEMENT_KEYS} FROM books.bank_movements AS m WHERE m.movement = ANY($1::text[])
UNION
SELECT {_MOVEMENT_KEYS} FROM books.bank_movements AS m WHERE m.batch = ANY($2::text[])
UNION
SELECT {_MOVEMENT_KEYS} FROM unnest($3::text[], $4::text[]) AS k (account, reference)
JOIN books.bank_movements AS m ON m.bank_account = k.account AND m.reference = k.reference
WHERE m.reference <> ''
UNION
SELECT {_MOVEMENT_KEYS} FROM unnest($5::text[], $6::text[], $7::text[]) AS k (account, month, line)
JOIN books.bank_movements AS m
  ON m.bank_account = k.account AND m.line_month = k.month AND m.line = k.line
"""  # noqa: S608 - constants of this package

_LINE_KEYS = "l.bank_account, l.month, l.line, l.batch, l.mark, abs(l.amount_fen) AS size"
_LINES = f"""
SELECT {_LINE_KEYS} FROM books.statement_lines AS l WHERE l.batch = ANY($1::text[])
UNION
SELECT {_LINE_KEYS} FROM unnest($2::text[], $3::text[]) AS k (account, mark)
JOIN books.statement_lines AS l ON l.bank_account = k.account AND l.mark = k.mark
WHERE l.mark <> ''
UNION
SELECT {_LINE_KEYS} FROM unnest($4::text[], $5::text[], $6::bigint[]) AS k (account, mark, size)
JOIN books.statement_lines AS l
  ON l.bank_account = k.account AND l.mark = k.mark AND abs(l.amount_fen) = k.size
WHERE l.mark <> ''
UNION
SELECT {_LINE_KEYS} FROM unnest($7::text[], $8::text[], $9::text[]) AS k (account, month, line)
JOIN books.statement_lines AS l
  ON l.bank_account = k.account AND l.month = k.month AND l.line = k.line
"""  # noqa: S608 - constants of this package


_MANUAL = """
WITH named AS (
    SELECT h.bank_account, h.number FROM books.manual_match_members AS h
    WHERE h.movement = ANY($1::text[])
    UNION
    SELECT h.bank_account, h.number FROM unnest($2::text[], $3::text[], $4::text[]) AS k (account, month, line)
    JOIN books.manual_match_members AS h
      ON h.bank_account = k.account AND h.month = k.month AND h.line = k.line
)
SELECT concat(h.bank_account, '/', h.number), h.bank_account, h.movement, h.month, h.line
FROM named JOIN books.manual_match_members AS h USING (bank_account, number)
"""
"""Undone ones as well: what an earlier knowledge counts is among them."""

_ANY_MANUAL = "SELECT EXISTS (SELECT FROM books.manual_match_members) AS any"


class _Keys:
    """The marks by which a round looks further."""

    def __init__(self, names: Iterable[str] = (), cited: Iterable[LineName] = ()) -> None:
        self.names = set(names)
        self.cited = set(cited)
        self.batches: set[str] = set()
        self.references: set[tuple[str, str]] = set()
        self.marks: set[tuple[str, str, int]] = set()

    def of_movement(self, row: asyncpg.Record) -> None:
        """Take the marks of a movement."""
        _, batch, account, reference, month, line = row
        if batch:
            self.batches.add(batch)
        if reference:
            self.references.add((account, reference))
        if line:
            self.cited.add((account, month, line))

    def of_line(self, row: asyncpg.Record) -> None:
        """Take the marks of a line; lines alone meet by a reference only where amounts are equal."""
        account, month, line, batch, mark, size = row
        self.cited.add((account, month, line))
        if batch:
            self.batches.add(batch)
        elif mark:
            self.marks.add((account, mark, size))

    def of_match(self, row: asyncpg.Record) -> None:
        """Take the members of a match by hand, by their names alone."""
        _, account, movement, month, line = row
        if movement:
            self.names.add(movement)
        if line:
            self.cited.add((account, month, line))

    def beyond(self, others: "_Keys") -> "_Keys":
        """What the others do not hold."""
        new = _Keys(self.names - others.names, self.cited - others.cited)
        new.batches = self.batches - others.batches
        new.references = self.references - others.references
        new.marks = self.marks - others.marks
        return new

    def add(self, others: "_Keys") -> None:
        """Hold those of the others as well."""
        self.names |= others.names
        self.cited |= others.cited
        self.batches |= others.batches
        self.references |= others.references
        self.marks |= others.marks

    def __bool__(self) -> bool:
        return bool(self.names or self.cited or self.batches or self.references or self.marks)


async def neighbours(
    db: Asks, movements: Iterable[str], lines: Iterable[LineName], schema: str = "books"
) -> Neighbours:
    """Look from mark to mark until nothing new is found."""
    movements_sql, lines_sql = _in(schema, _MOVEMENTS), _in(schema, _LINES)
    found_movements: set[str] = set()
    found_lines: set[LineName] = set()
    found_manual: set[str] = set()
    ((by_hand,),) = await db.fetch(_in(schema, _ANY_MANUAL))
    asked, asking = _Keys(), _Keys(movements, lines)
    while asking:
        asked.add(asking)
        next_keys = _Keys()
        new_movements, new_lines = set(asking.names), set(asking.cited)
        references = asking.references | {(account, mark) for account, mark, _ in asking.marks}
        for row in await db.fetch(
            movements_sql,
            sorted(asking.names),
            sorted(asking.batches),
            *_columns(sorted(references), 2),
            *_columns(sorted(asking.cited), 3),
        ):
            new_movements.add(row[0])
            found_movements.add(row[0])
            next_keys.of_movement(row)
        for row in await db.fetch(
            lines_sql,
            sorted(asking.batches),
            *_columns(sorted(asking.references), 2),
            *_columns(sorted(asking.marks), 3),
            *_columns(sorted(asking.cited), 3),
        ):
            new_lines.add((row[0], row[1], row[2]))
            found_lines.add((row[0], row[1], row[2]))
            next_keys.of_line(row)
        if by_hand:
            named = sorted(new_movements), *_columns(sorted(new_lines), 3)
            for row in await db.fetch(_in(schema, _MANUAL), *named):
                found_manual.add(row[0])
                next_keys.of_match(row)
        asking = next_keys.beyond(asked)
    return Neighbours(sorted(found_movements), sorted(found_lines), sorted(found_manual))


def _in(schema: str, statement: str) -> str:
    return statement.replace("books.", f"{schema}.")


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Turn rows into as many columns, however few rows."""
    return [[row[place] for row in rows] for place in range(width)]
