"""CloudEvents 1.0 in a Kafka record, structured or binary, with nothing made up.

In:    a record's value and headers
Out:   the event's attributes and its data as plain JSON values
Refuses: NULL_VALUE, TOO_LARGE, WRONG_CONTENT, NOT_JSON, TOO_DEEP, KEY_TWICE,
         MISSING_ATTRIBUTE, WRONG_ATTRIBUTE, UNKNOWN_VERSION

Why not the `cloudevents` package here: it gives an event without `id` a random one and an event
without `time` the present (so a faulty sender is never told, and a repeat is never recognised),
and takes 21 µs an event where this takes 3 of the 125 that intake may spend. A contract test reads
every example through both and compares.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from events.canonical import INSTANT_PATTERN, unseen
from events.contract.inbound.keys import TooNested, written_twice
from events.contract.inbound.private import names_a_person
from events.contract.inbound.rejections import Code, Problem, Refusal

MAX_BYTES = 1024 * 1024

_SOURCE = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")
_ID = re.compile(r"[!-~]{1,128}")
_REQUIRED = ("specversion", "id", "source", "type")
_ATTRIBUTES = frozenset({*_REQUIRED, "time", "dataversion", "datacontenttype", "data"})

JSON_TYPE = (
    r"[Aa][Pp][Pp][Ll][Ii][Cc][Aa][Tt][Ii][Oo][Nn]/([A-Za-z0-9.!#$&^_-]+\+)?[Jj][Ss][Oo][Nn]"
    r" *(;[ -~]*)?"
)
"""A media type of JSON, in capitals or not; the schema has the same pattern."""

VERSIONS = ("1", 1)
_INSTANT = re.compile(INSTANT_PATTERN[1:-1])
_JSON_TYPE = re.compile(JSON_TYPE)

Headers = Iterable[tuple[str, bytes | None]]


class Event(NamedTuple):
    """One CloudEvent: what identifies it, and its data."""

    id: str
    source: str
    type: str
    data: dict[str, Any]


def read_event(value: bytes | None, headers: Headers = ()) -> Event:
    """Read one record.

    Raises: Refusal
    """
    if value is None:
        raise Refusal(Problem(Code.NULL_VALUE))
    if len(value) > MAX_BYTES:
        raise Refusal(Problem(Code.TOO_LARGE, seen=f"{len(value):,} 字节"))
    binary = _binary_attributes(headers)
    content = parsed(value, "" if binary is None else "data")
    if binary is None:
        return event_of(content)
    return event_of({**binary, "data": content})


def event_of(content: dict[str, Any]) -> Event:
    """Read an event in structured form, already parsed.

    Raises: Refusal
    """
    for name in _REQUIRED:
        if type(content.get(name)) is not str:
            raise Refusal(*_wrong_attributes(content))
    if content["specversion"] != "1.0":
        raise Refusal(Problem(Code.UNKNOWN_VERSION, "specversion", remedy="specversion 须为 1.0。"))
    identifier, source = content["id"], content["source"]
    for name in ("id", "source", "type"):
        if (hidden := unseen(content[name])) is not None:
            raise Refusal(Problem(Code.HIDDEN_CHARACTER, name, hidden))
    if not _ID.fullmatch(identifier):
        raise Refusal(Problem(Code.WRONG_ATTRIBUTE, "id", remedy="1 至 128 个可见英文字符。"))
    if names_a_person(identifier, words=False):
        raise Refusal(Problem(Code.IDENTITY_IN_TEXT, "id"))
    if not _SOURCE.fullmatch(source):
        raise Refusal(
            Problem(
                Code.WRONG_ATTRIBUTE, "source", remedy="小写字母、数字、点和连字符，2 至 63 位。"
            )
        )
    if names_a_person(source, words=False):
        raise Refusal(Problem(Code.IDENTITY_IN_TEXT, "source"))
    if (time := content.get("time")) is not None and not _is_instant(time):
        raise Refusal(
            Problem(Code.WRONG_ATTRIBUTE, "time", remedy="例如 2022-08-12T09:14:00+08:00。")
        )
    version = content.get("dataversion")
    if version is not None and (isinstance(version, bool) or version not in VERSIONS):
        raise Refusal(Problem(Code.UNKNOWN_VERSION, "dataversion"))
    _check_content_type(content)
    data = content.get("data")
    if data is None:
        raise Refusal(Problem(Code.MISSING_ATTRIBUTE, "data"))
    if not isinstance(data, dict):
        raise Refusal(Problem(Code.WRONG_CONTENT, "data"))
    return Event(identifier, source, content["type"], data)


def _wrong_attributes(content: dict[str, Any]) -> list[Problem]:
    missing = [name for name in _REQUIRED if content.get(name) is None]
    if missing:
        return [Problem(Code.MISSING_ATTRIBUTE, name) for name in missing]
    wrong = [name for name in _REQUIRED if type(content[name]) is not str]
    return [Problem(Code.WRONG_ATTRIBUTE, name) for name in wrong]


def _binary_attributes(headers: Headers) -> dict[str, Any] | None:
    """The attributes in the headers, or None when the value holds the whole event."""
    attributes: dict[str, Any] = {}
    content_type = ""
    twice = ""
    for name, raw in headers:
        lower = name.lower()
        if lower != "content-type" and not lower.startswith("ce_"):
            continue
        try:
            text = (raw or b"").decode()
        except UnicodeDecodeError as error:
            raise Refusal(Problem(Code.WRONG_ATTRIBUTE, _plain_name(lower))) from error
        if lower == "content-type":
            content_type = text.strip().lower()
        else:
            twice = twice or (lower if lower[3:] in attributes else "")
            attributes[lower[3:]] = text
    if content_type.startswith("application/cloudevents"):
        if _media_type(content_type) != "application/cloudevents+json":
            raise Refusal(Problem(Code.WRONG_CONTENT, "content-type"))
        return None
    if not attributes:
        return None
    if twice:
        raise Refusal(_twice(twice[3:], ""))
    if content_type:
        attributes["datacontenttype"] = content_type
    return attributes


def parsed(value: bytes, within: str = "") -> dict[str, Any]:
    """Parse a JSON object; `within` is the attribute that it is, where it is not the whole event.

    Raises: Refusal
    """
    try:
        content = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        if "depth" in str(error) or "ecursion" in str(error):
            raise Refusal(Problem(Code.TOO_DEEP)) from error
        where = f"第 {error.lineno} 行第 {error.colno} 列附近"
        raise Refusal(Problem(Code.NOT_JSON, seen=where)) from error
    if not isinstance(content, dict):
        raise Refusal(Problem(Code.WRONG_CONTENT))
    try:
        twice = written_twice(value, content)
    except TooNested as error:
        raise Refusal(Problem(Code.TOO_DEEP)) from error
    if twice:
        raise Refusal(*(_twice(path, within) for path in twice))
    return content


def _twice(path: str, within: str) -> Problem:
    """A name that stands in one object twice; which of the two values is meant, nobody can say."""
    first = within or path.partition(".")[0]
    return Problem(Code.KEY_TWICE, first if first in _ATTRIBUTES else "", path)


def _check_content_type(content: dict[str, Any]) -> None:
    kind = content.get("datacontenttype")
    if (kind is not None and not _is_json(kind)) or "data_base64" in content:
        raise Refusal(Problem(Code.WRONG_CONTENT, "datacontenttype"))


def _is_json(kind: Any) -> bool:
    if kind == "application/json":
        return True
    return isinstance(kind, str) and _JSON_TYPE.fullmatch(kind) is not None


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def _is_instant(text: Any) -> bool:
    return isinstance(text, str) and _INSTANT.fullmatch(text) is not None


def _plain_name(header: str) -> str:
    return header if re.fullmatch(r"(ce_)?[a-z0-9-]{1,20}", header) else "header"
