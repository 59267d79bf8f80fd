"""Case records: the records of a case as they lie on the ledger, with the checkpoints that list them.

In:    the topic's places of facts; the public keys
Out:   the records and checkpoints, byte by byte as they were written
Holds: a record counts where a checkpoint of the desk lists it; a place without one is named
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from aiokafka import ConsumerRecord, TopicPartition

from events.codec import CHECKPOINT_KEY
from projections.engine.ledger_reader import LedgerReader
from services.audit.case import CaseRecords, CheckpointRecord, LedgerRecord
from services.runtime.errors import OperatingFailure
from services.runtime.seals import checkpoint as checkpoints
from services.runtime.seals.ledger_seals import KEY, SIGNATURE, LedgerKeys, Signed
from services.runtime.settings import Settings

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"
Place = tuple[int, int]
_AT_ONCE = 500
_ASK_MS = 1_000
_TRIES = 30


class NotOnTheLedger(OperatingFailure):
    """The ledger has no record of the desk at the place where the books have a fact."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            f"台账分区 {place[0]} 位点 {place[1]} 没有所记的事实，案卷写不出来。",
            "请用 benefit-ledger ledger verify 和 benefit-ledger verify 查明。",
        )


async def read(settings: Settings, keys: LedgerKeys, places: Iterable[Place]) -> CaseRecords:
    """Read the records at some places of the ledger.

    Raises: NotOnTheLedger, BrokerAway, TopicsMissing
    """
    wanted: dict[int, list[int]] = defaultdict(list)
    for partition, offset in sorted(set(places)):
        wanted[partition].append(offset)
    records: list[LedgerRecord] = []
    points: list[CheckpointRecord] = []
    async with LedgerReader(settings.kafka_bootstrap, settings.topics.ledger) as reader:
        for partition in reader.partitions:
            reader.pause(partition)
        for partition, offsets in wanted.items():
            if partition not in reader.partitions:
                raise NotOnTheLedger((partition, offsets[0]))
            reader.resume(partition)
            left = offsets
            while left:
                batch = await _to_its_checkpoint(reader, partition, left[0], keys)
                found, point = _taken(partition, batch, left)
                records += found
                points.append(point)
                left = [offset for offset in left if offset > point.offset]
            reader.pause(partition)
    used = {point.key for point in points if point.key}
    public = {name: key for name in used if (key := keys.public(name)) is not None}
    return CaseRecords(settings.topics.ledger, records, points, public)


async def _to_its_checkpoint(
    reader: LedgerReader, partition: int, offset: int, keys: LedgerKeys
) -> list[Record]:
    """Read on from a fact to the checkpoint that lists it."""
    part, read = TopicPartition(reader.topic, partition), list[Record]()
    reader.seek(partition, offset)
    for _try in range(_TRIES):
        found = await reader.consumer.getmany(part, timeout_ms=_ASK_MS, max_records=_AT_ONCE)
        for record in found.get(part, ()):
            read.append(record)
            if record.key == CHECKPOINT_KEY and _lists(reader.topic, read, keys):
                return read
    raise NotOnTheLedger((partition, offset))


def _lists(topic: str, read: Sequence[Record], keys: LedgerKeys) -> bool:
    """Whether the last record is a checkpoint for the first: the desk's, or from before keys."""
    point, first = read[-1], read[0]
    value = point.value or b""
    match keys.signed(topic, point.partition, value, point.headers):
        case Signed.OURS:
            digests = checkpoints.decode_digests(checkpoints.decode(value).facts)
            return checkpoints.fact_digest(first.value or b"") in digests
        case Signed.NOT:
            return checkpoints.decode(value).number == 0
        case _:
            return False


def _taken(
    partition: int, batch: Sequence[Record], wanted: Sequence[int]
) -> tuple[list[LedgerRecord], CheckpointRecord]:
    """Keep of a transaction what is wanted, and its checkpoint."""
    *facts, last = batch
    offsets = set(wanted)
    headers = dict(last.headers)
    point = CheckpointRecord(
        partition,
        last.offset,
        last.value or b"",
        headers.get(SIGNATURE) or b"",
        headers.get(KEY) or b"",
    )
    records = [
        LedgerRecord(
            partition, one.offset, (one.key or b"").decode(), one.value or b"", last.offset
        )
        for one in facts
        if one.offset in offsets
    ]
    if missing := sorted(one for one in offsets - {r.offset for r in records} if one < last.offset):
        raise NotOnTheLedger((partition, missing[0]))
    return records, point
