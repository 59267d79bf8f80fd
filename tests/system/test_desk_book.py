"""A book on a real broker: decided once, in order, whatever it is fed."""

from services.desk.book import Book
from services.runtime.kafka_broker import KafkaBroker
from services.runtime.topics import Topics
from tests.conftest import PARTITIONS
from tests.system.desk_kit import (
    allocate,
    checkpoints_of,
    facts_of,
    line_on,
    packet_of,
    raw_log,
    send,
    surroundings,
)

LINE = line_on(1, PARTITIONS)


async def test_what_waits_at_opening_is_decided_from_the_log(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with surroundings(kafka.bootstrap, topics) as around:
        await send(around.sender, [allocate(LINE, number) for number in range(3)])
        book = Book(1, around)
        await book.open()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["seq"] for fact in facts] == [1, 2, 3]
        assert book.next == len(await raw_log(kafka.bootstrap, topics.commands, 1))
        await book.idle()


async def test_repeats_are_dropped_and_gaps_are_read(kafka: KafkaBroker, topics: Topics) -> None:
    async with surroundings(kafka.bootstrap, topics) as around:
        book = Book(1, around)
        await book.open()
        for number in range(4):
            await send(around.sender, [allocate(LINE, number)])
        await book.decide([(0, packet_of(allocate(LINE, 0)))])
        await book.decide([(0, packet_of(allocate(LINE, 0)))])
        await book.decide([(3, packet_of(allocate(LINE, 3)))])
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["body"]["document"] for fact in facts] == [f"doc-{n}" for n in range(4)]
        assert [point["next"] for point in await checkpoints_of(kafka.bootstrap, topics, 1)] == [
            1,
            4,
        ]
        await book.idle()
