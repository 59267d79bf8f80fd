"""A month of another city through every real process, under its own notice, to the reconciled fen.

Its folder is made by `city new` and filled from the example, as docs/how-to/set-up-your-city.md says.
"""

import asyncio
import shutil
from pathlib import Path

import pytest
from rich.progress import Progress
from typer.testing import CliRunner

from projections.engine.migrate import migrate
from services.cli.app import app
from services.demo.cast.city import played_city
from services.demo.checks.summary import DemoSummary
from services.demo.driver import rehearsal, run_demo
from services.flow import PROCESSES
from services.machine.supervisor import Supervisor
from services.runtime.settings import Settings
from services.runtime.vault import make_key_file
from tests.example_cities import EXAMPLES

LINES = 40
CITY = "210400"


@pytest.mark.timeout(300)
async def test_a_month_of_another_city_is_decided_paid_and_reconciled(
    settings: Settings, tmp_path: Path
) -> None:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    folder = filled_from_the_example(tmp_path / "my-cities")
    city = played_city(folder, CITY)
    settings = rehearsal(settings.model_copy(update={"city": folder}), city)
    names = tuple(
        process.name
        for process in PROCESSES
        if process.name not in ("web", "clerk") and not process.only_with
    )
    alarms: list[str] = []
    with Progress(disable=True) as progress:
        async with asyncio.timeout(280), Supervisor(settings, names, alarms.append) as supervisor:
            summary, _accounts = await run_demo(settings, progress, city, lines=LINES)
            assert supervisor.restarts == 0
    assert alarms == []
    holds(summary)
    assert {sheet.account for sheet in summary.sheets} == set(city.accounts)


def filled_from_the_example(folder: Path) -> Path:
    """Make a folder of cities with one city in it: the skeleton, and the example laid over it."""
    for command in (["new", CITY, "--into", str(folder)], ["check", str(folder)]):
        result = CliRunner().invoke(app, ["city", *command])
        assert result.exit_code == 0, result.output
        shutil.copytree(EXAMPLES / CITY, folder / CITY, dirs_exist_ok=True)
    return folder


def holds(summary: DemoSummary) -> None:
    """What the month must show."""
    assert summary.broken == []
    assert summary.city == played_city(EXAMPLES, CITY).name
    assert summary.applications_published == summary.applications_decided
    assert {scene.name for scene in summary.story} == {
        "same-person",
        "month-closed",
        "returned",
        "pooled",
        "over-the-cap",
        "once",
        "next-year",
        "shares",
        "unstated",
        "stated",
        "job",
        "foreign",
        "public-list",
        "report",
    }
    told = played_city(EXAMPLES, CITY).script.month
    assert told is not None
    by_rule = summary.by_programme.keys() - told.reviewed_fen.keys()
    assert all(summary.by_programme[programme].get("granted") for programme in by_rule)
    assert sum(states.get("denied", 0) for states in summary.by_programme.values()) > LINES / 4
    assert summary.payments_returned > 0
    assert (summary.corrected, summary.conflicts) == (3, 3)
    found = summary.reconciliation
    assert (found.accounts, found.agreed, found.lacking, found.to_explain) == (4, 3, 0, 1)
    assert found.injected_found_once
    assert found.nothing_else_found
    assert all(sheet.difference_fen == 0 for sheet in summary.sheets)
