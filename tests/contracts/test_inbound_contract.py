"""The public contract: generated files are fresh, schemas and code agree, a foreign library too."""

from typing import Any

import orjson
import pytest
import yaml
from cloudevents.core.bindings.kafka import (
    KafkaMessage,
    from_kafka_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent
from jsonschema import Draft202012Validator, FormatChecker

from events.contract import outbound
from events.contract.inbound.catalogue import FEEDS, TYPES
from events.contract.inbound.cloudevent import read_event
from events.contract.schemas import examples, generate, json_schemas
from services.runtime.topics import INBOUND
from services.tools.authoring.generated_docs import vocabulary

EVENTS = examples.events()
VOCABULARY = vocabulary()


def test_the_generated_reference_is_fresh() -> None:
    """Stale? `benefit-ledger docs`."""
    assert generate.stale(VOCABULARY) == []


@pytest.mark.parametrize("kind", TYPES)
def test_the_schema_takes_the_example_and_refuses_what_the_code_refuses(kind: str) -> None:
    schema = json_schemas.event_schema(kind, VOCABULARY)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    event = EVENTS[kind]
    validator.validate(event)
    for name in ("specversion", "id", "source", "type", "data"):
        assert not validator.is_valid({key: v for key, v in event.items() if key != name})
    assert not validator.is_valid({**event, "type": "something.else"})
    assert not validator.is_valid({**event, "data": {**event["data"], "unknown": 1}})
    required = json_schemas.data_schema(kind, VOCABULARY)["required"]
    for name in required:
        data = {key: value for key, value in event["data"].items() if key != name}
        assert not validator.is_valid({**event, "data": data})


@pytest.mark.parametrize("kind", TYPES)
def test_every_field_is_described_in_chinese(kind: str) -> None:
    for name, field in json_schemas.data_schema(kind, VOCABULARY)["properties"].items():
        text = field.get("description", "")
        assert any("\u4e00" <= c <= "\u9fff" for c in text), f"{kind}: {name} has no description"


def test_the_asyncapi_document_holds_together() -> None:
    document = yaml.safe_load((generate.REFERENCE / "asyncapi.yaml").read_bytes())
    assert document["asyncapi"] == "3.0.0"
    assert set(FEEDS) <= set(INBOUND)
    assert set(document["channels"]) == {*FEEDS, "outcomes"}
    referred = list(_references(document))
    assert referred
    for reference in referred:
        if reference.startswith("#/"):
            found = document
            for part in reference[2:].split("/"):
                found = found[part]
        else:
            assert (generate.REFERENCE / reference).is_file(), reference


def test_the_example_of_an_outcome_fits_its_schema() -> None:
    validator = Draft202012Validator(outbound.schema())
    validator.validate(examples.outcome("denied"))
    assert not validator.is_valid({**examples.outcome("denied"), "beneficiary": "zhang"})


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("write", [to_structured_event, to_binary_event])
def test_what_the_cloudevents_library_writes_is_read_as_the_library_reads_it(
    kind: str, write: Any
) -> None:
    event = EVENTS[kind]
    attributes = {name: value for name, value in event.items() if name not in ("data", "time")}
    message: KafkaMessage = write(CloudEvent(attributes, event["data"]))
    theirs = from_kafka_event(message)
    ours = read_event(message.value, list(message.headers.items()))
    assert ours.id == theirs.get_id()
    assert ours.source == theirs.get_source()
    assert ours.type == theirs.get_type()
    assert ours.data == theirs.get_data() == orjson.loads(orjson.dumps(event["data"]))
