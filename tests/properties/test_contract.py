"""Schema equals behaviour: what the schema allows `check` takes, what `check` takes the schema allows.

Examples of every type are changed in a few places each, with values that are right, nearly right and
wrong; JSON Schema, `check` and the wire (structured and binary) must then say the same. What no
schema can say is listed, and nothing else may differ.
"""

import re
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from events.application_facts import REGISTRY, FactName, FactType
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.check import check_bytes
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import Code
from events.contract.schemas import examples, json_schemas
from policies.engine.message_names import names_of_policies
from services.tools.authoring.generated_docs import vocabulary
from tests.given_when_then import policies

KNOWN = names_of_policies(policies())
ARRIVAL_MS = 4_000_000_000_000  # 2096: nothing that is real is dated later
BEYOND_A_SCHEMA = {
    Code.WRONG_PERSON_ID,  # check characters, days of birth, forms by document
    Code.WRONG_UNIT_CODE,
    Code.WRONG_ACCOUNT,
    Code.UNKNOWN_REGION,  # which regions there are, each ledger's cities say
    Code.APPLIED_AFTER_ARRIVAL,
    Code.IDENTITY_IN_TEXT,
    Code.LINE_TWICE,
}
FOREIGN = re.compile("其他文字的数字|字母只用|终止日早于|免申即享")
"""Digits and letters of other scripts, the order of two days, a channel against a fact: of
WRONG_FACT and WRONG_FORMAT nothing else is beyond a schema."""

VALUES: list[Any] = [
    None, "", " ", "\u3000", "x", "李", "李·", "张三", "张\u200b三", "a\x00b", "a\nb", "a\u202eb", "x" * 65, "x" * 101,
    "长" * 201, "２０２２-08-12", "2022-08-12", "2022-02-30", "2020-02-29", "1900-02-29", "2022-W01-1",
    "20220812", "9999-12-31", "1899-12-31", "2099-12-31", "0001-01-01", "2022-08", "2022-13", "2022", "*",
    0, 1, -1, 1500.0, 1.5, 10**12, 10**13, 10**13 + 1, 10**20, 31, 32, 100, 101, 2022, 2101, True, False,
    [], {}, ["x"], ["2022-08"], ["2022-08", "2022-08"], "211202", "999999", "٢١١٢٠٢", "skill-upgrade",
    "unemployment_insurance", "icbc-1234", "payment", "fee", "deceased", "receiving", "passport", "KOR",
    "resident_id", "unit", "person", "contributions", "days_served", "电工", "S٢1", "SА1",
    "在职@2022-01-01/", "在职@2022-13-01/", "在职@2022-02-01/2022-01-01", "21120219900307000X",
    "B220831000300001", "b220831000300001", "TL-1", "TL 1", "ｔｌ", "9f" * 32,
]  # fmt: skip
ATTRIBUTES: dict[str, list[Any]] = {
    "time": [None, "2022-09-01T09:14:00+08:00", "2022-09-01t09:14:00z", "20220901T091400+08:00",
             "2022-W35-4T09:14:00Z", "2022-09-01T09:14:00", "2022-09-01 09:14:00Z",
             "2022-09-01T24:00:00Z", "2022-02-30T09:14:00Z", "2022-09-01T09:14:00.123456Z", 7],
    "datacontenttype": [None, "application/json", "Application/JSON", "application/json; charset=utf-8",
                        "application/vnd.x+json", "text/json", "application/xml", "", 1],
    "dataversion": [None, "1", 1, 1.0, True, "2", 2, "01"],
    "specversion": ["1.0", "1", 1.0, None],
    "id": ["x", "a b", "", None, "x" * 129, "é"],
    "source": ["abc", "A", "a", "a\u200bb", None, "a" * 64],
    "subject": ["anything", None],
    "data_base64": ["e30=", None],
}  # fmt: skip


@cache
def validator(kind: str) -> Draft202012Validator:
    """The schema as ECMAScript reads it: ``$`` ends a text, and no line before its end."""

    def pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Any:
        if isinstance(instance, str) and not re.search(_ended(pattern), instance):
            yield ValidationError(f"{instance!r} does not match")

    own = validators.extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]
    return own(json_schemas.event_schema(kind, vocabulary()))  # type: ignore[no-any-return]


def _ended(pattern: str) -> str:
    return f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern


def fact_values(fact: FactName, chance: Random) -> Any:
    """A value that is right for a fact, or that is not."""
    right: list[Any] = [fact.example]
    match fact.type:
        case FactType.ENUM:
            right += [*fact.values]
        case FactType.ENUMS:
            right += [[], [fact.values[0]] * 2]
        case FactType.STATUS:
            right += [fact.values[0], f"{fact.values[0]}@2022-01-01/2022-02-01"]
        case FactType.WHOLE | FactType.FEN:
            right += [0, 1, 2.0, 1200, 1201, 2099, 10**7, 10**12]
        case _:
            pass
    return chance.choice(right if chance.random() < 0.6 else VALUES)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    if isinstance(node, dict):
        for name, value in node.items():
            found += places(value, (*path, name))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            found += places(value, (*path, number))
    return found


def changed(kind: str, chance: Random) -> dict[str, Any]:
    """An example with some changes."""
    event = deepcopy(examples.events()[kind])
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.25:
            name = chance.choice(sorted(ATTRIBUTES))
            event[name] = chance.choice(ATTRIBUTES[name])
            continue
        data = event["data"]
        lines = data.get("lines") if isinstance(data, dict) else None
        owners = [data, *(lines if isinstance(lines, list) else [])]
        owners = [one for one in owners if isinstance(one, dict) and "facts" in one]
        if owners and chance.random() < 0.5:
            facts = chance.choice(owners)["facts"]
            if isinstance(facts, dict):
                fact = chance.choice(REGISTRY)
                facts[fact.name] = fact_values(fact, chance)
            continue
        path = chance.choice(places(data) or [()])
        if not path:
            continue
        node = data
        for part in path[:-1]:
            node = node[part]
        match chance.random():
            case share if share < 0.15:
                del node[path[-1]]
            case share if share < 0.25 and isinstance(node, dict):
                name = chance.choice(["extra", "document", "country", "line", "payee", "fund"])
                node[name] = _value(chance)
            case _:
                node[path[-1]] = _value(chance)
    return event


def _value(chance: Random) -> Any:
    """One of the values; a copy, for a later change may go into it."""
    return deepcopy(chance.choice(VALUES))


def answers_of(event: dict[str, Any], *, binary: bool) -> list[Any]:
    """What the wire says."""
    feed = TYPES[event["type"]].feed
    if not binary:
        return read(Message(feed, orjson.dumps(event), [], ARRIVAL_MS), KNOWN)
    headers = [
        (f"ce_{name}", str(1 if name == "dataversion" else value).encode())
        for name, value in event.items()
        if name not in ("data", "datacontenttype") and value is not None
    ]
    return read(Message(feed, orjson.dumps(event.get("data")), headers, ARRIVAL_MS), KNOWN)


@pytest.mark.parametrize("kind", TYPES)
@given(st.integers(0, 10**9))
def test_schema_check_and_wire_say_the_same(kind: str, seed: int) -> None:
    event = changed(kind, Random(seed))
    try:
        raw = orjson.dumps(event)
    except TypeError:  # an integer of more than 64 bits is no JSON that anybody sends
        return
    event = orjson.loads(raw)
    checked = check_bytes(raw, KNOWN, now=_at(ARRIVAL_MS))
    wire = answers_of(event, binary=False)
    assert all(isinstance(one, Inbound) for one in wire) == (not checked.findings)
    allowed = validator(kind).is_valid(event)
    if not checked.findings:
        assert allowed, [e.message[:200] for e in validator(kind).iter_errors(event)]
    if allowed:
        beyond = [
            one
            for one in checked.findings
            if one.code not in BEYOND_A_SCHEMA and not FOREIGN.search(one.text)
        ]
        assert not beyond, beyond
    texts = all(
        isinstance(value, str)
        for name, value in event.items()
        if name not in ("data", "dataversion")
    )
    if not checked.findings and texts and "data_base64" not in event:
        assert all(isinstance(one, Inbound) for one in answers_of(event, binary=True))


def _at(milliseconds: int) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def test_the_changes_reach_both_sides_of_the_contract() -> None:
    """A test that refuses everything, or nothing, would prove nothing."""
    taken = refused = 0
    for seed in range(600):
        event = changed("application.submitted", Random(seed))
        ok = validator("application.submitted").is_valid(event)
        taken, refused = taken + ok, refused + (not ok)
    assert taken > 60
    assert refused > 60


STRICT = {
    "$schema", "$id", "$ref", "$defs", "title", "description", "examples", "default", "type", "enum",
    "const", "properties", "required", "additionalProperties", "maxProperties", "items", "minItems",
    "maxItems", "uniqueItems", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "patternProperties", "propertyNames", "allOf", "anyOf", "not", "if", "then", "else",
}  # fmt: skip
TYPED = {
    "object": {
        "properties",
        "required",
        "additionalProperties",
        "maxProperties",
        "patternProperties",
        "propertyNames",
    },
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "string": {"pattern", "minLength", "maxLength"},
    "integer": {"minimum", "maximum", "exclusiveMinimum"},
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_strict_compiler_takes_every_schema(kind: str) -> None:
    """No keyword that a validator may not know, no format, and a type beside each keyword's kind."""
    for where, schema in _schemas(json_schemas.event_schema(kind, vocabulary())):
        assert set(schema) <= STRICT, (where, set(schema) - STRICT)
        if "type" in schema:
            assert isinstance(schema["type"], str), where
        for of, keywords in TYPED.items():
            if keywords & set(schema) and where.rpartition("/")[2] != "not":
                assert schema.get("type") == of, (where, of)


def _schemas(schema: dict[str, Any], where: str = "#") -> list[tuple[str, dict[str, Any]]]:
    found = [(where, schema)]
    for name in ("properties", "$defs"):
        for key, value in schema.get(name, {}).items():
            if value is False:
                continue
            found += _schemas(value, f"{where}/{name}/{key}")
    for name in ("allOf", "anyOf"):
        for number, value in enumerate(schema.get(name, [])):
            found += _schemas(value, f"{where}/{name}/{number}")
    for name in ("items", "not", "if", "then", "else"):
        if isinstance(schema.get(name), dict):
            found += _schemas(schema[name], f"{where}/{name}")
    return found
