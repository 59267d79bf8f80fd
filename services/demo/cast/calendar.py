"""Calendar: the months that are played, and the days on which things happen in each.

Holds: in a month people come first, then the money goes out, then late news, and at last the bank's
       statement comes; a month may stand for several, which are then paid on a single day.
"""

from datetime import date, datetime, time
from typing import Self

from pydantic import Field, model_validator

from events.days import SHANGHAI
from events.values import Document


class PlayedMonth(Document):
    """One round: when staff act, when payments leave and arrive, when late news comes, the closing."""

    name: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    title: str
    acts_on: date
    pays_on: date
    bank_on: date
    late_on: date
    closes_on: date
    of_the_story: bool = True
    """Whether the people of the story appear in it."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = (self.acts_on, self.pays_on, self.bank_on, self.late_on, self.closes_on)
        if list(days) != sorted(days) or f"{self.closes_on:%Y-%m}" != self.name:
            raise ValueError(f"{self.name} 的日子须依次在后，并在当月结束")
        return self


class Calendar(Document):
    """The months of a rehearsal, in their order."""

    opened_on: date
    months: tuple[PlayedMonth, ...] = Field(min_length=1)
    mistakes_from: str
    """The bank makes its four mistakes in this month, or later where it has paid too little."""
    silent_in: str | None = None
    """The bank leaves one payment of this month (or a later one) without an answer, until asked."""
    ends_on: date | None = None
    """A day after the last month, on which what is overdue by then is called."""

    @property
    def first(self) -> PlayedMonth:
        """The first month."""
        return self.months[0]

    @property
    def last(self) -> PlayedMonth:
        """The last month."""
        return self.months[-1]

    @property
    def closes_on(self) -> date:
        """The day for whose close the books are read."""
        return self.last.closes_on

    def before(self, month: PlayedMonth) -> PlayedMonth | None:
        """The month that was played before another."""
        place = self.months.index(month)
        return self.months[place - 1] if place else None


def at(day: date) -> datetime:
    """Nine o'clock of a day."""
    return datetime.combine(day, time(9), SHANGHAI)
