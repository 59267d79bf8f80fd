"""Packet seals: each packet on `commands` names its producer, and proves it by a MAC.

In:   the bytes of a packet, with the topic and partition that it is written to
Out:  the headers of its record; and why such headers do not prove what they say
Holds: HMAC-SHA256 under a key of the producer's own, derived from one that the desk alone holds; a
       MAC counts on one topic and one partition alone
"""

import hmac
from collections.abc import Sequence

PRODUCER, MAC = "producer", "mac"

PRODUCERS = ("intake", "desk", "clerk", "web", "operator")
"""Who may send packets: the processes that do, and `operator`, the command line."""

Headers = Sequence[tuple[str, bytes | None]]


class PacketSeal:
    """Seals the packets of one producer."""

    def __init__(self, producer: str, key: bytes) -> None:
        self.producer = producer
        self._key = key
        self._name = producer.encode()

    def headers(self, topic: str, partition: int, packet: bytes) -> list[tuple[str, bytes]]:
        """Seal one packet for the place that it is written to."""
        return [(PRODUCER, self._name), (MAC, _mac(self._key, topic, partition, packet))]


class PacketKeys:
    """What the desk holds: the key from which every producer's is derived."""

    def __init__(self, master: bytes) -> None:
        self._keys = {name: producer_key(master, name) for name in PRODUCERS}

    def seal(self, producer: str) -> PacketSeal:
        """The seal of one producer."""
        return PacketSeal(producer, self._keys[producer])

    def why_foreign(self, topic: str, partition: int, packet: bytes, headers: Headers) -> str:
        """Say why a packet is not from who its headers say; nothing when it is."""
        found = dict(headers)
        name, mac = found.get(PRODUCER), found.get(MAC)
        if name is None or mac is None:
            return "the packet names no producer, or has no MAC"
        key = self._keys.get(name.decode("ascii", "replace"))
        if key is None:
            return f"nobody known as {name[:40]!r} sends packets"
        if not hmac.compare_digest(mac, _mac(key, topic, partition, packet)):
            return f"the MAC is not that of {name.decode()}"
        return ""


def producer_of(headers: Headers) -> str:
    """Who a packet says has sent it."""
    name = dict(headers).get(PRODUCER)
    return name.decode("ascii", "replace") if name else ""


def producer_key(master: bytes, producer: str) -> bytes:
    """Derive the key of one producer."""
    return hmac.digest(master, b"benefit-ledger packets of " + producer.encode(), "sha256")


def _mac(key: bytes, topic: str, partition: int, packet: bytes) -> bytes:
    place = f"benefit-ledger packet\n{topic}\n{partition}\n".encode()
    return hmac.digest(key, place + packet, "sha256")
