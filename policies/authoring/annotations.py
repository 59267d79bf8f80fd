"""Annotations: which models, words, items and rows the type of a field in a policy file allows.

In:    an annotation of the vocabulary, and a value of a file
Out:   the model that reads the value, its keys, the words it may be
Holds: told by the types alone, so that a new kind is known like the old ones
"""

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import BaseModel


def twins(value: Mapping[str, Any], known: type[BaseModel], union: Any) -> Iterator[str]:
    """Kinds that are written with the very same keys: all and any, least and greatest."""
    for other in models_in(union):
        if other is not known and "kind" in desk_keys(other) and _shape(other) == _shape(known):
            yield from options_of(desk_keys(other)["kind"].annotation)


def _shape(model: type[BaseModel]) -> dict[str, Any]:
    return {key: found for key, found in desk_keys(model).items() if key != "kind"}


def model_of(value: Mapping[str, Any], annotation: Any) -> type[BaseModel] | None:
    """The model that reads a mapping, told by its `kind` or its keys; None for a table.

    Raises: ValueError where no model or more than one would read it
    """
    fitting = [
        model
        for model in models_in(annotation)
        if value.keys() <= desk_keys(model).keys()
        and all(key in value for key, found in desk_keys(model).items() if found.required)
        and (
            "kind" not in desk_keys(model)
            or value["kind"] in options_of(desk_keys(model)["kind"].annotation)
        )
    ]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and (annotation is Any or any(dicts_in(annotation))):
        return None
    raise ValueError(f"{len(fitting)} models read {dict(value)}")


class Key(NamedTuple):
    """What a model allows under a key."""

    annotation: Any
    required: bool


@cache
def desk_keys(model: type[BaseModel]) -> dict[str, Key]:
    hints = get_type_hints(model)  # pydantic leaves names of later classes unresolved
    return {
        field.alias or name: Key(hints[name], field.is_required())
        for name, field in model.model_fields.items()
    }


def alternatives(annotation: Any) -> Iterator[Any]:
    """The alternatives of an annotation, without what only adorns it."""
    if get_origin(annotation) is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from alternatives(part)
    else:
        yield annotation


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    for part in alternatives(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def dicts_in(annotation: Any) -> Iterator[Any]:
    return (part for part in alternatives(annotation) if get_origin(part) in (dict, Mapping))


def options_of(annotation: Any) -> tuple[Any, ...]:
    """The words that a Literal allows."""
    return tuple(
        word
        for part in alternatives(annotation)
        if get_origin(part) is Literal
        for word in get_args(part)
    )


def item_of(annotation: Any) -> Any:
    found = [get_args(p)[0] for p in alternatives(annotation) if get_origin(p) in (list, tuple)]
    return Union[tuple(found)] if found else Any  # noqa: UP007  (built from what is found)


def row_of(annotation: Any) -> Any:
    found = [get_args(part)[1] for part in dicts_in(annotation)]
    return Union[tuple(found)] if found else Any  # noqa: UP007  (built from what is found)
