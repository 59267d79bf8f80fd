"""Last published: how far the ledger was published, found from the outcomes where Kafka forgot it.

A group that was empty for longer than a broker keeps its offsets has no position any more. To begin
anew would publish everything a second time; so each outcome names its place on the ledger in a header.

Holds: nothing that was published is published again, and nothing that was not is passed over
"""

from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from events.invariants import BrokenInvariant

PLACE = "place"
"""Header of an outcome: topic, partition and offset of the fact or letter that it is about."""


def place_header(place: TopicPartition, offset: int) -> tuple[str, bytes]:
    """Name the place of a fact or letter."""
    return PLACE, f"{place.topic}/{place.partition}/{offset}".encode()


async def published_until(bootstrap: str, outcomes: str) -> dict[TopicPartition, int]:
    """Find for each partition of ledger and letters the offset behind the last that was published.

    Shape:  nothing where nothing was ever published
    Raises: BrokenInvariant where outcomes name no place, as those of older versions
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
    )
    await consumer.start()
    try:
        metadata = await consumer._client.fetch_all_metadata()
        places = [TopicPartition(outcomes, n) for n in metadata.partitions_for_topic(outcomes)]
        consumer.assign(places)
        firsts = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, firsts[place])
        found: dict[TopicPartition, int] = {}
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    place, offset = _place(record.headers, outcomes)
                    found[place] = max(found.get(place, 0), offset + 1)
        return found
    finally:
        await consumer.stop()


def _place(headers: Iterable[tuple[str, bytes]], outcomes: str) -> tuple[TopicPartition, int]:
    named = dict(headers).get(PLACE)
    if named is None:
        raise BrokenInvariant(
            f"Kafka has forgotten how far the ledger was published, and outcomes on {outcomes} are from a "
            "version that did not name its facts: set the positions of the group by hand"
        )
    topic, partition, offset = named.decode().rsplit("/", 2)
    return TopicPartition(topic, int(partition)), int(offset)
