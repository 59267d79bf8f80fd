"""Clerk process: the clock on the wall becomes commands; what is released becomes files and messages.

In:   the clock; `books.*`; accounts from the vault
Out:  commands; payment files in the outbox; applications of released files on their topic
Holds: what is asked is found in the books each time anew, so a clerk that was away misses nothing,
       and two clerks ask the same; a batch is confirmed as sent only after its file is in the
       outbox, whole and on disk.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import structlog

from events.days import legal_day
from events.envelope import Asked
from policies.engine.registry import Policies
from projections.queries import due_work, prior_uses, statement_files
from services.banking.banks.of_cities import city_banks
from services.banking.payment_files.writing import BatchToPay, write_payment_file
from services.clerk import due_questions, obstacles
from services.clerk.application_files import ApplicationPublisher
from services.clerk.due import Row, WrittenFile, due_commands
from services.clerk.handing_over import AnotherClerk, hand_over_once
from services.clerk.outbox import OutboxUnwritable
from services.clerk.payers import payer_of
from services.clerk.prior_use_files import NotAsReleased, released_commands
from services.clerk.statement_files import statement_commands
from services.runtime.city import policies_of
from services.runtime.clock import clock
from services.runtime.configuration import configuration_of
from services.runtime.errors import DatabaseAway
from services.runtime.kafka.inbound_topics import InboundTopics
from services.runtime.kafka.packets import PacketSender
from services.runtime.postgres import roles
from services.runtime.postgres.desk_configurations import watched
from services.runtime.settings import Settings
from services.runtime.vault import Vault

ROUND_SECONDS = 1.0
PRACTICE_ROUND_SECONDS = 0.2
"""In a rehearsal half a year passes in a minute, so the clerk looks more often."""

UNANSWERED_AFTER = timedelta(minutes=5)
ASK_AGAIN_AFTER = timedelta(minutes=1)
OUTBOX = "outbox"
MOST_WAITING = 20_000
"""How many instalments are asked for and not answered yet, before the clerk waits for the desk."""
_IMPORT_SLICE = 5_000

log = structlog.get_logger("clerk")


class Clerk:
    """One clerk: what it asks with, and what it has asked lately."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        vault: Vault,
        sender: PacketSender,
        outbox: Path,
        policies: Policies,
        closes_years_from: int = 0,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._sender = sender
        self._outbox = outbox
        self._policies = policies
        self._asked: dict[str, datetime] = {}
        self._waiting: dict[str, datetime] = {}
        self._closes_years_from = closes_years_from
        self._deadlines_at = datetime.min.replace(tzinfo=UTC)

    async def round(self, now: datetime) -> int:
        """Ask once for everything that is due; how many commands were sent.

        Units: `now` is UTC; the legal day is Asia/Shanghai's
        """
        today = legal_day(now)
        self._asked = {name: at for name, at in self._asked.items() if now - at < ASK_AGAIN_AFTER}
        sent = 0
        sent += await self._instalments(today, now)
        async for advances in due_work.overdue_advances(self._pool, today):
            sent += await self._ask(advances, today, now)
        async for vouchers in due_questions.past_vouchers(self._pool, today):
            sent += await self._ask(vouchers, today, now)
        if self._closes_years_from:
            ended = await due_questions.ended_lines(self._pool, self._closes_years_from, today)
            sent += await self._ask(ended, today, now)
        sent += await self._ask(await due_questions.holding_lines(self._pool), today, now)
        if now - self._deadlines_at >= ASK_AGAIN_AFTER:
            self._deadlines_at = now
            before = now - UNANSWERED_AFTER
            async for late in due_questions.late_claims(self._pool, self._policies, today, before):
                sent += await self._ask(late, today, now)
        async for facts in due_questions.unanswered(self._pool, now - UNANSWERED_AFTER):
            sent += await self._ask(facts, today, now)
        async for facts in due_questions.unreported(self._pool, now - UNANSWERED_AFTER):
            sent += await self._ask(facts, today, now)
        async for batches in due_questions.released(self._pool):
            sent += await self._ask(batches, today, now)
        async for batch in due_questions.sending(self._pool):
            file = await self._write(batch)
            if file is not None:
                sent += await self._ask([file], today, now)
        for released in await prior_uses.released(self._pool):
            sent += await self._import(released, today, now)
        for taken in await statement_files.released(self._pool):
            sent += await self._record(taken, now)
        return sent

    async def _instalments(self, today: date, now: datetime) -> int:
        """Ask for due instalments, oldest first, and for no more than the desk can answer soon.

        Holds: at most about MOST_WAITING are remembered; who was answered is planned no more, is
               not found again, and is forgotten
        """
        earlier, self._waiting = self._waiting, {}
        sent = 0
        async for due in due_work.due_instalments(self._pool, today):
            fresh: list[Asked] = []
            for asked in due_commands(due, today, now):
                at = earlier.get(asked.id)
                if at is None or now - at >= ASK_AGAIN_AFTER:
                    at = now
                    fresh.append(asked)
                self._waiting[asked.id] = at
            if fresh:
                await self._sender.send_commands(fresh)
                sent += len(fresh)
            if len(self._waiting) >= MOST_WAITING:
                break
        return sent

    async def _ask(self, rows: Iterable[Row], today: date, now: datetime) -> int:
        """Send what these rows ask for, but not what was asked a moment ago."""
        asked = [a for a in due_commands(rows, today, now) if a.id not in self._asked]
        if asked:
            await self._sender.send_commands(asked)
            self._asked |= {a.id: now for a in asked}
        return len(asked)

    async def _import(self, released: prior_uses.ReleasedImport, today: date, now: datetime) -> int:
        """Ask for every use of a released file; how many commands were sent."""
        if released.number in self._asked:
            return 0
        try:
            asked = await released_commands(released, self._vault, self._policies, today, now)
        except NotAsReleased as error:
            # this file waits for a person; everything else goes on
            log.error("import not carried out", number=released.number, why=str(error))
            return 0
        for start in range(0, len(asked), _IMPORT_SLICE):
            part = asked[start : start + _IMPORT_SLICE]
            await self._sender.send_commands(part)
        self._asked[released.number] = now
        log.info("earlier benefits taken over", number=released.number, uses=len(asked) - 1)
        return len(asked)

    async def _record(self, file: statement_files.ReleasedStatement, now: datetime) -> int:
        """Ask for every part of a bank's file that was taken; how many commands were sent."""
        name = f"{file.number}/{file.attempt}"
        if name in self._asked:
            return 0
        try:
            asked = await statement_commands(file, self._vault, self._policies.cities, now)
        except NotAsReleased as error:
            # this file waits for a person; everything else goes on
            log.error("statement not recorded", number=file.number, why=str(error))
            return 0
        for command in asked:
            await self._sender.send_commands([command])
        self._asked[name] = now
        log.info("statement recorded", number=file.number, parts=len(asked))
        return len(asked)

    async def _write(self, batch: BatchToPay) -> WrittenFile | None:
        """Hand over a batch's file; None where a person must look first, and the page says why.

        Raises: OutboxUnwritable, BankUnreadable
        """
        cities = self._policies.cities
        accounts = await self._vault.accounts({line.account for line in batch.lines})
        try:
            layout = city_banks(cities).payment_file(batch.bank_account)
            payer = await payer_of(cities, self._vault, batch.bank_account)
            file = await asyncio.to_thread(write_payment_file, batch, accounts, payer, layout)
            fresh = await hand_over_once(self._pool, self._outbox, batch.batch, file)
        except AnotherClerk as error:
            log.info("payment file left to another clerk", batch=batch.batch, why=str(error))
            return None
        except obstacles.OBSTACLES as error:
            # this batch waits for a person; the others are paid
            if await obstacles.note(self._pool, batch.batch, obstacles.obstacle_of(error)):
                log.error("payment file not handed over", batch=batch.batch, why=str(error))
            return None
        except OutboxUnwritable as error:
            await obstacles.note(self._pool, batch.batch, obstacles.obstacle_of(error))
            raise
        await obstacles.note_gone(self._pool, batch.batch)
        if fresh:
            log.info("payment file handed over", batch=batch.batch, lines=batch.payments)
        return WrittenFile(batch.batch, file.name, file.digest)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Ask every second until told to stop.

    Raises: DatabaseAway, BrokerAway, NotAcknowledged, NotConfigured
    """
    address = settings.postgres_dsn.rpartition("@")[2]
    policies = policies_of(settings)
    try:
        async with (
            asyncpg.create_pool(
                settings.postgres_dsn,
                min_size=1,
                max_size=3,
                timeout=10,
                command_timeout=60,
                server_settings=roles.settings_of("clerk", roles.CLERK),
            ) as pool,
            watched(pool, configuration_of(policies)),
            PacketSender.of(settings, "clerk") as sender,
            InboundTopics(settings) as inbound,
        ):
            vault = await Vault.open(pool, settings.vault_key_file)
            clerk = Clerk(
                pool,
                vault,
                sender,
                settings.data_dir / OUTBOX,
                policies=policies,
                closes_years_from=settings.closes_years_from,
            )
            publisher = ApplicationPublisher(pool, vault, policies, inbound.send_all, sender)
            now = clock(settings.practice_clock)
            between = PRACTICE_ROUND_SECONDS if settings.practice_clock else ROUND_SECONDS
            while not stop.is_set():
                sent = await clerk.round(now())
                await publisher.round(now())
                if sent:
                    log.info("asked", commands=sent)
                await _pause(stop, between)
    except (
        OSError,
        TimeoutError,
        asyncpg.PostgresConnectionError,
        asyncpg.InterfaceError,
    ) as error:
        raise DatabaseAway(address, str(error) or type(error).__name__) from error


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for the next round, or for the end."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
