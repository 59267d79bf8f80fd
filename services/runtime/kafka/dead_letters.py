"""Dead letters: what could not be taken in, kept for whoever must look into it, and closed.

In:   a record that was refused, with the reason
Out:  a JSON record: topic, partition, offset, line, code, field, reason and the kind of error in
      the clear, with source, event id and application where they name nobody; the rest (value,
      headers, key, all problems) sealed under the key of its day
Holds: of what the sender wrote only such names stand in the clear; a day's letters are closed for
       ever once that day's key is destroyed.
"""

import base64
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from services.runtime.vault.keys import Sealer
from services.runtime.vault.store import DayKey

MAX_KEPT_BYTES = 1024 * 1024
_EXCERPT_BYTES = 64 * 1024

DayKeys = Callable[[date], Awaitable[DayKey]]
KeyNamed = Callable[[str], Awaitable[Sealer | None]]


class Letter(NamedTuple):
    """One refused record, or one line of it (`line`, from 1); `reason` is free of its content.

    `whole` tells that `value` is a message that could be sent again.
    """

    topic: str
    partition: int
    offset: int
    code: str
    field: str
    reason: str
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    key: bytes | None = None
    details: str = ""
    line: int | None = None
    source: str = ""
    event: str = ""
    application: str = ""
    error: str = ""
    whole: bool = True


class OpenedLetter(NamedTuple):
    """A letter read back, with the time at which it was put aside."""

    letter: Letter
    received_at: datetime


async def seal(letter: Letter, received_at: datetime, day_keys: DayKeys) -> bytes:
    """Write a letter for the topic of dead letters, under the key of its day."""
    return sealed(letter, received_at, await day_keys(received_at.astimezone(UTC).date()))


def sealed(letter: Letter, received_at: datetime, day_key: DayKey) -> bytes:
    """Write a letter with a key at hand.

    Holds: a value of more than 1 MiB is kept as its beginning, length and SHA-256
    """
    clear: dict[str, Any] = {
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "line": letter.line,
        "code": letter.code,
        "field": letter.field,
        "reason": letter.reason,
        "received_at": received_at,
        "key": day_key.name,
        "source": letter.source,
        "event": letter.event,
        "application": letter.application,
        "error": letter.error,
    }
    content: dict[str, Any] = {
        "value": _text(letter.value),
        "headers": [[name, _text(value)] for name, value in letter.headers],
        "key": _text(letter.key),
        "details": letter.details,
        "whole": letter.whole,
    }
    if letter.value is not None and len(letter.value) > MAX_KEPT_BYTES:
        content["value"] = _text(letter.value[:_EXCERPT_BYTES])
        content["whole"] = False
        content["cut"] = {"bytes": len(letter.value), "sha256": sha256(letter.value).hexdigest()}
    closed = day_key.sealer.seal(zlib.compress(orjson.dumps(content), 1), _context(clear))
    return orjson.dumps({**clear, "sealed": _text(closed)}, option=orjson.OPT_UTC_Z)


async def unseal(raw: bytes, key_named: KeyNamed) -> OpenedLetter | None:
    """Read a letter back; None when its day's key is destroyed.

    Raises: WrongKey when it was changed
    """
    record = orjson.loads(raw)
    sealer = await key_named(record["key"])
    if sealer is None:
        return None
    plain = sealer.open(base64.b64decode(record["sealed"]), _context(record))
    content = orjson.loads(zlib.decompress(plain))
    letter = Letter(
        record["topic"],
        record["partition"],
        record["offset"],
        record["code"],
        record["field"],
        record["reason"],
        _bytes(content["value"]),
        tuple((name, _bytes(value)) for name, value in content["headers"]),
        _bytes(content["key"]),
        content["details"],
        record["line"],
        record.get("source", ""),
        record.get("event", ""),
        record.get("application", ""),
        record.get("error", ""),
        content.get("whole", record["line"] is None),
    )
    return OpenedLetter(letter, datetime.fromisoformat(record["received_at"]))


def _context(record: dict[str, Any]) -> bytes:
    """What binds the sealed part to its place: it cannot be moved under another's reason."""
    place = f"{record['topic']}/{record['partition']}/{record['offset']}/{record['line']}"
    named = "/".join(record.get(name, "") for name in ("source", "event", "application"))
    sender = f"/{named}" if "source" in record else ""  # earlier letters named nobody
    return f"dead letter:{place}/{record['code']}{sender}".encode()


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
