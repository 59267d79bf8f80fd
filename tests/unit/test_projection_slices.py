"""What the projector makes of raw records, good and bad, before anything is written."""

from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from events.codec import CHECKPOINT_KEY, encode_fact
from events.invariants import BrokenInvariant
from events.status import StatusRecorded
from projections.engine.ledger_slices import LedgerSlice, read
from tests.handmade_ledgers import ON, History


class Raw(NamedTuple):
    """A record as Kafka gives it."""

    offset: int
    key: bytes | None
    value: bytes | None


class AnyHeads:
    """Takes every fact as the next of its stream, but one."""

    def __init__(self, refused: int = -1) -> None:
        self.refused = refused

    def advance(self, stream: str, seq: int) -> None:
        """Refuse one sequence number."""
        if seq == self.refused:
            raise BrokenInvariant(f"{stream}: fact {seq} came after fact {seq - 2}")


def records(count: int = 4, source: str = "s") -> list[Raw]:
    """So many facts of one person."""
    history = History()
    for _ in range(count):
        changed = StatusRecorded(status="employed", since=ON, source=source)
        history.add("beneficiary/person-1", changed)
    return [
        Raw(10 + place, fact.stream.encode(), encode_fact(fact))
        for place, fact in enumerate(history.facts)
    ]


def checkpoint(offset: int, **said: object) -> Raw:
    """A desk's checkpoint."""
    return Raw(offset, CHECKPOINT_KEY, orjson.dumps(said))


async def slice_of(raw: list[Raw], heads: AnyHeads | None = None) -> LedgerSlice:
    """Read records that follow offset 10."""
    return await read(2, 10, raw, heads or AnyHeads())


async def test_a_slice_ends_after_its_last_record() -> None:
    piece = await slice_of(records())
    assert (piece.start, piece.end, piece.trouble) == (10, 14, None)
    assert [placed.offset for placed in piece.facts] == [10, 11, 12, 13]
    assert piece.known == piece.facts[-1].recorded_at


async def test_a_checkpoint_moves_the_end_and_what_is_known_and_names_repeats() -> None:
    raw = [*records(1), checkpoint(11, known="2022-09-01T00:00:00Z", unchanged=["c-1"])]
    piece = await slice_of(raw)
    assert (piece.end, piece.known) == (12, datetime(2022, 9, 1, tzinfo=UTC))
    assert [(item.offset, item.commands) for item in piece.repeats] == [(11, ["c-1"])]


async def test_a_record_that_cannot_be_read_ends_the_slice_before_it() -> None:
    newer = orjson.dumps(orjson.loads(records()[2].value or b"") | {"version": 99})
    for bad in (b"", b"{", b"[]", b'{"type":"Nothing"}', newer, None):
        raw = records()
        raw[2] = raw[2]._replace(value=bad)
        piece = await slice_of(raw)
        assert (len(piece.facts), piece.end) == (2, 12)
        assert piece.trouble is not None
        assert (piece.trouble.offset, piece.trouble.code) == (12, "Unreadable")


async def test_a_fact_that_is_not_the_next_ends_the_slice_before_it() -> None:
    piece = await slice_of(records(), AnyHeads(refused=3))
    assert (len(piece.facts), piece.end) == (2, 12)
    assert piece.trouble is not None
    assert piece.trouble.code == "BrokenInvariant"


async def test_a_nul_which_the_database_cannot_hold_is_shown_as_unreadable() -> None:
    piece = await slice_of(records(1, source="a\x00b"))
    body = piece.facts[0].fact.body
    assert isinstance(body, StatusRecorded)
    assert body.source == "a\ufffdb"
    assert orjson.loads(piece.facts[0].text)["source"] == "a\ufffdb"


async def test_halves_are_the_whole() -> None:
    raw = [*records(3), checkpoint(13, known="2022-09-01T00:00:00Z", unchanged=["c-1"])]
    whole = await slice_of(raw)
    first, second = whole.halves()
    assert (first.start, first.end, second.start, second.end) == (10, 11, 11, 14)
    assert first.facts + second.facts == whole.facts
    assert first.repeats + second.repeats == whole.repeats
    assert max(first.known, second.known) == whole.known  # type: ignore[type-var]
