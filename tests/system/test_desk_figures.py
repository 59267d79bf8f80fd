"""A stated figure reaches every partition through crashes and takeovers, and is decided by once more."""

import asyncio
from datetime import date

import pytest

from events import streams
from events.envelope import Asked
from events.figures import StateFigure
from events.streams import partition_of
from events.values import FactValue
from policies.engine.registry import Policies
from services.desk.desk_context import DeskContext
from services.desk.partition_owner import PartitionOwner
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.topics import Topics
from services.streams import StreamStore
from tests.conftest import PARTITIONS
from tests.example_cities import cities
from tests.faults.replay import replay
from tests.given_when_then import applies, certificate
from tests.system.desk_kit import ask, desk_context, facts_of, send

TIELING = streams.figures("211200")
HOME = partition_of(TIELING, PARTITIONS)
LAW = Policies.load(cities=cities())


def states(yuan: int, day: str, number: int) -> Asked:
    """State what a certificate is worth from a day on."""
    body = StateFigure(
        jurisdiction="211200",
        name="skill_upgrade.employee_rates",
        from_on=date.fromisoformat(day),
        value={"四级": yuan},
        document=f"文件-{number}",
    )
    return ask(TIELING, body, f"state/{number}")._replace(by="desk")


def applicants(round_: int) -> list[Asked]:
    """People whose histories lie on every partition."""
    facts: dict[str, FactValue] = certificate() | {"person.status": "在职", "insured_months": 12}
    found = []
    for number in range(4 * PARTITIONS):
        token = f"person-{round_}-{number}-token"
        named = facts | {"certificate.number": token}
        command = applies(token, named, applied_on="2022-08-12", payee=token)
        found.append(ask(streams.beneficiary(token), command, token))
    return found


async def decided(context: DeskContext) -> None:
    """Let a new owner of each partition take it over, decide what waits, until nothing follows."""
    for _ in range(3):
        for partition in range(PARTITIONS):
            owner = PartitionOwner(partition, context)
            await owner.open()
            await owner.close()


async def proposed(kafka: KafkaBroker, topics: Topics) -> dict[str, tuple[int, int]]:
    """What each person was proposed, in yuan, and on which partition."""
    return {
        fact["stream"]: (fact["body"]["amount"] // 100, partition)
        for partition in range(PARTITIONS)
        for fact in await facts_of(kafka.bootstrap, topics, partition)
        if fact["type"] == "ApprovalProposed"
    }


async def test_a_figure_is_taken_up_by_each_partition_once_whatever_happens(
    kafka: KafkaBroker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_context(
        kafka.bootstrap,
        topics,
        new_state_machine=lambda: StreamStore(LAW, partitions=PARTITIONS, keeps_texts=True),
    ) as context:
        await send(context.sender, applicants(1))
        await decided(context)
        await send(context.sender, [states(1800, "2022-08-01", 1)])
        with monkeypatch.context() as crash:
            crash.setattr(type(context.sender), "send_all", _never)
            owner = PartitionOwner(HOME, context)
            await owner.open()
            await owner.close()
        await decided(context)
        await send(context.sender, applicants(2))
        await decided(context)
        await send(context.sender, [states(1900, "2022-08-05", 2)])
        await decided(context)
        await send(context.sender, applicants(3))
        await decided(context)

    for partition in range(PARTITIONS):
        facts = await facts_of(kafka.bootstrap, topics, partition)
        taken = [fact for fact in facts if fact["type"] == "FigureTakenUp"]
        assert [fact["body"]["figure"]["number"] for fact in taken] == [1, 2]
        texts = [fact["body"]["hash"] for fact in facts if fact["type"] == "RuleTextRecorded"]
        assert len(texts) == len(set(texts)) == 4, "one version, three bundles"
    amounts = await proposed(kafka, topics)
    for round_, yuan in ((1, 1500), (2, 1800), (3, 1900)):
        of_round = [found for stream, found in amounts.items() if f"person-{round_}-" in stream]
        assert {amount for amount, _ in of_round} == {yuan}
        assert {partition for _, partition in of_round} == set(range(PARTITIONS))

    again = replay(kafka.bootstrap, topics.ledger, topics.commands, PARTITIONS)
    assert again.wrong == []


async def _never(*_: object) -> None:
    await asyncio.Event().wait()
