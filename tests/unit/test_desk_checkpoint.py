"""Checkpoints: what they say survives writing, and the chain cannot be bent."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import Unreadable
from services.runtime.seals import checkpoint as checkpoints
from services.runtime.seals.checkpoint import (
    READER_VERSION,
    START_OF_CHAIN,
    Checkpoint,
    encode_digests,
    first_checkpoint,
    next_chain,
)

INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(
    st.builds(
        Checkpoint,
        st.integers(0, 2**53),
        st.uuids().map(str),
        st.integers(0, 2**53),
        st.integers(0, 2**53),
        st.lists(st.uuids().map(str), max_size=3).map(tuple),
        INSTANTS,
        st.binary(min_size=32, max_size=32).map(bytes.hex),
        st.just(READER_VERSION),
        st.integers(0, 2**53),
        st.lists(st.binary(max_size=20), max_size=3).map(encode_digests),
        st.integers(0, 2**53),
    )
)
def test_what_a_checkpoint_says_survives_writing(point: Checkpoint) -> None:
    assert checkpoints.decode(point.encoded()) == point


def test_a_checkpoint_of_a_newer_code_is_refused() -> None:
    newer = first_checkpoint("topic")._replace(min_reader=READER_VERSION + 1).encoded()
    with pytest.raises(Unreadable, match="asks for a reader of version 3"):
        checkpoints.decode(newer)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"min_reader": "x"}'])
def test_what_is_no_checkpoint_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        checkpoints.decode(raw)


def test_time_is_written_so_that_it_sorts_as_text() -> None:
    early = first_checkpoint("t")._replace(known=datetime(2022, 8, 12, 1, 2, 3, tzinfo=UTC))
    assert orjson.loads(early.encoded())["known"] == "2022-08-12T01:02:03.000000Z"


@given(st.lists(st.binary(max_size=20), max_size=5), st.integers(0, 2**40))
def test_the_chain_tells_apart_what_only_looks_alike(facts: list[bytes], position: int) -> None:
    chain = next_chain(START_OF_CHAIN, position, facts)
    assert next_chain(START_OF_CHAIN, position, facts) == chain
    assert next_chain(START_OF_CHAIN, position + 1, facts) != chain
    assert next_chain(chain, position, facts) != chain
    assert next_chain(START_OF_CHAIN, position, [*facts, b""]) != chain
    if len(facts) > 1:
        joined = [facts[0] + facts[1], *facts[2:]]
        assert next_chain(START_OF_CHAIN, position, joined) != chain
