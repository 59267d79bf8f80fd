"""`policies backtest` on a real ledger: every decision is read once, up to where the ledger ends."""

from collections.abc import AsyncIterator

import pytest

from events.envelope import Recorded
from policies.engine.registry import Policies
from services.runtime.settings import Settings
from services.tools.backtest.recorded_decisions import from_ledger, from_lines
from services.tools.backtest.run import DecisionFilter, decided_again
from services.tools.simulation.simulate import simulate
from tests.example_cities import cities
from tests.handmade_ledgers import publish
from tests.scenario_folders import messages

NAMES = ("caps-of-a-year", "what-is-refused")


@pytest.fixture(scope="module")
def facts() -> list[Recorded]:
    """What two scenarios led to, as far as it is about beneficiaries."""
    lines = simulate([line for name in NAMES for line in messages(name)], Policies.load())
    return list(from_lines(line.encode() for line in lines))


async def test_the_ledger_gives_the_report_that_its_facts_give(
    settings: Settings, facts: list[Recorded]
) -> None:
    policies = Policies.load(cities=cities())
    await publish(
        settings.kafka_bootstrap, settings.topics.ledger, facts, settings.partitions, slice_size=7
    )
    progress: list[tuple[int, int]] = []

    def moved(done: int, total: int) -> None:
        progress.append((done, total))

    async def alone() -> AsyncIterator[Recorded]:
        for recorded in facts:
            yield recorded

    read = await decided_again(from_ledger(settings, moved), policies, DecisionFilter(), policies)
    assert read == await decided_again(alone(), policies, DecisionFilter(), policies)
    assert read.looked_at > 5
    assert read.changed == ()
    assert progress[-1][0] == progress[-1][1] > 0


async def test_an_empty_ledger_has_nothing_to_decide_again(settings: Settings) -> None:
    def moved(done: int, total: int) -> None:
        raise AssertionError((done, total))

    report = await decided_again(
        from_ledger(settings, moved),
        Policies.load(cities=cities()),
        DecisionFilter(),
        Policies.load(cities=cities()),
    )
    assert (report.looked_at, report.changed) == (0, ())
