"""Codec: what was encoded decodes to an equal value; what cannot be read is refused, never guessed."""

from datetime import UTC, date, datetime

import orjson
import pytest

from events import CATALOGUE, Entry, upcast
from events.budgets import AllocateBudget, BudgetAllocated, WakeLine
from events.codec import (
    Unread,
    Unreadable,
    Unwritable,
    command_of,
    decode_fact,
    decode_packet,
    encode_command,
    encode_fact,
    packet,
    read_packet,
    split_packet,
)
from events.envelope import Asked, Position, Recorded, follow_up
from events.ids import derived_id
from tests.given_when_then import LINE_2022

ID = "7d9f7c3a-94b9-5a3f-8a41-0f6f6f2f4c11"
AT = datetime(2022, 8, 12, 1, 30, 15, 123456, tzinfo=UTC)
ON = date(2022, 8, 12)
ASKED = Asked(
    ID, LINE_2022, AT, ON, "intake", AllocateBudget(document="铁财社〔2022〕41号", amount=1)
)
FACT = Recorded(
    derived_id(ID, 0),
    LINE_2022,
    1,
    ID,
    Position(3, 12, 0),
    AT,
    ON,
    BudgetAllocated(document="铁财社〔2022〕41号", amount=1),
)


def fact_with(**changed: object) -> bytes:
    """Encode the fact with other members in its envelope."""
    return orjson.dumps(orjson.loads(encode_fact(FACT)) | changed)


def command_with(**changed: object) -> dict[str, object]:
    """Take the command's members apart, with some changed."""
    members: dict[str, object] = orjson.loads(encode_command(ASKED))
    return members | changed


def test_a_fact_comes_back_equal() -> None:
    assert decode_fact(encode_fact(FACT)) == FACT


def test_a_packet_of_commands_comes_back_equal_and_in_order() -> None:
    commands = [ASKED._replace(id=derived_id(ID, n)) for n in range(3)]
    assert decode_packet(packet([encode_command(asked) for asked in commands])) == commands


def test_what_nobody_could_read_back_is_not_written() -> None:
    with pytest.raises(Unwritable, match="amount"):
        encode_fact(FACT._replace(body=BudgetAllocated(document="文", amount=-1)))
    with pytest.raises(Unwritable, match="amount"):
        encode_command(ASKED._replace(body=ASKED.body.model_copy(update={"amount": "1"})))


def test_a_command_that_cannot_be_read_stops_no_other_of_its_packet() -> None:
    good, bad = encode_command(ASKED), orjson.dumps(command_with(version="1"))
    first, second, third = read_packet(packet([good, bad, good]))
    assert first == third == ASKED
    assert isinstance(second, Unread)
    assert second.item == command_with(version="1")
    assert "version" in second.why


def test_an_instant_keeps_its_microseconds_and_is_utc() -> None:
    assert orjson.loads(encode_fact(FACT))["recorded_at"] == "2022-08-12T01:30:15.123456Z"
    whole = FACT._replace(recorded_at=AT.replace(microsecond=0))
    assert decode_fact(encode_fact(whole)) == whole


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"a":1}', b"17", b"[1]", b"null"])
def test_what_is_no_packet_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        split_packet(raw)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b"17", b"null", b"\xff"])
def test_what_is_no_fact_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_fact(raw)


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "BudgetDoubled"},
        {"type": "AllocateBudget"},
        {"version": 2},
        {"version": 0},
        {"version": "1"},
        {"version": True},
        {"version": None},
        {"at": [1, 2]},
        {"at": None},
        {"recorded_at": "yesterday"},
        {"effective_on": "2022-02-30"},
        {"body": {"document": "铁财社〔2022〕41号"}},
        {"body": {"document": "铁财社〔2022〕41号", "amount": -1}},
        {"body": {"document": "铁财社〔2022〕41号", "amount": 1.0}},
        {"body": {"document": "铁财社〔2022〕41号", "amount": "1"}},
        {"body": {"document": "铁财社〔2022〕41号", "amount": 1, "more": 1}},
        {"body": None},
    ],
)
def test_a_fact_that_does_not_fit_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        decode_fact(fact_with(**changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "BudgetAllocated"},
        {"type": None},
        {"type": ["AllocateBudget"]},
        {"version": 2},
        {"version": "1"},
        {"sent_at": 17},
        {"sent_at": "soon"},
        {"effective_on": None},
        {"body": []},
        {"body": {"document": "铁财社〔2022〕41号", "amount": None}},
    ],
)
def test_a_command_that_does_not_fit_is_refused_with_its_name(changed: dict[str, object]) -> None:
    with pytest.raises(Unreadable, match=r"AllocateBudget|unknown type|command"):
        command_of(command_with(**changed))


@pytest.mark.parametrize("member", ["id", "stream", "type", "version", "sent_at", "by", "body"])
def test_a_command_without_a_member_is_refused(member: str) -> None:
    item = command_with()
    del item[member]
    with pytest.raises(Unreadable):
        command_of(item)


def test_an_old_version_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "BudgetAllocated", Entry(BudgetAllocated, 3))
    monkeypatch.setitem(
        upcast.STEPS, ("BudgetAllocated", 1), lambda body: {"paper": body["document"], **body}
    )
    monkeypatch.setitem(
        upcast.STEPS,
        ("BudgetAllocated", 2),
        lambda body: {"document": body["paper"] + "（补）", "amount": body["amount"]},
    )
    lifted = decode_fact(encode_fact(FACT).replace(b'"version":3', b'"version":1')).body
    assert lifted == BudgetAllocated(document="铁财社〔2022〕41号（补）", amount=1)


def test_a_version_without_its_step_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = encode_fact(FACT)
    monkeypatch.setitem(CATALOGUE, "BudgetAllocated", Entry(BudgetAllocated, 2))
    with pytest.raises(Unreadable):
        decode_fact(raw)


def test_ids_follow_from_their_cause_and_never_meet() -> None:
    ids = {derived_id(parent, n) for parent in (ID, derived_id(ID, 0)) for n in range(500)}
    assert len(ids) == 1000
    assert derived_id(ID, 3) == derived_id(ID, 3)
    assert all(identity[14] == "5" and identity[19] in "89ab" for identity in ids)


def test_a_follow_up_keeps_the_day_and_the_instant_of_its_fact() -> None:
    ask = follow_up(FACT, 0, LINE_2022, WakeLine())
    assert (ask.sent_at, ask.effective_on, ask.by) == (AT, ON, "desk")
    assert ask.id == derived_id(FACT.id, 0)
