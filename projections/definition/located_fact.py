"""located_fact: a fact together with where it stands on the ledger and the day it became known."""

from datetime import date, datetime
from typing import NamedTuple

from events import streams
from events.codec import body_json
from events.days import legal_day
from events.envelope import Recorded


class LocatedFact(NamedTuple):
    """A fact at its place on the ledger; `text` is its body as JSON, as the ledger has it."""

    fact: Recorded
    partition: int
    offset: int
    text: str

    @property
    def recorded_at(self) -> datetime:
        """The instant at which the command behind the fact arrived."""
        return self.fact.recorded_at

    @property
    def known_on(self) -> date:
        """The day in Asia/Shanghai on which the fact was recorded."""
        return legal_day(self.fact.recorded_at)

    @property
    def on(self) -> date:
        """The legal day of the fact."""
        return self.fact.effective_on

    @property
    def token(self) -> str:
        """The stream's own name, after its kind: a beneficiary's or payee's token, a batch's id."""
        return streams.name_of(self.fact.stream)


def locate(fact: Recorded, partition: int, offset: int) -> LocatedFact:
    """Put a fact that was not read from the ledger at a place on it."""
    return LocatedFact(fact, partition, offset, body_json(fact.body).decode())
