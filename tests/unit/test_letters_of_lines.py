"""A letter about one line of a batch keeps that line and its head, never a neighbour."""

import orjson
import pytest

from events.contract.inbound.reader import Message
from events.contract.schemas import examples
from services.intake.opened import Opened

EVENT = examples.events()["application.batch-submitted"]
LINES = EVENT["data"]["lines"]


def opened() -> Opened:
    return Opened(Message("applications", orjson.dumps(EVENT), (), 0))


@pytest.mark.parametrize("number", range(1, len(LINES) + 1))
def test_only_the_line_that_was_refused_is_kept(number: int) -> None:
    kept = opened().kept(number)
    assert kept.value is not None
    data = orjson.loads(kept.value)["data"]
    assert data["lines"] == [LINES[number - 1]]
    assert kept.whole


def test_a_line_is_named_by_its_own_number_and_the_message_without_one() -> None:
    whole = f"{EVENT['source']}:{EVENT['data']['application']}"
    assert opened().sender().application == whole
    assert opened().sender(2).application == f"{whole}:{LINES[1]['line']}"


@pytest.mark.parametrize("number", [None, 0, len(LINES) + 1])
def test_what_is_about_no_line_keeps_the_whole(number: int | None) -> None:
    kept = opened().kept(number)
    assert kept.value is not None
    assert orjson.loads(kept.value)["data"]["lines"] == LINES
