"""Envelope: what surrounds every command and every fact.

In:   nothing; pure
Out:  Asked (a command on its way), Recorded (a fact on the ledger), Position
Holds: a fact's id is a function of its command's id and ordinal, so deciding twice changes nothing.
"""

import re
from datetime import date, datetime
from hashlib import sha1
from typing import NamedTuple, TypeGuard

from events.values import Command, Fact


class Position(NamedTuple):
    """Where a command stood: partition and offset in `commands`, place in its packet."""

    partition: int
    offset: int
    nth: int


class Asked(NamedTuple):
    """A command on its way to a stream.

    Units: `sent_at` is the sender's UTC instant of arrival, `effective_on` the legal day; `by` is
    ``intake:<source>/<event>``, ``desk``, ``clerk`` or ``staff:<user>``.
    """

    id: str
    stream: str
    sent_at: datetime
    effective_on: date
    by: str
    body: Command


class Recorded(NamedTuple):
    """A fact on the ledger: the `seq`-th of its stream, caused by the command `cause`."""

    id: str
    stream: str
    seq: int
    cause: str
    at: Position
    recorded_at: datetime
    effective_on: date
    body: Fact


def message_of(by: str) -> tuple[str, str]:
    """Name the upstream message that asks, by source and event id; empty where none does."""
    who, _, message = by.partition(":")
    source, _, event = message.partition("/") if who == "intake" else ("", "", "")
    return source, event


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_uuid(text: object) -> TypeGuard[str]:
    """Tell whether this is a UUID as usually written; anything else never gets into a fact's id."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def derived_id(parent: str, ordinal: int) -> str:
    """Name the `ordinal`-th child of a command or fact; a UUID version 5 (RFC 9562) under it."""
    name = bytes.fromhex(parent.replace("-", "")) + b"%d" % ordinal
    text = sha1(name, usedforsecurity=False).hexdigest()
    variant = _VARIANT[text[16]]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


def follow_up(cause: Recorded, ordinal: int, stream: str, body: Command) -> Asked:
    """Ask another stream because of a committed fact; time and legal day are the fact's."""
    return Asked(
        derived_id(cause.id, ordinal), stream, cause.recorded_at, cause.effective_on, "desk", body
    )
