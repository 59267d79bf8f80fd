"""A letter about one line of a batch keeps that line and its head, never a neighbour."""

import orjson
import pytest

from events.contract.inbound.reader import Message
from events.contract.schemas import examples
from services.intake.rejected_content import RejectedContent

EVENT = examples.events()["application.batch-submitted"]
LINES = EVENT["data"]["lines"]


def opened() -> RejectedContent:
    return RejectedContent(Message("applications", orjson.dumps(EVENT), (), 0))


@pytest.mark.parametrize("number", range(1, len(LINES) + 1))
def test_only_the_line_that_was_refused_is_kept(number: int) -> None:
    stored = opened().to_store(number)
    assert stored.value is not None
    data = orjson.loads(stored.value)["data"]
    assert data["lines"] == [LINES[number - 1]]
    assert stored.resendable


def test_a_line_is_named_by_its_own_number_and_the_message_without_one() -> None:
    whole = f"{EVENT['source']}:{EVENT['data']['application']}"
    assert opened().sender().application == whole
    assert opened().sender(2).application == f"{whole}:{LINES[1]['line']}"


@pytest.mark.parametrize("number", [None, 0, len(LINES) + 1])
def test_what_is_about_no_line_keeps_the_whole(number: int | None) -> None:
    stored = opened().to_store(number)
    assert stored.value is not None
    assert orjson.loads(stored.value)["data"]["lines"] == LINES
