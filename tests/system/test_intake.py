"""Intake as a whole: real Kafka in, real Postgres beside it, commands and dead letters out."""

import asyncio

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from events.applications import DecideApplication
from events.contract.inbound.rejections import Code
from events.contract.schemas import examples
from services.intake.worker import run
from services.runtime import tasks
from services.runtime.errors import DatabaseAway, NotConfigured
from services.runtime.kafka.dead_letters import unseal
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from tests.conftest import PARTITIONS
from tests.upstream_system import DEADLINE_SECONDS, Upstream, submitted


async def test_the_example_of_every_type_becomes_its_command(upstream: Upstream) -> None:
    for event in examples.events().values():
        await upstream.event(event)
    found = sorted({type(asked.body).__name__ for asked in await upstream.commands(33)})
    assert found == [
        "AdjustBudget",
        "AllocateBudget",
        "ClaimVoucher",
        "CorrectApplication",
        "DecideApplication",
        "EndPlan",
        "ExtendApproval",
        "GrantAdvance",
        "IssueVoucher",
        "JoinHousehold",
        "LeaveHousehold",
        "OpenStatement",
        "OpenSubmission",
        "ProposeAct",
        "RecordBankResult",
        "RecordEvidence",
        "RecordOpeningBalance",
        "RecordPriorUse",
        "RecordStatementLine",
        "RecordStatus",
        "ReviewApplication",
        "UseVoucher",
        "VerifyVoucher",
        "WithdrawApplication",
    ]


DEEP = b'{"specversion":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
BAD: list[tuple[str, bytes | None, Code, str]] = [
    ("broken JSON", b'{"specversion": "1.0", ', Code.NOT_JSON, ""),
    ("null value", None, Code.NULL_VALUE, ""),
    (
        "unknown type",
        orjson.dumps(submitted(type="application.guessed")),
        Code.UNKNOWN_TYPE,
        "type",
    ),
    (
        "unknown version",
        orjson.dumps(submitted(dataversion="7")),
        Code.UNKNOWN_VERSION,
        "dataversion",
    ),
    (
        "missing field",
        orjson.dumps(submitted(data={"account": ...})),
        Code.MISSING_FIELD,
        "data.account",
    ),
    (
        "wrong check digit",
        orjson.dumps(
            submitted(
                data={"beneficiary": {"kind": "person", "id": "211202199003070001", "name": "张三"}}
            )
        ),
        Code.WRONG_PERSON_ID,
        "data.beneficiary.id",
    ),
    (
        "applied after arrival",
        orjson.dumps(submitted(data={"applied_on": "2099-01-01"})),
        Code.APPLIED_AFTER_ARRIVAL,
        "data.applied_on",
    ),
    (
        "unknown region",
        orjson.dumps(submitted(data={"region": "999999"})),
        Code.UNKNOWN_REGION,
        "data.region",
    ),
    (
        "unknown programme",
        orjson.dumps(submitted(data={"programme": "free-lunch"})),
        Code.UNKNOWN_PROGRAMME,
        "data.programme",
    ),
    ("2 MB", orjson.dumps(submitted(data={"channel": "x" * 2_000_000})), Code.TOO_LARGE, ""),
    ("10 000 deep", DEEP, Code.TOO_DEEP, ""),
]


async def test_each_bad_message_is_put_aside_with_its_reason_and_the_partition_goes_on(
    upstream: Upstream, vault: Vault
) -> None:
    for _, value, _, _ in BAD:
        await upstream.publish(value)
    for amount in (-1, 15.5):
        budget = examples.events()["budget.allocated"]
        await upstream.event({**budget, "data": {**budget["data"], "amount_fen": amount}})
    await upstream.event(submitted())

    (asked,) = await upstream.commands(1)
    assert type(asked.body).__name__ == "DecideApplication"

    letters = await upstream.letters(len(BAD) + 2)
    applications = upstream.settings.topics.inbound["applications"]
    found = {
        letter["offset"]: (letter["code"], letter["field"])
        for letter in letters
        if letter["topic"] == applications
    }
    assert found == {offset: (code, field) for offset, (_, _, code, field) in enumerate(BAD)}
    amounts = [letter for letter in letters if letter["topic"] != applications]
    assert [(a["code"], a["field"]) for a in amounts] == [("WRONG_AMOUNT", "data.amount_fen")] * 2

    for letter in letters:
        assert "211202199003070001" not in letter["raw"].decode()
        opened = await unseal(letter["raw"], vault.key_named)
        assert opened is not None
        value = BAD[letter["offset"]][1] if letter["topic"] == applications else b""
        if value is not None and 0 < len(value) < 1_000_000:
            assert opened.letter.value == value


async def test_a_bad_line_of_a_batch_is_refused_alone(upstream: Upstream) -> None:
    event = examples.events()["application.batch-submitted"]
    first, second = event["data"]["lines"]
    broken = {**first, "line": "9", "beneficiary": {**first["beneficiary"], "id": "123"}}
    await upstream.event({**event, "data": {**event["data"], "lines": [first, broken, second]}})

    found = await upstream.commands(3)
    lines = [asked.body for asked in found if isinstance(asked.body, DecideApplication)]
    keys = sorted(line.application for line in lines)
    prefix = f"{examples.SOURCE}:TL-2022-B0017"
    assert keys == [f"{prefix}:1", f"{prefix}:2"]
    (letter,) = await upstream.letters(1)
    assert (letter["line"], letter["code"], letter["field"]) == (
        2,
        "WRONG_PERSON_ID",
        "data.lines.beneficiary.id",
    )


async def test_a_repeat_has_the_same_command_id_and_other_content_is_a_conflict(
    upstream: Upstream,
) -> None:
    other = examples.DATA["person.prior-use"]["person"]
    await upstream.event(submitted())
    await upstream.event(submitted(id="sent-again"))
    await upstream.event(submitted(data={"applied_on": "2022-08-11"}))
    await upstream.event(submitted(data={"beneficiary": other}))

    first, again, changed, stranger = await upstream.commands(4)
    assert first.id == again.id
    assert {asked.stream for asked in (again, changed, stranger)} == {first.stream}
    for asked, other_person in ((changed, False), (stranger, True)):
        assert type(asked.body).__name__ == "ReportConflict"
        assert asked.body.other_person is other_person  # type: ignore[attr-defined]


async def test_a_withdrawal_waits_for_its_application(upstream: Upstream) -> None:
    await upstream.event(examples.events()["application.withdrawn"])
    await upstream.event(examples.events()["budget.allocated"])
    await upstream.commands(1)
    await upstream.event(submitted())
    kinds = [type(asked.body).__name__ for asked in await upstream.commands(3)]
    assert kinds.index("DecideApplication") < kinds.index("WithdrawApplication")


async def test_binary_mode_is_read_like_structured_mode(upstream: Upstream) -> None:
    event = submitted()
    headers = [
        (f"ce_{name}", str(event[name]).encode())
        for name in ("specversion", "id", "source", "type", "time", "dataversion")
    ]
    headers.append(("content-type", b"application/json"))
    await upstream.publish(orjson.dumps(event["data"]), headers=headers)
    await upstream.event(event)
    binary, structured = await upstream.commands(2)
    assert binary.id == structured.id


async def test_no_identity_reaches_the_commands(upstream: Upstream) -> None:
    await upstream.event(submitted())
    (asked,) = await upstream.commands(1)
    text = repr(asked)
    stated = examples.DATA["application.submitted"]
    for secret in (*stated["beneficiary"].values(), *stated["account"].values()):
        assert secret == "person" or secret not in text


async def test_an_intake_that_dies_loses_nothing_and_its_heirs_ask_the_same(
    prepared: Settings,
) -> None:
    """1 500 applications, each twice; one intake ends in the middle, two others take over."""
    count = 1_500
    producer = AIOKafkaProducer(bootstrap_servers=prepared.kafka_bootstrap)
    await producer.start()
    upstream = Upstream(prepared, producer)
    topic = prepared.topics.inbound["applications"]
    for turn in range(2):
        values = [
            orjson.dumps(submitted(id=f"{turn}-{n}", data={"application": f"N-{n}"}))
            for n in range(count)
        ]
        sent = [
            await producer.send(topic, value, partition=n % PARTITIONS)
            for n, value in enumerate(values)
        ]
        await asyncio.gather(*sent)

    first = asyncio.create_task(run(prepared, asyncio.Event()))
    await upstream.commands(1)
    await _ended(first)

    stop = asyncio.Event()
    heirs = [asyncio.create_task(run(prepared, stop)) for _ in range(2)]
    try:
        ids: dict[str, set[str]] = {}
        async with asyncio.timeout(DEADLINE_SECONDS):
            while len(ids) < count:
                for asked in await upstream.commands(count):
                    key = asked.body.application  # type: ignore[attr-defined]
                    ids.setdefault(key, set()).add(asked.id)
        assert all(len(same) == 1 for same in ids.values())
        assert not any(heir.done() for heir in heirs)
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*heirs), DEADLINE_SECONDS)
        await producer.stop()


async def _ended(intake: "asyncio.Task[None]") -> None:
    """End an intake wherever it stands."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        await tasks.end([intake])


async def test_without_its_key_intake_ends_with_a_clear_message(prepared: Settings) -> None:
    prepared.vault_key_file.unlink()
    with pytest.raises(NotConfigured, match="密钥文件"):
        await run(prepared, asyncio.Event())


async def test_without_its_database_intake_ends_with_a_clear_message(prepared: Settings) -> None:
    away = prepared.model_copy(update={"postgres_dsn": "postgresql://nobody@127.0.0.1:1/nothing"})
    with pytest.raises(DatabaseAway, match="没有应答"):
        await run(away, asyncio.Event())
