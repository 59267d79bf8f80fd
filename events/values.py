"""Values: the small words that commands and facts are made of.

Holds: money is integer fen, a date is a legal day in Asia/Shanghai, an instant is UTC; a value that
       breaks its own bounds is never written (`events.codec` refuses it).
Source: docs/adr/0008-msgspec-for-commands-and-facts.md
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, dataclass_transform

from msgspec import Meta, Struct, StructMeta, convert, json, structs
from pydantic import BaseModel, ConfigDict, Field

Fen = Annotated[int, Field(strict=True, ge=0), Meta(ge=0)]
"""Money, in fen, never negative."""

SignedFen = Annotated[int, Field(strict=True)]
"""Money with a direction, in fen: positive comes in, negative goes out."""

ApplicationKey = Annotated[
    str, Field(min_length=3, max_length=200), Meta(min_length=3, max_length=200)
]
"""``source:application`` or ``source:application:line``; unique over all upstream systems."""

StreamName = Annotated[str, Field(min_length=3, max_length=200), Meta(min_length=3, max_length=200)]
"""``kind/rest``, see `events.streams`."""

Token = Annotated[str, Field(min_length=8, max_length=64), Meta(min_length=8, max_length=64)]
"""A random name for a person, a unit or a bank account; the vault alone knows whose."""

FactValue = str | int | bool | list[str]
"""What an application states under one name; dates travel as ISO text, money as fen."""

StatedFacts = dict[str, FactValue]
"""What an application states, by name: a `FactValue` each."""

ClauseSeen = tuple[str, bool | None, FactValue | None, str]
"""One line of a trail: ``(node, ok, saw, need)``; clause and quote follow from policy and node."""


class _Frozen(StructMeta):
    """Every value is frozen, given by name, and refuses unknown fields, so nothing is lost unseen.

    Values hold no cycles, so the garbage collector need not look at them.
    """

    def __new__(
        cls, name: str, bases: tuple[type, ...], members: dict[str, Any], **settings: Any
    ) -> "_Frozen":
        return super().__new__(
            cls,
            name,
            bases,
            members,
            **{"frozen": True, "kw_only": True, "forbid_unknown_fields": True, "gc": False}
            | settings,
        )


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Value(Struct, metaclass=_Frozen, frozen=True, kw_only=True):
    """A frozen value.

    Its types and bounds are checked when it is read and when it is written, not when it is made.
    """

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Name every field with its value."""
        return ((name, getattr(self, name)) for name in self.__struct_fields__)

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Copy, with some fields changed."""
        return structs.replace(self, **update)

    def model_dump_json(self) -> str:
        """Write as JSON."""
        return json.encode(self).decode()

    @classmethod
    def model_validate(cls, stated: Any) -> Self:
        """Read from parsed JSON.

        Raises: msgspec.ValidationError
        """
        return convert(stated, cls)


class Document(BaseModel):
    """What is read from a file or told to the outside: frozen, without unknown fields."""

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


class MonthPaid(Value):
    """What a payment, or a part of a plan, brings for one month, ``2021-09``."""

    month: str
    amount: Fen


class PlannedInstalment(Value):
    """One part of an approval's plan; `due_on` None means: on the day of the grant.

    `months` are those it pays for, in order, their amounts summing to its own; what is paid once, or
    ahead, pays for none.
    """

    no: int
    amount: Fen
    due_on: date | None = None
    months: tuple[MonthPaid, ...] = ()


class BudgetClaim(Value):
    """One amount to be committed, from the first of `lines` that can carry it.

    `shared` is for a ceiling: nobody waits for one. What does not fit is refused ``whole``, or cut
    to what is left (``part``).
    """

    amount: Fen
    lines: tuple[StreamName, ...]
    shared: Literal["no", "whole", "part"] = "no"


class LineTaken(Value):
    """What a budget line has committed for one claim of an approval."""

    line: StreamName
    amount: Fen
    step: int


class LaterYear(Value):
    """A later year's part of a granted plan: its own `line` is asked for it, in turns from `turn` on.

    `instalments` are the numbers of its parts, summing to `amount`; `ceilings` are those in money that
    the claim has taken as much of.
    """

    turn: int
    year: int
    amount: Fen
    line: StreamName
    instalments: tuple[int, ...]
    ceilings: tuple[StreamName, ...] = ()


class Arrival(Value):
    """Where an inbound message stood, so that a trail can begin at the message itself."""

    topic: str
    partition: int
    offset: int
    event: str
