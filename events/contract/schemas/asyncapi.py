"""AsyncAPI 3: the public contract as tools read it, what upstream sends and what it is told.

Holds: one channel a feed, one receiving operation each, one message a type in structured mode;
       binary mode is the same data with the attributes in `ce_` headers; outcomes are sent back.
"""

from typing import Any

from events.contract import outbound
from events.contract.inbound.catalogue import FEEDS, TYPES
from events.contract.schemas import examples, json_schemas

_INTRO = (
    "上游系统向惠民补贴台账发送的消息：CloudEvents 1.0，JSON，结构化模式"
    "（content-type: application/cloudevents+json）或二进制模式（ce_ 消息头）。"
    "一条消息不超过 1 MiB。不能受理的消息连同原因进入死信主题，其余消息照常办理。"
)


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "惠民补贴台账 · inbound",
            "version": "1.0.0",
            "description": _INTRO,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {**{feed: _channel(feed) for feed in FEEDS}, "outcomes": _outcomes()},
        "operations": {
            f"receive-{feed}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{feed}"},
                "messages": [
                    {"$ref": f"#/channels/{feed}/messages/{name}"} for name in _types(feed)
                ],
            }
            for feed in FEEDS
        }
        | {
            "send-outcomes": {
                "action": "send",
                "channel": {"$ref": "#/channels/outcomes"},
                "messages": [{"$ref": "#/channels/outcomes/messages/outcome"}],
            }
        },
        "components": {
            "messages": {name: _message(name, number) for number, name in enumerate(TYPES, 1)}
            | {"outcome": _outcome()},
            "messageTraits": {"binary": _binary()},
        },
    }


def _types(feed: str) -> list[str]:
    return [name for name, entry in TYPES.items() if entry.feed == feed]


def _channel(feed: str) -> dict[str, Any]:
    return {
        "address": f"benefits.{feed}.v1",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _types(feed)},
        "bindings": {"kafka": {"topic": f"benefits.{feed}.v1", "bindingVersion": "0.5.0"}},
    }


def _message(name: str, number: int) -> dict[str, Any]:
    return {
        "name": name,
        "title": name,
        "summary": (TYPES[name].model.__doc__ or "").splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./schemas/{name}.json"},
        },
        "examples": [{"name": f"example-{number:02d}", "payload": examples.events()[name]}],
    }


def _outcomes() -> dict[str, Any]:
    topic = "benefits.outcomes.v1"
    return {
        "address": topic,
        "description": "每个决定、拒绝和支付状态，一条事实一条消息，不含个人信息。",
        "messages": {"outcome": {"$ref": "#/components/messages/outcome"}},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": "0.5.0"}},
    }


def _outcome() -> dict[str, Any]:
    return {
        "name": "outcome",
        "title": "outcome",
        "summary": (outbound.OutcomeEvent.__doc__ or "").splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": "./schemas/outcome.json"},
        },
        "examples": [
            {"name": "denied", "payload": examples.outcome("denied")},
            {"name": "batch", "payload": examples.outcome("batch")},
        ],
    }


def _binary() -> dict[str, Any]:
    headers = {
        f"ce_{name}": schema
        for name, schema in json_schemas.ATTRIBUTES.items()
        if name != "datacontenttype"
    }
    return {
        "contentType": "application/json",
        "description": "二进制模式：属性写在消息头，消息体即 data。",
        "headers": {
            "type": "object",
            "properties": headers,
            "required": [f"ce_{name}" for name in json_schemas.REQUIRED if name != "data"],
        },
    }
