"""Schemas: each type of message as JSON Schema (2020-12), the event with its data."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from events.canonical import INSTANT_PATTERN
from events.contract.inbound.applications import ApplicationSubmitted, BatchLine, BatchSubmitted
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.cloudevent import JSON_TYPE, VERSIONS
from events.contract.inbound.fields import NOT_NULL, Inbound
from events.contract.schemas.facts_schema import by_programme, facts_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "urn:benefit-ledger:inbound:"

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "specversion": {"type": "string", "const": "1.0", "description": "CloudEvents 版本。"},
    "id": {
        "type": "string",
        "pattern": "^[!-~]{1,128}$",
        "description": "消息编号，在 source 内唯一；不得含身份号码。",
    },
    "source": {
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9.-]{1,62}$",
        "description": "发送系统，各系统一个名称；申请编号在其内唯一。",
    },
    "type": {"type": "string", "description": "消息类型。"},
    "time": {
        "type": "string",
        "pattern": INSTANT_PATTERN,
        "description": "发生时间（RFC 3339，带时区）；到达时间以主题上的时间为准。",
    },
    "datacontenttype": {
        "type": "string",
        "pattern": f"^{JSON_TYPE}$",
        "description": "数据类型，JSON。",
    },
    "dataversion": {"enum": list(VERSIONS), "description": "报文版本，不填即为 1。"},
}
_MAY_BE_NULL = ("time", "datacontenttype", "dataversion")
"""CloudEvents lets an attribute that is not set be null."""
REQUIRED = ["specversion", "id", "source", "type", "data"]


class Vocabulary(NamedTuple):
    """What messages may name: programmes with the facts that each asks for, funds."""

    programmes: Mapping[str, tuple[str, ...]]
    funds: tuple[str, ...]


def data_schema(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """The data of one type."""
    model = TYPES[name].model
    schema = _data_schema(model)
    if issubclass(model, ApplicationSubmitted | BatchSubmitted):
        _with_facts(schema, vocabulary)
    _with_names(schema["properties"], vocabulary)
    return schema


def _with_names(properties: dict[str, Any], vocabulary: Vocabulary) -> None:
    """List what a field may name, in place of its form; regions are a matter of each city."""
    known = {
        "programme": list(vocabulary.programmes),
        "fund": list(vocabulary.funds),
    }
    for field, values in known.items():
        stated = properties.get(field, {})
        for option in stated.get("anyOf", [stated]):
            if option.get("type") == "string":
                option.pop("pattern", None)
                option["enum"] = values


def _with_facts(schema: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Name every fact that may be stated, and for each programme those that count."""
    definitions = schema.setdefault("$defs", {})
    definitions["Facts"] = facts_schema()
    owners = [schema, *([definitions["BatchLine"]] if "BatchLine" in definitions else [])]
    for owner in owners:
        description = owner["properties"]["facts"].get("description", "")
        owner["properties"]["facts"] = {"$ref": "#/$defs/Facts", "description": description}
    schema["allOf"] = [*schema.get("allOf", []), *by_programme(vocabulary.programmes)]


def _data_schema(model: type[Inbound]) -> dict[str, Any]:
    schema = model.model_json_schema()
    if model is BatchSubmitted:
        line = BatchLine.model_json_schema()
        definitions = schema.setdefault("$defs", {})
        definitions.update(line.pop("$defs", {}))
        definitions["BatchLine"] = line
        # read line by line, so that one bad line stops no other; a sender sees them as they must be
        lines = {"items": {"$ref": "#/$defs/BatchLine"}, "minItems": 1}
        schema["properties"]["lines"].update(lines)
        line_has = {"type": "object", "properties": {"account": NOT_NULL}, "required": ["account"]}
        lines_have = {"type": "array", "items": line_has}
        schema["anyOf"] = [
            line_has,
            {"type": "object", "properties": {"lines": lines_have}},
        ]
    return schema


def event_schema(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """One type as a whole event in structured mode."""
    data = data_schema(name, vocabulary)
    definitions = data.pop("$defs", {})
    attributes = {
        attribute: {**schema, "const": name} if attribute == "type" else attribute_schema(attribute)
        for attribute, schema in ATTRIBUTES.items()
    }
    schema = {
        "$schema": DIALECT,
        "$id": f"{BASE}{name}:1",
        "title": name,
        "description": data.get("description", ""),
        "type": "object",
        "properties": {**attributes, "data": data, "data_base64": False},
        "required": REQUIRED,
    }
    if definitions:
        schema["$defs"] = definitions
    return schema


def attribute_schema(attribute: str) -> dict[str, Any]:
    """One attribute as an event may state it."""
    schema = ATTRIBUTES[attribute]
    if attribute not in _MAY_BE_NULL:
        return schema
    stated = {name: value for name, value in schema.items() if name != "description"}
    return {"anyOf": [stated, {"type": "null"}], "description": schema["description"]}
