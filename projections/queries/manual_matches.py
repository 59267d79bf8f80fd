"""manual matches: what two people have matched by hand, what may be matched, and what waits for a second.

Units: fen; came in where positive
Holds: a match by hand `holds` while the matching takes it, which is while every member is there with
       the amount stated; candidates are proposals, and match nothing by themselves
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from projections.queries.connection import Db

MOST_ITEMS = 300
"""How many movements, and how many lines, one look for what may be matched gives."""
MOST_CANDIDATES = 5
"""How many movements are proposed for one line: the nearest in days."""


class ManualMatch(NamedTuple):
    """One match by hand; `members_found` are those that the matching has taken for it."""

    account: str
    number: int
    movements: int
    lines: int
    amount_fen: int
    reason: str
    made_on: date
    maker: str | None
    checker: str | None
    undone_on: date | None
    undone_reason: str | None
    undone_maker: str | None
    undone_checker: str | None
    members_found: int

    @property
    def holds(self) -> bool:
        """Whether it stands, and books and bank bear it out."""
        return self.undone_on is None and self.members_found == self.movements + self.lines


class StatedMember(NamedTuple):
    """What a match says of one member."""

    movement: str | None
    month: str | None
    line: str | None
    amount_fen: int


class MatchMember(NamedTuple):
    """What a match says of a member, beside what books or bank have under its name; none: they have none."""

    movement: str | None
    month: str | None
    line: str | None
    stated_fen: int
    day: date | None
    amount_fen: int | None
    account: str | None
    taken_back: bool
    words: str | None


class MatchItem(NamedTuple):
    """A movement or a line with how the matching judges it; `payee` is a token, where known."""

    account: str
    movement: str | None
    month: str | None
    line: str | None
    day: date
    amount_fen: int
    verdict: str
    rule: str
    instruction: str | None
    batch: str | None
    application: str | None
    payee: str | None
    words: str | None

    @property
    def name(self) -> str:
        """Its name in an address: the movement's id, or month/id of the line."""
        return self.movement or f"{self.month}/{self.line}"


class WaitingMatch(NamedTuple):
    """A match or an undo that one person has proposed; `body` is the act as JSON."""

    proposal: str
    act: str
    account: str
    maker: str
    proposed_on: date
    reason: str
    body: str


_HELD = """
(SELECT count(*) FROM books.matches AS k
 WHERE k.bank_account = m.bank_account
   AND k.match = concat('by_hand:', m.bank_account, ':', m.bank_account, '/', m.number)
   AND m.undone_on IS NULL)
"""
_BOTH = """
LEFT JOIN books.facts AS {name}
       ON {name}.stream = 'matching/' || m.bank_account AND {name}.seq = m.{seq} - 1
      AND {name}.type = 'ActConfirmed'
"""
_MATCHES = f"""
SELECT m.bank_account, m.number, m.movements, m.lines, m.amount_fen, m.reason, m.made_on,
       made.body ->> 'maker', made.body ->> 'checker', m.undone_on, m.undone_reason,
       undone.body ->> 'maker', undone.body ->> 'checker', {_HELD}
FROM books.manual_matches AS m
{_BOTH.format(name="made", seq="made_seq")} {_BOTH.format(name="undone", seq="undone_seq")}
"""  # noqa: S608 - constants of this module

_ITEMS = """
SELECT m.bank_account, m.movement, m.month, m.line, m.day, m.amount_fen, m.verdict, m.rule,
       m.instruction, m.batch, b.application, a.payee,
       nullif(concat_ws(' ', nullif(l.reference, ''), nullif(l.purpose, '')), '')
FROM books.matches AS m
LEFT JOIN books.bank_movements AS b ON b.movement = m.movement
LEFT JOIN books.applications AS a ON a.application = b.application
LEFT JOIN books.statement_lines AS l
       ON l.bank_account = m.bank_account AND l.month = m.month AND l.line = m.line
"""

_CANDIDATES = """
WITH alone AS MATERIALIZED (
    SELECT * FROM books.matches
    WHERE bank_account = $1
      AND verdict IN ('missing_at_bank', 'unknown_at_bank', 'duplicate')
)
SELECT k.month || '/' || k.line AS line, o.movement
FROM (SELECT * FROM alone WHERE line IS NOT NULL ORDER BY day, month, line LIMIT $3) AS k
CROSS JOIN LATERAL (
    SELECT movement, day FROM alone
    WHERE movement IS NOT NULL AND amount_fen = k.amount_fen AND abs(day - k.day) <= $2
    ORDER BY abs(day - k.day), movement LIMIT $4
) AS o
"""

_LINE_PAYEES = """
SELECT k.name, min(a.payee) AS payee
FROM unnest($1::text[], $2::text[], $3::text[]) AS k (name, batch, instruction)
JOIN books.bank_movements AS b ON b.batch = k.batch AND b.instruction = k.instruction
JOIN books.applications AS a ON a.application = b.application
GROUP BY k.name
"""


async def made(
    db: Db, accounts: Sequence[str] | None, *, account: str = "", number: int | None = None
) -> list[ManualMatch]:
    """Matches by hand of these accounts, the latest first."""
    rows = await db.fetch(
        f"""{_MATCHES}
        WHERE ($1::text[] IS NULL OR m.bank_account = ANY($1))
          AND ($2 = '' OR m.bank_account = $2) AND ($3::int IS NULL OR m.number = $3)
        ORDER BY m.made_on DESC, m.bank_account, m.number DESC""",
        accounts,
        account,
        number,
    )
    return [ManualMatch(*row) for row in rows]


async def members(db: Db, account: str, number: int) -> list[MatchMember]:
    """What a match says of its members beside what there is, the books first."""
    rows = await db.fetch(
        """
        SELECT movement, month, line, amount_fen FROM books.manual_match_members
        WHERE bank_account = $1 AND number = $2
        """,
        account,
        number,
    )
    return await compared(db, account, [StatedMember(*row) for row in rows])


async def compared(db: Db, account: str, stated: Sequence[StatedMember]) -> list[MatchMember]:
    """Members as they are stated, beside what books and bank have under their names."""
    rows = await db.fetch(
        """
        SELECT h.movement, h.month, h.line, h.amount_fen, coalesce(b.value_on, l.booked_on),
               coalesce(b.amount_fen, l.amount_fen), coalesce(b.bank_account, l.bank_account),
               l.reversed_on IS NOT NULL,
               nullif(concat_ws(' ', nullif(l.reference, ''), nullif(l.purpose, '')), '')
        FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
             AS h (movement, month, line, amount_fen)
        LEFT JOIN books.bank_movements AS b ON b.movement = h.movement
        LEFT JOIN books.statement_lines AS l
               ON l.bank_account = $1 AND l.month = h.month AND l.line = h.line
        ORDER BY h.movement IS NULL, 5, h.movement, h.month, h.line
        """,
        account,
        *([getattr(one, name) for one in stated] for name in StatedMember._fields),
    )
    return [MatchMember(*row) for row in rows]


async def items(
    db: Db,
    account: str,
    *,
    first: date | None = None,
    last: date | None = None,
    amount_fen: int | None = None,
    matched: bool = False,
) -> list[MatchItem]:
    """Movements and lines of an account that may be matched, by day; with `matched`, also what a rule has."""
    found: list[MatchItem] = []
    for side in ("m.movement IS NOT NULL", "m.line IS NOT NULL"):
        rows = await db.fetch(
            f"""{_ITEMS} WHERE m.bank_account = $1 AND {side}
              AND ($2::date IS NULL OR m.day >= $2) AND ($3::date IS NULL OR m.day <= $3)
              AND ($4::bigint IS NULL OR m.amount_fen IN ($4, -$4))
              AND (m.verdict <> 'matched' OR $5 AND m.rule <> 'manual')
            ORDER BY m.day, m.member LIMIT {MOST_ITEMS + 1}""",
            account,
            first,
            last,
            amount_fen,
            matched,
        )
        found += [MatchItem(*row) for row in rows]
    return found


async def named(db: Db, account: str, names: Sequence[str]) -> list[MatchItem]:
    """The movements and lines of an account with these names; those that are not there are left out."""
    rows = await db.fetch(
        f"{_ITEMS} WHERE m.bank_account = $1 AND m.member = ANY($2) ORDER BY m.day, m.member",
        account,
        names,
    )
    return [MatchItem(*row) for row in rows]


async def candidates(db: Db, account: str, days: int) -> list[tuple[MatchItem, MatchItem]]:
    """Lines and movements that stand alone, of the same amount and at most so many days apart.

    Shape: (line, movement), a line after the other; the line's payee is whose instruction it names
    """
    pairs = await db.fetch(_CANDIDATES, account, days, MOST_ITEMS, MOST_CANDIDATES)
    names = sorted({name for pair in pairs for name in pair})
    found = {item.name: item for item in await named(db, account, names)}
    lines = [item for item in found.values() if item.line and item.batch and item.instruction]
    rows = await db.fetch(
        _LINE_PAYEES,
        [item.name for item in lines],
        [item.batch for item in lines],
        [item.instruction for item in lines],
    )
    payees = {row["name"]: row["payee"] for row in rows}
    return [
        (found[line]._replace(payee=payees.get(line)), found[movement]) for line, movement in pairs
    ]


async def waiting(db: Db, accounts: Sequence[str] | None, account: str = "") -> list[WaitingMatch]:
    """Matches and undoes that wait for a second person, the longest wait first."""
    rows = await db.fetch(
        """
        SELECT proposal, act, split_part(stream, '/', 2), maker, proposed_on, reason, body
        FROM books.proposals
        WHERE state = 'proposed' AND stream LIKE 'matching/%'
          AND ($1::text[] IS NULL OR split_part(stream, '/', 2) = ANY($1))
          AND ($2 = '' OR split_part(stream, '/', 2) = $2)
        ORDER BY proposed_at, proposal
        """,
        accounts,
        account,
    )
    return [WaitingMatch(*row) for row in rows]
