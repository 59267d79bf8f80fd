"""Any bytes on any inbound topic: whatever good message stands behind them is decided."""

import time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import Rejected
from events.contract.schemas import examples
from policies.engine.message_names import names_of_policies
from services.intake.memory_vault import MemoryVault
from services.intake.message_batch import process_batch
from services.intake.message_reading import read_all
from services.intake.rejected_content import RejectedContent
from services.runtime.settings import Settings
from services.runtime.topics import INBOUND
from tests.fuzz.messages import Fuzz
from tests.fuzz.run import run
from tests.given_when_then import policies

KNOWN = names_of_policies(policies())
NOON_MS = 1_700_000_000_000


async def test_3_000_messages_through_kafka_stop_nobody(settings: Settings) -> None:
    report = await run(settings, 7, 3_000, 90.0)
    assert report.wrong == ()
    assert report.decided == report.good == 30
    assert report.letters == report.expected > 2_000


@pytest.mark.parametrize("seed", range(5))
async def test_no_message_makes_the_taking_raise_and_none_vanishes(seed: int) -> None:
    puts = list(Fuzz(seed).messages(1_000, 100))
    messages = [
        Message(put.feed, put.value, put.headers, NOON_MS, put.feed, 0, offset)
        for offset, put in enumerate(puts)
    ]
    reads = read_all(messages, KNOWN)
    taken = await process_batch(reads, MemoryVault())
    assert {one.message.offset for one in reads} == set(range(1_000))
    asked = {getattr(one.body, "application", "") for one in taken.commands}
    assert {put.good for put in puts if put.good} <= asked
    refused = {(one.message.offset, one.rejected.line) for one in taken.rejected}
    bad = {
        (one.message.offset, one.answer.line) for one in reads if isinstance(one.answer, Rejected)
    }
    assert refused == bad
    broken = [one.rejected.text_zh for one in taken.rejected if one.rejected.error]
    assert broken == []  # refused by name, never by an accident


LONG = {
    "digits": "2" * 900_000,
    "digits apart": "2 " * 450_000,
    "checks": "X1" * 450_000,
    "ids": "21120219830303003X " * 47_000,
    "other digits": "٣" * 450_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("name", ["id", "source", "type", "time", "subject", "extra"])
def test_a_long_attribute_is_refused_in_a_bounded_time(name: str, text: str) -> None:
    event = {**examples.events()["application.submitted"], name: text}
    raw = orjson.dumps(event)
    began = time.process_time()
    read(Message("applications", raw, [], NOON_MS, "t", 0, 0), KNOWN)
    assert time.process_time() - began < 5.0


@given(st.binary(max_size=2_000), st.sampled_from(INBOUND), st.integers(-1, 2**53))
@settings(max_examples=300)
def test_any_bytes_are_answered_and_can_be_laid_open(value: bytes, feed: str, at_ms: int) -> None:
    message = Message(feed, value, [("ce_id", value[:50])], at_ms, feed, 0, 0)
    for answer in read(message, KNOWN):
        assert isinstance(answer, Inbound | Rejected)
    opened = RejectedContent(message)
    for line in (None, 1, 7):
        opened.sender(line)
        opened.to_store(line)
