"""Statement files: hand a bank's file in, take it as another person, and see how far each has come.

In:   a file, its account, who acts; the vault, the books, the broker
Out:  HoldStatement, ReleaseStatement, RejectStatement, ReverseStatement, and what the ledger answered
"""

from events import streams
from events.statement_files import RejectStatement, ReleaseStatement, ReverseStatement
from events.values import Command
from projections.queries import statement_files
from projections.queries.command_answers import CommandAnswer
from projections.queries.statement_files import StatementFileRow
from services.banking.banks.of_cities import city_banks
from services.banking.statements.comparing import ComparedStatement, compare
from services.banking.statements.importing import PURPOSE, NotTaken, hold
from services.banking.statements.statement import Statement
from services.banking.statements.trying import NotALayout, read_for
from services.machine.connections import books
from services.runtime.city import cities_of
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.tools.staff.asking import propose_and_wait, send_and_wait
from services.tools.staff.bank_files import NoStatementLayout, NoSuchAccount
from services.tools.staff.vault_connection import opened_vault

_ANSWER_SECONDS = 20.0


class NoSuchStatement(OperatingFailure):
    """No file has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有找到流水文件 {number}。", "用 `benefit-ledger statements list` 查看编号。"
        )


class StatementNotRead(OperatingFailure):
    """A file that cannot be handed in: it has problems, or does not say what it covers."""

    def __init__(self, statement: Statement, wrong: str = "") -> None:
        said = wrong or f"{len(statement.problems)} 处问题"
        super().__init__(
            f"文件“{statement.file}”没有提交：{said}。",
            "用 `benefit-ledger statements read` 逐行查看。",
        )
        self.statement = statement


async def hand_in(
    settings: Settings,
    alias: str,
    name: str,
    content: bytes,
    by: str,
    layout: str = "",
    opening: int | None = None,
) -> tuple[str, ComparedStatement, CommandAnswer | None]:
    """Read a file, keep it in the vault, and let it wait for a second person.

    Shape:  its number, how it stands beside the record, what the ledger answered
    Units:  `opening` in fen, for a file without balances
    Raises: NoSuchAccount, NoStatementLayout, StatementNotRead, DatabaseAway, BrokerAway, NotAcknowledged
    """
    cities = cities_of(settings)
    account = cities.accounts.get(alias)
    if account is None:
        raise NoSuchAccount(alias, list(cities.accounts))
    try:
        read = read_for(city_banks(cities), account, name, content, layout, opening)
    except NotALayout as unknown:
        raise NoStatementLayout(unknown.name, list(unknown.known)) from unknown
    if read.statement.problems:
        raise StatementNotRead(read.statement)
    try:
        body = hold(read.statement, account, by, read.layout)
    except NotTaken as error:
        raise StatementNotRead(read.statement, str(error)) from error
    async with books(settings.postgres_dsn) as connection:
        recorded = await statement_files.recorded_lines(connection, alias, body.first, body.last)
    async with opened_vault(settings) as (vault, _):
        await vault.store_file(name, content, PURPOSE, by)
    answer = await _ask(settings, body.number, body, by)
    return body.number, compare(read.statement, recorded), answer


async def release(settings: Settings, number: str, by: str) -> CommandAnswer | None:
    """Take a file: exactly what is held; the ledger keeps the two people apart.

    Raises: NoSuchStatement, DatabaseAway, BrokerAway, NotAcknowledged
    """
    async with books(settings.postgres_dsn) as connection:
        found = await statement_files.one(connection, number)
    if found is None:
        raise NoSuchStatement(number)
    body = ReleaseStatement(number=number, checker=by, digest=found.digest)
    return await _ask(settings, number, body, by)


async def reject(settings: Settings, number: str, by: str, reason: str) -> CommandAnswer | None:
    """Send a file back to whoever handed it in."""
    body = RejectStatement(number=number, checker=by, reason=reason)
    return await _ask(settings, number, body, by)


async def reverse(settings: Settings, number: str, by: str, reason: str) -> CommandAnswer | None:
    """Propose that a file is taken back; another person confirms it on its page."""
    act = ReverseStatement(number=number, reason=reason)
    stream = streams.statement_file(number)
    _, answer = await propose_and_wait(settings, stream, act, by, _ANSWER_SECONDS)
    return answer


async def listed(settings: Settings) -> list[StatementFileRow]:
    """List the files, the latest first."""
    async with books(settings.postgres_dsn) as connection:
        return await statement_files.listed(connection)


async def _ask(settings: Settings, number: str, body: Command, by: str) -> CommandAnswer | None:
    """Ask, and wait a little for the answer in the books; None where there is none yet."""
    asked = asked_by_staff(streams.statement_file(number), by, body)
    return await send_and_wait(settings, asked, _ANSWER_SECONDS)
