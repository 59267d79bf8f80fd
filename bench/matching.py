"""Matching: 200 000 lines with 500 planted errors of ten kinds, on the real tables.

Run:   python -m bench.matching
Shows: seconds from the words of the lines to the list of differences; whether every planted error
       was found, none invented, and whether a matcher in plain Python says the same of every row
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date

import asyncpg
import typer

from bench.embedded import own_database
from events import ids
from events.bank_marks import marks_of
from projections.engine import match_keeping
from projections.engine.migrate import migrate
from projections.matching.rules import matching
from projections.matching.sides import BANK, BOOK, MANUAL
from projections.queries.differences import BankDifference
from projections.queries.reconciliation import differences
from tests.planted_errors import CLOSE, Planted, planted
from tests.properties.matching_naive import Line, Movement, Verdict, match

_BOOK = "partition, ledger_offset, movement, bank_account, fund, district, kind, amount_fen, value_on, known_on, instruction, batch, reference, line_month, line"
_BANK = "partition, bank_account, month, line, booked_on, amount_fen, reference, purpose, instruction, batch, mark, says_return, kind, known_on, reversed_on"


def book_rows(book: list[Movement]) -> Iterator[tuple[object, ...]]:
    """The books' side as the read model writes it."""
    for offset, m in enumerate(book):
        batch = ids.batch_of(m.instruction) if m.instruction else None
        month = m.line_month if m.line else None
        yield (
            *(0, offset, m.movement, m.account, "", "", "settled", m.amount, m.moved_on),
            *(m.moved_on, m.instruction, batch, ids.plain_writing(m.reference), month, m.line),
        )


def bank_rows(bank: list[Line], reversed_on: date | None = None) -> Iterator[tuple[object, ...]]:
    """The bank's side as the read model writes it."""
    for k in bank:
        marks = marks_of(k.reference, k.purpose)
        yield (
            *(1, k.account, k.month, k.line, k.booked_on, k.amount, k.reference, k.purpose),
            *(marks.instruction, marks.batch, marks.reference, marks.says_return),
            *("", k.booked_on, reversed_on),
        )


async def fill(db: asyncpg.Connection, month: Planted) -> None:
    """Put both sides into the tables of the books."""
    for table, columns, rows in (
        ("bank_movements", _BOOK, book_rows(month.book)),
        ("statement_lines", _BANK, bank_rows(month.bank)),
        ("statement_lines", _BANK, bank_rows(month.reversed_lines, CLOSE)),
    ):
        await db.copy_records_to_table(
            table, schema_name="books", columns=columns.split(", "), records=rows
        )
    await db.execute("ANALYZE books.bank_movements")
    await db.execute("ANALYZE books.statement_lines")


async def _verdicts(db: asyncpg.Connection) -> set[Verdict]:
    everything = "'infinity'::date"
    query = matching(*(side.format(known=everything) for side in (BOOK, BANK, MANUAL)))
    rows = await db.fetch(
        f"""WITH {query} SELECT verdict, rule, movement, line,
               min(concat_ws('/', (line IS NOT NULL)::int, account, coalesce(movement, line)))
                   OVER (PARTITION BY account, match)
        FROM matches"""
    )
    return {Verdict(*row) for row in rows}


async def _run(dsn: str, payments: int, each: int) -> None:
    await migrate(dsn)
    db = await asyncpg.connect(dsn)
    month = planted(20221201, payments, each)
    began = time.perf_counter()
    await fill(db, month)
    taken_in = time.perf_counter() - began
    await match_keeping.keep_whole(db, "books")
    found: list[BankDifference] = await differences(db, CLOSE)
    wall = time.perf_counter() - began
    kinds = Counter((d.kind, d.account, d.difference) for d in found)
    print(f"{len(month.book)} movements, {len(month.bank)} lines, errors {dict(month.plants)}")
    print(f"import {taken_in:.2f} s, with matching {wall:.2f} s")
    lost, invented = month.expected - kinds, kinds - month.expected
    print(
        f"differences {len(found)}; not found {sum(lost.values())}, invented {sum(invented.values())}"
    )
    rows = await _verdicts(db)
    began = time.perf_counter()
    naive = match(month.book, month.bank)
    print(
        f"plain Python in {time.perf_counter() - began:.1f} s: {'equal' if rows == naive else 'DIFFERS'}"
    )
    matched = Counter(v.rule for v in rows if v.verdict == "matched")
    print(f"rules {dict(matched)}")
    await db.close()
    if lost or invented or rows != naive:
        raise typer.Exit(1)


def main(payments: int = 215_000, each: int = 50) -> None:
    """Plant errors, find them, and say how long it took."""
    with own_database(durable=True) as dsn:
        asyncio.run(_run(dsn, payments, each))


if __name__ == "__main__":
    typer.run(main)
