"""Walk: everything that a policy file says, with its place in the file.

In:    a policy's text, or any part of it
Out:   every mapping below it, its path, its nearest name, and the clause that it falls under
Holds: follows the models, so that a new kind is walked like the old ones.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from policies.vocabulary.words import Words

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """One mapping of a file: `name` is its id, or that of what it is part of, or its key."""

    path: Path
    name: str
    cite: str
    node: Words


def walk(text: Words, cite: str = "") -> Iterator[Place]:
    """Everything below a text, itself included, in the order of the models' keys."""
    yield from _below(text, (), "", cite)


def key_of(model: type[Words], name: str) -> str:
    """The key under which a field stands in a file."""
    return model.model_fields[name].alias or name


def _below(node: Words, path: Path, above: str, clause: str) -> Iterator[Place]:
    name = str(getattr(node, "id", "")) or above or next((str(part) for part in path[:1]), "")
    cite = getattr(node, "cite", None) or clause
    yield Place(path, name, cite, node)
    for field in type(node).model_fields:
        at = (*path, key_of(type(node), field))
        yield from _value(getattr(node, field), at, name if path else "", cite)


def _value(value: object, path: Path, above: str, cite: str) -> Iterator[Place]:
    if isinstance(value, Words):
        yield from _below(value, path, above, cite)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _value(inner, (*path, key), above, cite)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _value(inner, (*path, index), above, cite)
