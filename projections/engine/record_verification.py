"""record_verification: which records of a partition the desk has written.

In:   records as they are read, the chain of the desk's checkpoints
Out:  facts and checkpoints that are verified; foreign records, which are left out
Holds: a fact passes only when the checkpoint behind it is verified
"""

from collections.abc import Sequence
from typing import NamedTuple

from projections.engine.ledger_reader import LedgerReader
from projections.engine.ledger_slices import Trouble
from services.runtime.seals.chain import Chain, ChainBroken, ForeignRecord, LoggedRecord


class VerifiedRecords(NamedTuple):
    """What came of one partition's records; `end` is set where all that is left is foreign."""

    records: list[LoggedRecord]
    facts: list[LoggedRecord]
    foreign: list[ForeignRecord]
    end: int
    trouble: Trouble | None


async def verify(
    chain: Chain,
    partition: int,
    start: int,
    records: Sequence[LoggedRecord],
    reader: LedgerReader,
    limit: int | None,
) -> VerifiedRecords:
    """Keep what the desk has written from `start` on, batch by batch; the rest waits, or is left out.

    Where there is a limit, nothing is read from it on.
    """
    if limit is not None and records and records[-1].offset >= limit:
        records = [record for record in records if record.offset < limit]
        reader.pause(partition)
    verified: list[LoggedRecord] = []
    facts: list[LoggedRecord] = []
    trouble, end = None, start
    try:
        for record in records:
            batch = chain.add(record)
            if batch is not None:  # a batch that was cut in two by an older code is read anew
                fresh = [fact for fact in batch.facts if fact.offset >= start]
                facts += fresh
                verified += [*fresh, batch.record]
    except ChainBroken as broken:
        trouble = Trouble(broken.offset, "ChainBroken", str(broken))
    if trouble is None and chain.has_waiting and limit is None:
        stable = reader.ends().get(partition)
        next_offset = await reader.next_offset(partition)
        if stable is not None and next_offset >= stable:
            chain.leave_out_waiting()
            end = next_offset
    return VerifiedRecords(verified, facts, chain.take_foreign(), end, trouble)
