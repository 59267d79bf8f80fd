"""Reports: issue one, list them, take one back, verify a file, and hand the kept files out.

In:   a kind and its parameters, a file, a number; who acts; the vault, the books, the broker
Out:  IssueReport, WithdrawReport, and what the ledger answered; what verifying found
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg

from events import streams
from events.days import legal_day
from events.reports import WithdrawReport
from events.values import Command
from policies.engine.registry import Policies
from projections.queries import issued_reports
from projections.queries.command_answers import CommandAnswer
from projections.queries.issued_reports import IssuedReport
from projections.queries.scope import Scope
from services.machine.connections import books
from services.reports.content import MadeReport
from services.reports.issuing import prepare
from services.reports.making import make
from services.reports.verifying import Verification, Verifier
from services.runtime.city import policies_of
from services.runtime.errors import DatabaseAway, OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from services.runtime.vault.files import StoredFile
from services.tools.staff.asking import send_and_wait
from services.wording import city_names

_ANSWER_SECONDS = 20.0
_CONNECT_SECONDS = 10.0


class NoSuchReport(OperatingFailure):
    """No report has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有找到报表 {number}。", "用 `benefit-ledger report list` 查看编号。")


class _Place(NamedTuple):
    """Where a report is made, kept and verified."""

    connection: asyncpg.Connection
    vault: Vault
    policies: Policies


@asynccontextmanager
async def _place(settings: Settings) -> AsyncIterator[_Place]:
    policies = policies_of(settings)
    city_names.choose(policies.cities)
    try:
        pool = await asyncpg.create_pool(
            settings.postgres_dsn, min_size=1, max_size=2, timeout=_CONNECT_SECONDS
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise DatabaseAway(settings.postgres_dsn.rpartition("@")[2], repr(error)) from error
    async with pool, books(settings.postgres_dsn) as connection:
        yield _Place(connection, await Vault.open(pool, settings.vault_key_file), policies)


async def issue(
    settings: Settings, kind: str, given: Mapping[str, str], by: str
) -> tuple[MadeReport, CommandAnswer | None]:
    """Make a report of now, keep its files, and ask for it to be recorded as issued.

    Raises: UnknownKind, WrongParameter, BooksStopped, BooksUnbalanced, NoFonts, DatabaseAway,
            BrokerAway, NotAcknowledged
    """
    async with _place(settings) as place:
        report = await make(place.connection, place.policies, kind, given)
        body = await prepare(report, place.vault, by)
    return report, await _ask(settings, report.number, body, by)


async def withdraw(settings: Settings, number: str, by: str, reason: str) -> CommandAnswer | None:
    """Take a report back; the ledger keeps the two people apart."""
    body = WithdrawReport(number=number, checker=by, reason=reason)
    return await _ask(settings, number, body, by)


async def listed(settings: Settings) -> list[IssuedReport]:
    """List the reports, the latest first."""
    async with books(settings.postgres_dsn) as connection:
        return await issued_reports.listed(connection, Scope(legal_day(datetime.now(UTC))))


async def verify(settings: Settings, content: bytes, number: str = "") -> Verification:
    """Hold a file against what was issued, and against the books."""
    async with _place(settings) as place:
        return await Verifier(*place).file(content, number)


async def verify_all(settings: Settings) -> list[Verification]:
    """Hold every report that was issued against the kept files and the books, the latest first."""
    async with _place(settings) as place:
        verifier = Verifier(*place)
        every = await issued_reports.listed(place.connection, Scope(legal_day(datetime.now(UTC))))
        return [await verifier.issued(report.number) for report in every]


async def take_out(settings: Settings, number: str) -> list[StoredFile]:
    """The kept files of a report.

    Raises: NoSuchReport
    """
    async with _place(settings) as place:
        report = await issued_reports.one(place.connection, number)
        files = [await place.vault.load_file(d) for d in report.files.values()] if report else []
    found = [file for file in files if file is not None]
    if not found:
        raise NoSuchReport(number)
    return found


async def _ask(settings: Settings, number: str, body: Command, by: str) -> CommandAnswer | None:
    asked = asked_by_staff(streams.report(number), by, body)
    return await send_and_wait(settings, asked, _ANSWER_SECONDS)
