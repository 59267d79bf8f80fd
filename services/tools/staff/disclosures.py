"""Disclosures: what the public is shown, and objections, as staff ask for them from a terminal.

In:   what is asked, who acts; the vault, the books, the broker
Out:  the file that is laid before a second person; what the ledger answered
Raises: as the room of disclosing; DatabaseAway, BooksMissing, BrokerAway, NotAcknowledged
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from events import streams
from events.days import legal_day
from events.disclosures import PublishDisclosure, RejectDisclosure, TakeDownDisclosure
from events.objections import RaiseObjection, ResolveObjection
from events.values import Command
from policies.engine.registry import Policies
from projections.queries import disclosures, objections
from projections.queries.command_answers import CommandAnswer
from projections.queries.connection import Db
from projections.queries.disclosures import DisclosureRow
from projections.queries.objections import ObjectionRow
from projections.queries.scope import Scope
from services.disclosing import objecting, preparing
from services.disclosing.preparing import FundUseAsked, GrantsAsked, PreparedDisclosure
from services.disclosing.public_file import PublicFile, read
from services.machine.connections import books
from services.runtime.city import policies_of
from services.runtime.errors import OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.settings import Settings
from services.runtime.vault import Vault
from services.tools.staff.asking import send_and_wait
from services.tools.staff.vault_connection import opened_vault

_ANSWER_SECONDS = 20.0

Answer = CommandAnswer | None


class NoSuchDisclosure(OperatingFailure):
    """No list and no statement has this number, or none in that state."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有找到公示 {number}。", "用 `benefit-ledger disclosures list` 查看编号。"
        )


class Shown(NamedTuple):
    """One issue, with its file where the vault has it."""

    row: DisclosureRow
    file: PublicFile | None


async def listed(settings: Settings) -> list[DisclosureRow]:
    """The last issue of each list and statement, the latest first."""
    async with books(settings.postgres_dsn) as db:
        return await disclosures.listed(db)


async def prepare_grants(
    settings: Settings, asked: GrantsAsked, by: str
) -> tuple[PreparedDisclosure, Answer]:
    """Lay a list of grants before a second person."""
    today = legal_day(datetime.now(UTC))
    return await _prepare(
        settings,
        by,
        lambda db, vault, policies: preparing.grants(db, vault, policies, asked, by, today),
    )


async def prepare_again(
    settings: Settings, number: str, by: str
) -> tuple[PreparedDisclosure, Answer]:
    """Lay the next issue of a list before a second person."""
    return await _prepare(
        settings, by, lambda db, vault, policies: preparing.again(db, vault, policies, number, by)
    )


async def prepare_fund_use(
    settings: Settings, asked: FundUseAsked, by: str
) -> tuple[PreparedDisclosure, Answer]:
    """Lay a statement of how a fund was used before a second person."""
    today = legal_day(datetime.now(UTC))
    return await _prepare(
        settings,
        by,
        lambda db, vault, policies: preparing.fund_use(db, policies, asked, by, today),
    )


async def _prepare(
    settings: Settings,
    by: str,
    make: Callable[[Db, Vault, Policies], Awaitable[PreparedDisclosure]],
) -> tuple[PreparedDisclosure, Answer]:
    async with opened_vault(settings) as (vault, pool):
        prepared = await make(pool, vault, policies_of(settings))
        await vault.store_file(prepared.name, prepared.content, preparing.PURPOSE, by)
    number = prepared.command.number
    return prepared, await _ask(settings, streams.disclosure(number), prepared.command, by)


async def shown(settings: Settings, number: str) -> Shown:
    """The last issue of a list or statement, with what the public reads or would read."""
    async with opened_vault(settings) as (vault, pool):
        found = await disclosures.issues(pool, number)
        if not found:
            raise NoSuchDisclosure(number)
        kept = await vault.load_file(found[0].file_digest)
    return Shown(found[0], read(kept.content) if kept else None)


async def publish(settings: Settings, number: str, by: str) -> Answer:
    """Let the public see the issue that waits: exactly the one in the books."""
    async with books(settings.postgres_dsn) as db:
        found = await disclosures.issues(db, number)
    if not found:
        raise NoSuchDisclosure(number)
    body = PublishDisclosure(number=number, digest=found[0].digest, checker=by)
    return await _ask(settings, streams.disclosure(number), body, by)


async def reject(settings: Settings, number: str, reason: str, by: str) -> Answer:
    """Send the issue that waits back to its maker."""
    body = RejectDisclosure(number=number, checker=by, reason=reason)
    return await _ask(settings, streams.disclosure(number), body, by)


async def take_down(settings: Settings, number: str, document: str, reason: str, by: str) -> Answer:
    """Let the public see it no more."""
    body = TakeDownDisclosure(number=number, document=document, reason=reason, by=by)
    return await _ask(settings, streams.disclosure(number), body, by)


async def objected(settings: Settings) -> list[ObjectionRow]:
    """Every objection, those that are open first."""
    async with books(settings.postgres_dsn) as db:
        return await objections.listed(db, Scope(legal_day(datetime.now(UTC))))


async def object_to(settings: Settings, said: RaiseObjection) -> tuple[str, Answer]:
    """Record an objection; its number and the answer."""
    number = objecting.objection_number(str(uuid4()))
    async with books(settings.postgres_dsn) as db:
        stream = await objecting.stream_of(db, said.application, said.clawback)
    body = said.model_copy(update={"objection": number})
    return number, await _ask(settings, stream, body, said.by)


async def resolve(settings: Settings, said: ResolveObjection) -> Answer:
    """Record what was found out of an objection."""
    async with books(settings.postgres_dsn) as db:
        stream = await objecting.stream_of_objection(db, said.objection)
    return await _ask(settings, stream, said, said.by)


async def _ask(settings: Settings, stream: str, body: Command, by: str) -> Answer:
    """Ask, and wait a little for the answer in the books; None where there is none yet."""
    return await send_and_wait(settings, asked_by_staff(stream, by, body), _ANSWER_SECONDS)
