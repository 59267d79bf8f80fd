"""Walk: everything that a policy file says, with its place in the file.

In:    a policy's text, or any part of it
Out:   every mapping below it, its path, its nearest name, and the clause that it falls under
Holds: follows the models, so that a new kind is walked like the old ones.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from policies.vocabulary.words import Words

Path = tuple[str | int, ...]

_NOTHING_BELOW = (str, int, date, type(None))
"""What most values are; nothing stands below them."""


class Place(NamedTuple):
    """One mapping of a file: `name` is its id, or that of what it is part of, or its key."""

    path: Path
    name: str
    cite: str
    node: Words


def walk(text: Words, cite: str = "") -> Iterator[Place]:
    """Everything below a text, itself included, in the order of the models' keys."""
    found: list[Place] = []
    _below(text, (), "", cite, found)
    return iter(found)


def key_of(model: type[Words], name: str) -> str:
    """The key under which a field stands in a file."""
    return model.model_fields[name].alias or name


@cache
def _keys(model: type[Words]) -> tuple[tuple[str, str], ...]:
    """The fields of a model, each with the key under which it stands in a file."""
    return tuple((field, key_of(model, field)) for field in model.model_fields)


def _below(node: Words, path: Path, above: str, clause: str, found: list[Place]) -> None:
    name = str(getattr(node, "id", "")) or above or next((str(part) for part in path[:1]), "")
    cite = getattr(node, "cite", None) or clause
    found.append(Place(path, name, cite, node))
    for field, key in _keys(type(node)):
        value = getattr(node, field)
        if not isinstance(value, _NOTHING_BELOW):
            _value(value, (*path, key), name if path else "", cite, found)


def _value(value: object, path: Path, above: str, cite: str, found: list[Place]) -> None:
    if isinstance(value, Words):
        _below(value, path, above, cite, found)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            if not isinstance(inner, _NOTHING_BELOW):
                _value(inner, (*path, index), above, cite, found)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(inner, _NOTHING_BELOW):
                _value(inner, (*path, key), above, cite, found)
