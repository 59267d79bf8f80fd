"""Decision: what one command led to, as facts with their ids, encoded, and their follow-ups."""

from typing import NamedTuple

from events.codec import encode_command, encode_fact
from events.envelope import Asked, Position, Recorded
from events.ids import derived_id
from events.values import Fact
from services.deciders.stream import Stream
from services.streams.follow_ups import follow_ups


class Decision(NamedTuple):
    """What one command led to; no facts means that it was a repeat.

    Shape: `raw[i]` is `facts[i]` encoded; a follow-up comes with its encoding
    """

    facts: tuple[Recorded, ...]
    raw: tuple[bytes, ...]
    follow_ups: tuple[tuple[Asked, bytes], ...]


UNCHANGED = Decision((), (), ())


class TooLong(Exception):
    """A fact or follow-up would not fit into a record of the broker."""


def recorded_as(
    stream: Stream, asked: Asked, at: Position, bodies: list[Fact], limit: int, first: int = 0
) -> Decision:
    """Record facts as the next of their stream, each named by its command and its place.

    Units: `limit` is in bytes of one record; `first` is the ordinal of the first fact
    Raises: TooLong
    """
    facts: list[Recorded] = []
    raw: list[bytes] = []
    asks: list[tuple[Asked, bytes]] = []
    for ordinal, body in enumerate(bodies):
        recorded = Recorded(
            derived_id(asked.id, first + ordinal),
            asked.stream,
            stream.seq + ordinal + 1,
            asked.id,
            at,
            asked.sent_at,
            asked.effective_on,
            body,
        )
        facts.append(recorded)
        raw.append(_fitting(encode_fact(recorded), limit, "fact"))
        for ask in follow_ups(recorded):
            asks.append((ask, _fitting(encode_command(ask), limit, "follow-up")))  # noqa: PERF401
    return Decision(tuple(facts), tuple(raw), tuple(asks))


def _fitting(encoded: bytes, limit: int, what: str) -> bytes:
    if len(encoded) > limit:
        raise TooLong(f"a {what} of {len(encoded)} bytes; at most {limit} fit")
    return encoded
