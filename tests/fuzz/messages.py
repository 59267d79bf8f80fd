"""Fuzz messages: random bytes and mutated examples for every inbound topic, from one seed.

Holds: the same seed gives the same messages; every good message has an application number of its own
"""

import copy
import random
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from events.contract.inbound.catalogue import TYPES
from events.contract.schemas import examples
from services.runtime.topics import INBOUND

STRUCTURED = (("content-type", b"application/cloudevents+json"),)
_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 10**15 + 1, 2**63, 1.5, 1e308, "", " ", "\x00", "\u202e", "٣", "１２３", "9" * 300,
    "9999-12-31", "0001-01-01", "2022-02-30", "2022-W01-1", "张" * 400, [], {}, [[]], [None] * 50,
    {"a": {"b": {"c": []}}}, ["x"] * 300, "<script>", "'; DROP TABLE--", "91٢11202MA0000000X",
    "21120219830303003X", "NaN", "\ud7ff", "a" * 5_000,
)  # fmt: skip


class Put(NamedTuple):
    """One record for a topic; `good` names the application that it must lead to."""

    feed: str
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    good: str = ""


class Fuzz:
    """A source of messages."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._events = examples.events()
        self._number = 0

    def messages(self, count: int, good_every: int) -> Iterator[Put]:
        """So many messages, a good one behind each `good_every` of them."""
        for number in range(1, count + 1):
            yield self._good() if number % good_every == 0 else self._any()

    def _own(self, event: dict[str, Any]) -> dict[str, Any]:
        """The same with a number of its own, so that nothing is a repeat of another."""
        self._number += 1
        event = {**event, "id": f"fuzz-{self._number}", "data": dict(event["data"])}
        if "application" in event["data"]:
            event["data"]["application"] = f"F-{self._number}"
        return event

    def _good(self) -> Put:
        event = self._own(self._events["application.submitted"])
        key = f"{event['source']}:{event['data']['application']}"
        return Put("applications", orjson.dumps(event), STRUCTURED, key)

    def _any(self) -> Put:
        dice = self._dice
        kind = dice.choice(list(TYPES))
        feed = TYPES[kind].feed if dice.random() < 0.9 else dice.choice(INBOUND)
        event = self._own(self._events[kind])
        match dice.randrange(11):
            case 0:
                return Put(feed, dice.randbytes(dice.randrange(400)), STRUCTURED)
            case 1:
                return Put(feed, orjson.dumps(self._json(4)), STRUCTURED)
            case 2:
                raw = orjson.dumps(event)
                return Put(feed, raw[: dice.randrange(len(raw))], STRUCTURED)
            case 3:
                return Put(feed, self._flipped(orjson.dumps(event)), STRUCTURED)
            case 4:
                return Put(feed, None if dice.random() < 0.5 else b"", STRUCTURED)
            case 5:
                return self._binary(feed, event)
            case 6:
                return Put(feed, self._deep(), STRUCTURED)
            case 7:
                return Put(feed, self._twice(orjson.dumps(event)), STRUCTURED)
            case _:
                for _ in range(dice.randrange(1, 4)):
                    self._mutate(event)
                return Put(feed, _dumped(event), STRUCTURED)

    def _binary(self, feed: str, event: dict[str, Any]) -> Put:
        """Attributes in headers, some of them of any bytes."""
        dice = self._dice
        headers = [
            (f"ce_{name}", str(value).encode()) for name, value in event.items() if name != "data"
        ]
        headers.append(("content-type", b"application/json"))
        for _ in range(dice.randrange(3)):
            place = dice.randrange(len(headers))
            headers[place] = (headers[place][0], dice.randbytes(dice.randrange(200)))
        self._mutate(event)
        return Put(feed, _dumped(event.get("data")), tuple(headers))

    def _mutate(self, event: dict[str, Any]) -> None:
        """Change one place somewhere in an event."""
        dice = self._dice
        event["data"] = copy.deepcopy(event.get("data"))
        place: Any = event
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                return
            key = dice.choice(keys)
            inner = place[key]
            if isinstance(inner, dict | list) and inner and dice.random() < 0.8:
                place = inner
                continue
            break
        match dice.randrange(4):
            case 0 if isinstance(place, dict):
                del place[key]
            case 1 if isinstance(place, dict):
                place[f"{key}{dice.choice('xé٣')}"] = inner
            case 2 if isinstance(inner, str) and inner:
                where = dice.randrange(len(inner))
                odd = dice.choice("\x00\x7f٣１ \u200b\u202eX9张")
                place[key] = inner[:where] + odd + inner[where + 1 :]
            case _:
                place[key] = copy.deepcopy(dice.choice(_ODD))

    def _flipped(self, raw: bytes) -> bytes:
        found = bytearray(raw)
        for _ in range(self._dice.randrange(1, 4)):
            found[self._dice.randrange(len(found))] = self._dice.randrange(256)
        return bytes(found)

    def _twice(self, raw: bytes) -> bytes:
        """Write a name and its text a second time, right behind the first."""
        pair = self._dice.choice(re.findall(rb'"[a-z_]+":"[^"\\\\]*"', raw))
        return raw.replace(pair, pair + b"," + pair, 1)

    def _deep(self) -> bytes:
        depth = self._dice.randrange(50, 2_000)
        return b'{"data":' + b"[" * depth + b"]" * depth + b"}"

    def _json(self, depth: int) -> Any:
        dice = self._dice
        match dice.randrange(5 if depth else 3):
            case 3:
                return [self._json(depth - 1) for _ in range(dice.randrange(5))]
            case 4:
                names = ["id", "source", "type", "data", "specversion", "lines", "facts", "x"]
                return {dice.choice(names): self._json(depth - 1) for _ in range(dice.randrange(6))}
            case _:
                odd = dice.choice(_ODD)
                return odd if not isinstance(odd, int) or abs(odd) < 2**63 else 7


def _dumped(content: Any) -> bytes:
    """As JSON; what orjson would not write is written as Python's own writer does."""
    try:
        return orjson.dumps(content)
    except TypeError:
        import json

        return json.dumps(content).encode()
