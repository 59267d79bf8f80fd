"""A small city through every real process, from the first message to the reconciled month."""

import asyncio

from rich.progress import Progress

from projections.migrate import migrate
from services.demo.driver import run_demo
from services.demo.sample import samples
from services.demo.summary import Summary
from services.flow import PROCESSES
from services.main.supervisor import Supervisor
from services.runtime.settings import Settings
from services.runtime.vault import make_key_file

LINES = 240


async def test_a_city_is_decided_paid_and_reconciled_and_a_second_run_changes_nothing(
    settings: Settings,
) -> None:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    names = tuple(process.name for process in PROCESSES if process.name != "web")
    alarms: list[str] = []
    with Progress(disable=True) as progress:
        async with asyncio.timeout(240), Supervisor(settings, names, alarms.append) as supervisor:
            first = await run_demo(settings, progress, lines=LINES)
            again = await run_demo(settings, progress, lines=LINES)
            assert supervisor.restarts == 0
    assert alarms == []
    holds(first)
    holds(again)
    assert lasting(again) == lasting(first)


def holds(summary: Summary) -> None:
    """What every demo must show."""
    assert summary.applications_published == summary.applications_decided == LINES
    assert set(summary.by_programme) == {
        "skill-upgrade",
        "post-skill",
        "jobseeking",
        "unemployment-assistance",
        *(sample.programme for sample in samples()),
    }
    assert summary.granted == summary.payments_settled + summary.payments_returned + (
        summary.instalments_stopped
    )
    assert summary.payments_returned > 0
    assert summary.instalments_stopped > 0
    assert summary.corrected > 0
    assert summary.conflicts > 0
    assert sum(row.get("held", 0) for row in summary.by_programme.values()) > 0
    assert summary.journal_balanced
    found = summary.reconciliation
    assert found.differences_by_kind == {
        "amount": 1,
        "duplicate": 1,
        "missing_at_bank": 1,
        "unknown_at_bank": 1,
    }
    assert found.injected_found_once
    assert found.nothing_else_found
    assert found.adjusted_balances_equal
    assert (found.agreed, found.to_explain) == (8, 1)


def lasting(summary: Summary) -> dict[str, object]:
    """What a second run must leave as it was: all but its own messages and mistakes."""
    return summary.model_dump(exclude={"messages_published", "dead_letters", "seconds"})
