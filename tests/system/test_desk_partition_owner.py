"""An owner on a real broker: decided once, in order, whatever it is fed."""

from collections.abc import Callable

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka.admin import AdminClient

from events import codec
from events.envelope import Asked, Position, Recorded
from services.desk.command_runner import StateMachine
from services.desk.limits import Limits
from services.desk.partition_owner import PartitionOwner
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.kafka.topic_ids import topic_id
from services.runtime.seals import checkpoint as checkpoints
from services.runtime.topics import Topics
from services.streams import StreamStore, follow_ups
from tests.conftest import PARTITIONS
from tests.given_when_then import policies
from tests.system.desk_kit import (
    SENT_AT,
    allocate,
    checkpoints_of,
    desk_context,
    facts_of,
    fed,
    line_on,
    packet_of,
    raw_log,
    sealed,
    send,
)
from tests.system.desk_state_machines import Tally

LINE = line_on(1, PARTITIONS)
ELSEWHERE = line_on(2, PARTITIONS)
Kind = tuple[Callable[[], StateMachine], Callable[[Recorded], list[Asked]]]
KINDS = {
    "tally": (Tally, Tally().implied),
    "store": (lambda: StreamStore(policies()), follow_ups),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Whose decisions the owner writes."""
    return KINDS[request.param]  # type: ignore[return-value]


def documents(facts: list[dict[str, object]]) -> list[object]:
    """Name what was allocated, in order."""
    return [fact["body"]["document"] for fact in facts]  # type: ignore[index]


async def test_what_waits_at_opening_is_decided_from_the_log(
    kafka: KafkaBroker, topics: Topics, kind: Kind
) -> None:
    new_state_machine, implied = kind
    async with desk_context(
        kafka.bootstrap, topics, new_state_machine=new_state_machine, implied=implied
    ) as context:
        await send(context.sender, [allocate(LINE, number) for number in range(3)])
        owner = PartitionOwner(1, context)
        await owner.open()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["seq"] for fact in facts] == [1, 2, 3]
        assert owner.next == len(await raw_log(kafka.bootstrap, topics.commands, 1))
        await owner.close()


async def test_repeats_are_dropped_and_gaps_are_read(
    kafka: KafkaBroker, topics: Topics, kind: Kind
) -> None:
    new_state_machine, implied = kind
    async with desk_context(
        kafka.bootstrap, topics, new_state_machine=new_state_machine, implied=implied
    ) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        for number in range(4):
            await send(context.sender, [allocate(LINE, number)])
        await owner.decide([fed(topics, 1, 0, allocate(LINE, 0))])
        await owner.decide([fed(topics, 1, 0, allocate(LINE, 0))])
        await owner.decide([fed(topics, 1, 3, allocate(LINE, 3))])
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert documents(facts) == [f"doc-{n}" for n in range(4)]
        points = await checkpoints_of(kafka.bootstrap, topics, 1)
        assert [point["next"] for point in points] == [0, 1, 4]
        await owner.close()


async def test_packets_fed_twice_or_in_disorder_are_decided_once_and_in_order(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        packets = [fed(topics, 1, number, allocate(LINE, number)) for number in range(6)]
        await owner.decide([packets[n] for n in (1, 0, 1, 2, 0)])
        await owner.decide([packets[n] for n in (5, 2, 4, 3, 3)])
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert documents(facts) == [f"doc-{n}" for n in range(6)]
        points = await checkpoints_of(kafka.bootstrap, topics, 1)
        assert [(point["next"], point["decided"]) for point in points] == [(0, 0), (3, 3), (6, 6)]
        await owner.close()


async def test_an_owner_let_go_before_it_opened_ends_nobody(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        owner, late = PartitionOwner(1, context), PartitionOwner(1, context)
        await owner.open()
        await late.close()
        await late.open()
        await owner.decide([fed(topics, 1, 0, allocate(LINE, 1))])
        assert len(await facts_of(kafka.bootstrap, topics, 1)) == 1
        await owner.close()


async def test_an_owner_that_opens_again_goes_on_where_the_last_one_stood(
    kafka: KafkaBroker, topics: Topics, kind: Kind
) -> None:
    new_state_machine, implied = kind
    async with desk_context(
        kafka.bootstrap, topics, new_state_machine=new_state_machine, implied=implied
    ) as context:
        for number in range(3):
            await send(context.sender, [allocate(LINE, number), allocate(LINE, 0)])
            owner = PartitionOwner(1, context)
            await owner.open()
            await owner.close()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert documents(facts) == ["doc-0", "doc-1", "doc-2"]
        assert [fact["seq"] for fact in facts] == [1, 2, 3]
        points = await checkpoints_of(kafka.bootstrap, topics, 1)
        assert [point["decided"] for point in points] == [0, 2, 4, 6]
        assert points[-1]["unchanged"] == [allocate(LINE, 0).id]


async def test_one_transaction_holds_at_most_so_many_commands(
    kafka: KafkaBroker, topics: Topics
) -> None:
    limits = Limits(transaction_commands=10)
    async with desk_context(
        kafka.bootstrap, topics, new_state_machine=Tally, limits=limits
    ) as context:
        for start in range(0, 40, 4):
            await send(context.sender, [allocate(LINE, start + n) for n in range(4)])
        owner = PartitionOwner(1, context)
        await owner.open()
        points = await checkpoints_of(kafka.bootstrap, topics, 1)
        decided = [point["decided"] for point in points]
        assert decided[-1] == 40
        steps = [after - before for before, after in zip([0, *decided], decided, strict=False)]
        assert max(steps) <= 12  # a packet is never split
        await owner.close()


async def test_anybody_can_check_the_chain_and_the_time_from_outside(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        for number in range(3):
            await owner.decide([fed(topics, 1, number, allocate(LINE, number))])
        chain, since, known = "0" * 64, [], ""
        for record in await raw_log(kafka.bootstrap, topics.ledger, 1):
            if record.key != codec.CHECKPOINT_KEY:
                since.append(record.value)
                continue
            point = orjson.loads(record.value)
            chain = checkpoints.next_chain(chain, point["next"], since)
            assert point["chain"] == chain
            assert point["known"] >= known
            since, known = [], point["known"]
        assert known.startswith("2022-08-12T01:14")
        await owner.close()


HOPELESS = [
    b"",
    b"not json",
    b"null",
    b"{}",
    b"[1]",
    b"[" * 5000,
    b'[{"id": null}]',
    b'[{"id": "zz", "stream": "budget/x", "type": "AllocateBudget", "version": 1}]',
    b'[{"id": 7, "stream": 9, "type": [], "version": {}}]',
    b'[{"id":"------------------------------------","stream":"budget/fund/x/y/2022"}]',
    b'[{"stream": "' + b"x" * 5000 + b'"}]',
    b'[{"type": "Later", "version": 99, "deep": ' + b"[" * 500 + b"]" * 500 + b"}]",
    packet_of(allocate(ELSEWHERE, 1)),
    packet_of(allocate(LINE, 1)._replace(id="00000000-0000-0000-0000-00000000000g")),
    packet_of(allocate(LINE, 1)).replace(b'Z","effective_on"', b'","effective_on"'),
    packet_of(allocate(LINE, 1)).replace(b'"amount":100', b'"amount":-1'),
]


async def test_what_cannot_be_read_is_set_aside_and_stops_nobody_else(
    kafka: KafkaBroker, topics: Topics
) -> None:
    other = line_on(1, PARTITIONS, nth=1)
    async with desk_context(kafka.bootstrap, topics) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        for number, packet in enumerate(HOPELESS):
            bad = sealed(topics, 1, 2 * number, packet)
            await owner.decide([bad, fed(topics, 1, 2 * number + 1, allocate(other, number))])
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["type"] for fact in facts] == ["CommandSetAside", "BudgetAllocated"] * len(
            HOPELESS
        )
        assert documents(facts[1::2]) == [f"doc-{number}" for number in range(len(HOPELESS))]
        assert len({fact["id"] for fact in facts}) == len(facts)
        await owner.close()


async def test_the_topic_id_is_the_brokers(kafka: KafkaBroker, topics: Topics) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        ours = await topic_id(context.client, topics.commands)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    from confluent_kafka import TopicCollection

    found = admin.describe_topics(TopicCollection([topics.commands]))
    theirs = found[topics.commands].result(10).topic_id
    bits = theirs.get_most_significant_bits() % 2**64, theirs.get_least_significant_bits() % 2**64
    assert ours.replace("-", "") == f"{bits[0]:016x}{bits[1]:016x}"


async def test_an_older_ledger_goes_on_and_from_then_on_everything_must_be_signed(
    kafka: KafkaBroker, topics: Topics
) -> None:
    """What an older version wrote has its chain alone; what it sent and nobody decided has no MAC."""
    async with desk_context(kafka.bootstrap, topics) as context:
        ours = await topic_id(context.client, topics.commands)
        decided = StreamStore(policies()).decide(allocate(LINE, 0), Position(1, 0, 0))
        point = checkpoints.first_checkpoint(ours)._replace(
            next=1,
            decided=1,
            known=SENT_AT,
            chain=checkpoints.next_chain(checkpoints.START_OF_CHAIN, 1, decided.raw),
            min_reader=1,
        )
        older = orjson.loads(point.encoded())
        for added in ("number", "facts", "macs_from"):
            del older[added]
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            for number in range(2):
                packet = packet_of(allocate(LINE, number))
                await producer.send_and_wait(topics.commands, packet, partition=1)
            await producer.send_and_wait(topics.ledger, decided.raw[0], LINE.encode(), partition=1)
            await producer.send_and_wait(
                topics.ledger, orjson.dumps(older), codec.CHECKPOINT_KEY, partition=1
            )
            owner = PartitionOwner(1, context)
            await owner.open()
            assert documents(await facts_of(kafka.bootstrap, topics, 1)) == ["doc-0", "doc-1"]
            points = await checkpoints_of(kafka.bootstrap, topics, 1)
            assert [one.get("number") for one in points] == [None, 1, 2]
            assert points[-1]["macs_from"] == 2

            packet = packet_of(allocate(LINE, 2))
            await producer.send_and_wait(topics.commands, packet, partition=1)
            await owner.catch_up()
            *_, refused = await facts_of(kafka.bootstrap, topics, 1)
            assert refused["body"]["code"] == "FOREIGN_PACKET"
            await producer.send_and_wait(
                topics.ledger, orjson.dumps(older), codec.CHECKPOINT_KEY, partition=1
            )
        await owner.close()
        again = PartitionOwner(1, context)
        await again.open()
        assert again.next == 3, "an unsigned checkpoint counts no more"
        await again.close()
