"""Values: the small words that commands and facts are made of.

Holds: money is integer fen, a date is a legal day in Asia/Shanghai, an instant is UTC.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict

Fen = Annotated[int, Field(strict=True, ge=0)]
"""Money, in fen, never negative."""

SignedFen = Annotated[int, Field(strict=True)]
"""Money with a direction, in fen: positive comes in, negative goes out."""

ApplicationKey = Annotated[str, Field(min_length=3, max_length=200)]
"""``source:application`` or ``source:application:line``; unique over all upstream systems."""

StreamName = Annotated[str, Field(min_length=3, max_length=200)]
"""``kind/rest``, see `events.streams`."""

Token = Annotated[str, Field(min_length=8, max_length=64)]
"""A random name for a person, a unit or a bank account; the vault alone knows whose."""

FactValue = str | int | bool | list[str]
"""What an application states under one name; dates travel as ISO text, money as fen."""

# Nothing is turned into something else, so the first that fits is the right one: half the time of
# pydantic's own search for the best fit.
_Exact = Annotated[
    Annotated[str, Strict()]
    | Annotated[bool, Strict()]
    | Annotated[int, Strict()]
    | list[Annotated[str, Strict()]],
    Field(union_mode="left_to_right"),
]

StatedFacts = dict[str, _Exact]
"""What an application states, by name: a `FactValue` each."""

ClauseSeen = tuple[str, bool | None, _Exact | None, str]
"""One line of a trail: ``(node, ok, saw, need)``; clause and quote follow from policy and node."""


class Value(BaseModel):
    """A frozen value: unknown fields are refused, so nothing is lost unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(Value):
    """A request to one stream, in the imperative; at most one answer is ever decided."""


class Fact(Value):
    """One immutable thing that happened, in the past tense."""


class PolicyRef(Value):
    """The dated rule that decided, by content: the same hash is the same text."""

    programme: str
    version: str
    jurisdiction: str
    family: str
    content_hash: str
    bundle_hash: str


class CapSlot(Value):
    """One use of a cap: the `no`-th in `period` (``*`` is a lifetime), or of one unique `key`."""

    family: str
    cap: str
    period: str = "*"
    key: str = ""
    no: int = 1
    months: int = 0


class PlannedInstalment(Value):
    """One part of an approval's plan; `due_on` None means: on the day of the grant."""

    no: int
    amount: Fen
    due_on: date | None = None


class BudgetClaim(Value):
    """One amount to be committed, from the first of `lines` that can carry it."""

    amount: Fen
    lines: tuple[StreamName, ...]


class LineTaken(Value):
    """What a budget line has committed for one claim of an approval."""

    line: StreamName
    amount: Fen
    step: int


class Arrival(Value):
    """Where an inbound message stood, so that a trail can begin at the message itself."""

    topic: str
    partition: int
    offset: int
    event: str
