"""HTTP intake process: listen, find tokens in the database, publish to the topics, leave when told.

In:   requests on its port; `control.source_tokens`
Out:  records on `benefits.*.v1`
Holds: it has no key of the vault, and reads and writes no other table
Raises: NotConfigured without a port; HttpPortTaken; a database or broker that is away
"""

import asyncio
import socket

import asyncpg
import uvicorn
from prometheus_client import REGISTRY, CollectorRegistry

from events.contract.schemas.openapi import document
from events.days import legal_day
from policies.engine.message_names import names_of_policies
from services.http_intake.app import IntakeSources, create_app
from services.http_intake.checking import SenderGrant
from services.http_intake.metrics import IntakeMetrics
from services.http_intake.quotas import SourceQuotas
from services.runtime import garbage_collection
from services.runtime.city import policies_of
from services.runtime.clock import clock
from services.runtime.errors import DatabaseAway, NotConfigured, OperatingFailure
from services.runtime.kafka.inbound_topics import InboundTopics
from services.runtime.postgres import roles, source_tokens
from services.runtime.serving import bound_socket, serve_until
from services.runtime.settings import Settings

MOST_AT_ONCE = 64
"""Requests at once; whoever comes beyond is told to come again."""

_CONNECT_SECONDS = 10.0
_ASK_SECONDS = 5.0
_DRAIN_SECONDS = 25
_IDLE_SECONDS = 15


class HttpPortTaken(OperatingFailure):
    """Something else listens on the port of HTTP intake."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"HTTP 受理要用的端口 {port}（{host}）不能监听：{why}。",
            "请结束占用它的程序，或把 BENEFIT_LEDGER_HTTP_INTAKE_PORT 设为别的端口。",
        )


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    ready: asyncio.Future[str] | None = None,
    registry: CollectorRegistry = REGISTRY,
) -> None:
    """Take in over HTTP until asked to stop; `ready` gets the address.

    Raises: NotConfigured, HttpPortTaken, DatabaseAway, BrokerAway
    """
    if not settings.http_intake_port:
        raise NotConfigured(
            "没有设 HTTP 受理的端口，这个进程不提供服务。",
            "请设 BENEFIT_LEDGER_HTTP_INTAKE_PORT，例如 8081；不需要 HTTP 受理就不必运行它。",
        )
    policies = policies_of(settings)
    known = names_of_policies(policies)
    quotas = SourceQuotas(policies.cities.quota_of)
    metrics = IntakeMetrics(registry)
    garbage_collection.collect_rarely()
    now = clock(settings.practice_clock)
    with _listening(settings) as listening:
        async with await _pool(settings) as pool, InboundTopics(settings) as topics:

            async def grant_of(token: str) -> SenderGrant | None:
                try:
                    async with pool.acquire(timeout=_ASK_SECONDS) as connection:
                        found = await source_tokens.find(connection, token, legal_day(now()))
                        if found is not None:
                            await source_tokens.note_use(connection, found.number, now())
                except (OSError, TimeoutError, asyncpg.PostgresError) as error:
                    raise _away(settings, error) from error
                return found and SenderGrant(found.number, found.source, frozenset(found.types))

            sources = IntakeSources(
                grant_of, topics.send_all, known, now, document(), quotas, metrics
            )
            await _serve(settings, sources, listening, stop, ready)


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.http_intake_host, settings.http_intake_port
    try:
        return bound_socket(host, port)
    except OSError as error:
        raise HttpPortTaken(host, port, error.strerror or str(error)) from error


async def _pool(settings: Settings) -> "asyncpg.Pool[asyncpg.Record]":
    try:
        return await asyncpg.create_pool(
            settings.postgres_dsn,
            min_size=1,
            max_size=4,
            timeout=_CONNECT_SECONDS,
            command_timeout=_ASK_SECONDS,
            server_settings=roles.settings_of("http-intake", roles.INTAKE),
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise _away(settings, error) from error


def _away(settings: Settings, error: Exception) -> DatabaseAway:
    return DatabaseAway(settings.postgres_dsn.rpartition("@")[2], str(error) or repr(error))


async def _serve(
    settings: Settings,
    sources: IntakeSources,
    listening: socket.socket,
    stop: asyncio.Event,
    ready: asyncio.Future[str] | None,
) -> None:
    """Serve until told to stop; open requests get the time that their acknowledgement may take."""
    config = uvicorn.Config(
        create_app(sources),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        ssl_certfile=settings.http_intake_certificate or None,
        ssl_keyfile=settings.http_intake_certificate_key or None,
    )
    setting = "BENEFIT_LEDGER_HTTP_INTAKE_CERTIFICATE"
    await serve_until(config, listening, stop, ready, "HTTP 受理", setting)
