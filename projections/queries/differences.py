"""Differences: what is unequal between books and bank at the close of a day.

In:   matching's `paired`, and the last legal day that counts
Out:  one row a difference, with kind, sides, amount and age
Units: fen; a difference is the bank's amount less the books' (bank − books)
Holds: a pair stands out only while one side of it lies after the day (`late`), or for ever where
       the amounts differ; the sum of an account's differences is its bank balance less its book
       balance, as far as both begin with the same opening balance.
"""

from datetime import date
from typing import Literal, NamedTuple

DifferenceKind = Literal[
    "missing_at_bank", "unknown_at_bank", "amount", "duplicate", "late", "wrong_account"
]

OPEN_ITEMS = """
sides AS (
    SELECT account, verdict, other_account, instruction,
           CASE WHEN moved_on <= {as_of} THEN movement END AS movement,
           CASE WHEN moved_on <= {as_of} THEN moved_on END AS moved_on,
           CASE WHEN moved_on <= {as_of} THEN book_amount END AS book_amount,
           CASE WHEN booked_on <= {as_of} THEN line END AS line,
           CASE WHEN booked_on <= {as_of} THEN booked_on END AS booked_on,
           CASE WHEN booked_on <= {as_of} THEN bank_amount END AS bank_amount,
           moved_on IS NOT NULL AND booked_on IS NOT NULL AS both_known
    FROM paired
),
open_items AS (
    SELECT account,
           CASE WHEN both_known AND (movement IS NULL OR line IS NULL) THEN 'late'
                ELSE verdict END AS kind,
           movement, moved_on, book_amount, line, booked_on, bank_amount,
           coalesce(bank_amount, 0) - coalesce(book_amount, 0) AS difference,
           least(moved_on, booked_on) AS since,
           {as_of} - least(moved_on, booked_on) AS age_days,
           other_account, instruction
    FROM sides
    WHERE (movement IS NOT NULL OR line IS NOT NULL)
      AND NOT (verdict = 'matched' AND movement IS NOT NULL AND line IS NOT NULL)
)"""
"""A WITH list that goes after matching's; `{as_of}` is a date expression."""

COLUMNS = (
    "account, kind, movement, moved_on, book_amount, line, booked_on, bank_amount, "
    "difference, since, age_days, other_account, instruction"
)
ORDER = "account, since, kind, coalesce(line, ''), coalesce(movement, '')"


class BankDifference(NamedTuple):
    """One difference; `movement` is the fact of the books, `line` the bank's line."""

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

    @property
    def id(self) -> str:
        """A name that stays while the difference does."""
        return f"{self.account}:{self.movement or ''}:{self.line or ''}"
