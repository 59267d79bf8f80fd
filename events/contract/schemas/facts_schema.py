"""Facts schema: what an application may state, as JSON Schema, just as `events.application_facts.checking` checks it.

In:   the registry of facts; by programme, the facts that its policies ask for
Out:  one schema of the facts object, and one for each programme that names what it asks
Holds: nothing but a name of the registry passes; a fact that another programme asks for does no
       harm, so that a sender may state what it has; the programme's own list tells what counts
"""

from collections.abc import Mapping
from typing import Any

from events.application_facts import REGISTRY, FactName, FactType
from events.application_facts.checking import (
    BY_NAME,
    FACTS_LIMIT,
    LIST_LIMIT,
    TEXT_LIMIT,
    whole_bounds,
)
from events.canonical import DAY_PATTERN, MONTH_PATTERN, PLAIN, SAYING

_DAY, _MONTH = DAY_PATTERN.strip("^$"), MONTH_PATTERN.strip("^$")
REGION_PATTERN = "^[0-9]{6}$"


def facts_schema() -> dict[str, Any]:
    """The facts object: every name of the registry, and no other."""
    return {
        "type": "object",
        "description": "申报事实，名称和取值见申报事实清单；没有的事实不填。",
        "properties": {fact.name: fact_schema(fact) for fact in REGISTRY},
        "additionalProperties": False,
        "maxProperties": FACTS_LIMIT,
    }


def by_programme(asked: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    """For each programme, the facts that its policies ask for."""
    return [
        {
            "if": {
                "type": "object",
                "properties": {"programme": {"const": programme}},
                "required": ["programme"],
            },
            "then": {
                "type": "object",
                "properties": {
                    "facts": {
                        "type": "object",
                        "description": f"{programme} 所需的事实：{'、'.join(names) or '无'}。",
                        "properties": {name: {"title": BY_NAME[name].label} for name in names},
                    }
                },
            },
        }
        for programme, names in asked.items()
    ]


def fact_schema(fact: FactName) -> dict[str, Any]:
    """One fact, as it is written down."""
    described = {"title": fact.label, "description": fact.description, "examples": [fact.example]}
    return {**_form(fact), **described}


def _form(fact: FactName) -> dict[str, Any]:
    one_of = {"type": "string", "enum": list(fact.values)}
    match fact.type:
        case FactType.FLAG:
            return {"type": "boolean"}
        case FactType.WHOLE | FactType.FEN:
            least, most = whole_bounds(fact)
            return {"type": "integer", "minimum": least, "maximum": most}
        case FactType.DATE:
            return {"type": "string", "pattern": DAY_PATTERN}
        case FactType.MONTH:
            return {"type": "string", "pattern": MONTH_PATTERN}
        case FactType.MONTHS:
            month = {"type": "string", "pattern": MONTH_PATTERN}
            return _list(month) | {"minItems": 1, "uniqueItems": True}
        case FactType.REGION:
            return {"type": "string", "pattern": REGION_PATTERN}
        case FactType.ENUM:
            return one_of
        case FactType.ENUMS:
            return _list(one_of)
        case FactType.STATUS:
            dated = f"^({'|'.join(fact.values)})(@{_DAY}/({_DAY})?)?$"
            status = {"type": "string", "pattern": dated}
            return {"anyOf": [status, _list(status) | {"minItems": 1}]}
        case _:
            return {
                "type": "string",
                "minLength": 1,
                "maxLength": TEXT_LIMIT,
                "pattern": PLAIN,
                "allOf": [{"type": "string", "pattern": SAYING}],
            }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": LIST_LIMIT}
