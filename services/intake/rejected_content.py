"""Rejected content: a rejected message parsed once, to say who sent it and to cut out one of its lines.

In:   a record that was rejected, as it lay on its topic
Out:  source, event id and application where they can be read and name nobody; the bytes to store
Holds: one parsing a message, however many of its lines were rejected; never raises
"""

import re
from typing import Any, NamedTuple

import orjson

from events.contract.inbound.cloudevent import MAX_BYTES
from events.contract.inbound.private import names_a_person
from events.contract.inbound.reader import Message
from events.ids import application_key

_SOURCE = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")
_EVENT = re.compile(r"[!-~]{1,128}")
_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LIKE_A_PERSON = re.compile(
    r"[0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
"""What looks like a resident id names somebody even where its check character is wrong."""

_LONGEST_HEAD = 8 * 1024
"""A batch's head is stored beside its rejected line up to so many bytes."""


class StatedSender(NamedTuple):
    """Who a rejected message is from and what it is about, as far as that can be told."""

    source: str = ""
    event: str = ""
    application: str = ""


class StoredContent(NamedTuple):
    """What of a message is stored; `resendable` tells that it could be sent again as it is."""

    value: bytes | None
    resendable: bool


class RejectedContent:
    """The content of one rejected message."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._content = _parsed(message.value)
        event = self._content or {}
        self._attributes: dict[str, Any] = _binary(message) or event
        self._structured = self._attributes is event
        data = event.get("data") if self._structured else event
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        lines = self._data.get("lines")
        self._lines: list[Any] = lines if isinstance(lines, list) else []
        self._head: dict[str, Any] | None = None

    def sender(self, line: int | None = None) -> StatedSender:
        """Say who sent it, and about which application; empty where that is not certain."""
        source = _readable(self._attributes.get("source"), _SOURCE)
        event = _readable(self._attributes.get("id"), _EVENT)
        about = _readable(self._data.get("application"), _NUMBER)
        within = self._data if line is None else self._line(line)
        number = _readable(within.get("line"), _NUMBER) if isinstance(within, dict) else ""
        other = self._data.get("source")
        of = source if other is None else _readable(other, _SOURCE)
        return StatedSender(
            source, event, application_key(of, about, number) if of and about else ""
        )

    def to_store(self, line: int | None = None) -> StoredContent:
        """The bytes to store; of a batch its head and the one line, never its neighbours."""
        value = self._message.value
        if line is None or not 0 < line <= len(self._lines):
            return StoredContent(value, value is not None and len(value) <= MAX_BYTES)
        if self._head is None:
            self._head = {name: part for name, part in self._data.items() if name != "lines"}
            if len(orjson.dumps(self._head)) > _LONGEST_HEAD:
                self._head = {}
        if not self._head:
            return StoredContent(orjson.dumps(self._line(line)), False)
        data = {**self._head, "lines": [self._line(line)]}
        whole = {**(self._content or {}), "data": data} if self._structured else data
        return StoredContent(orjson.dumps(whole), True)

    def _line(self, line: int) -> Any:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else {}


def event_id_of(message: Message) -> str:
    """Name a message's event for an operator, or say that none can be read."""
    return RejectedContent(message).sender().event or "unreadable"


def _parsed(value: bytes | None) -> dict[str, Any] | None:
    if value is None or len(value) > MAX_BYTES:
        return None
    try:
        content = orjson.loads(value)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _binary(message: Message) -> dict[str, Any]:
    """The attributes in the headers; none where the value holds the whole event."""
    found = {
        name.lower()[3:]: (raw or b"").decode("utf-8", "replace")
        for name, raw in message.headers
        if name.lower().startswith("ce_")
    }
    kind = next(
        ((raw or b"") for name, raw in message.headers if name.lower() == "content-type"), b""
    )
    return {} if kind.strip().lower().startswith(b"application/cloudevents") else found


def _readable(stated: Any, form: re.Pattern[str]) -> str:
    """A name that may be told to everybody: of the contract's form, and nobody's."""
    if not isinstance(stated, str) or not form.fullmatch(stated):
        return ""
    return "" if names_a_person(stated, words=False) or _LIKE_A_PERSON.search(stated) else stated
