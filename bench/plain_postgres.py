"""The opponent: the same decision as an ordinary Python service on Postgres, without a log.

It evaluates the very same policy with its trail, takes the slots, commits the budget line, plans the
instalment and books a two-line entry. Once a transaction for each application over 8 connections, as
most would write it, and once in batches of 100 by one connection.
"""

import asyncio
import time
from typing import Any

import asyncpg
import orjson

from bench import claims
from bench.report import Row
from events.applications import DecideApplication
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Claim, Grant, NothingUsed
from services.runtime.city import policies_of
from services.runtime.settings import Settings

CONNECTIONS = 8
BATCH = 100

_TABLES = """
DROP SCHEMA IF EXISTS plain CASCADE;
CREATE SCHEMA plain;
CREATE TABLE plain.applications (
    id text PRIMARY KEY, person text NOT NULL, facts jsonb NOT NULL, trail jsonb NOT NULL,
    amount bigint NOT NULL, decided_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON plain.applications (person);
CREATE TABLE plain.slots (
    person text, cap text, period text, key text, no int, application text NOT NULL,
    PRIMARY KEY (person, cap, period, key, no));
CREATE TABLE plain.budget (line text PRIMARY KEY, allocated bigint, committed bigint);
CREATE TABLE plain.instalments (application text, no int, amount bigint, due_on date,
    PRIMARY KEY (application, no));
CREATE TABLE plain.postings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application text, account text, amount bigint);
CREATE INDEX ON plain.postings (application);
"""


class _Decided:
    """One application, decided, as rows."""

    def __init__(self, policies: Policies, number: int) -> None:
        asked = claims.application(number)
        body = asked.body
        assert isinstance(body, DecideApplication)
        stated = body.stated
        claim = Claim(stated.programme, stated.region, stated.applied_on, stated.facts)
        outcome = policies.evaluate(claim, NothingUsed())
        assert isinstance(outcome, Grant)
        self.id = body.application
        self.person = stated.payee
        self.facts = orjson.dumps(stated.facts).decode()
        self.trail = orjson.dumps([list(seen) for seen in outcome.trail]).decode()
        self.amount = outcome.amount_fen
        self.slots = [(slot.cap, slot.period, slot.key) for slot in outcome.slots]


async def run(dsn: str, applications: int) -> list[Row]:
    """Decide as many applications in both ways."""
    policies = policies_of(Settings())
    one = await _each_alone(dsn, policies, applications)
    many = await _in_batches(dsn, policies, applications)
    return [one, many]


async def _prepare(pool: Any, applications: int) -> None:
    async with pool.acquire() as connection:
        await connection.execute(_TABLES)
        await connection.execute(
            "INSERT INTO plain.budget VALUES ($1, $2, 0)",
            claims.LINE,
            2 * applications * claims.AMOUNT_FEN,
        )


async def _each_alone(dsn: str, policies: Policies, applications: int) -> Row:
    async with asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        await _prepare(pool, applications)
        numbers = iter(range(applications))

        async def worker() -> None:
            async with pool.acquire() as connection:
                for number in numbers:
                    await _one(connection, _Decided(policies, number))

        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        await _check(pool, applications)
    return Row(
        "普通 Postgres 服务，一件一事务",
        "plain Postgres, one transaction each, 8 connections",
        applications,
        wall,
        cpu,
        "同一政策评估，8 个连接",
    )


async def _one(connection: Any, decided: _Decided) -> None:
    async with connection.transaction():
        await connection.execute(
            "INSERT INTO plain.applications VALUES ($1, $2, $3, $4, $5)",
            decided.id,
            decided.person,
            decided.facts,
            decided.trail,
            decided.amount,
        )
        await connection.execute(
            "INSERT INTO plain.slots SELECT $1, s.cap, s.period, s.key, 1 + (SELECT count(*) "
            "FROM plain.slots o WHERE o.person = $1 AND o.cap = s.cap AND o.period = s.period "
            "AND o.key = s.key), $2 FROM unnest($3::text[], $4::text[], $5::text[]) "
            "AS s (cap, period, key)",
            decided.person,
            decided.id,
            *map(list, zip(*decided.slots, strict=True)),
        )
        await connection.execute(
            "INSERT INTO plain.instalments VALUES ($1, 1, $2, $3)",
            decided.id,
            decided.amount,
            claims.ON,
        )
        await connection.execute(
            "INSERT INTO plain.postings (application, account, amount) "
            "VALUES ($1, 'expense', $2), ($1, 'payable', -$2::bigint)",
            decided.id,
            decided.amount,
        )
        # last, so that the line's lock is held as briefly as possible
        committed = await connection.fetchval(
            "UPDATE plain.budget SET committed = committed + $2 WHERE line = $1 "
            "AND allocated - committed >= $2 RETURNING committed",
            claims.LINE,
            decided.amount,
        )
        assert committed is not None


async def _in_batches(dsn: str, policies: Policies, applications: int) -> Row:
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        await _prepare(pool, applications)
        wall, cpu = time.perf_counter(), time.process_time()
        async with pool.acquire() as connection:
            for start in range(0, applications, BATCH):
                stop = min(start + BATCH, applications)
                await _many(connection, [_Decided(policies, n) for n in range(start, stop)])
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        await _check(pool, applications)
    return Row(
        "普通 Postgres 服务，百件一事务",
        "plain Postgres, 100 applications a transaction",
        applications,
        wall,
        cpu,
        "同一政策评估，1 个连接",
    )


async def _many(connection: Any, decided: list[_Decided]) -> None:
    async with connection.transaction():
        await connection.execute(
            "INSERT INTO plain.applications SELECT * FROM unnest($1::text[], $2::text[], "
            "$3::jsonb[], $4::jsonb[], $5::bigint[])",
            [d.id for d in decided],
            [d.person for d in decided],
            [d.facts for d in decided],
            [d.trail for d in decided],
            [d.amount for d in decided],
        )
        rows = [(d.person, d.id, *slot) for d in decided for slot in d.slots]
        await connection.execute(
            "INSERT INTO plain.slots SELECT s.person, s.cap, s.period, s.key, 1 + (SELECT count(*) "
            "FROM plain.slots o WHERE o.person = s.person AND o.cap = s.cap "
            "AND o.period = s.period AND o.key = s.key), s.application "
            "FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) "
            "AS s (person, application, cap, period, key)",
            *map(list, zip(*rows, strict=True)),
        )
        await connection.execute(
            "INSERT INTO plain.instalments SELECT a, 1, m, $3 "
            "FROM unnest($1::text[], $2::bigint[]) AS s (a, m)",
            [d.id for d in decided],
            [d.amount for d in decided],
            claims.ON,
        )
        await connection.execute(
            "INSERT INTO plain.postings (application, account, amount) SELECT a, t.account, "
            "t.sign * m FROM unnest($1::text[], $2::bigint[]) AS s (a, m), "
            "(VALUES ('expense', 1), ('payable', -1)) AS t (account, sign)",
            [d.id for d in decided],
            [d.amount for d in decided],
        )
        committed = await connection.fetchval(
            "UPDATE plain.budget SET committed = committed + $2 WHERE line = $1 "
            "AND allocated - committed >= $2 RETURNING committed",
            claims.LINE,
            sum(d.amount for d in decided),
        )
        assert committed is not None


async def _check(pool: Any, applications: int) -> None:
    """Let neither way win by leaving something out."""
    row = await pool.fetchrow(
        "SELECT (SELECT count(*) FROM plain.applications) AS applications, "
        "(SELECT count(*) FROM plain.slots) AS slots, "
        "(SELECT count(*) FROM plain.instalments) AS instalments, "
        "(SELECT count(*) FROM plain.postings) AS postings, "
        "(SELECT committed FROM plain.budget) AS committed"
    )
    assert row["applications"] == row["instalments"] == applications
    assert row["postings"] == 2 * applications
    assert row["slots"] >= 2 * applications
    assert row["committed"] == applications * claims.AMOUNT_FEN
