"""Scenarios that count: what the books then hold against the targets, worked out by hand."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import asyncpg
import orjson
import pytest

from policies.duties.counts import counts
from projections.engine.migrate import migrate
from projections.queries import targets
from projections.queries.scope import Scope
from services.runtime.embedded.postgres_server import PostgresServer
from services.tools.simulation.simulate import Simulation
from tests.browser import city
from tests.example_cities import policies_with
from tests.scenario_folders import CITY, FOLDER, messages

COUNTING = sorted(path.parent.name for path in FOLDER.glob("*/counts.jsonl"))
_NUMBERS = count(1)


def worked_out(folder: Path) -> Iterator[tuple[str, int, str, int]]:
    for line in (folder / "counts.jsonl").read_bytes().splitlines():
        row = orjson.loads(line)
        yield row["count"], row["year"], row["district"], row["number"]


def test_there_are_scenarios_that_count() -> None:
    assert COUNTING == ["a-person-counts-once-a-year", "counts-against-the-targets"]


@pytest.mark.parametrize("name", COUNTING)
async def test_a_scenario_enters_the_counts_that_were_worked_out(
    name: str, postgres: PostgresServer
) -> None:
    simulation = Simulation(policies_with(CITY))
    for line in messages(name):
        await simulation.feed(line)
    database = f"counts_{next(_NUMBERS)}"
    server = await asyncpg.connect(postgres.dsn())
    await server.execute(f"CREATE DATABASE {database} TEMPLATE template0")
    await server.close()
    await migrate(postgres.dsn(database))
    await city.project(postgres.dsn(database), simulation.ledger.facts)
    scope = Scope(simulation.today)
    async with (
        asyncpg.create_pool(postgres.dsn(database), min_size=1, max_size=1) as pool,
        pool.acquire() as db,
    ):
        for counted, year, district, number in worked_out(FOLDER / name):
            rule = counts().of(counted)
            assert rule is not None
            wanted = targets.CountFilter(counted, year, rule.persons)
            found = await targets.by_district(db, scope, wanted)
            assert found.get(district, 0) == number, counted
            listed = [
                entry async for page in targets.all_pages(db, scope, wanted) for entry in page
            ]
            assert len(listed) == number, counted
