"""Nothing stops intake: whatever one message does, it alone is set aside and the others go on."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from events.applications import DecideApplication
from events.contract.inbound import documents
from events.contract.schemas import examples
from events.submissions import OpenSubmission
from services.intake import message_batch, worker
from services.intake.commands import commands_for
from services.intake.intake_loop import IntakeLoop
from services.machine.running_ledger import running_processes
from services.runtime.errors import DatabaseAway
from services.runtime.kafka.dead_letters import unseal
from services.runtime.kafka.packets import NotAcknowledged
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from services.runtime.vault.parking import ParkedMessage
from services.runtime.vault.requests import RegisterApplication, VaultAnswer, VaultRequest
from tests.upstream_system import CLOUDEVENT, DEADLINE_SECONDS, Upstream, submitted

NUMBER = "S000021120001224000017"


def named(number: int, **data: Any) -> dict[str, Any]:
    """An application of its own number."""
    return submitted(id=f"event-{number}", data={"application": f"N-{number}", **data})


async def decided(upstream: Upstream, count: int) -> set[str]:
    """The numbers of the applications that became commands."""
    found = await upstream.commands(count)
    keys = [one.body.application for one in found if isinstance(one.body, DecideApplication)]
    assert len(set(keys)) == len(keys)
    return {key.rpartition(":")[2] for key in keys}


async def test_a_unit_code_with_a_digit_of_another_script_is_refused_by_name(
    upstream: Upstream,
) -> None:
    unit = {"kind": "unit", "id": "91٢11202MA0000000X", "name": "某公司"}
    await upstream.event(named(1, beneficiary=unit))
    await upstream.event(named(2))
    assert await decided(upstream, 1) == {"N-2"}
    (letter,) = await upstream.letters(1)
    assert (letter["code"], letter["field"]) == ("WRONG_UNIT_CODE", "data.beneficiary.id")
    assert (letter["source"], letter["event"]) == (examples.SOURCE, "event-1")
    assert letter["application"] == f"{examples.SOURCE}:N-1"


async def test_a_message_that_makes_reading_raise_is_set_aside_with_its_error(
    upstream: Upstream, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = documents.person_id

    def unlucky(document: documents.DocumentKind, text: str, country: str = "") -> str | None:
        if text.endswith("7"):
            raise ZeroDivisionError("a fault of ours")
        return real(document, text, country)

    monkeypatch.setattr("events.contract.inbound.semantics.person_id", unlucky)
    person = examples.DATA["application.submitted"]["beneficiary"]
    await upstream.event(named(1, beneficiary={**person, "id": f"{person['id'][:17]}7"}))
    await upstream.event(named(2))
    assert await decided(upstream, 1) == {"N-2"}
    (letter,) = await upstream.letters(1)
    assert (letter["code"], letter["error"]) == ("NOT_PROCESSED", "ZeroDivisionError")
    assert (letter["partition"], letter["offset"], letter["event"]) == (0, 0, "event-1")
    opened = await unseal(letter["raw"], vault.key_named)
    assert opened is not None
    assert "a fault of ours" in opened.letter.details


@pytest.mark.parametrize("where", ["vault_request", "commands_for", "encode_command"])
async def test_a_message_that_makes_the_taking_raise_is_set_aside_alone(
    where: str, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(message_batch, where)

    def unlucky(first: Any, *others: Any) -> Any:
        if b"N-13" in repr(first).encode():
            raise KeyError("a fault of ours")
        return real(first, *others)

    monkeypatch.setattr(message_batch, where, unlucky)
    for number in range(10, 20):
        await upstream.event(named(number))
    assert await decided(upstream, 9) == {f"N-{n}" for n in range(10, 20) if n != 13}
    (letter,) = await upstream.letters(1)
    assert (letter["code"], letter["error"], letter["offset"]) == ("NOT_PROCESSED", "KeyError", 3)

    monkeypatch.setattr(
        message_batch, where, real
    )  # the fault is mended, and its place is still free
    await upstream.event(named(13, applied_on="2022-08-11"))
    assert await decided(upstream, 10) == {f"N-{n}" for n in range(10, 20)}


async def test_what_the_vault_refuses_is_isolated_and_nobody_is_taken_twice(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Vault.answer
    tried: list[int] = []

    async def unlucky(self: Vault, wanted: Sequence[VaultRequest]) -> list[VaultAnswer]:
        tried.append(len(wanted))
        for one in wanted:
            if isinstance(one, RegisterApplication) and one.application.endswith(
                ("N-107", "N-163")
            ):
                raise asyncpg.CharacterNotInRepertoireError("invalid byte sequence: 0x00")
        return await real(self, wanted)

    monkeypatch.setattr(Vault, "answer", unlucky)
    for number in range(100, 200):
        await upstream.event(named(number))
    wanted = {f"N-{n}" for n in range(100, 200)} - {"N-107", "N-163"}
    assert await decided(upstream, 98) == wanted
    letters = await upstream.letters(2)
    assert {(one["offset"], one["error"]) for one in letters} == {
        (7, "CharacterNotInRepertoireError"),
        (63, "CharacterNotInRepertoireError"),
    }
    assert sum(tried) < 2_000  # by halves


async def test_an_application_whose_command_would_be_too_long_is_refused(
    upstream: Upstream,
) -> None:
    periods = [f"领取失业保险金期间@{1990 + n // 360}-{n // 30 % 12 + 1:02}-{n % 28 + 1:02}/"
               for n in range(9_000)]  # fmt: skip
    facts = examples.DATA["application.submitted"]["facts"]
    long = named(
        1, facts={**facts, "person.status": [p + f"2{n:03}-01-01" for n, p in enumerate(periods)]}
    )
    await upstream.event(long)
    await upstream.event(named(2))
    assert await decided(upstream, 1) == {"N-2"}
    (letter,) = await upstream.letters(1)
    assert letter["field"].startswith("data.facts")


async def test_a_batch_of_5_000_lines_with_a_wrong_field_name_is_lettered_in_one_round(
    upstream: Upstream, prepared: Settings
) -> None:
    event = examples.events()["application.batch-submitted"]
    first = event["data"]["lines"][0]
    lines = [{"lin": str(n), "beneficiary": first["beneficiary"]} for n in range(5_000)]
    raw = orjson.dumps({**event, "data": {**event["data"], "lines": lines}})
    assert len(raw) < 1024 * 1024
    began = time.monotonic()
    await upstream.event({**event, "data": {**event["data"], "lines": lines}})
    await upstream.event(named(2))
    found = await upstream.commands(2)
    assert time.monotonic() - began < 30
    (batch,) = [one.body for one in found if isinstance(one.body, OpenSubmission)]
    assert len(batch.refused) == 5_000
    assert {type(one.body) for one in found} == {OpenSubmission, DecideApplication}
    letters = await upstream.letters(5_000)
    places = {(one["topic"], one["partition"], one["offset"], one["line"]) for one in letters}
    assert len(places) == len(letters) == 5_000
    assert await committed(prepared, "applications") == 2


async def test_20_000_unknown_fact_names_are_refused_and_the_loop_turns_meanwhile(
    upstream: Upstream,
) -> None:
    facts = {f"certificate.levl{n}": "四级" for n in range(20_000)}
    late = 0.0

    async def watch() -> None:
        nonlocal late
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.05)
            late = max(late, time.monotonic() - before - 0.05)

    watching = asyncio.create_task(watch())
    await upstream.event(named(1, facts=facts))
    await upstream.event(named(2))
    assert await decided(upstream, 1) == {"N-2"}
    (letter,) = await upstream.letters(1)
    watching.cancel()
    assert letter["code"] == "WRONG_FACT"
    assert late < 2.0


async def test_a_line_that_cannot_be_taken_after_all_is_answered_with_its_batch(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = commands_for

    def unlucky(inbound: Any, *others: Any) -> Any:
        if inbound.line_no == 2:
            raise ValueError("a fault of ours")
        return real(inbound, *others)

    monkeypatch.setattr(message_batch, "commands_for", unlucky)
    await upstream.event(examples.events()["application.batch-submitted"])
    found = await upstream.commands(2)
    (batch,) = [one.body for one in found if isinstance(one.body, OpenSubmission)]
    assert [line.no for line in batch.accepted] == [1]
    assert [(line.no, line.code) for line in batch.refused] == [(2, "NOT_PROCESSED")]
    (letter,) = await upstream.letters(1)
    assert (letter["line"], letter["code"]) == (2, "NOT_PROCESSED")


async def test_a_parked_message_is_left_out_unread_and_the_partition_goes_on(
    prepared: Settings, vault: Vault
) -> None:
    topic = prepared.topics.inbound["applications"]
    assert await vault.park(ParkedMessage(topic, 0, 1, "程序在此处终止", "admin"))
    assert not await vault.park(ParkedMessage(topic, 0, 1, "again", "admin"))
    producer = AIOKafkaProducer(bootstrap_servers=prepared.kafka_bootstrap)
    await producer.start()
    upstream = Upstream(prepared, producer)
    stop = asyncio.Event()
    intake = asyncio.create_task(worker.run(prepared, stop))
    try:
        for number in range(3):
            await upstream.event(named(number))
        assert await decided(upstream, 2) == {"N-0", "N-2"}
        (letter,) = await upstream.letters(1)
        assert (letter["code"], letter["offset"], letter["event"]) == ("PARKED", 1, "event-1")
    finally:
        stop.set()
        await asyncio.wait_for(intake, DEADLINE_SECONDS)
        await producer.stop()


async def test_an_intake_that_ends_names_the_message_at_which_it_stood(
    prepared: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Vault.answer

    async def away(self: Vault, wanted: Sequence[VaultRequest]) -> list[VaultAnswer]:
        if any(
            isinstance(one, RegisterApplication) and one.application.endswith("N-2")
            for one in wanted
        ):
            raise DatabaseAway("the vault", "out of memory")
        return await real(self, wanted)

    monkeypatch.setattr(Vault, "answer", away)
    producer = AIOKafkaProducer(bootstrap_servers=prepared.kafka_bootstrap)
    await producer.start()
    upstream = Upstream(prepared, producer)
    for number in range(5):
        await upstream.event(named(number))
    await producer.stop()
    with pytest.raises(DatabaseAway):
        await asyncio.wait_for(worker.run(prepared, asyncio.Event()), DEADLINE_SECONDS)
    topic = prepared.topics.inbound["applications"]
    assert f"{topic}/0/2 event event-2" in capsys.readouterr().out.replace("'", "")
    assert await decided(upstream, 2) == {"N-0", "N-1"}


async def test_an_intake_that_ends_again_and_again_is_reported_with_its_message(
    prepared: Settings, database: str
) -> None:
    alarms: list[str] = []
    connection = await asyncpg.connect(database)
    await connection.execute("ALTER TABLE vault.parties RENAME TO elsewhere")
    producer = AIOKafkaProducer(bootstrap_servers=prepared.kafka_bootstrap)
    await producer.start()
    upstream = Upstream(prepared, producer)
    try:
        async with running_processes(prepared, alarms.append, ("intake",)):
            await upstream.event(named(1))
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not alarms:
                    await asyncio.sleep(0.1)
            place = f"{prepared.topics.inbound['applications']}/0/0 event event-1"
            assert f"intake ended 3 times at {place}" in alarms[0]
            await connection.execute("ALTER TABLE vault.elsewhere RENAME TO parties")
            assert await decided(upstream, 1) == {"N-1"}
    finally:
        await producer.stop()
        await connection.close()


async def test_letters_and_offsets_are_one_transaction(
    prepared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An intake that dies between its letters and its offsets leaves no letter twice."""
    real = AIOKafkaProducer.send_offsets_to_transaction
    died = asyncio.Event()

    async def die_once(self: AIOKafkaProducer, *args: Any) -> None:
        if not died.is_set():
            died.set()
            raise OSError("killed")
        await real(self, *args)

    monkeypatch.setattr(AIOKafkaProducer, "send_offsets_to_transaction", die_once)
    monkeypatch.setattr(IntakeLoop, "_process_one_by_one", _raise)
    producer = AIOKafkaProducer(bootstrap_servers=prepared.kafka_bootstrap)
    await producer.start()
    topic = prepared.topics.inbound["applications"]
    for number in range(20):
        await producer.send_and_wait(topic, b"{%d" % number, partition=0, headers=CLOUDEVENT)
    with pytest.raises(NotAcknowledged):
        await asyncio.wait_for(worker.run(prepared, asyncio.Event()), DEADLINE_SECONDS)
    stop = asyncio.Event()
    heir = asyncio.create_task(worker.run(prepared, stop))
    try:
        letters = await Upstream(prepared, producer).letters(20)
        assert sorted(one["offset"] for one in letters) == list(range(20))
    finally:
        stop.set()
        await asyncio.wait_for(heir, DEADLINE_SECONDS)
        await producer.stop()
    assert len(await Upstream(prepared, producer).letters(20)) == 20


async def _raise(self: object, fetched: object) -> None:
    raise NotAcknowledged("letters", 1, "killed")


async def committed(settings: Settings, feed: str) -> int:
    """How far intake has committed a feed's first partition."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=worker.group_of(settings),
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        place = TopicPartition(settings.topics.inbound[feed], 0)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                if (found := await consumer.committed(place)) is not None:
                    return int(found)
    finally:
        await consumer.stop()
