"""Set aside: what cannot be decided parks its own stream, until an operator resumes or rejects it.

Holds: nobody else's stream is stopped; a command may be set aside more than once, each time under an
       id of its own
"""

from datetime import datetime
from typing import Any

import orjson

from events.canonical import has_words, unseen
from events.codec import encode_fact, encode_unchecked
from events.control import (
    CommandRefused,
    CommandRejected,
    CommandSetAside,
    RejectCommand,
    ResumeStream,
    StreamResumed,
)
from events.days import legal_day
from events.envelope import Asked, Position, Recorded
from events.ids import derived_id, is_uuid
from events.values import Fact
from services.deciders.refusal import refuse
from services.deciders.stream import Stream
from services.streams.decision import Decision

CODE_VERSION = "0.1.0"
"""Written into what is set aside, so that an operator knows which code could not decide it."""

LONGEST_RAW = 200_000
"""Bytes of a command that its CommandSetAside keeps verbatim; a longer one stays in `commands`."""

SET_ASIDE_ORDINALS = 1_000_000
"""Where the ordinals of set-aside facts begin: a command may be set aside more than once, so its
stream's sequence number is added, and no such id equals that of a decided fact."""

LONGEST_ERROR = 2000


def of_command(stream: Stream, asked: Asked, error: str, longest_raw: int) -> CommandSetAside:
    """Set aside a command that could not be decided, or whose stream is parked."""
    return _set_aside(
        stream, type(asked.body).__name__, asked.id, error, encode_unchecked(asked), longest_raw
    )


def of_unreadable(
    stream: Stream, item: dict[str, Any], error: str, longest_raw: int
) -> CommandSetAside:
    """Set aside a command that cannot even be read."""
    name, command_id = str(item.get("type") or ""), str(item.get("id") or "")
    return _set_aside(stream, name, command_id, error, orjson.dumps(item), longest_raw)


def _set_aside(
    stream: Stream, command: str, command_id: str, error: str, raw: bytes, longest_raw: int
) -> CommandSetAside:
    return CommandSetAside(
        command=command,
        command_id=command_id,
        error=error[:LONGEST_ERROR],
        code_version=CODE_VERSION,
        raw=raw.decode() if len(raw) <= longest_raw else "",
        parked=stream.parked,
    )


def undecided(
    stream: Stream,
    name: str,
    body: CommandSetAside | CommandRefused,
    command_id: str,
    recorded_at: datetime,
    at: Position,
) -> Decision:
    """Record what became of something that no decider has seen, whatever its id looks like."""
    cause = command_id if is_uuid(command_id) else derived_id("00" * 16, hash_of(at))
    recorded = Recorded(
        derived_id(cause, SET_ASIDE_ORDINALS + stream.seq),
        name,
        stream.seq + 1,
        cause,
        at,
        recorded_at,
        legal_day(recorded_at),
        body,
    )
    return Decision((recorded,), (encode_fact(recorded),), ())


def hash_of(at: Position) -> int:
    """Number a position, for an id where the command has none of its own."""
    return (at.partition << 56) ^ (at.offset << 12) ^ at.nth


def resume(stream: Stream, name: str, command: ResumeStream) -> list[Fact]:
    """Let a parked stream go on.

    Refuses: NOT_PARKED
    """
    if not stream.parked:
        return refuse(command, "NOT_PARKED", name)
    return [StreamResumed(operator=command.operator, reason=command.reason)]


def reject(stream: Stream, command: RejectCommand) -> list[Fact]:
    """Give up one command that was set aside; where it was the last that waited, go on.

    Refuses: NOT_SET_ASIDE, NO_REASON  (first match wins)
    """
    waiting = stream.set_aside or {}
    if command.rejects not in waiting:
        return refuse(command, "NOT_SET_ASIDE", command.rejects)
    if not has_words(command.reason) or unseen(command.reason):
        return refuse(command, "NO_REASON", command.rejects)
    name, about = waiting[command.rejects]
    rejected = CommandRejected(
        command=name,
        command_id=command.rejects,
        about=about,
        operator=command.operator,
        reason=command.reason,
    )
    if len(waiting) > 1:
        return [rejected]
    return [rejected, StreamResumed(operator=command.operator, reason=command.reason)]


def evolve(stream: Stream, fact: CommandSetAside | CommandRejected | StreamResumed) -> None:
    """Fold one fact, in place."""
    waiting = stream.set_aside or {}
    match fact:
        case CommandSetAside():
            stream.parked = True
            stream.set_aside = {
                **waiting,
                fact.command_id: (fact.command, _application_in(fact.raw)),
            }
        case CommandRejected():
            stream.set_aside = {
                command: named for command, named in waiting.items() if command != fact.command_id
            }
        case StreamResumed():
            stream.parked, stream.set_aside = False, None


def _application_in(raw: str) -> str:
    """The application that a command set aside names, if it was kept and names one."""
    try:
        return str(orjson.loads(raw)["body"].get("application", ""))
    except (ValueError, KeyError, AttributeError):
        return ""
