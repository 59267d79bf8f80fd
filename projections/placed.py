"""Placed: a fact together with where it stands on the ledger and the day it became known."""

from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from events import CATALOGUE
from events.codec import body_json
from events.days import legal_day
from events.envelope import Recorded


class Placed(NamedTuple):
    """A fact at its place on the ledger; `json` is its body as JSON has it, for jsonb columns."""

    fact: Recorded
    partition: int
    offset: int
    json: dict[str, Any]

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
        return self.fact.stream.partition("/")[2]


def place(
    fact: Recorded, partition: int, offset: int, item: dict[str, Any] | None = None
) -> Placed:
    """Put a fact at its place; `item` is its parsed record, which saves writing the body again.

    An item of an older version is left aside: its body was lifted to today's when it was read.
    """
    body = fact.body
    if item is None or item["version"] != CATALOGUE[type(body).__name__].version:
        json = orjson.loads(body_json(body))
    else:
        json = item["body"]
    return Placed(fact, partition, offset, json)
