"""partition_checking: whether the books are of this very log, and where its chain stands there.

In:   how far the books have read a partition; the log
Out:  the chain of checkpoints at that place, or the trouble that keeps the partition from going on
"""

import orjson
from aiokafka import TopicPartition

from projections.engine.ledger_reader import LedgerReader
from projections.engine.ledger_slices import Trouble
from projections.engine.partition_positions import ReadPosition
from services.runtime.seals.chain import Chain, ChainBroken
from services.runtime.seals.chain_at_offset import chain_at
from services.runtime.seals.ledger_seals import LedgerKeys


async def difference_of(
    reader: LedgerReader, partition: int, position: ReadPosition, first: int, end: int
) -> Trouble | None:
    """Say why the books cannot be of this log, which reaches from `first` to `end`, if so."""
    at = position.next
    if at > end:
        return Trouble(at, "LogTooShort", f"the books have read up to {at}, the log ends at {end}")
    if at < first:
        return Trouble(at, "LogTruncated", f"the log begins at {first}")
    if position.last_offset is None:
        return None
    record = await reader.record_at(partition, position.last_offset)
    found = orjson.loads(record.value).get("id") if record and record.value else None
    if found != position.last_id:
        return Trouble(
            position.last_offset,
            "LogDiffers",
            f"the books hold fact {position.last_id} there, the log {found}",
        )
    return None


async def chain_of(
    reader: LedgerReader, partition: int, first: int, at: int, keys: LedgerKeys
) -> Chain | Trouble:
    """Find the chain where the books stand, or say why that cannot be."""
    place = TopicPartition(reader.topic, partition)
    try:
        return await chain_at(reader.consumer, place, first, at, keys)
    except ChainBroken as broken:
        return Trouble(broken.offset, "ChainBroken", str(broken))
