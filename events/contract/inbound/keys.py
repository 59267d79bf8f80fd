"""Keys: which names a JSON document writes twice in one object, of which a parser keeps the last.

In:    the bytes of a document, and what was parsed of them
Out:   the paths of what is written twice, or nothing
Holds: a document without repeats is known by its colons, in 2 of the 80 µs that its reading takes:
       each pair that a parser drops takes one at least with it, and nothing else changes their number
"""

import json
from collections.abc import Iterator
from typing import Any

import orjson

_ESCAPED = b"\\u003"
"""How a colon begins that is written as an escape; it comes back as a colon."""

_MOST_TOLD = 10
_SHOWN = 60


class TooNested(Exception):
    """Deeper than the parser writes again, and many times deeper than any message is."""


class _Object(list[tuple[str, Any]]):
    """An object with all of its pairs."""


def written_twice(raw: bytes, content: Any) -> list[str]:
    """Find what is written twice, as ``data.account.number``, the first few.

    Raises: TooNested
    """
    try:
        colons = orjson.dumps(content).count(b":")
    except orjson.JSONEncodeError as error:
        raise TooNested from error
    if raw.count(b":") == colons and _ESCAPED not in raw:
        return []
    document = json.loads(raw, object_pairs_hook=_Object)
    return [path for path, _ in zip(_repeats(document, ()), range(_MOST_TOLD), strict=False)]


def _repeats(part: Any, at: tuple[str, ...]) -> Iterator[str]:
    if isinstance(part, _Object):
        seen: set[str] = set()
        for name, value in part:
            here = (*at, name[:_SHOWN])
            if name in seen:
                yield ".".join(here)
            seen.add(name)
            yield from _repeats(value, here)
    elif isinstance(part, list):
        for value in part:
            yield from _repeats(value, at)
