"""Differences: what is unequal between books and bank at the close of a day.

In:   matching's `matches`, and the last legal day that counts
Out:  one row a difference, with kind, sides, amount and age
Units: fen; a difference is the bank's amount less the books' (bank − books)
Holds: a match stands out only while some of it lies after the day and the rest is unequal (`late`),
       or for ever where its sums differ (`amount`); the sum of an account's differences is its bank
       balance less its book balance, as far as both begin with the same opening balance.
"""

from datetime import date
from typing import Literal, NamedTuple

from events.differences import number_of

DifferenceKind = Literal[
    "missing_at_bank", "unknown_at_bank", "amount", "duplicate", "late", "wrong_account"
]

OPEN_ITEMS = """
open_items AS (
    SELECT account,
           CASE WHEN verdict = 'matched'
                  OR verdict = 'amount' AND (count(movement) = 0 OR count(line) = 0) THEN 'late'
                ELSE verdict END AS kind,
           (array_agg(movement ORDER BY day, movement)
                FILTER (WHERE movement IS NOT NULL))[1] AS movement,
           min(day) FILTER (WHERE movement IS NOT NULL) AS moved_on,
           (sum(amount) FILTER (WHERE movement IS NOT NULL))::bigint AS book_amount,
           (array_agg(line ORDER BY day, month, line) FILTER (WHERE line IS NOT NULL))[1] AS line,
           min(day) FILTER (WHERE line IS NOT NULL) AS booked_on,
           (sum(amount) FILTER (WHERE line IS NOT NULL))::bigint AS bank_amount,
           sum(CASE WHEN line IS NULL THEN -amount ELSE amount END)::bigint AS difference,
           min(day) AS since, {as_of} - min(day) AS age_days,
           min(other_account) AS other_account,
           CASE WHEN min(instruction) = max(instruction) THEN min(instruction) END AS instruction,
           match, min(batch) AS batch, count(movement) AS movements, count(line) AS lines
    FROM matches
    WHERE day <= {as_of} AND (
        verdict <> 'matched' AND first_on <= {as_of}
        OR verdict = 'matched' AND first_on < last_on AND first_on <= {as_of} AND last_on > {as_of})
    GROUP BY account, match, verdict
    HAVING verdict NOT IN ('matched', 'amount')
        OR sum(CASE WHEN line IS NULL THEN -amount ELSE amount END) <> 0
)"""
"""A WITH list that goes after matching's; `{as_of}` is a date expression."""

COLUMNS = (
    "account, kind, movement, moved_on, book_amount, line, booked_on, bank_amount, "
    "difference, since, age_days, other_account, instruction, match, batch, movements, lines"
)
ORDER = "account, since, kind, coalesce(line, ''), coalesce(movement, '')"


class BankDifference(NamedTuple):
    """One difference; `movement` is the first fact of the books, `line` the bank's first line.

    `match` names it, `movements` and `lines` count its members at the close of the day.
    """

    account: str
    kind: DifferenceKind
    movement: str | None
    moved_on: date | None
    book_amount: int | None
    line: str | None
    booked_on: date | None
    bank_amount: int | None
    difference: int
    since: date
    age_days: int
    other_account: str | None
    instruction: str | None
    match: str = ""
    batch: str | None = None
    movements: int = 0
    lines: int = 0

    @property
    def id(self) -> str:
        """A name that stays while the difference does."""
        return f"{self.account}:{self.movement or ''}:{self.line or ''}"

    @property
    def month(self) -> str:
        """The month of the statement that its first line stands in, or empty."""
        return f"{self.booked_on:%Y-%m}" if self.booked_on else ""

    @property
    def number(self) -> str:
        """The number under which people write about it."""
        return number_of(self.account, self.movement or "", self.month, self.line or "")
