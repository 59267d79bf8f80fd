"""What the bank has said of one account's month, folded."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from events import statements


class KnownLine(NamedTuple):
    """A line on record, as far as a later file, a reversal or a classification asks about it.

    Shape: `is_payment`: its words name an instruction or a batch of ours
    """

    line: str
    amount: int
    statement: str
    is_payment: bool


class DayWord(NamedTuple):
    """What one file says of a day: the bank's balance before and after it."""

    statement: str
    attempt: int
    opening: int
    closing: int


@dataclass(slots=True)
class BankDayState:
    """One day: its lines, how many of each amount there ever were, and the files that speak of it.

    Holds: the last of `words` is what holds now; without any, no file has proved the day
    """

    lines: list[KnownLine] = field(default_factory=list)
    ever: Counter[int] = field(default_factory=Counter)
    words: list[DayWord] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What the day's lines come to, in fen."""
        return sum(line.amount for line in self.lines)


@dataclass(slots=True)
class BankMonthState:
    """One bank account's month, as the bank tells it."""

    opened: statements.StatementOpened | None = None
    lines: dict[str, statements.StatementLineRecorded] = field(default_factory=dict)
    opening: dict[tuple[str, str], statements.OpeningBalance] = field(default_factory=dict)
    days: dict[date, BankDayState] = field(default_factory=dict)
    classified: dict[str, statements.StatementLineClassified] = field(default_factory=dict)
    answered: set[tuple[str, int, int]] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)

    def day(self, day: date) -> BankDayState:
        """Look at one day, and begin it where nothing was known of it."""
        return self.days.setdefault(day, BankDayState())

    def line_on_record(self, line: str) -> tuple[date, KnownLine] | None:
        """Find a line that stands on record, with its day."""
        return next(
            (
                (day, one)
                for day, known in self.days.items()
                for one in known.lines
                if one.line == line
            ),
            None,
        )

    def word_on(self, day: date) -> DayWord | None:
        """What the latest file says of a day."""
        known = self.days.get(day)
        return known.words[-1] if known and known.words else None
