"""A small city through every real process for half a year, from the first message to the last sheet."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from rich.progress import Progress

from projections.engine.migrate import migrate
from services.demo.cast.city import played_city
from services.demo.cast.half_year_claims import programmes
from services.demo.checks.summary import DemoSummary
from services.demo.driver import rehearsal, run_demo
from services.demo.play.accounts import DemoAccount
from services.flow import PROCESSES
from services.machine.supervisor import Supervisor
from services.runtime.settings import Settings
from services.runtime.vault import Vault, make_key_file
from services.sign_in.entrance import Entrance
from services.sign_in.one_time_codes import code_at
from services.sign_in.session_rules import SessionLimits
from services.sign_in.signing_in import CodeAsked, Entered
from tests.example_cities import EXAMPLES

LINES = 240


@pytest.mark.timeout(600)
async def test_half_a_year_is_played_as_told_and_a_second_run_changes_nothing(
    settings: Settings,
) -> None:
    await migrate(settings.postgres_dsn)
    make_key_file(settings.vault_key_file)
    city = played_city(EXAMPLES)
    settings = rehearsal(settings, city)
    names = tuple(
        process.name
        for process in PROCESSES
        if process.name not in ("web", "clerk") and not process.only_with
    )
    alarms: list[str] = []
    with Progress(disable=True) as progress:
        async with asyncio.timeout(570), Supervisor(settings, names, alarms.append) as supervisor:
            first, accounts = await run_demo(settings, progress, city, lines=LINES)
            again, known = await run_demo(settings, progress, city, lines=LINES)
            assert supervisor.restarts == 0
    assert alarms == []
    holds(first)
    assert again.broken == []
    assert lasting(again) == lasting(first)
    assert all(one.password and one.secret for one in accounts)
    assert [one._replace(password="", secret="") for one in accounts] == list(known), "shown once"
    await lets_in(settings, accounts)


async def lets_in(settings: Settings, accounts: tuple[DemoAccount, ...]) -> None:
    """Four sign in with what they were shown; nobody has a session left from the play."""
    async with asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=2) as pool:
        vault = await Vault.open(pool, settings.vault_key_file)
        entrance = Entrance.over(pool, await vault.access_key(), SessionLimits())
        assert await pool.fetchval("SELECT count(*) FROM access.accounts") == 4
        left = "SELECT count(*) FROM access.sessions WHERE ended_at IS NULL"
        assert await pool.fetchval(left) == 0
        for one in accounts:
            now = datetime.now(UTC)
            asked = await entrance.signing_in.by_password(one.user, one.password, "here", "x", now)
            assert isinstance(asked, CodeAsked), one.user
            typed = code_at(one.secret, now)
            entered = await entrance.signing_in.by_code(asked.token, typed, "here", "x", now)
            assert isinstance(entered, Entered), one.user
            found = await entrance.sessions.find(entered.token, "here", now)
            assert found is not None, one.user
            assert not found.must_change, "nothing has to be set up before looking"


def holds(summary: DemoSummary) -> None:
    """What every demo must show."""
    assert summary.broken == []
    assert summary.applications_published == summary.applications_decided == LINES + 15
    assert set(summary.by_programme) == programmes(played_city(EXAMPLES).script)
    assert {scene.name for scene in summary.story} == {
        "same-person",
        "month-closed",
        "returned",
        "late-return",
        "fraud",
        "job",
        "household",
        "unheard",
        "advance",
        "death",
        "budget",
        "overdue",
        "report",
        "vouchers",
        "public-list",
    }
    assert summary.payments_returned > 0
    assert summary.corrected > 0
    assert summary.conflicts > 0
    held = sum(row.get("held", 0) for row in summary.by_programme.values())
    assert held == 0, "every fund of the invented city has its bank account and its line"
    months = {month.title: month for month in summary.months}
    for number in range(1, 7):
        assert months[f"{number} 月"].settled > 0
    assert sum(month.settled for month in summary.months) >= summary.payments_settled
    assert summary.journal_balanced
    debit = sum(account.debit_fen for account in summary.trial_balance)
    assert debit == sum(account.credit_fen for account in summary.trial_balance) > 0
    found = summary.reconciliation
    assert found.differences_by_kind == {
        "amount": 1,
        "duplicate": 1,
        "missing_at_bank": 1,
        "unknown_at_bank": 1,
    }
    assert found.injected_found_once
    assert found.nothing_else_found
    assert all(sheet.difference_fen == 0 for sheet in summary.sheets)
    assert (found.agreed, found.lacking, found.to_explain) == (len(summary.sheets) - 1, 0, 1)


def lasting(summary: DemoSummary) -> dict[str, object]:
    """What a second run must leave as it was: all but its own messages and mistakes."""
    return summary.model_dump(exclude={"messages_published", "dead_letters", "seconds"})
