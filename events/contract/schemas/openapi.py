"""OpenAPI 3.1: HTTP intake as tools read it: three ways to send events, an answer for each.

Holds: the events are those of the topics, so their data is told by the same schemas and pages; what is
       answered here has the codes of the contract
"""

from typing import Any

from events.contract.inbound.rejections import Code
from events.contract.schemas import examples, json_schemas

MOST_EVENTS = 1_000
_EXAMPLE = "application.submitted"

_INTRO = (
    "没有 Kafka 的系统用它报送：与发到主题的是同一批报文，同一套检查，同样以结果主题告知办理结果。"
    "每个来源一个令牌，只能发送约定的几种报文。202 表示已确认落盘；没有确认的（408、503、断线）原样重发，"
    "同一事件到两次只办一次。各类报文的字段见 docs/reference/messages.md 和 docs/reference/schemas。"
)
_TROUBLES = {
    "400": f"请求体读不了：不是 JSON、层数过多、没有事件，或多于 {MOST_EVENTS} 个。",
    "401": "没有令牌，或令牌无效、已过期、已撤销。",
    "408": "请求体没有按时到齐。",
    "413": "请求体超过 4 MiB。",
    "415": "内容类型不支持。",
    "429": "该来源已到限额（请求数、事件数、字节数或同时请求数）；按 Retry-After 的秒数后原样重发。",
    "500": "受理程序出错；没有确认。",
    "503": "没有确认；稍后原样重发。",
}
_OUTCOMES = {
    "202": "全部受理，并已确认落盘。",
    "207": "部分受理：逐条见答复；受理的已确认落盘，没有受理的改正后重发。",
    "422": "没有一条受理：逐条见答复。",
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "惠民补贴台账 · HTTP intake",
            "version": "1.0.0",
            "description": _INTRO,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {"/v1/events": {"post": _post()}, "/v1/openapi.json": {"get": _contract()}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Event": _event(),
                "Answer": _answer(),
                "EventAnswer": _event_answer(),
                "Problem": _problem(),
                "Trouble": _trouble(),
            },
        },
    }


def _post() -> dict[str, Any]:
    return {
        "operationId": "sendEvents",
        "summary": "报送一个或多个事件",
        "security": [{"token": []}],
        "parameters": [_header(name) for name in ("specversion", "id", "source", "type", "time")],
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {
                    "schema": {"$ref": "#/components/schemas/Event"},
                    "example": examples.events()[_EXAMPLE],
                },
                "application/cloudevents-batch+json": {
                    "schema": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MOST_EVENTS,
                        "items": {"$ref": "#/components/schemas/Event"},
                    },
                },
                "application/json": {
                    "schema": {
                        "type": "object",
                        "description": "二进制模式：属性写在 ce- 头，请求体即 data。",
                    }
                },
            },
        },
        "responses": {
            **{status: _responds(text, "Answer") for status, text in _OUTCOMES.items()},
            **{
                status: _responds(text, "Trouble", later=status in ("429", "503"))
                for status, text in _TROUBLES.items()
            },
        },
    }


def _header(name: str) -> dict[str, Any]:
    """An attribute of binary mode; its form is that of the event, and is told by the event's answer."""
    return {
        "name": f"ce-{name}",
        "in": "header",
        "required": False,
        "description": f"只用于二进制模式。{json_schemas.ATTRIBUTES[name]['description']}",
        "schema": {"type": "string"},
    }


def _contract() -> dict[str, Any]:
    return {
        "operationId": "readContract",
        "summary": "本说明",
        "responses": {
            "200": {
                "description": "OpenAPI 3.1",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    }


def _responds(text: str, schema: str, *, later: bool = False) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    after = {"description": "几秒后重发。", "schema": {"type": "integer", "minimum": 1}}
    return {
        "description": text,
        **({"headers": {"Retry-After": after}} if later else {}),
        "content": content,
    }


def _event() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "CloudEvents 1.0，JSON。data 的字段由 type 决定。",
        "required": list(json_schemas.REQUIRED),
        "properties": {
            **{name: json_schemas.attribute_schema(name) for name in json_schemas.ATTRIBUTES},
            "data": {"type": "object"},
        },
    }


def _answer() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "required": ["accepted", "refused", "events"],
        "additionalProperties": False,
        "properties": {
            "accepted": {**number, "description": "受理的事件数。"},
            "refused": {**number, "description": "没有受理的事件数。"},
            "events": {"type": "array", "items": {"$ref": "#/components/schemas/EventAnswer"}},
        },
    }


def _event_answer() -> dict[str, Any]:
    claim = {
        "type": "object",
        "required": ["application", "line", "digest"],
        "additionalProperties": False,
        "properties": {
            "application": {"type": "string", "description": "申请编号。"},
            "line": {"type": "string", "description": "批量申请的行号；不是批量的为空。"},
            "digest": {"type": "string", "description": "内容摘要；更正时填在 replaces。"},
        },
    }
    return {
        "type": "object",
        "required": ["number", "accepted", "claims", "problems"],
        "additionalProperties": False,
        "properties": {
            "number": {"type": "integer", "minimum": 1, "description": "请求中的第几个事件。"},
            "id": {"type": "string"},
            "source": {"type": "string"},
            "type": {"type": "string"},
            "accepted": {
                "type": "boolean",
                "description": "是否受理。批量申请受理时，有错的行仍单独列在 problems。",
            },
            "claims": {"type": "array", "items": claim},
            "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
        },
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["code", "field", "line", "text", "text_en"],
        "additionalProperties": False,
        "properties": {
            "code": {"enum": [code.value for code in Code], "description": "见 codes.md。"},
            "field": {"type": "string", "description": "字段；整个事件的为空。"},
            "line": {"type": ["integer", "null"], "description": "批量申请的第几行，从 1 起。"},
            "text": {"type": "string", "description": "哪里不对，怎么办。"},
            "text_en": {"type": "string"},
        },
    }


def _trouble() -> dict[str, Any]:
    text = {"type": "string"}
    error = {
        "type": "object",
        "required": ["code", "text", "text_en"],
        "additionalProperties": False,
        "properties": {"code": text, "text": text, "text_en": text},
    }
    return {
        "type": "object",
        "required": ["error"],
        "additionalProperties": False,
        "properties": {"error": error},
    }
