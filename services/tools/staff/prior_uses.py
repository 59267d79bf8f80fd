"""Prior uses: hand a file of earlier benefits in, release it, and see how far it has come.

In:   a file, who acts; the vault, the books, the broker
Out:  a report; HoldImport, ReleaseImport, RejectImport, and what the ledger answered
"""

from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg

from events import streams
from events.days import legal_day
from events.prior_uses import RejectImport, ReleaseImport
from events.values import Command
from projections.queries import prior_uses
from projections.queries.command_answers import CommandAnswer
from projections.queries.prior_uses import PriorUseImportRow
from services.machine.connections import books
from services.prior_uses.checking import CheckedPriorUses, check
from services.prior_uses.comparing import compare
from services.prior_uses.importing import hold
from services.prior_uses.report import PriorUseReportLine, report
from services.runtime.city import policies_of
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send_and_wait
from services.tools.staff.vault_connection import opened_vault

PURPOSE = "past"
_ANSWER_SECONDS = 20.0


class NoSuchImport(OperatingFailure):
    """No import has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有找到导入批次 {number}。", "用 `benefit-ledger past list` 查看编号。")


class NothingToImport(OperatingFailure):
    """Not one row of the file can count."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"文件“{name}”没有一行可以导入。", "请按报告更正后重传；模板见 `past template`。"
        )


class CheckedFile(NamedTuple):
    """A file that was checked, with its report."""

    checked: CheckedPriorUses
    lines: list[PriorUseReportLine]
    compared: bool


async def check_file(settings: Settings, content: bytes, region: str) -> CheckedFile:
    """Check a file; compare it with the ledger where that can be reached."""
    checked = check(content, region, policies_of(settings), legal_day(datetime.now(UTC)))
    try:
        async with opened_vault(settings) as (vault, pool):
            compared = await compare(checked, vault, pool)
    except (OperatingFailure, asyncpg.PostgresError):
        return CheckedFile(checked, report(checked, None), compared=False)
    return CheckedFile(checked, report(checked, compared), compared=True)


async def hand_in(
    settings: Settings, name: str, content: bytes, region: str, by: str
) -> tuple[CheckedFile, CommandAnswer | None]:
    """Check a file, keep it in the vault, and let it wait for a second person.

    Raises: DatabaseAway, BrokerAway, NotAcknowledged
    """
    checked = check(content, region, policies_of(settings), legal_day(datetime.now(UTC)))
    async with opened_vault(settings) as (vault, pool):
        found = CheckedFile(checked, report(checked, await compare(checked, vault, pool)), True)
        if checked.uses:
            await vault.store_file(name, content, PURPOSE, by)
    if not checked.uses:
        return found, None
    return found, await _ask(settings, checked.number, hold(checked, by), by)


async def release(settings: Settings, number: str, by: str) -> CommandAnswer | None:
    """Let a file count: exactly the list that is held; the ledger keeps the two people apart.

    Raises: NoSuchImport, DatabaseAway, BrokerAway, NotAcknowledged
    """
    async with books(settings.postgres_dsn) as connection:
        found = await prior_uses.one(connection, number)
    if found is None:
        raise NoSuchImport(number)
    body = ReleaseImport(number=number, checker=by, digest=found.digest)
    return await _ask(settings, number, body, by)


async def reject(settings: Settings, number: str, by: str, reason: str) -> CommandAnswer | None:
    """Send a file back to its maker."""
    return await _ask(settings, number, RejectImport(number=number, checker=by, reason=reason), by)


async def listed(settings: Settings) -> list[PriorUseImportRow]:
    """List the prior_uses, the latest first."""
    async with books(settings.postgres_dsn) as connection:
        return await prior_uses.listed(connection)


async def _ask(settings: Settings, number: str, body: Command, by: str) -> CommandAnswer | None:
    """Ask, and wait a little for the answer in the books; None where there is none yet."""
    asked = asked_by_staff(streams.prior_use_file(number), by, body)
    return await send_and_wait(settings, asked, _ANSWER_SECONDS)
