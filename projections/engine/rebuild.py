"""Rebuild: folds the whole ledger again beside the live books, compares, and takes over.

In:   the ledger from its first offset; the live books
Out:  a report; with `swap`, new live books
Holds: readers go on all the while; books that differ although their read models are the same
       never take over.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import NamedTuple

import asyncpg
import structlog

from projections.definition.table import Table
from projections.engine import books, partition_positions
from projections.engine.dead_letter_follower import DeadLetterFollower
from projections.engine.digests import (
    Digest,
    DigestDifference,
    differences,
    digests,
    fingerprint,
)
from projections.engine.ledger_reader import LedgerReader
from projections.engine.ledger_slices import Trouble
from projections.engine.projector import Progress, Projector
from projections.engine.runner import connected
from projections.read_models.catalogue import READ_MODELS, TABLES
from services.runtime import garbage_collection
from services.runtime.errors import OperatingFailure
from services.runtime.postgres import roles
from services.runtime.seals.key_files import ledger_keys
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)

NEAR = 20_000
"""Records behind the live books at which their snapshot is taken."""

SWAP_TRIES = 10
LOCK_SECONDS = 2


class RebuildRunning(OperatingFailure):
    """Two rebuilds at once would fill the same schema."""

    def __init__(self) -> None:
        super().__init__("Another rebuild is running on this database.", "Wait for its end.")


class Report(NamedTuple):
    """What a rebuild found.

    `compared` names the tables whose definition is the same in both, `changed` the others with
    their rows before and now; `positions` is the vector at which both were compared.
    """

    positions: Mapping[int, int]
    compared: tuple[str, ...]
    changed: Mapping[str, tuple[int | None, int]]
    differences: tuple[DigestDifference, ...]
    troubles: Mapping[int, Trouble]
    facts: int
    digest: str
    digests: Mapping[tuple[str, int], Digest]
    swapped: bool

    @property
    def agree(self) -> bool:
        """Tell whether nothing speaks against the live books; see `proved` for what speaks for them."""
        return not self.differences and not self.troubles

    @property
    def proved(self) -> bool:
        """Tell whether the live books are what the ledger says: something was there to compare."""
        return self.agree and self.facts > 0 and bool(self.compared)


async def rebuild(
    settings: Settings, *, swap: bool = True, progress: Progress | None = None
) -> Report:
    """Fold everything again, compare at one position vector, and take over if both agree.

    Raises: RebuildRunning, BrokerAway, DatabaseAway
    """
    dsn, topics = settings.postgres_dsn, settings.topics
    keys = ledger_keys(settings.keys_dir, "operator")
    async with AsyncExitStack() as stack:
        live, writer, side = [await stack.enter_async_context(connected(dsn)) for _ in "123"]
        ledger, dead_letters = [
            await stack.enter_async_context(LedgerReader(settings.kafka_bootstrap, topic))
            for topic in (topics.ledger, topics.dead_letters)
        ]
        stack.enter_context(garbage_collection.collecting_rarely())
        if not await live.fetchval(
            "SELECT pg_try_advisory_lock(hashtext('benefit-ledger rebuild'))"
        ):
            raise RebuildRunning
        await books.ensure(live)
        generation = await books.build(writer, books.NEXT)
        # a shadow that is lost in a crash is built again from the beginning
        await writer.execute("SET synchronous_commit = off")
        for one in (writer, side):  # rows are copied into tables with policies as in life
            await one.execute(f"SET ROLE {roles.PROJECTOR}")
        shadow = Projector(writer, side, ledger, books.NEXT, keys)
        letters = DeadLetterFollower(side, dead_letters, books.NEXT)
        shadow.derive_later()
        await shadow.open()
        await letters.open()
        try:
            report = await _compare(live, writer, shadow, progress)
            if swap and report.agree:
                await shadow.fold_to({p: end for p, (_, end) in (await ledger.span()).items()})
                await letters.fold_to_end()
                report = report._replace(troubles=dict(shadow.stopped))
                if not report.facts:
                    report = await _made(writer, report)
                if report.agree and report.facts:
                    await _take_over(live, generation, report)
                    report = report._replace(swapped=True)
        finally:
            await writer.execute("RESET ROLE")
            await writer.execute(f"DROP SCHEMA IF EXISTS {books.NEXT} CASCADE")
            await writer.execute(f"DROP SCHEMA IF EXISTS {books.FORMER} CASCADE")
    return report


async def _compare(
    live: asyncpg.Connection,
    writer: asyncpg.Connection,
    shadow: Projector,
    progress: Progress | None,
) -> Report:
    """Bring the shadow to where the live books stand, and compare both there."""
    while True:
        vector = await _vector(live)
        await shadow.fold_to(vector, progress)
        ahead = await _vector(live)
        if sum(ahead[p] - vector[p] for p in vector) < NEAR:
            break
    # what the live books say is read in one snapshot while they go on
    async with live.transaction(isolation="repeatable_read", readonly=True):
        vector = await _vector(live)
        await shadow.fold_to(vector)
        await shadow.derive()
        same, changed = await _same_tables(live)
        theirs = await digests(live, books.LIVE, same)
        before = {name: await _rows(live, books.LIVE, name) for name in changed}
    ours = await digests(writer, books.NEXT, TABLES)
    names = tuple(table.name for table in same)
    ours_same = {key: value for key, value in ours.items() if key[0] in names}
    now = {name: sum(d.rows for (table, _), d in ours.items() if table == name) for name in changed}
    return Report(
        vector,
        names,
        {name: (before[name], now[name]) for name in changed},
        tuple(differences(ours_same, theirs)),
        dict(shadow.stopped),
        sum(d.rows for (table, _), d in ours.items() if table == "facts"),
        fingerprint(ours),
        ours,
        swapped=False,
    )


async def _made(writer: asyncpg.Connection, report: Report) -> Report:
    """Count what was folded where the live books were empty, and nothing could be compared."""
    ours = await digests(writer, books.NEXT, TABLES)
    facts = sum(d.rows for (table, _), d in ours.items() if table == "facts")
    return report._replace(compared=(), facts=facts, digest=fingerprint(ours), digests=ours)


async def _vector(live: asyncpg.Connection) -> dict[int, int]:
    rows = await live.fetch(
        f"SELECT partition, next FROM {books.LIVE}.positions WHERE topic = $1",  # noqa: S608
        books.LEDGER,
    )
    return {row["partition"]: row["next"] for row in rows}


async def _same_tables(live: asyncpg.Connection) -> tuple[list[Table], list[str]]:
    """Part the tables into those that both buildings define alike, and the names of the others.

    Letters expire, so that two buildings may rightly differ in them.
    """
    differing = await books.differing(live, books.LIVE)
    same, changed = [], []
    for model in READ_MODELS:
        for table in model.tables:
            if model.name in differing:
                changed.append(table.name)
            elif model.name != "dead_letters":
                same.append(table)
    return same, changed


async def _rows(live: asyncpg.Connection, schema: str, table: str) -> int | None:
    if await live.fetchval("SELECT to_regclass($1)", f"{schema}.{table}") is None:
        return None
    return int(await live.fetchval(f"SELECT count(*) FROM {schema}.{table}"))  # noqa: S608


async def _take_over(live: asyncpg.Connection, generation: int, report: Report) -> None:
    """Give the shadow the name of the live books, between two transactions of everybody else."""
    await live.execute(f"DROP SCHEMA IF EXISTS {books.FORMER} CASCADE")
    for attempt in range(1, SWAP_TRIES + 1):
        try:
            async with live.transaction():
                await live.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                # who writes has moved its positions first, and so ends before this goes on
                await live.execute(f"LOCK TABLE {books.LIVE}.positions IN ACCESS EXCLUSIVE MODE")
                await live.execute(f"ALTER SCHEMA {books.LIVE} RENAME TO {books.FORMER}")
                await live.execute(f"ALTER SCHEMA {books.NEXT} RENAME TO {books.LIVE}")
                await live.execute(
                    "UPDATE control.generations SET ended_at = now() "
                    "WHERE live_since IS NOT NULL AND ended_at IS NULL"
                )
                await live.execute(
                    "UPDATE control.generations SET live_since = now(), facts = $2, digest = $3, "
                    "compared = $4 WHERE generation = $1",
                    generation,
                    report.facts,
                    report.digest,
                    f"{len(report.compared)} tables equal, {len(report.changed)} changed",
                )
                await partition_positions.close_alarms(live, books.LIVE)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            if attempt == SWAP_TRIES:
                raise
            log.info("readers hold the books; trying again to take over", attempt=attempt)
            await asyncio.sleep(0.2 * attempt)
        else:
            return
