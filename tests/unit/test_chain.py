"""The chain: what a reader of the ledger takes for the desk's, whoever else writes there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import urandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import CHECKPOINT_KEY
from services.runtime.seals.chain import Chain, ChainBroken, VerifiedBatch
from services.runtime.seals.checkpoint import (
    Checkpoint,
    encode_digests,
    first_checkpoint,
    next_chain,
)
from services.runtime.seals.ledger_seals import LedgerKeys, LedgerSeal

SEAL = LedgerSeal(b"s" * 32)
OTHER = LedgerSeal(b"o" * 32)
KEYS = LedgerKeys([SEAL.public])
TOPIC = "ledger"


@dataclass
class Record:
    """A record of the ledger."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)


class Desk:
    """Writes transactions as a desk does; `signed=False` as one before there were keys."""

    def __init__(self, seal: LedgerSeal = SEAL, *, signed: bool = True) -> None:
        self.log: list[Record] = []
        self.last = first_checkpoint("topic")
        self._seal = seal
        self.signed = signed

    def put(self, key: bytes | None, value: bytes, headers: object = ()) -> Record:
        record = Record(len(self.log), key, value, list(headers))  # type: ignore[call-overload]
        self.log.append(record)
        return record

    def write(self, *facts: bytes, between: object = None) -> Checkpoint:
        before = self.last
        for fact in facts:
            self.put(b"stream", fact)
            if callable(between):
                between()
        self.last = before._replace(
            next=before.next + 1,
            known=datetime(2022, 1, 1, tzinfo=UTC),
            chain=next_chain(before.chain, before.next + 1, facts),
            number=before.number + 1 if self.signed else 0,
            facts=encode_digests(facts) if self.signed else "",
        )
        raw = self.last.encoded()
        self.put(CHECKPOINT_KEY, raw, self._seal.headers(TOPIC, 0, raw) if self.signed else ())
        return self.last


def read(log: list[Record], keys: LedgerKeys = KEYS) -> tuple[list[bytes], list[int], Chain]:
    """Read a whole partition: its facts, the offsets of foreign records, and the chain."""
    chain = Chain(TOPIC, 0, keys)
    batches = [batch for record in log if (batch := chain.add(record))]
    chain.leave_out_waiting()
    facts = [fact.value or b"" for batch in batches for fact in batch.facts]
    return facts, [foreign.offset for foreign in chain.take_foreign()], chain


def test_what_the_desk_has_written_comes_out_batch_by_batch() -> None:
    desk = Desk()
    desk.write(b"a", b"b")
    desk.write()
    desk.write(b"c")
    facts, foreign, chain = read(desk.log)
    assert (facts, foreign) == ([b"a", b"b", b"c"], [])
    assert chain.last == desk.last


def test_nothing_comes_out_before_its_checkpoint() -> None:
    desk = Desk()
    desk.write(b"a")
    chain = Chain(TOPIC, 0, KEYS)
    assert chain.add(desk.log[0]) is None
    assert isinstance(chain.add(desk.log[1]), VerifiedBatch)


@given(st.lists(st.tuples(st.sampled_from("wfc"), st.binary(min_size=1, max_size=6)), max_size=30))
def test_whatever_is_put_between_transactions_is_left_out(
    steps: list[tuple[str, bytes]],
) -> None:
    desk, ours, theirs = Desk(), [], []
    for kind, value in steps:
        if kind == "w":
            desk.write(value)
            ours.append(value)
        elif kind == "f":
            theirs.append(desk.put(b"stream", b"forged " + value).offset)
        else:
            theirs.append(desk.put(CHECKPOINT_KEY, value).offset)
    # a checkpoint that cannot even be read ends a partition whose duty has not begun
    begun = next((n for n, (kind, _) in enumerate(steps) if kind == "w"), len(steps))
    if any(kind == "c" for kind, _ in steps[:begun]):
        with pytest.raises(ChainBroken):
            read(desk.log)
        return
    facts, foreign, chain = read(desk.log)
    assert facts == ours
    assert sorted(foreign) == theirs
    assert chain.last == (desk.last if ours else None)


def test_a_record_within_a_transaction_is_left_out() -> None:
    desk = Desk()
    desk.write(b"a", b"b", between=lambda: desk.put(b"stream", b"forged"))
    facts, foreign, _ = read(desk.log)
    assert (facts, foreign) == ([b"a", b"b"], [1, 3])


def test_a_copy_of_a_fact_counts_once_and_a_copy_of_a_checkpoint_not_at_all() -> None:
    desk = Desk()
    desk.write(b"a")
    fact, point = desk.log[:2]
    desk.put(fact.key, fact.value or b"")
    desk.put(point.key, point.value or b"", point.headers)
    desk.write(b"b")
    facts, foreign, _ = read(desk.log)
    assert facts == [b"a", b"b"]
    assert sorted(foreign) == [2, 3]


def test_a_checkpoint_of_another_key_is_left_out() -> None:
    desk = Desk()
    desk.write(b"a")
    raw = desk.last._replace(number=2).encoded()
    desk.put(b"stream", b"forged")
    desk.put(CHECKPOINT_KEY, raw, OTHER.headers(TOPIC, 0, raw))
    desk.put(CHECKPOINT_KEY, raw)  # and one with no signature at all
    facts, foreign, _ = read(desk.log)
    assert facts == [b"a"]
    assert sorted(foreign) == [2, 3, 4]


def test_a_checkpoint_of_another_partition_or_topic_is_left_out() -> None:
    desk = Desk()
    desk.write(b"a")
    raw = desk.last._replace(number=2, facts="").encoded()
    desk.put(CHECKPOINT_KEY, raw, SEAL.headers(TOPIC, 1, raw))
    desk.put(CHECKPOINT_KEY, raw, SEAL.headers("other.ledger", 0, raw))
    assert read(desk.log)[1] == [2, 3]


@pytest.mark.parametrize(
    ("gone", "why"),
    [(0, "fact 1 of the 2"), (1, "fact 2 of the 2"), (2, "checkpoint 1 is missing")],
)
def test_a_record_of_the_desk_that_is_missing_breaks_the_chain(gone: int, why: str) -> None:
    desk = Desk()
    desk.write(b"a", b"b")
    desk.write(b"c")
    del desk.log[gone]
    with pytest.raises(ChainBroken, match=why):
        read(desk.log)


def test_a_fact_that_was_changed_breaks_the_chain() -> None:
    desk = Desk()
    desk.write(b"a")
    desk.log[0].value = b"A"
    with pytest.raises(ChainBroken, match="fact 1 of the 1 before it is missing or was changed"):
        read(desk.log)


def test_an_older_ledger_is_read_by_its_chain_until_its_duty_begins() -> None:
    desk = Desk(signed=False)
    desk.write(b"a")
    desk.write(b"b")
    assert read(desk.log)[0] == [b"a", b"b"]
    desk.signed = True
    desk.write()
    desk.write(b"c")
    desk.signed = False
    forged = Desk(signed=False)
    forged.log, forged.last = desk.log, desk.last
    forged.write(b"forged")
    facts, foreign, _ = read(desk.log)
    assert facts == [b"a", b"b", b"c"]
    assert len(foreign) == 2


def test_an_older_ledger_with_a_changed_fact_is_not_read() -> None:
    desk = Desk(signed=False)
    desk.write(b"a")
    desk.log[0].value = b"A"
    with pytest.raises(ChainBroken, match="not those that were written"):
        read(desk.log)


def test_with_the_keys_of_another_ledger_nothing_is_read_instead_of_all_left_out() -> None:
    desk = Desk(OTHER)
    desk.write(b"a")
    with pytest.raises(ChainBroken, match="do not belong to this ledger"):
        read(desk.log)


def test_what_an_earlier_key_has_signed_stays_verified() -> None:
    desk = Desk(OTHER)
    desk.write(b"a")
    desk._seal = SEAL
    desk.write(b"b")
    assert read(desk.log, LedgerKeys([OTHER.public, SEAL.public]))[0] == [b"a", b"b"]


def test_random_bytes_are_no_signature() -> None:
    raw = b"x"
    name = dict(SEAL.headers(TOPIC, 0, raw))["key"]
    signed = KEYS.signed(TOPIC, 0, raw, [("signature", urandom(64)), ("key", name)])
    assert signed.name == "WRONG"
