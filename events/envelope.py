"""Envelope: what surrounds every command and every fact.

In:   nothing; pure
Out:  Asked (a command on its way), Recorded (a fact on the ledger), Position
Holds: a fact's id is a function of its command's id and ordinal, so deciding twice changes nothing.
"""

from datetime import date, datetime
from hashlib import sha1
from typing import NamedTuple

from events.values import Command, Fact


class Position(NamedTuple):
    """Where a command stood: partition and offset in `commands`, place in its packet."""

    partition: int
    offset: int
    nth: int


class Asked(NamedTuple):
    """A command on its way to a stream.

    Units: `sent_at` is the sender's UTC instant of arrival, `effective_on` the legal day; `by` is
    ``intake``, ``desk``, ``clerk`` or ``staff:<user>``.
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


def derived_id(parent: str, ordinal: int) -> str:
    """Name the `ordinal`-th child of a command or fact; a UUID version 5 (RFC 9562) under it."""
    digest = bytearray(
        sha1(
            bytes.fromhex(parent.replace("-", "")) + b"%d" % ordinal, usedforsecurity=False
        ).digest()[:16]
    )
    digest[6] = (digest[6] & 0x0F) | 0x50
    digest[8] = (digest[8] & 0x3F) | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def follow_up(cause: Recorded, ordinal: int, stream: str, body: Command) -> Asked:
    """Ask another stream because of a committed fact; time and legal day are the fact's."""
    return Asked(
        derived_id(cause.id, ordinal), stream, cause.recorded_at, cause.effective_on, "desk", body
    )
