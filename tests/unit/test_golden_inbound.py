"""Golden messages: for every inbound type, what it becomes: whole commands, value by value.

`tests/golden/inbound/<type>.json` holds messages that state every field with a value of its own, and
the commands that follow; `given` are messages that come before. The files are read, never written,
by this test: whoever changes what a message becomes changes its file by hand and sees the change.
"""

from pathlib import Path
from typing import Any

import orjson
import pytest

from events.codec import encode_command
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.reader import Message
from events.contract.inbound.semantics import no_objection
from policies.engine.message_names import names_of_policies
from services.intake.memory_vault import MemoryVault
from services.intake.message_batch import process_batch
from services.intake.message_reading import read_all
from tests.given_when_then import policies

GOLDEN = Path(__file__).parent.parent / "golden" / "inbound"
KNOWN = names_of_policies(policies())._replace(objection=no_objection)  # who may file: elsewhere
ARRIVED_MS = 1_672_531_200_000  # 2023-01-01 08:00 in Shanghai


def message(event: dict[str, Any], offset: int) -> Message:
    feed = TYPES[event["type"]].feed
    return Message(
        feed, orjson.dumps(event), [], ARRIVED_MS + offset, f"benefits.{feed}.v1", 3, offset
    )


async def becomes(golden: dict[str, Any]) -> list[dict[str, Any]]:
    """Say for each message of a file which commands it becomes."""
    vault = MemoryVault()
    given = [message(event, offset) for offset, event in enumerate(golden["given"])]
    before = await process_batch(read_all(given, KNOWN), vault)
    assert not before.rejected, before.rejected[0].rejected.text_zh
    found = []
    for offset, case in enumerate(golden["cases"], len(given)):
        taken = await process_batch(read_all([message(case["message"], offset)], KNOWN), vault)
        assert not taken.rejected, taken.rejected[0].rejected.text_zh
        commands = [orjson.loads(encode_command(asked)) for asked in taken.commands]
        found.append({"message": case["message"], "commands": commands})
    return found


@pytest.mark.parametrize("kind", TYPES)
async def test_a_message_of_every_type_becomes_its_whole_commands(kind: str) -> None:
    golden = orjson.loads((GOLDEN / f"{kind}.json").read_bytes())
    assert golden["cases"]
    assert await becomes(golden) == golden["cases"]


@pytest.mark.parametrize("kind", TYPES)
def test_the_messages_of_a_type_state_every_field(kind: str) -> None:
    golden = orjson.loads((GOLDEN / f"{kind}.json").read_bytes())
    stated = {name for case in golden["cases"] for name in case["message"]["data"]}
    assert stated == set(TYPES[kind].model.model_fields)


def test_no_golden_message_is_left_of_a_type_that_nobody_knows() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(TYPES)
