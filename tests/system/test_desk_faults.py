"""What a desk does when something goes wrong, each by its name."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from events.budgets import AllocateBudget, BudgetAllocated
from events.control import ResumeStream
from events.envelope import Asked, Recorded, follow_up
from services.desk.failures import CannotOpen, Fenced, LedgerDiffers, NotCommitted
from services.desk.partition_owner import PartitionOwner
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.kafka.packets import CommandTooLong
from services.runtime.topics import Topics
from tests.conftest import PARTITIONS
from tests.given_when_then import policies
from tests.system.desk_kit import (
    allocate,
    ask,
    checkpoints_of,
    desk_context,
    facts_of,
    fed,
    line_on,
    raw_log,
    send,
)
from tests.system.desk_state_machines import Deadly, Stumbling, Tally

LINE = line_on(1, PARTITIONS)
OTHER = line_on(1, PARTITIONS, nth=1)
ELSEWHERE = line_on(2, PARTITIONS)


async def test_an_oversized_fact_is_set_aside_and_not_lost(
    kafka: KafkaBroker, topics: Topics
) -> None:
    long = ask(LINE, AllocateBudget(document="x" * 899_900, amount=1), "long")
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [long, allocate(OTHER, 1)])
        owner = PartitionOwner(1, context)
        await owner.open()
        aside, allocated = await facts_of(kafka.bootstrap, topics, 1)
        assert aside["type"] == "CommandSetAside"
        assert aside["cause"] == aside["body"]["command_id"] == long.id
        assert "a fact of 900" in aside["body"]["error"]
        assert allocated["type"] == "BudgetAllocated"
        await owner.close()


async def test_an_oversized_follow_up_is_set_aside_and_not_lost(
    kafka: KafkaBroker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def implied(recorded: Recorded) -> list[Asked]:
        if recorded.body != BudgetAllocated(document="doc-1", amount=100):
            return []
        return [follow_up(recorded, 0, ELSEWHERE, AllocateBudget(document="x" * 900_000, amount=1))]

    monkeypatch.setattr("services.streams.decision.follow_ups", implied)
    async with desk_context(kafka.bootstrap, topics, implied=implied) as context:
        await send(context.sender, [allocate(LINE, 1), allocate(OTHER, 2)])
        owner = PartitionOwner(1, context)
        await owner.open()
        aside, allocated = await facts_of(kafka.bootstrap, topics, 1)
        assert aside["type"] == "CommandSetAside"
        assert "a follow-up of 900" in aside["body"]["error"]
        assert aside["body"]["raw"]
        assert allocated["stream"] == OTHER
        await owner.close()


async def test_a_fact_that_the_broker_refuses_is_never_committed_around(
    kafka: KafkaBroker, topics: Topics
) -> None:
    """aiokafka would commit such a transaction without the batch that failed."""
    async with desk_context(
        kafka.bootstrap, topics, new_state_machine=lambda: Tally(padding=6_000_000)
    ) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        await send(context.sender, [allocate(LINE, 1)])
        with pytest.raises(NotCommitted, match="writing"):
            await owner.catch_up()
        assert await facts_of(kafka.bootstrap, topics, 1) == []
        await owner.close()

    async with desk_context(kafka.bootstrap, topics, new_state_machine=Tally) as context:
        owner = PartitionOwner(1, context)
        await owner.open()  # the mended code finds the command where it was
        assert len(await facts_of(kafka.bootstrap, topics, 1)) == 1
        await owner.close()


async def test_an_oversized_command_is_refused_before_anything_is_sent(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        with pytest.raises(CommandTooLong):
            await context.sender.send_all([(LINE, b"{}"), (LINE, b"x" * 960_000)])
    assert await raw_log(kafka.bootstrap, topics.commands, 1, committed=False) == []


async def test_a_command_that_always_raises_parks_its_stream_and_nobody_elses(
    kafka: KafkaBroker, topics: Topics
) -> None:
    commands = [
        allocate(LINE, 1),
        allocate(LINE, 2),
        allocate(OTHER, 7),
        allocate(LINE, 3),
        allocate(OTHER, 8),
    ]
    async with desk_context(
        kafka.bootstrap, topics, new_state_machine=lambda: Stumbling(policies(), "doc-2")
    ) as context:
        await send(context.sender, commands)
        owner = PartitionOwner(1, context)
        await owner.open()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        of_line = [fact for fact in facts if fact["stream"] == LINE]
        assert [fact["type"] for fact in of_line] == [
            "BudgetAllocated",
            "CommandSetAside",
            "CommandSetAside",
        ]
        assert [fact["body"].get("parked") for fact in of_line[1:]] == [False, True]
        assert "ZeroDivisionError" in of_line[1]["body"]["error"]
        of_other = [fact for fact in facts if fact["stream"] == OTHER]
        assert [fact["type"] for fact in of_other] == ["BudgetAllocated", "BudgetAllocated"]
        await owner.close()

    async with desk_context(kafka.bootstrap, topics) as context:  # the code is mended
        resume = ask(LINE, ResumeStream(operator="li-jing", reason="mended"), "resume")
        await send(context.sender, [resume, commands[1], commands[3]])
        owner = PartitionOwner(1, context)
        await owner.open()
        facts = [
            fact for fact in await facts_of(kafka.bootstrap, topics, 1) if fact["stream"] == LINE
        ]
        assert [fact["type"] for fact in facts[3:]] == [
            "StreamResumed",
            "BudgetAllocated",
            "BudgetAllocated",
        ]
        assert [fact["body"]["document"] for fact in facts[4:]] == ["doc-2", "doc-3"]
        assert [fact["seq"] for fact in facts] == [1, 2, 3, 4, 5, 6]
        await owner.close()


async def _made_anew(kafka: KafkaBroker, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        async with asyncio.timeout(20):
            while (await admin.describe_topics([topic]))[0]["error_code"] == 0:
                await asyncio.sleep(0.05)
            while True:
                answer = await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
                if answer.topic_errors[0][1] == 0:
                    break
                await asyncio.sleep(0.05)
            while any(
                part["leader"] < 0
                for part in (await admin.describe_topics([topic]))[0]["partitions"]
            ):
                await asyncio.sleep(0.05)
    finally:
        await admin.close()


async def test_a_commands_topic_that_was_made_anew_is_noticed(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, 1)])
        owner = PartitionOwner(1, context)
        await owner.open()
        await owner.close()
    await _made_anew(kafka, topics.commands)
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, 2), allocate(LINE, 3)])
        owner = PartitionOwner(1, context)
        with pytest.raises(CannotOpen, match="made anew or restored"):
            await owner.open()
        assert len(await facts_of(kafka.bootstrap, topics, 1)) == 1
        await owner.close()


async def test_a_ledger_that_was_made_anew_under_a_running_desk_is_noticed(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        for number in range(3):
            await owner.decide([fed(topics, 1, number, allocate(LINE, number))])
        await _made_anew(kafka, topics.ledger)
        with pytest.raises((LedgerDiffers, NotCommitted)):
            await owner.decide([fed(topics, 1, 3, allocate(LINE, 3))])
        await owner.close()


async def test_a_position_outside_the_log_is_noticed(kafka: KafkaBroker, topics: Topics) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        await owner.decide([fed(topics, 1, 0, allocate(LINE, 1))])  # it was never in the log
        await owner.close()
        with pytest.raises(CannotOpen, match="is to be decided next"):
            await PartitionOwner(1, context).open()


async def test_facts_of_a_foreign_hand_are_named_and_left_out(
    kafka: KafkaBroker, topics: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, 1)])
        owner = PartitionOwner(1, context)
        await owner.open()
        await owner.close()
        _, record, _ = await raw_log(kafka.bootstrap, topics.ledger, 1)
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            forged = record.value.replace(b'"seq":1', b'"seq":2')
            await producer.send_and_wait(topics.ledger, forged, record.key, partition=1)
        again = PartitionOwner(1, context)
        await again.open()
        said = capsys.readouterr().out
        assert "foreign record left out" in said
        await send(context.sender, [allocate(LINE, 2)])
        await again.catch_up()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["seq"] for fact in facts] == [1, 2, 2], "the forged one stays where it is"
        assert facts[2]["body"]["document"] == "doc-2"
        await again.close()


async def test_a_foreign_owners_fencing_ends_the_old_one(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        old, new = PartitionOwner(1, context), PartitionOwner(1, context)
        await old.open()
        await send(context.sender, [allocate(LINE, 1)])
        await old.catch_up()
        await new.open()
        await send(context.sender, [allocate(LINE, 2)])
        with pytest.raises(Fenced):
            await old.catch_up()
        await new.catch_up()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [(fact["seq"], fact["body"]["document"]) for fact in facts] == [
            (1, "doc-1"),
            (2, "doc-2"),
        ]
        await old.close()
        await new.close()


class _Gate:
    """Holds aiokafka's commit until it is let go."""

    def __init__(self, owner: PartitionOwner) -> None:
        producer: Any = owner._ledger._writer._producer
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        commit = producer.commit_transaction

        async def held() -> None:
            self.reached.set()
            await self.open.wait()
            await commit()

        producer.commit_transaction = held


async def test_revocation_in_the_middle_of_a_commit_loses_and_doubles_nothing(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, number) for number in range(3)])
        old, new = PartitionOwner(1, context), PartitionOwner(1, context)
        await old.pause()  # opens without deciding
        await old.open()
        gate = _Gate(old)
        old.resume()
        deciding = asyncio.create_task(old.catch_up())
        await gate.reached.wait()
        stopping = asyncio.create_task(old.close())
        stale = asyncio.create_task(old.decide([fed(topics, 1, 0, allocate(LINE, 0))]))
        gate.open.set()
        await asyncio.gather(deciding, stopping, stale)
        await new.open()
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["seq"] for fact in facts] == [1, 2, 3]
        await new.close()


async def test_a_partition_taken_in_the_middle_of_a_commit_is_settled_by_the_new_owner(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, number) for number in range(3)])
        old, new = PartitionOwner(1, context), PartitionOwner(1, context)
        await old.pause()
        await old.open()
        gate = _Gate(old)
        old.resume()
        deciding = asyncio.create_task(old.catch_up())
        await gate.reached.wait()
        await new.open()
        gate.open.set()
        with pytest.raises(Fenced):
            await deciding
        facts = await facts_of(kafka.bootstrap, topics, 1)
        assert [fact["seq"] for fact in facts] == [1, 2, 3]
        assert (await checkpoints_of(kafka.bootstrap, topics, 1))[-1]["decided"] == 3
        await old.close()
        await new.close()


async def test_a_partition_that_stays_is_kept_and_reads_what_came_meanwhile(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        owner = PartitionOwner(1, context)
        await owner.open()
        await owner.pause()
        await send(context.sender, [allocate(LINE, 1)])
        await owner.decide(
            [fed(topics, 1, 0, allocate(LINE, 1))]
        )  # dropped: it may be another's now
        assert await facts_of(kafka.bootstrap, topics, 1) == []
        owner.resume()
        await owner.catch_up()
        assert len(await facts_of(kafka.bootstrap, topics, 1)) == 1
        await owner.close()


async def test_follow_ups_are_sent_again_after_a_crash_between_commit_and_send(
    kafka: KafkaBroker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally(tell=ELSEWHERE)
    async with desk_context(
        kafka.bootstrap,
        topics,
        new_state_machine=lambda: Tally(tell=ELSEWHERE),
        implied=tally.implied,
    ) as context:
        await send(context.sender, [allocate(LINE, number) for number in range(3)])
        with monkeypatch.context() as crash:
            crash.setattr(type(context.sender), "send_all", _never)
            owner = PartitionOwner(1, context)
            await owner.open()
            await owner.close()
        assert len(await facts_of(kafka.bootstrap, topics, 1)) == 3
        assert await raw_log(kafka.bootstrap, topics.commands, 2, committed=False) == []

        again = PartitionOwner(1, context)
        await again.open()
        await send(context.sender, [allocate(LINE, 4)])
        await again.catch_up()
        await again.close()
        told = await raw_log(kafka.bootstrap, topics.commands, 2, committed=False)
        text = b"".join(record.value for record in told)
        assert text.count(b"WakeLine") == 4
        last = (await checkpoints_of(kafka.bootstrap, topics, 1))[-1]
        assert last["sent"] > 0


async def _never(*_: object) -> None:
    await asyncio.Event().wait()


async def test_a_desk_frozen_inside_a_transaction_blocks_no_other_partition(
    kafka: KafkaBroker, topics: Topics
) -> None:
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, 1)])
        with _child("tests.system.desk_frozen", kafka.bootstrap, topics.prefix, "1") as frozen:
            assert frozen.stdout is not None
            said = b"-"
            while said and said.strip() != b"inside":
                said = await asyncio.to_thread(frozen.stdout.readline)
            assert said
            os.kill(frozen.pid, signal.SIGSTOP)

            async with asyncio.timeout(20):  # the transaction's own time limit is 60 s there
                others = [PartitionOwner(partition, context) for partition in (0, 2, 3)]
                await asyncio.gather(*(owner.open() for owner in others))
                await send(context.sender, [allocate(ELSEWHERE, 1)])
                await others[1].catch_up()
                assert len(await facts_of(kafka.bootstrap, topics, 2)) == 1
                heir = PartitionOwner(1, context)
                await heir.open()
                assert len(await facts_of(kafka.bootstrap, topics, 1)) == 1
            os.kill(frozen.pid, signal.SIGCONT)
            assert await asyncio.to_thread(frozen.wait, 30) == 70
            assert len(await facts_of(kafka.bootstrap, topics, 1)) == 1
            for owner in (*others, heir):
                await owner.close()


@contextmanager
def _child(module: str, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


async def test_a_running_desk_notices_that_its_commands_were_made_anew(
    kafka: KafkaBroker, topics: Topics, tmp_path: Path
) -> None:
    plan = (kafka.bootstrap, topics.prefix, str(PARTITIONS), "6")
    async with desk_context(kafka.bootstrap, topics) as context:
        await send(context.sender, [allocate(LINE, 1)])
        with _child("tests.faults.desk_process", *plan) as desk:
            async with asyncio.timeout(60):
                while not await facts_of(kafka.bootstrap, topics, 1):
                    await asyncio.sleep(0.2)
            await _made_anew(kafka, topics.commands)
            assert await asyncio.to_thread(desk.wait, 60) == 70
            assert desk.stdout is not None
            assert b"made anew" in desk.stdout.read()


async def test_three_openings_at_one_offset_raise_an_alarm_that_names_the_command(
    kafka: KafkaBroker, topics: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    async with desk_context(kafka.bootstrap, topics, new_state_machine=Deadly) as context:
        for number in range(4):
            await send(context.sender, [allocate(LINE, number)])
        alarms = []
        for _ in range(6):
            owner = PartitionOwner(1, context)
            with pytest.raises(MemoryError):
                await owner.open()
            assert owner.deciding is not None
            assert allocate(LINE, 2).id in owner.deciding.command
            await owner.close()
            said = capsys.readouterr().out
            alarms.append([n for n in range(4) if "again and again" in said and _names(said, n)])
        # at first the alarm names what stands first there; then packets are decided one by one,
        # those before the deadly one get through, and the next alarm names that one alone
        assert alarms == [[], [], [0], [], [], [2]]
        assert len(await facts_of(kafka.bootstrap, topics, 1)) == 2


def _names(said: str, number: int) -> bool:
    alarm = said[said.index("again and again") :]
    return allocate(LINE, number).id in alarm
