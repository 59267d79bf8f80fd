"""Golden records: whatever was once written stays readable, and today's are written the same.

`tests/golden/<Type>.v<n>.json` is one record of each type and version; no such file is ever edited.
A type that changes gets a new version, a step in `events/upcast.py`, and a new file beside the old.
"""

from pathlib import Path

import orjson
import pytest

from events import CATALOGUE, COMMANDS, FACTS
from events.codec import command_of, decode_fact, encode_command, encode_fact
from events.values import Command, Fact, Value

GOLDEN = Path(__file__).parent.parent / "golden"
EVER_WRITTEN = [
    (name, version) for name, entry in CATALOGUE.items() for version in range(1, entry.version + 1)
]


def golden(name: str, version: int) -> bytes:
    """Read a golden record as it stood on the wire."""
    return orjson.dumps(orjson.loads((GOLDEN / f"{name}.v{version}.json").read_bytes()))


def read_and_written_again(name: str, raw: bytes) -> bytes:
    """Decode a record and encode it with today's code."""
    if name in COMMANDS:
        return encode_command(command_of(orjson.loads(raw)))
    return encode_fact(decode_fact(raw))


@pytest.mark.parametrize(("name", "version"), EVER_WRITTEN)
def test_every_version_of_every_type_is_still_read(name: str, version: int) -> None:
    raw = golden(name, version)
    again = read_and_written_again(name, raw)
    assert orjson.loads(again)["type"] == name
    assert orjson.loads(again)["version"] == CATALOGUE[name].version


@pytest.mark.parametrize("name", CATALOGUE)
def test_todays_version_is_written_byte_for_byte_as_it_was_read(name: str) -> None:
    raw = golden(name, CATALOGUE[name].version)
    assert read_and_written_again(name, raw) == raw


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_golden_record_states_every_field(name: str) -> None:
    body = orjson.loads(golden(name, CATALOGUE[name].version))["body"]
    assert set(body) == set(CATALOGUE[name].model.__struct_fields__)


def test_no_golden_record_is_left_of_a_type_that_nobody_knows() -> None:
    assert {path.name for path in GOLDEN.glob("*.json")} == {
        f"{name}.v{version}.json" for name, version in EVER_WRITTEN
    }


@pytest.mark.parametrize(("what", "known"), [(Command, COMMANDS), (Fact, FACTS)])
def test_every_type_that_a_noun_declares_stands_in_its_union(
    what: type[Value], known: dict[str, type[Value]]
) -> None:
    declared = {one for one in what.__subclasses__() if one.__module__.startswith("events.")}
    assert set(known.values()) == declared
