"""Request events: which events one HTTP request holds, each as the Kafka record that it becomes.

In:   the headers and the body of a request, in one of the three content modes of the
      HTTP binding of CloudEvents 1.0.2
Out:  records (value and headers) as any upstream system publishes them
Holds: pure; what is published is what was sent, byte by byte, so that a name written twice is still seen
Refuses: WRONG_CONTENT, NOT_JSON, TOO_DEEP, TOO_MANY_EVENTS, NO_EVENTS, before any event is looked at
"""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import orjson

from events.contract.schemas.openapi import MOST_EVENTS

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of one request; an event alone may have 1 MiB."""

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_STRUCTURED_HEADERS = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
_PREFIX = "ce-"
_SPACES = " \t\r\n"


class Record(NamedTuple):
    """One event as it lies on its topic."""

    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class RequestTrouble(NamedTuple):
    """Why a whole request is not read: the HTTP status, a code, what is wrong and what to do."""

    status: int
    code: str
    text: str
    text_en: str


class WrongRequest(Exception):
    """Ends the reading of a request."""

    def __init__(self, trouble: RequestTrouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble


NOT_JSON = RequestTrouble(
    400, "NOT_JSON", "请求体不是有效的 JSON。请检查括号、引号和编码（UTF-8）。", "no valid JSON"
)
TOO_DEEP = RequestTrouble(400, "TOO_DEEP", "嵌套层数过多。请按示例报文书写。", "nested too deeply")
NO_EVENTS = RequestTrouble(400, "NO_EVENTS", "请求里没有事件。", "the request holds no event")
NO_ARRAY = RequestTrouble(
    400, "WRONG_CONTENT", "批量模式的请求体应为事件的数组。", "a batch is an array of events"
)
TOO_MANY = RequestTrouble(
    400,
    "TOO_MANY_EVENTS",
    f"一次至多 {MOST_EVENTS:,} 个事件。请分几次发送。",
    f"at most {MOST_EVENTS:,} events a request",
)
WRONG_TYPE = RequestTrouble(
    415,
    "WRONG_CONTENT",
    f"内容类型应为 {STRUCTURED}、{BATCH}，或带 ce- 头的 application/json（UTF-8，不压缩）。",
    f"send {STRUCTURED}, {BATCH}, or application/json with ce- headers; UTF-8, not compressed",
)


def records_of(headers: Iterable[tuple[str, str]], body: bytes) -> list[Record]:
    """Take a request apart.

    Raises: WrongRequest
    """
    headers = [(name.lower(), value) for name, value in headers]
    content_type = next((value for name, value in headers if name == "content-type"), "")
    encoding = next((value for name, value in headers if name == "content-encoding"), "identity")
    kind, charset = _media_type(content_type)
    if encoding.strip().lower() not in ("", "identity") or charset not in ("", "utf-8", "utf8"):
        raise WrongRequest(WRONG_TYPE)
    if not body:
        raise WrongRequest(NO_EVENTS)
    if kind == BATCH:
        return [Record(value, _STRUCTURED_HEADERS) for value in _elements(body)]
    if kind == STRUCTURED:
        return [Record(body, _STRUCTURED_HEADERS)]
    attributes = [
        (f"ce_{name.removeprefix(_PREFIX)}", unquote_to_bytes(value.encode("latin-1", "replace")))
        for name, value in headers
        if name.startswith(_PREFIX)
    ]
    if not attributes or kind.startswith("application/cloudevents"):
        raise WrongRequest(WRONG_TYPE)
    return [
        Record(body, (*attributes, ("content-type", content_type.encode("latin-1", "replace"))))
    ]


def _media_type(text: str) -> tuple[str, str]:
    """A media type without its parameters, and its character set."""
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    stated = (one.partition("=") for one in parameters)
    return kind, next((value.strip('" ') for name, _, value in stated if name == "charset"), "")


def _elements(body: bytes) -> list[bytes]:
    """The events of a batch, each as it was written.

    Raises: WrongRequest
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        deep = "depth" in str(error) or "ecursion" in str(error)
        raise WrongRequest(TOO_DEEP if deep else NOT_JSON) from error
    if not isinstance(content, list):
        raise WrongRequest(NO_ARRAY)
    if not content:
        raise WrongRequest(NO_EVENTS)
    if len(content) > MOST_EVENTS:
        raise WrongRequest(TOO_MANY)
    try:
        return list(_cut(body.decode(), len(content)))
    except RecursionError as error:
        raise WrongRequest(TOO_DEEP) from error


def _cut(text: str, count: int) -> Iterator[bytes]:
    """Cut an array that is known to be one."""
    decoder = json.JSONDecoder()
    place = text.index("[") + 1
    for _ in range(count):
        while text[place] in _SPACES or text[place] == ",":
            place += 1
        begins = place
        _, place = decoder.raw_decode(text, place)
        yield text[begins:place].encode()
