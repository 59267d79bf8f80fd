"""rule preview: what other rules of matching would win and lose on an account, in a period.

In:   a set of rules that is only tried; an account and its days
Out:  matches of that period that only one of the two sets makes; what each rule matches
Units: fen; came in where positive
Holds: nothing is written. Exact, not a sample: what both sets are tried on is everything that the
       matching of those days can depend on (`projections.matching.neighbours`), and what may be
       money back within three windows of them, which goes by amounts
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from asyncpg import Record

from projections.matching.neighbours import LineName, neighbours
from projections.matching.rule_set import CURRENT, RuleSet
from projections.matching.rules import matching
from projections.matching.sides import OWN_BANK, OWN_BOOK, OWN_MANUAL
from projections.queries.connection import Lent

SECONDS = 600.0
_WINDOWS = 3


class TriedMatch(NamedTuple):
    """A match that one of the two sets makes and the other does not.

    `members` are movements by id and lines as month/id, the books first; `amount_fen` is what the
    books' side sums to, or the larger line of a reversal
    """

    rule: str
    first_on: date
    last_on: date
    movements: int
    lines: int
    amount_fen: int
    members: tuple[str, ...]


class RulePreview(NamedTuple):
    """What changes; `before` and `after` count matches by rule, `alone_…` what stands in none."""

    won: list[TriedMatch]
    lost: list[TriedMatch]
    before: Mapping[str, int]
    after: Mapping[str, int]
    alone_before: int
    alone_after: int
    members: int


_OF_PERIOD = """
SELECT movement, NULL::text AS month, NULL::text AS line FROM books.bank_movements
WHERE bank_account = $1 AND value_on BETWEEN $2 AND $3
UNION ALL
SELECT NULL, month, line FROM books.statement_lines
WHERE bank_account = $1 AND booked_on BETWEEN $2 AND $3 AND reversed_on IS NULL
"""
_MAY_RETURN = """
UNION ALL
SELECT movement, NULL, NULL FROM books.bank_movements
WHERE bank_account = $1 AND value_on BETWEEN $4 AND $5 AND amount_fen > 0 AND instruction IS NOT NULL
UNION ALL
SELECT NULL, month, line FROM books.statement_lines
WHERE bank_account = $1 AND booked_on BETWEEN $4 AND $5 AND amount_fen > 0 AND batch IS NULL
  AND says_return AND reversed_on IS NULL
"""
_COUNT = """
SELECT (SELECT count(*) FROM books.bank_movements
        WHERE bank_account = $1 AND value_on BETWEEN $2 AND $3)
     + (SELECT count(*) FROM books.statement_lines
        WHERE bank_account = $1 AND booked_on BETWEEN $2 AND $3 AND reversed_on IS NULL)
"""
_TRIED = """
SELECT match, verdict, rule, coalesce(movement, month || '/' || line) AS member,
       movement IS NOT NULL AS ours, day, amount
FROM matches WHERE account = $6
"""


async def size(db: Lent, account: str, first: date, last: date) -> int:
    """How many movements and lines the period has."""
    return int(await db.fetchval(_COUNT, account, first, last))


async def preview(db: Lent, rules: RuleSet, account: str, first: date, last: date) -> RulePreview:
    """Match a period by the rules that count and by others, and compare.

    Holds: called within one snapshot, or what is compared would not be the same
    """
    await db.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
    reach = timedelta(days=_WINDOWS * max(rules.days_of("by_return"), CURRENT.days_of("by_return")))
    rows = await db.fetch(
        f"{_OF_PERIOD} {_MAY_RETURN}",
        account,
        first,
        last,
        _within(first, -reach),
        _within(last, reach),
        timeout=SECONDS,
    )
    movements = [row["movement"] for row in rows if row["movement"]]
    lines: list[LineName] = [(account, row["month"], row["line"]) for row in rows if row["line"]]
    near = await neighbours(db, movements, lines)
    sides = [side.format(known="'infinity'::date") for side in (OWN_BOOK, OWN_BANK, OWN_MANUAL)]
    before, after = [
        _groups(
            await db.fetch(
                f"WITH {matching(*sides, rules=tried)} {_TRIED}",
                *near.values(),
                account,
                timeout=SECONDS,
            ),
            first,
            last,
        )
        for tried in (CURRENT, rules)
    ]
    return RulePreview(
        won=_beside(after, before),
        lost=_beside(before, after),
        before=Counter(one.rule for one in before.matches.values()),
        after=Counter(one.rule for one in after.matches.values()),
        alone_before=before.alone,
        alone_after=after.alone,
        members=before.members,
    )


def _within(day: date, by: timedelta) -> date:
    """Move a day, as far as there are days."""
    try:
        return day + by
    except OverflowError:
        return date.min if by < timedelta() else date.max


class _Groups(NamedTuple):
    matches: dict[tuple[str, ...], TriedMatch]
    alone: int
    members: int


def _groups(rows: Sequence[Record], first: date, last: date) -> _Groups:
    """The matches that touch the period, by their members; how many of its members stand in none."""
    found: dict[str, list[Record]] = {}
    alone = members = 0
    for row in rows:
        inside = first <= row["day"] <= last
        members += inside
        if row["verdict"] == "matched":
            found.setdefault(row["match"], []).append(row)
        else:
            alone += inside
    matches: dict[tuple[str, ...], TriedMatch] = {}
    for own in found.values():
        if not any(first <= row["day"] <= last for row in own):
            continue
        own.sort(key=lambda row: (not row["ours"], row["member"]))
        names = tuple(row["member"] for row in own)
        ours = [row["amount"] for row in own if row["ours"]]
        theirs = [row["amount"] for row in own if not row["ours"]]
        days = [row["day"] for row in own]
        matches[names] = TriedMatch(
            own[0]["rule"],
            min(days),
            max(days),
            len(ours),
            len(theirs),
            sum(ours) if ours and theirs else max(ours + theirs),
            names,
        )
    return _Groups(matches, alone, members)


def _beside(one: _Groups, other: _Groups) -> list[TriedMatch]:
    """The matches of one that the other does not make, by day."""
    only = [match for names, match in one.matches.items() if names not in other.matches]
    return sorted(only, key=lambda match: (match.first_on, match.members))
