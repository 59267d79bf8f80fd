"""Sender check: what a packet must prove before its commands are decided: who sent it, if they may.

In:   a packet with its headers; the table of `events.senders`
Out:  nothing, or why it is refused
Holds: a packet that proves nothing is refused whole, a command that is not its sender's by itself;
       either is a fact with a code, and what stands behind it is decided
"""

from typing import NamedTuple

from services.runtime.seals.packet_seals import Headers, PacketKeys

FOREIGN_PACKET = "FOREIGN_PACKET"
NOT_ALLOWED_TO_SEND = "NOT_ALLOWED_TO_SEND"


class Packet(NamedTuple):
    """One record of `commands`."""

    offset: int
    raw: bytes
    headers: Headers = ()


class SenderCheck(NamedTuple):
    """The keys of all who may send to one topic."""

    topic: str
    keys: PacketKeys

    def why_foreign(self, partition: int, packet: Packet, macs_from: int) -> str:
        """Say why a packet is nobody's; nothing when it is its sender's.

        `macs_from` is where packets began to have a MAC: one before it that has none is taken.
        """
        if packet.offset < macs_from and not packet.headers:
            return ""
        return self.keys.why_foreign(self.topic, partition, packet.raw, packet.headers)
