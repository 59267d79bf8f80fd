"""Failures that end a desk: each names the partition, and what the person at the machine can do."""

from events.invariants import BrokenInvariant
from services.runtime.errors import OperatingFailure


class CannotOpen(BrokenInvariant):
    """A partition whose past does not fit: nothing is decided on it until a person has looked."""

    def __init__(self, partition: int, what: str, do: str) -> None:
        super().__init__(f"partition {partition} is not opened: {what} {do}")
        self.partition = partition


class LedgerDiffers(BrokenInvariant):
    """The ledger under a running desk is not the one it opened."""


class Fenced(OperatingFailure):
    """Another desk has taken over the partition; it is the rightful owner now."""

    may_pass = True

    def __init__(self, partition: int) -> None:
        super().__init__(
            f"Another desk has taken over partition {partition}.",
            "Nothing is to be done: this process starts anew and takes what is assigned to it.",
        )


class NotCommitted(OperatingFailure):
    """A transaction could not be ended in time; whether it counts is found out on opening."""

    may_pass = True

    def __init__(self, partition: int, step: str, why: str) -> None:
        super().__init__(
            f"A transaction on ledger partition {partition} failed at its {step}: {why}",
            "See whether the broker runs and its disk has room. The desk starts anew and finds "
            "from the ledger what was decided.",
        )


class PartitionDamaged(OperatingFailure):
    """A batch of records on the disk is not the one that was written."""

    def __init__(self, topic: str, partition: int, offset: int, why: str) -> None:
        super().__init__(
            f"{topic} partition {partition} is damaged at offset {offset}: {why}",
            "The other partitions go on. Restore the partition's segment from a copy, then start "
            "the desk anew: docs/how-to/damaged-log.md.",
        )
        self.topic = topic
        self.partition = partition
        self.offset = offset


class NotRead(OperatingFailure):
    """A partition could not be read to the end that the broker tells."""

    may_pass = True

    def __init__(self, topic: str, partition: int, why: str) -> None:
        super().__init__(
            f"{topic} partition {partition} could not be read: {why}",
            "See whether the broker runs. The desk starts anew by itself.",
        )
