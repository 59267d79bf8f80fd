"""stored: jobs as they are kept: asked, taken by one worker, done or not, and their files in parts.

In:    a pool; the key by which what was asked and what came of it lie sealed
Out:   `Job`; parts of a file
Holds: a state that is an end is never left; who does a job holds a lock as long as it lives, so that
       one whose worker is gone is told from one that is slow
Raises: TooManyJobs, TooLarge
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from services.runtime.errors import OperatingFailure
from services.runtime.vault.keys import AccessKey

JobState = Literal["waiting", "running", "done", "failed", "cancelled", "broken"]

KEPT = timedelta(hours=24)
MOST_KEPT = 20
MOST_OPEN = 3
LARGEST = 300_000_000
_MOST_OPEN_OF_ALL = 50
_LOCK_SECONDS = 60
"""Within so many seconds after it was taken a job's worker has its lock."""
_LOCKS = 6601


class Job(NamedTuple):
    """One job; `path` is the page's that was asked, `sight` a digest of what its person saw."""

    id: str
    user_id: str
    title: str
    path: str
    asked_at: datetime
    state: JobState
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    whole: int
    told: str
    leads_to: str
    media: str
    name: str
    bytes: int
    sight: str

    @property
    def open(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in ("waiting", "running")


class Outcome(NamedTuple):
    """What came of a job: a file of so many bytes, or an address that it leads to."""

    state: JobState
    told: str = ""
    leads_to: str = ""
    media: str = ""
    name: str = ""
    bytes: int = 0
    sight: str = ""


class TooManyJobs(Exception):
    """Somebody, or everybody together, has as many jobs open as there may be."""

    def __init__(self, open_now: int) -> None:
        super().__init__(open_now)
        self.open = open_now


class TooLarge(OperatingFailure):
    """A file is larger than is kept."""

    def __init__(self) -> None:
        super().__init__(
            f"文件超过 {LARGEST // 1_000_000} MB，没有保留。", "请缩小范围，分几次导出。"
        )


_COLUMNS = ", ".join(Job._fields)
_ASK = """
    INSERT INTO access.jobs (id, user_id, title, path, asked, asked_at) VALUES ($1, $2, $3, $4, $5, $6)
"""
_OPEN = """
    SELECT count(*) FILTER (WHERE user_id = $1), count(*) FROM access.jobs
    WHERE state IN ('waiting', 'running')
"""
_FORGET = """
    DELETE FROM access.jobs WHERE state NOT IN ('waiting', 'running') AND (
        asked_at < $1 OR id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY asked_at DESC, id) AS no
                FROM access.jobs
            ) AS numbered WHERE no > $2))
"""
_ONE = f"SELECT {_COLUMNS} FROM access.jobs WHERE id = $1 AND user_id = $2"  # noqa: S608 -- ours
_LIST = f"""
    SELECT {_COLUMNS} FROM access.jobs WHERE user_id = $1 ORDER BY asked_at DESC, id LIMIT 100
"""  # noqa: S608 -- ours
_TAKE = """
    UPDATE access.jobs SET state = 'running', started_at = $1 WHERE id = (
        SELECT id FROM access.jobs WHERE state = 'waiting'
        ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
_END = """
    UPDATE access.jobs SET state = $2, ended_at = $3, told = $4, leads_to = $5, media = $6, name = $7,
           bytes = $8, sight = $9
    WHERE id = $1 AND state = 'running' RETURNING id
"""
_CANCEL = """
    UPDATE access.jobs SET state = 'cancelled', ended_at = $3
    WHERE id = $1 AND user_id = $2 AND state IN ('waiting', 'running')
"""
_BROKEN = """
    UPDATE access.jobs AS j SET state = 'broken', ended_at = $1
    WHERE state = 'running' AND started_at < $2 AND NOT EXISTS (
        SELECT FROM pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.classid::bigint = $3 AND l.objsubid = 2
          AND l.objid::bigint = (hashtext(j.id)::bigint & 4294967295)
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
_EMPTY = """
    DELETE FROM access.job_parts AS p USING access.jobs AS j
    WHERE j.id = p.job AND (j.state IN ('cancelled', 'broken') OR (j.state = 'failed' AND j.media = ''))
"""


class JobStore:
    """Every job of one ledger; `changed` is set when a runner has something to look at."""

    def __init__(self, pool: Any, key: AccessKey) -> None:
        self._pool = pool
        self._key = key
        self.changed = asyncio.Event()

    async def ask(self, user: str, title: str, path: str, asked: bytes) -> str:
        """Let a job wait; its number.

        Raises: TooManyJobs
        """
        number, now = f"T-{secrets.token_hex(8)}", datetime.now(UTC)
        await self.forget(now)
        own, every = await self._pool.fetchrow(_OPEN, user)
        if own >= MOST_OPEN or every >= _MOST_OPEN_OF_ALL:
            raise TooManyJobs(int(own if own >= MOST_OPEN else every))
        sealed = self._key.sealer.seal(asked, _context(number))
        await self._pool.execute(_ASK, number, user, title[:200], path, sealed, now)
        self.changed.set()
        return number

    async def one(self, user: str, number: str) -> Job | None:
        """A job of somebody's own."""
        row = await self._pool.fetchrow(_ONE, number, user)
        return Job(*row) if row else None

    async def listed(self, user: str) -> list[Job]:
        """Somebody's own jobs, the latest first."""
        return [Job(*row) for row in await self._pool.fetch(_LIST, user)]

    async def cancel(self, user: str, number: str) -> None:
        """Have a job not done any further."""
        await self._pool.execute(_CANCEL, number, user, datetime.now(UTC))
        self.changed.set()

    async def asked(self, number: str) -> bytes:
        """What a job was asked for."""
        sealed = await self._pool.fetchval("SELECT asked FROM access.jobs WHERE id = $1", number)
        return self._key.sealer.open(sealed, _context(number))

    async def parts(self, number: str) -> AsyncIterator[bytes]:
        """The file that came of a job, part by part."""
        no = 0
        read = "SELECT content FROM access.job_parts WHERE job = $1 AND no = $2"
        while (sealed := await self._pool.fetchval(read, number, no)) is not None:
            yield self._key.sealer.open(sealed, _context(number, no))
            no += 1

    async def forget(self, now: datetime) -> None:
        """Keep what is over no longer than a day, and no more than so much for each person."""
        await self._pool.execute(_FORGET, now - KEPT, MOST_KEPT)

    # what a runner and its workers ask

    async def take(self) -> str | None:
        """The job that has waited longest, now being done; None where none waits."""
        number: str | None = await self._pool.fetchval(_TAKE, datetime.now(UTC))
        return number

    async def state(self, number: str) -> JobState | None:
        """How a job stands; None where it is gone."""
        state: JobState | None = await self._pool.fetchval(
            "SELECT state FROM access.jobs WHERE id = $1", number
        )
        return state

    @asynccontextmanager
    async def held(self, number: str) -> AsyncIterator[None]:
        """Hold a job's lock, by which one sees that somebody still does it."""
        async with self._pool.acquire() as connection:
            await connection.execute("SELECT pg_advisory_lock($1, hashtext($2))", _LOCKS, number)
            try:
                yield
            finally:
                await connection.execute(
                    "SELECT pg_advisory_unlock($1, hashtext($2))", _LOCKS, number
                )

    async def progressed(self, number: str, done: int, whole: int) -> None:
        """Say how far a job is."""
        await self._pool.execute(
            "UPDATE access.jobs SET done = $2, whole = $3 WHERE id = $1 AND state = 'running'",
            number, done, whole,
        )  # fmt: skip

    async def keep_part(self, number: str, no: int, content: bytes) -> None:
        """Keep the next part of a job's file."""
        sealed = self._key.sealer.seal(content, _context(number, no))
        await self._pool.execute(
            "INSERT INTO access.job_parts (job, no, content) VALUES ($1, $2, $3)",
            number,
            no,
            sealed,
        )

    async def end(self, number: str, outcome: Outcome) -> None:
        """Say what came of a job; whatever had ended before stays as it ended."""
        state, *rest = outcome
        await self._pool.execute(_END, number, state, datetime.now(UTC), *rest)

    async def sweep(self) -> None:
        """Find the jobs whose worker is gone, and throw away what is over and half a file."""
        now = datetime.now(UTC)
        await self._pool.execute(_BROKEN, now, now - timedelta(seconds=_LOCK_SECONDS), _LOCKS)
        await self._pool.execute(_EMPTY)
        await self.forget(now)


def _context(number: str, no: int = -1) -> bytes:
    return f"job:{number}:{no}".encode()
