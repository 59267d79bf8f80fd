"""Schemas: each type of message as JSON Schema (2020-12), the event with its data."""

from typing import Any

from events.inbound.applications import BatchLine, BatchSubmitted
from events.inbound.catalogue import TYPES

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
        "description": "发送系统，例如 district-211202.hrss；申请编号在其内唯一。",
    },
    "type": {"type": "string", "description": "消息类型。"},
    "time": {
        "type": "string",
        "format": "date-time",
        "description": "发生时间（RFC 3339）；到达时间以主题上的时间为准。",
    },
    "datacontenttype": {
        "type": "string",
        "pattern": "^application/([a-z0-9.+-]+\\+)?json(;.*)?$",
        "description": "数据类型，JSON。",
    },
    "dataversion": {"type": "string", "const": "1", "description": "报文版本，不填即为 1。"},
}
REQUIRED = ["specversion", "id", "source", "type", "data"]


def data_schema(name: str) -> dict[str, Any]:
    """The data of one type."""
    model = TYPES[name].model
    schema = model.model_json_schema()
    if model is BatchSubmitted:
        line = BatchLine.model_json_schema()
        definitions = schema.setdefault("$defs", {})
        definitions.update(line.pop("$defs", {}))
        definitions["BatchLine"] = line
        # read line by line, so that one bad line stops no other; a sender sees them as they must be
        lines = {"items": {"$ref": "#/$defs/BatchLine"}, "minItems": 1}
        schema["properties"]["lines"].update(lines)
    return schema


def event_schema(name: str) -> dict[str, Any]:
    """One type as a whole event in structured mode."""
    data = data_schema(name)
    definitions = data.pop("$defs", {})
    attributes = {
        attribute: {**schema, "const": name} if attribute == "type" else schema
        for attribute, schema in ATTRIBUTES.items()
    }
    schema = {
        "$schema": DIALECT,
        "$id": f"{BASE}{name}:1",
        "title": name,
        "description": data.get("description", ""),
        "type": "object",
        "properties": {**attributes, "data": data},
        "required": REQUIRED,
        "not": {"required": ["data_base64"]},
    }
    if definitions:
        schema["$defs"] = definitions
    return schema
