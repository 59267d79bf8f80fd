"""Packets: commands gathered in order, within both bounds."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import MAX_PACKET_COMMANDS, packet
from events.streams import partition_of
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.kafka.packets import (
    CommandTooLong,
    NotAcknowledged,
    PacketSender,
    cut_into_packets,
)
from services.runtime.seals.packet_seals import PacketSeal
from services.runtime.topics import Topics
from tests.conftest import PARTITIONS
from tests.system.desk_kit import line_on, raw_log

LIMIT = 200
SEAL = PacketSeal("operator", b"k" * 32)


@given(st.lists(st.integers(1, LIMIT - 2).map(lambda size: b"x" * size), max_size=60))
def test_packets_keep_the_order_and_the_byte_bound(commands: list[bytes]) -> None:
    packets = list(cut_into_packets(commands, LIMIT))
    assert [command for one in packets for command in one] == commands
    assert all(len(packet(one)) <= LIMIT for one in packets)
    assert all(packets)


def test_a_packet_holds_at_most_five_hundred_commands() -> None:
    sizes = [len(one) for one in cut_into_packets([b"{}"] * 1201, 950_000)]
    assert sizes == [MAX_PACKET_COMMANDS, MAX_PACKET_COMMANDS, 201]


def test_packets_are_as_few_as_the_bounds_allow() -> None:
    assert [len(one) for one in cut_into_packets([b"x" * 65] * 6, LIMIT)] == [3, 3]


async def test_what_is_sent_together_travels_together_and_in_order(
    kafka: KafkaBroker, topics: Topics
) -> None:
    streams = [line_on(partition, PARTITIONS) for partition in range(PARTITIONS)]
    commands = [
        (stream, json.dumps({"stream": stream, "n": number}).encode())
        for number in range(700)
        for stream in streams
    ]
    async with PacketSender(kafka.bootstrap, topics.commands, SEAL) as sender:
        assert sender.partitions == PARTITIONS
        halves = commands[: len(commands) // 2], commands[len(commands) // 2 :]
        await asyncio.gather(*(sender.send_all(half) for half in halves))
    for partition, stream in enumerate(streams):
        assert partition_of(stream, PARTITIONS) == partition
        records = await raw_log(kafka.bootstrap, topics.commands, partition, committed=False)
        found = [command for record in records for command in json.loads(record.value)]
        assert [command["n"] for command in found] == list(range(700))
        assert len(records) <= 3


async def test_at_rest_a_record_carries_one_command(kafka: KafkaBroker, topics: Topics) -> None:
    stream = line_on(1, PARTITIONS)
    async with PacketSender(kafka.bootstrap, topics.commands, SEAL) as sender:
        for number in range(3):
            await sender.send_all([(stream, b"%d" % number)])
    records = await raw_log(kafka.bootstrap, topics.commands, 1, committed=False)
    assert [record.value for record in records] == [b"[0]", b"[1]", b"[2]"]


async def test_more_than_a_batch_can_hold_is_sent_in_several(
    kafka: KafkaBroker, topics: Topics
) -> None:
    stream = line_on(1, PARTITIONS)
    commands = [(stream, b'"' + bytes([97 + n]) * 600_000 + b'"') for n in range(5)]
    async with PacketSender(kafka.bootstrap, topics.commands, SEAL) as sender:
        await sender.send_all(commands)
    records = await raw_log(kafka.bootstrap, topics.commands, 1, committed=False)
    assert [record.value[2:3] for record in records] == [b"a", b"b", b"c", b"d", b"e"]


async def test_a_command_that_no_packet_can_carry_is_refused_and_nothing_is_sent(
    kafka: KafkaBroker, topics: Topics
) -> None:
    stream = line_on(1, PARTITIONS)
    async with PacketSender(kafka.bootstrap, topics.commands, SEAL, limit_bytes=LIMIT) as sender:
        with pytest.raises(CommandTooLong, match="至多 198 字节"):
            await sender.send_all([(stream, b"{}"), (stream, b"x" * 199)])
        await sender.send_all([(stream, b"x" * 198)])
    (record,) = await raw_log(kafka.bootstrap, topics.commands, 1, committed=False)
    assert len(record.value) == LIMIT


async def test_what_is_not_acknowledged_in_time_is_said(kafka: KafkaBroker, topics: Topics) -> None:
    sender = PacketSender(kafka.bootstrap, topics.commands, SEAL, timeout_seconds=10.0)
    async with sender:
        sender._timeout_seconds = 0.0001
        with pytest.raises(NotAcknowledged, match="no answer within"):
            await sender.send_all([(line_on(1, PARTITIONS), b"{}")])
