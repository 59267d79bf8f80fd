"""Shapes: how a command and a fact lie on the wire, as the codec writes and reads them.

In:   the catalogue
Out:  CommandRecord, FactRecord (written), and readers that tell the body's type from the member `type`
Holds: the members stand in one order; a body is read in the same pass as what surrounds it
"""

from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from msgspec import Raw, Struct, defstruct
from msgspec.json import Decoder

from events import COMMANDS, FACTS
from events.authority import Authority
from events.envelope import Position


class CommandRecord(Struct, frozen=True, gc=False, omit_defaults=True):
    """A command, in the order of its members; who has not signed in brings no `authority`."""

    id: str
    stream: str
    type: str
    version: int
    sent_at: datetime
    effective_on: date
    by: str
    body: Any
    authority: Authority | None = None


class FactRecord(Struct, frozen=True, gc=False):
    """A fact, in the order of its members."""

    id: str
    stream: str
    seq: int
    type: str
    version: int
    cause: str
    at: Position
    recorded_at: datetime
    effective_on: date
    body: Any


class FactWithRawBody(Struct, frozen=True, gc=False):
    """A fact whose body is left as it stands."""

    id: str
    stream: str
    seq: int
    type: str
    version: int
    cause: str
    at: Position
    recorded_at: datetime
    effective_on: date
    body: Raw


def _reading(shape: type[Struct], bodies: dict[str, type]) -> dict[str, type[Struct]]:
    """Make the shape of each type of body; the member `type` tells which one a record has."""
    optional = shape.__struct_defaults__
    kinds = {name: kind for name, kind in shape.__annotations__.items() if name != "type"}
    required = len(kinds) - len(optional)
    defaults = dict(zip(list(kinds)[required:], optional, strict=True))
    return {
        name: defstruct(
            name,
            [
                (member, kind, defaults[member]) if member in defaults else (member, kind)
                for member, kind in (kinds | {"body": body}).items()
            ],
            tag_field="type",
            tag=name,
            frozen=True,
            gc=False,
            module=__name__,
        )
        for name, body in bodies.items()
    }


_COMMANDS = _reading(CommandRecord, COMMANDS)
_FACTS = _reading(FactRecord, FACTS)

COMMAND_BODIES = {name: Decoder(body) for name, body in COMMANDS.items()}
FACT_BODIES = {name: Decoder(body) for name, body in FACTS.items()}

PACKET: Decoder[list[Any]] = Decoder(list[reduce(or_, _COMMANDS.values())])  # type: ignore[misc]
FACT_AROUND = Decoder(FactWithRawBody)
FACT: Decoder[Any] = Decoder(reduce(or_, _FACTS.values()))
