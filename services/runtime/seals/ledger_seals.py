"""Ledger seals: the desk signs each checkpoint; whoever reads `ledger` can verify it, and no more.

In:   the bytes of a checkpoint, with the topic and partition that it is written to
Out:  the headers of its record; and whether such headers are the desk's
Holds: only the desk has the key that signs (Ed25519); readers hold public keys, with which nothing
       can be forged; a signature counts on one topic and one partition alone
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE, KEY = "signature", "key"
"""Headers of a checkpoint: Ed25519 over place and value, and which key has made it."""

Headers = Sequence[tuple[str, bytes | None]]


class Signed(Enum):
    """What a checkpoint's headers say."""

    NOT = "it is not signed"
    OURS = "the desk has signed it"
    WRONG = "its signature is wrong"
    UNKNOWN_KEY = "it is signed with a key that is not at hand"


class LedgerSeal:
    """Signs checkpoints."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._name = key_name(self.public)

    def headers(self, topic: str, partition: int, value: bytes) -> list[tuple[str, bytes]]:
        """Sign one checkpoint for the place that it is written to."""
        return [(SIGNATURE, self._key.sign(_said(topic, partition, value))), (KEY, self._name)]


class LedgerKeys:
    """The public keys of a ledger, the present one and those before it."""

    def __init__(self, public: Iterable[bytes]) -> None:
        self._keys = {key_name(raw): Ed25519PublicKey.from_public_bytes(raw) for raw in public}

    @property
    def names(self) -> list[str]:
        """The keys by their names."""
        return [name.hex() for name in self._keys]

    def public(self, name: bytes) -> bytes | None:
        """A key by its name; None where it is not at hand."""
        key = self._keys.get(name)
        return None if key is None else key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def signed(self, topic: str, partition: int, value: bytes, headers: Headers) -> Signed:
        """Say whose checkpoint this is."""
        found = dict(headers)
        signature, name = found.get(SIGNATURE), found.get(KEY)
        if signature is None or name is None:
            return Signed.NOT
        key = self._keys.get(name)
        if key is None:
            return Signed.UNKNOWN_KEY
        try:
            key.verify(signature, _said(topic, partition, value))
        except InvalidSignature:
            return Signed.WRONG
        return Signed.OURS


def key_name(public: bytes) -> bytes:
    """Name a public key, in its headers and in words."""
    return sha256(public).digest()[:8]


def _said(topic: str, partition: int, value: bytes) -> bytes:
    return f"benefit-ledger checkpoint\n{topic}\n{partition}\n".encode() + value
