"""Codec: the only serialiser of commands and facts.

In:   Asked, Recorded
Out:  JSON bytes, and back; a packet is a JSON array of commands for one partition
Holds: what was encoded decodes to an equal value; an unknown type or a newer version is refused.
"""

from datetime import date, datetime
from typing import Any

import orjson
from pydantic import ValidationError

from events import CATALOGUE, COMMANDS, FACTS
from events.envelope import Asked, Position, Recorded
from events.upcast import upcast
from events.values import Command, Fact, Value

CHECKPOINT_KEY = b"~checkpoint"
"""Key of the records on `ledger` that are no facts but a desk's checkpoint."""

MAX_PACKET_COMMANDS = 500


class Unreadable(Exception):
    """A record that this version of the code cannot read; the message names type and reason."""


_UTC = orjson.OPT_UTC_Z


def encode_command(asked: Asked) -> bytes:
    """Write one command."""
    body = asked.body
    name = type(body).__name__
    return orjson.dumps(
        {
            "id": asked.id,
            "stream": asked.stream,
            "type": name,
            "version": CATALOGUE[name].version,
            "sent_at": asked.sent_at,
            "effective_on": asked.effective_on,
            "by": asked.by,
            "body": orjson.Fragment(body.__pydantic_serializer__.to_json(body)),
        },
        option=_UTC,
    )


def encode_fact(recorded: Recorded) -> bytes:
    """Write one fact."""
    body = recorded.body
    name = type(body).__name__
    return orjson.dumps(
        {
            "id": recorded.id,
            "stream": recorded.stream,
            "seq": recorded.seq,
            "type": name,
            "version": CATALOGUE[name].version,
            "cause": recorded.cause,
            "at": tuple(recorded.at),
            "recorded_at": recorded.recorded_at,
            "effective_on": recorded.effective_on,
            "body": orjson.Fragment(body.__pydantic_serializer__.to_json(body)),
        },
        option=_UTC,
    )


def packet(commands: list[bytes]) -> bytes:
    """Join encoded commands, all for one partition, into a record of `commands`."""
    return b"[" + b",".join(commands) + b"]"


def split_packet(raw: bytes) -> list[dict[str, Any]]:
    """Take a packet apart without reading the commands' bodies.

    Raises: Unreadable when it is no JSON array of objects
    """
    try:
        items = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the packet is no JSON: {error}") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unreadable("the packet is no array of commands")
    return items


def command_of(item: dict[str, Any]) -> Asked:
    """Read one command of a packet.

    Raises: Unreadable
    """
    try:
        body = _body(item, COMMANDS)
        return Asked(
            item["id"],
            item["stream"],
            datetime.fromisoformat(item["sent_at"]),
            date.fromisoformat(item["effective_on"]),
            item["by"],
            body,  # type: ignore[arg-type]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"command {item.get('id')} ({item.get('type')}): {error!r}") from error


def decode_packet(raw: bytes) -> list[Asked]:
    """Read a whole packet.

    Raises: Unreadable
    """
    return [command_of(item) for item in split_packet(raw)]


def decode_fact(raw: bytes) -> Recorded:
    """Read one fact.

    Raises: Unreadable
    """
    try:
        item = orjson.loads(raw)
    except ValueError as error:
        raise Unreadable(f"no fact: {error!r}") from error
    return fact_of(item)


def fact_of(item: dict[str, Any]) -> Recorded:
    """Read one fact from its parsed JSON.

    Raises: Unreadable
    """
    try:
        body = _body(item, FACTS)
        return Recorded(
            item["id"],
            item["stream"],
            item["seq"],
            item["cause"],
            Position(*item["at"]),
            datetime.fromisoformat(item["recorded_at"]),
            date.fromisoformat(item["effective_on"]),
            body,  # type: ignore[arg-type]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"no fact: {error!r}") from error


def _body(item: dict[str, Any], known: dict[str, type[Command]] | dict[str, type[Fact]]) -> Value:
    name, version = item["type"], item["version"]
    if name not in known:
        raise Unreadable(f"unknown type {name!r}: written by a newer version?")
    entry = CATALOGUE[name]
    if type(version) is not int:
        raise Unreadable(f"{name}: {version!r} is no version")
    if version > entry.version:
        raise Unreadable(f"{name} version {version} is newer than this code ({entry.version})")
    body = item["body"]
    if version < entry.version:
        body = upcast(name, version, entry.version, body)
    try:
        return known[name].__pydantic_validator__.validate_python(body)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise Unreadable(f"{name}: {error.error_count()} field(s) do not fit: {error}") from error
