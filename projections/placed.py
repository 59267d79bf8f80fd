"""Placed: a fact together with where it stands on the ledger and the day it became known.

Holds: `known_on` is the day in Asia/Shanghai on which the fact was recorded.
"""

from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from events.envelope import Recorded

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one offset without daylight saving since 1991."""


class Placed(NamedTuple):
    """A fact at its place on the ledger."""

    fact: Recorded
    partition: int
    offset: int
    known_on: date

    @property
    def recorded_at(self) -> datetime:
        """The instant at which the command behind the fact arrived."""
        return self.fact.recorded_at

    @property
    def on(self) -> date:
        """The legal day of the fact."""
        return self.fact.effective_on

    @property
    def token(self) -> str:
        """The stream's own name, after its kind: a beneficiary's or payee's token, a batch's id."""
        return self.fact.stream.partition("/")[2]


def place(fact: Recorded, partition: int, offset: int) -> Placed:
    """Put a fact at its place."""
    return Placed(fact, partition, offset, fact.recorded_at.astimezone(SHANGHAI).date())
