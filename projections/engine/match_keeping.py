"""match_keeping: keeps `matches` equal to the whole matching while facts arrive.

In:   what a slice has changed on either side, in the transaction that writes it
Out:  rows of `matches`
Holds: the rows are what the whole matching of the tables says, in whatever order and slices the
       facts came; only rows that change are written
"""

# ruff: noqa: S608 - every statement here is put together from constants of this package

from collections.abc import Iterable

import asyncpg

from projections.engine.bulk_filling import emptied
from projections.engine.folding import Folded
from projections.matching.neighbours import LineName, Neighbours, neighbours
from projections.matching.rules import marked, returns
from projections.matching.sides import (
    BANK,
    BOOK,
    KEPT,
    MANUAL,
    OWN_BANK,
    OWN_BOOK,
    OWN_MANUAL,
)

SECONDS = 300.0

_EVER = "'infinity'::date"
_CHANGING = "match, verdict, rule, other_account, first_on, last_on, may_return"

_INSERT = """
INSERT INTO books.matches AS t (
    partition, bank_account, member, match, verdict, rule, movement, month, line, day, amount_fen,
    instruction, batch, other_account, first_on, last_on, may_return)
SELECT coalesce(b.partition, l.partition), m.account,
       CASE WHEN m.line IS NULL THEN m.movement ELSE concat(m.month, '/', m.line) END,
       m.match, m.verdict, m.rule, m.movement, m.month, m.line, m.day, m.amount, m.instruction,
       m.batch, m.other_account, m.first_on, m.last_on, m.may_return
FROM {matches} AS m
LEFT JOIN books.bank_movements AS b ON b.movement = m.movement
LEFT JOIN books.statement_lines AS l
       ON l.bank_account = m.account AND l.month = m.month AND l.line = m.line
"""
_CHANGED = f"""
ON CONFLICT (bank_account, member) DO UPDATE SET
    ({_CHANGING}) = ROW({", ".join(f"EXCLUDED.{c}" for c in _CHANGING.split(", "))})
WHERE ({", ".join(f"t.{c}" for c in _CHANGING.split(", "))})
      IS DISTINCT FROM ({", ".join(f"EXCLUDED.{c}" for c in _CHANGING.split(", "))})
"""

_NEAR = "WITH " + marked(*(side.format(known=_EVER) for side in (OWN_BOOK, OWN_BANK, OWN_MANUAL)))
_KEEP_NEAR = f"{_NEAR} {_INSERT.format(matches='marked')} {_CHANGED}"

_WHOLE = "WITH " + marked(*(side.format(known=_EVER) for side in (BOOK, BANK, MANUAL)))
_KEEP_WHOLE = f"{_WHOLE}, {returns('marked')} {_INSERT.format(matches='matches')}"

_MEMBERS = """
(t.bank_account, t.member) IN (
    SELECT bank_account, movement FROM books.bank_movements WHERE movement = ANY($1::text[])
    UNION ALL
    SELECT account, concat(month, '/', line)
    FROM unnest($2::text[], $3::text[], $4::text[]) AS k (account, month, line))
"""
_MAY_RETURN = f"""
SELECT DISTINCT bank_account, amount_fen FROM books.matches AS t WHERE may_return AND {_MEMBERS}
"""
_TAKEN_BACK = """
DELETE FROM books.matches AS t
USING unnest($1::text[], $2::text[], $3::text[]) AS k (account, month, line)
JOIN books.statement_lines AS l
  ON l.bank_account = k.account AND l.month = k.month AND l.line = k.line
WHERE l.reversed_on IS NOT NULL
  AND t.bank_account = k.account AND t.member = concat(k.month, '/', k.line)
"""
_RETURNS = f"""
WITH kept AS MATERIALIZED (
    {KEPT} WHERE may_return AND (bank_account, amount_fen) IN (
        SELECT * FROM unnest($1::text[], $2::bigint[]))
), {returns("kept")}
UPDATE books.matches AS t
SET (match, verdict, rule, first_on, last_on)
    = ROW(m.match, m.verdict, m.rule, m.first_on, m.last_on)
FROM matches AS m
WHERE t.bank_account = m.account
  AND t.member = CASE WHEN m.line IS NULL THEN m.movement ELSE concat(m.month, '/', m.line) END
  AND (t.match, t.verdict, t.rule, t.first_on, t.last_on)
      IS DISTINCT FROM (m.match, m.verdict, m.rule, m.first_on, m.last_on)
"""


async def keep(connection: asyncpg.Connection, schema: str, folded: Folded) -> None:
    """Match anew whatever the matching of a slice's movements and lines can reach.

    Holds: called in the transaction that has just written the slice
    """
    movements, lines = _touched(folded)
    if not movements and not lines:
        return
    await _quietly(connection)
    near = await neighbours(connection, movements, lines, schema)
    before = await _may_return(connection, schema, near)
    arrays = near.arrays()
    await connection.execute(_in(schema, _TAKEN_BACK), *arrays[1:], timeout=SECONDS)
    await connection.execute(_in(schema, _KEEP_NEAR), *near.values(), timeout=SECONDS)
    by_amount = sorted(before | await _may_return(connection, schema, near))
    if by_amount:
        accounts, amounts = zip(*by_amount, strict=True)
        await connection.execute(
            _in(schema, _RETURNS), list(accounts), list(amounts), timeout=SECONDS
        )


async def keep_whole(connection: asyncpg.Connection, schema: str) -> None:
    """Match everything anew, where the rows were not kept while facts arrived."""
    async with connection.transaction():
        await _quietly(connection)
        async with emptied(connection, f"{schema}.matches"):
            await connection.execute(_in(schema, _KEEP_WHOLE), timeout=3600)


def _touched(folded: Folded) -> tuple[list[str], list[LineName]]:
    """Name the movements and lines that a slice has added, changed, matched by hand or let go."""
    movements = [row[2] for row in folded.appended.get("bank_movements", ())]
    lines = [(key[0], key[1], key[2]) for key in folded.states.get("statement_lines", ())]
    for account, _, member in folded.states.get("manual_match_members", ()):
        month, _, line = member.partition("/")
        if line:
            lines.append((account, month, line))
        else:
            movements.append(member)
    return movements, lines


async def _may_return(
    connection: asyncpg.Connection, schema: str, near: Neighbours
) -> set[tuple[str, int]]:
    rows: Iterable[asyncpg.Record] = await connection.fetch(
        _in(schema, _MAY_RETURN), *near.arrays(), timeout=SECONDS
    )
    return {(row["bank_account"], row["amount_fen"]) for row in rows}


async def _quietly(connection: asyncpg.Connection) -> None:
    """For this transaction: sort in memory, compile nothing for a query of one use, and plan each
    for the arrays that it is given: a plan for any arrays takes them to be short, and loops.
    """
    await connection.execute(
        "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; "
        "SET LOCAL plan_cache_mode = force_custom_plan"
    )


def _in(schema: str, statement: str) -> str:
    return statement.replace("books.", f"{schema}.")
