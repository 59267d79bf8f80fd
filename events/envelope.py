"""Envelope: what surrounds every command and every fact.

In:   nothing; pure
Out:  Asked (a command on its way), Recorded (a fact on the ledger), Position
Holds: a fact's id is a function of its command's id and ordinal, so deciding twice changes nothing.
"""

from datetime import date, datetime
from typing import NamedTuple

from events.authority import Authority
from events.ids import derived_id
from events.values import Command, Fact


class Position(NamedTuple):
    """Where a command stood: partition and offset in `commands`, place in its packet."""

    partition: int
    offset: int
    nth: int


class Asked(NamedTuple):
    """A command on its way to a stream.

    Units: `sent_at` is the sender's UTC instant of arrival, `effective_on` the legal day; `by` is
    ``intake:<source>/<event>``, ``desk``, ``clerk`` or ``staff:<user>``; `authority` is what a
    person who has signed in may do, None for everybody else.
    """

    id: str
    stream: str
    sent_at: datetime
    effective_on: date
    by: str
    body: Command
    authority: Authority | None = None


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


def follow_up(cause: Recorded, ordinal: int, stream: str, body: Command) -> Asked:
    """Ask another stream because of a committed fact; time and legal day are the fact's."""
    return Asked(
        derived_id(cause.id, ordinal), stream, cause.recorded_at, cause.effective_on, "desk", body
    )
