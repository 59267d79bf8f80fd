"""Position vector: up to where of the ledger something counts, partition by partition.

In:    the next offset of every partition, or the text of an earlier vector
Out:   PositionVector, its canonical text and its digest
Holds: two vectors that take in the same facts have the same text, so the same digest; facts at or
       below a vector never change, for the ledger only grows
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

_TEXT = re.compile(
    r"(?:(?:0|[1-9][0-9]*):[1-9][0-9]*(?:,(?:0|[1-9][0-9]*):[1-9][0-9]*)*)?", re.ASCII
)


class PositionVector(NamedTuple):
    """How far each partition of the ledger counts: of partition p, all offsets below `next_offsets[p]`.

    Shape: one offset a partition, from partition 0 on, the last one never 0; make it by `of`
    """

    next_offsets: tuple[int, ...] = ()

    @classmethod
    def of(cls, offsets: Mapping[int, int]) -> "PositionVector":
        """Make the vector of partition → next offset.

        Raises: ValueError at a negative partition or offset
        """
        if any(partition < 0 or offset < 0 for partition, offset in offsets.items()):
            raise ValueError(f"a partition or an offset is negative: {dict(offsets)}")
        held = {partition: offset for partition, offset in offsets.items() if offset}
        return cls(tuple(held.get(partition, 0) for partition in range(max(held, default=-1) + 1)))

    @classmethod
    def parse(cls, text: str) -> "PositionVector":
        """Read a canonical text, and nothing else.

        Raises: ValueError where the text is not what `text` writes
        """
        if not _TEXT.fullmatch(text):
            raise ValueError(f"not a position vector: {text!r}")
        pairs = [pair.partition(":") for pair in text.split(",") if pair]
        vector = cls.of({int(partition): int(offset) for partition, _, offset in pairs})
        if vector.text != text:
            raise ValueError(f"not a position vector in its canonical order: {text!r}")
        return vector

    @property
    def text(self) -> str:
        """``0:120,2:33``: partition and next offset, by partition; a partition without facts is left out."""
        return ",".join(
            f"{partition}:{offset}" for partition, offset in enumerate(self.next_offsets) if offset
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()

    def next_of(self, partition: int) -> int:
        """The first offset of a partition that does not count."""
        return self.next_offsets[partition] if partition < len(self.next_offsets) else 0

    def takes_in(self, partition: int, offset: int) -> bool:
        """Whether a fact at this place counts."""
        return offset < self.next_of(partition)

    def reaches(self, other: "PositionVector") -> bool:
        """Whether all that counts for the other counts for this one too."""
        return all(
            self.next_of(partition) >= offset for partition, offset in enumerate(other.next_offsets)
        )
