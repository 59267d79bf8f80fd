"""Checkpoint: the record that ends every transaction on `ledger` and says where the desk stands.

Holds: `chain` is SHA-256 over the chain before it, `next` (8 bytes, big-endian) and the facts of
       the transaction (each with its length in 4 bytes before it): anybody can check it from
       outside, with the records alone. `facts` names each fact of the transaction by the first 16
       bytes of its SHA-256, in order, so that a record of somebody else between them shows.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

import orjson

from events.codec import Unreadable

READER_VERSION = 2
"""What this code can read. Readers ship one release before writers raise `min_reader`."""

START_OF_CHAIN = "0" * 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGEST_BYTES = 16


class Checkpoint(NamedTuple):
    """Where one partition stands after a transaction.

    Units: `next` is the offset in `commands` that is decided next, `sent` the offset in `ledger`
    below which all follow-ups are acknowledged; `decided` counts commands since the beginning,
    `number` signed checkpoints (0: written before there were any); `macs_from` is the offset in
    `commands` from which a packet needs a MAC; `configuration` and `desk` say by which software,
    rules and cities it was decided, and by whom (empty: written before that was said)
    """

    next: int
    topic: str
    sent: int
    decided: int
    unchanged: tuple[str, ...]
    known: datetime
    chain: str
    min_reader: int = READER_VERSION
    number: int = 0
    facts: str = ""
    macs_from: int = 0
    configuration: str = ""
    desk: str = ""

    def encoded(self) -> bytes:
        """Write it; instants have six decimals, so that they sort as text."""
        known = self.known.isoformat(timespec="microseconds").replace("+00:00", "Z")
        return orjson.dumps(self._asdict() | {"known": known})


def first_checkpoint(topic: str) -> Checkpoint:
    """Say where a partition stands on which nothing was ever decided."""
    return Checkpoint(0, topic, 0, 0, (), EPOCH, START_OF_CHAIN)


def decode(raw: bytes) -> Checkpoint:
    """Read one.

    Raises: Unreadable, also for one that only a newer code can read
    """
    try:
        item = orjson.loads(raw)
        if item["min_reader"] > READER_VERSION:
            raise Unreadable(
                f"the checkpoint asks for a reader of version {item['min_reader']}; this code is "
                f"version {READER_VERSION}"
            )
        return Checkpoint(
            item["next"],
            item["topic"],
            item["sent"],
            item["decided"],
            tuple(item["unchanged"]),
            datetime.fromisoformat(item["known"]),
            item["chain"],
            item["min_reader"],
            item.get("number", 0),
            item.get("facts", ""),
            item.get("macs_from", 0),
            item.get("configuration", ""),
            item.get("desk", ""),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"no checkpoint: {error!r}") from error


def next_chain(before: str, next_offset: int, facts: Iterable[bytes]) -> str:
    """Prolong the chain by one transaction."""
    digest = sha256(bytes.fromhex(before))
    digest.update(next_offset.to_bytes(8, "big"))
    for fact in facts:
        digest.update(len(fact).to_bytes(4, "big"))
        digest.update(fact)
    return digest.hexdigest()


def fact_digest(fact: bytes) -> bytes:
    """Name one fact within its transaction."""
    return sha256(fact).digest()[:_DIGEST_BYTES]


def encode_digests(facts: Iterable[bytes]) -> str:
    """Name the facts of a transaction, in order."""
    return b64encode(b"".join(map(fact_digest, facts))).decode()


def decode_digests(facts: str) -> list[bytes]:
    """Read such a list.

    Raises: Unreadable
    """
    try:
        joined = b64decode(facts, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(f"the checkpoint's list of facts: {error}") from error
    return [joined[at : at + _DIGEST_BYTES] for at in range(0, len(joined), _DIGEST_BYTES)]
