"""Codec: the only serialiser of commands and facts.

In:   Asked, Recorded
Out:  JSON bytes, and back; a packet is a JSON array of commands for one partition
Holds: what was encoded decodes to an equal value, which is tried on every body before it leaves;
       an unknown type or a newer version is refused.
Source: docs/adr/0008-msgspec-for-commands-and-facts.md
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
import orjson

from events import CATALOGUE, COMMANDS, FACTS, shapes
from events.authority import Authority
from events.envelope import Asked, Position, Recorded
from events.upcast import upcast
from events.values import Command, Fact, Value

CHECKPOINT_KEY = b"~checkpoint"
"""Key of the records on `ledger` that are no facts but a desk's checkpoint."""

MAX_PACKET_COMMANDS = 500


class Unreadable(Exception):
    """A record that this version of the code cannot read; the message names type and reason."""


class Unwritable(Exception):
    """A value that breaks its own types or bounds; nobody could read it back."""


class Unread(NamedTuple):
    """A command of a packet that cannot be read: its parsed JSON, and why."""

    item: dict[str, Any]
    why: str


_encode = msgspec.json.Encoder().encode


def encode_command(asked: Asked) -> bytes:
    """Write one command.

    Raises: Unwritable
    """
    return _command(asked, _checked(asked.body, shapes.COMMAND_BODIES, asked.stream))


def encode_unchecked(asked: Asked) -> bytes:
    """Write one command that was read a moment ago, or that is set aside for what it is."""
    return _command(asked, asked.body)


def _command(asked: Asked, body: msgspec.Raw | Command) -> bytes:
    name = type(asked.body).__name__
    return _encode(
        shapes.CommandRecord(
            asked.id,
            asked.stream,
            name,
            CATALOGUE[name].version,
            asked.sent_at,
            asked.effective_on,
            asked.by,
            body,
            asked.authority,
        )
    )


def encode_fact(recorded: Recorded) -> bytes:
    """Write one fact.

    Raises: Unwritable
    """
    name = type(recorded.body).__name__
    return _encode(
        shapes.FactRecord(
            recorded.id,
            recorded.stream,
            recorded.seq,
            name,
            CATALOGUE[name].version,
            recorded.cause,
            recorded.at,
            recorded.recorded_at,
            recorded.effective_on,
            _checked(recorded.body, shapes.FACT_BODIES, recorded.stream),
        )
    )


def _checked(body: Value, readers: Mapping[str, Any], stream: str) -> msgspec.Raw:
    """Write a body, and see that it can be read."""
    raw = _encode(body)
    name = type(body).__name__
    try:
        readers[name].decode(raw)
    except msgspec.ValidationError as error:
        raise Unwritable(f"{name} for {stream}: {error}") from error
    return msgspec.Raw(raw)


def body_json(body: Value) -> bytes:
    """Write a body by itself."""
    return _encode(body)


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
            msgspec.convert(item.get("authority"), Authority | None),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"command {item.get('id')} ({item.get('type')}): {error!r}") from error


def read_packet(raw: bytes) -> list[Asked | Unread]:
    """Read a packet; a command that cannot be read stands there as it is, and stops no other.

    Raises: Unreadable when it is no array of commands at all
    """
    try:
        items = shapes.PACKET.decode(raw)
        if all(item.version == CATALOGUE[type(item).__name__].version for item in items):
            return [
                Asked(
                    item.id,
                    item.stream,
                    item.sent_at,
                    item.effective_on,
                    item.by,
                    item.body,
                    item.authority,
                )
                for item in items
            ]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # which one it is, and why, is found one by one
    return [_one(item) for item in split_packet(raw)]


def _one(item: dict[str, Any]) -> Asked | Unread:
    try:
        return command_of(item)
    except Unreadable as error:
        return Unread(item, str(error))


def decode_packet(raw: bytes) -> list[Asked]:
    """Read a whole packet.

    Raises: Unreadable
    """
    commands = []
    for item in read_packet(raw):
        if isinstance(item, Unread):
            raise Unreadable(item.why)
        commands.append(item)
    return commands


def decode_fact(raw: bytes) -> Recorded:
    """Read one fact.

    Raises: Unreadable
    """
    try:
        item = shapes.FACT.decode(raw)
        if item.version == CATALOGUE[type(item).__name__].version:
            return Recorded(
                item.id,
                item.stream,
                item.seq,
                item.cause,
                item.at,
                item.recorded_at,
                item.effective_on,
                item.body,
            )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # an older version, perhaps
    try:
        return fact_of(orjson.loads(raw))
    except ValueError as error:
        raise Unreadable(f"no fact: {error!r}") from error


def decode_fact_and_text(raw: bytes) -> tuple[Recorded, str]:
    """Read one fact, with its body as JSON text of today's version.

    Raises: Unreadable
    """
    try:
        item = shapes.FACT_AROUND.decode(raw)
        if item.version == CATALOGUE[item.type].version:
            recorded = Recorded(
                item.id,
                item.stream,
                item.seq,
                item.cause,
                item.at,
                item.recorded_at,
                item.effective_on,
                shapes.FACT_BODIES[item.type].decode(item.body),
            )
            return recorded, str(item.body, "utf-8")
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # an older version, perhaps
    recorded = decode_fact(raw)
    return recorded, body_json(recorded.body).decode()


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
        return known[name].model_validate(body)
    except msgspec.ValidationError as error:
        raise Unreadable(f"{name}: {error}") from error
