"""Application files: hand a table of applications in, release it, and see how far it has come.

In:   a file, who acts; the vault, the books, the broker
Out:  a report; HoldApplications, ReleaseApplications, RejectApplications, and what the ledger answered
"""

import asyncio
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg

from events import streams
from events.application_files import RejectApplications, ReleaseApplications
from events.days import legal_day
from events.values import Command
from projections.queries import application_files
from projections.queries.application_files import ApplicationFileRow
from projections.queries.command_answers import CommandAnswer
from services.application_files.checking import CheckedApplications, check
from services.application_files.publishing import hold
from services.application_files.report import ApplicationReportLine, report
from services.machine.connections import books
from services.runtime.city import policies_of
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import send_and_wait
from services.tools.staff.vault_connection import opened_vault

PURPOSE = "applications"
_ANSWER_SECONDS = 20.0


class NoSuchApplicationFile(OperatingFailure):
    """No file of applications has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有找到申请文件 {number}。", "用 `benefit-ledger applications list` 查看编号。"
        )


class NothingToPublish(OperatingFailure):
    """Not one row of the file can be taken."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"文件“{name}”没有一行可以报送。",
            "请按报告更正后重传；模板见 `applications template`。",
        )


class NoSuchProgramme(OperatingFailure):
    """No policy is of this programme."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"没有补贴项目“{name}”。", "用 `benefit-ledger policies list` 查看代码和名称。"
        )


class CheckedApplicationFile(NamedTuple):
    """A file that was checked, with its report; `compared` tells whether the ledger was asked."""

    checked: CheckedApplications
    lines: list[ApplicationReportLine]
    compared: bool


def source_of(region: str) -> str:
    """The source in whose name a region's files are published, where nobody names another."""
    return f"excel-{region}"


async def check_file(
    settings: Settings, content: bytes, source: str, region: str
) -> CheckedApplicationFile:
    """Check a file; compare it with the ledger where that can be reached."""
    checked = await _checked(settings, content, source, region)
    try:
        async with books(settings.postgres_dsn) as connection:
            recorded = await application_files.recorded(connection, _keys(checked))
    except (OperatingFailure, asyncpg.PostgresError):
        return CheckedApplicationFile(checked, report(checked, None), compared=False)
    return CheckedApplicationFile(checked, report(checked, recorded), compared=True)


async def hand_in(
    settings: Settings, name: str, content: bytes, source: str, region: str, by: str
) -> tuple[CheckedApplicationFile, CommandAnswer | None]:
    """Check a file, keep it in the vault, and let it wait for a second person.

    Raises: NothingToPublish, DatabaseAway, BrokerAway, NotAcknowledged
    """
    found = await check_file(settings, content, source, region)
    checked = found.checked
    if not checked.applications:
        return found, None
    async with opened_vault(settings) as (vault, _):
        await vault.store_file(name, content, PURPOSE, by)
    return found, await _ask(settings, checked.number, hold(checked, by), by)


async def release(settings: Settings, number: str, by: str) -> CommandAnswer | None:
    """Let a file be published: exactly what is held; the ledger keeps the two people apart.

    Raises: NoSuchApplicationFile, DatabaseAway, BrokerAway, NotAcknowledged
    """
    async with books(settings.postgres_dsn) as connection:
        found = await application_files.one(connection, number)
    if found is None:
        raise NoSuchApplicationFile(number)
    body = ReleaseApplications(number=number, checker=by, digest=found.digest)
    return await _ask(settings, number, body, by)


async def reject(settings: Settings, number: str, by: str, reason: str) -> CommandAnswer | None:
    """Send a file back to its maker."""
    body = RejectApplications(number=number, checker=by, reason=reason)
    return await _ask(settings, number, body, by)


async def listed(settings: Settings) -> list[ApplicationFileRow]:
    """List the files, the latest first."""
    async with books(settings.postgres_dsn) as connection:
        return await application_files.listed(connection)


async def _checked(
    settings: Settings, content: bytes, source: str, region: str
) -> CheckedApplications:
    today = legal_day(datetime.now(UTC))
    return await asyncio.to_thread(check, content, source, region, policies_of(settings), today)


def _keys(checked: CheckedApplications) -> list[str]:
    return [one.claim.key for one in checked.applications]


async def _ask(settings: Settings, number: str, body: Command, by: str) -> CommandAnswer | None:
    """Ask, and wait a little for the answer in the books; None where there is none yet."""
    asked = asked_by_staff(streams.application_file(number), by, body)
    return await send_and_wait(settings, asked, _ANSWER_SECONDS)
