"""Limits: how long a desk waits for anything, and how much it decides at once."""

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds of one owner; the broker's own transaction time-out equals `transaction_seconds`."""

    transaction_seconds: float = 15.0
    commit_seconds: float = 10.0
    start_seconds: float = 40.0
    progress_seconds: float = 30.0
    """A read that brings nothing for so long, while there is something to read, has failed."""
    transaction_commands: int = 2_000
    transaction_bytes: int = 8_000_000
    slice_records: int = 1_000
    unacknowledged_batches: int = 4
