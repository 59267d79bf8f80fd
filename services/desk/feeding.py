"""Feeding: Faust's consumer passes over a damaged batch instead of ending the desk.

A feeder promises nothing: the owner finds the gap, reads it from the log by itself, and says which
partition is damaged and where (`failures.PartitionDamaged`). aiokafka would raise into Faust's thread, for all
partitions, at each start again.
"""

from typing import Any

import structlog
from aiokafka.consumer import fetcher

log = structlog.get_logger("desk")


class _UndamagedBatches:
    """The batches of one fetch that are as they were written."""

    def __init__(self, batches: Any, on_damage: Any) -> None:
        self._batches = batches
        self._on_damage = on_damage
        self._next = self._whole()

    def has_next(self) -> bool:
        """Tell whether there is one more."""
        return self._next is not None

    def next_batch(self) -> Any:
        """Take it."""
        batch, self._next = self._next, self._whole()
        return batch

    def _whole(self) -> Any:
        while self._batches.has_next():
            batch = self._batches.next_batch()
            if batch.validate_crc():
                return batch
            self._on_damage(batch)
        return None


class DamageSkippingRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    """What one fetch brought of a partition; where it is not to be checked, damage is passed over."""

    _records: Any
    next_fetch_offset: int

    def _unpack_records(self) -> Any:
        if self._check_crcs:
            yield from super()._unpack_records()
            return
        passed: list[Any] = []
        self._records = _UndamagedBatches(self._records, passed.append)
        yield from super()._unpack_records()
        for batch in passed:
            log.critical(
                "a damaged batch was passed over by the feeder",
                topic=self._tp.topic,
                partition=self._tp.partition,
                offset=batch.base_offset,
            )
            self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)


def skip_damaged_batches() -> None:
    """Let consumers that do not check what they read pass over it; all others go on checking."""
    fetcher.PartitionRecords = DamageSkippingRecords
