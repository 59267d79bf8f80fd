"""server: the web process: connect, serve on loopback, leave when told.

Raises: OperatingFailure with what to do: an address that is not loopback, a port that is taken,
        a database or broker that is away
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

import asyncpg
import uvicorn

from policies.engine.registry import Policies
from projections.queries.connection import Pool
from services.audit import case_records
from services.http_intake.reading_metrics import is_run, source_numbers
from services.jobs.runner import JobRunner
from services.jobs.stored import JobStore
from services.runtime.city import policies_of
from services.runtime.errors import DatabaseAway, NotConfigured, OperatingFailure
from services.runtime.kafka.letter_topic import fetch_letter, resubmit_message
from services.runtime.kafka.packets import PacketSender
from services.runtime.postgres import roles, sight
from services.runtime.seals.key_files import ledger_keys
from services.runtime.serving import bound_socket, serve_until
from services.runtime.settings import Settings, only_this_machine
from services.runtime.vault import Vault
from services.sign_in import provider_file
from services.sign_in.entrance import Entrance
from services.sign_in.provider import Provider
from services.sign_in.session_rules import SessionLimits
from services.web.app import create_app
from services.web.request.sources import Sources

_CONNECT_SECONDS = 10.0
_DRAIN_SECONDS = 5
NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"


class OnlyLoopback(NotConfigured):
    """An address that others could reach, while anybody could be anybody there."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"工作台将在 {host} 上提供，别的机器也能打开；但现在没有用户账号，或没有 TLS。",
            "先用 benefit-ledger users add 建账号，并设 BENEFIT_LEDGER_WEB_CERTIFICATE（及 …_KEY）或 "
            "BENEFIT_LEDGER_WEB_PROXY；或把 BENEFIT_LEDGER_WEB_HOST 设为 127.0.0.1，经隧道使用。",
        )


class WebPortTaken(OperatingFailure):
    """Something else listens on the pages' port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"页面要用的端口 {port}（{host}）已被另一个程序占用。",
            "请结束那个程序，或把 BENEFIT_LEDGER_WEB_PORT 设为别的端口；0 为自选空闲端口。",
        )


def listening_socket(
    host: str, port: int, *, in_container: bool = False, over_tls: bool = False
) -> socket.socket:
    """Take the pages' port.

    Raises: OnlyLoopback, WebPortTaken
    """
    if not over_tls and not only_this_machine(host, in_container):
        raise OnlyLoopback(host)
    try:
        return bound_socket(host, port)
    except OSError as error:
        raise WebPortTaken(host, port) from error


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    policies: Policies | None = None,
    node_modules: Path = NODE_MODULES,
    ready: asyncio.Future[str] | None = None,
) -> None:
    """Serve the pages until told to stop; `ready` gets their address.

    Raises: OnlyLoopback, WebPortTaken, DatabaseAway, BrokerAway, NotConfigured
    """
    listening = listening_socket(
        settings.web_host,
        settings.web_port,
        in_container=settings.web_published_on_loopback,
        over_tls=bool(settings.web_certificate or settings.web_proxy),
    )
    with listening:
        async with sources_of(settings, policies, node_modules) as sources:
            await _nobody_is_anybody(settings, sources)
            assert sources.jobs is not None
            told = settings.model_dump_json(exclude={"cache_dir"}).encode()
            runner = JobRunner(sources.jobs, _job_command, told)
            doing = asyncio.create_task(runner.run(stop))
            try:
                await serve(sources, listening, stop, ready, Tls.of(settings))
            finally:
                doing.cancel()
                with suppress(asyncio.CancelledError):
                    await doing


@asynccontextmanager
async def sources_of(
    settings: Settings, policies: Policies | None = None, node_modules: Path = NODE_MODULES
) -> AsyncIterator[Sources]:
    """Connect to all that the pages read from and send to, in the web process or in one of its jobs.

    Raises: DatabaseAway, BrokerAway, NotConfigured
    """
    async with (
        await _pool(settings) as pool,
        PacketSender.of(settings, "web") as sender,
    ):
        vault = await Vault.open(pool, settings.vault_key_file)
        access_key = await vault.access_key()
        entrance = Entrance.over(
            pool,
            access_key,
            SessionLimits(
                timedelta(minutes=settings.session_idle_minutes),
                timedelta(hours=settings.session_hours),
            ),
            provider=provider_of(settings),
        )
        yield Sources(
            pool=pool,
            policies=policies or policies_of(settings),
            node_modules=node_modules,
            names=vault.names,
            accounts=vault.masked_accounts,
            keep_account=vault.add_account,
            send=sender.send_all,
            host_names=tuple(settings.web_names.replace(",", " ").split()),
            vault=vault,
            sessions=entrance.sessions,
            sign_in=entrance,
            fetch_letter=lambda letter, offset: fetch_letter(
                settings, letter, offset, vault.key_named
            ),
            put_letter=partial(resubmit_message, settings),
            fetch_records=partial(
                case_records.read, settings, ledger_keys(settings.keys_dir, "web")
            ),
            http_intake=partial(source_numbers, settings) if is_run(settings) else None,
            jobs=JobStore(pool, access_key),
        )


def _job_command(number: str) -> list[str]:
    """The command line that does one job."""
    return [sys.executable, "-m", "services.web.job_worker", number]


class Tls(NamedTuple):
    """How people's words are kept from others on their way: by our certificate, or by a proxy's."""

    certificate: str = ""
    key: str = ""
    proxy: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings say."""
        return cls(settings.web_certificate, settings.web_certificate_key, settings.web_proxy)


async def _nobody_is_anybody(settings: Settings, sources: Sources) -> None:
    """See that there are accounts where others than this machine can reach the pages.

    Raises: OnlyLoopback
    """
    if only_this_machine(settings.web_host, settings.web_published_on_loopback):
        return
    if sources.sessions is None or not await sources.sessions.required():
        raise OnlyLoopback(settings.web_host)


def provider_of(settings: Settings) -> Provider | None:
    """The organisation's own sign-in, where a setting names its file.

    Raises: NotConfigured
    """
    if not settings.oidc_file:
        return None
    return Provider(provider_file.read(Path(settings.oidc_file)))


async def _pool(settings: Settings) -> Pool:
    try:
        return await asyncpg.create_pool(
            settings.postgres_dsn,
            min_size=1,
            max_size=10,
            timeout=_CONNECT_SECONDS,
            setup=sight.take,
            server_settings=roles.settings_of("web", roles.WEB),
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        address = settings.postgres_dsn.rpartition("@")[2]
        raise DatabaseAway(address, str(error) or type(error).__name__) from error


async def serve(
    sources: Sources,
    listening: socket.socket,
    stop: asyncio.Event,
    ready: asyncio.Future[str] | None = None,
    tls: Tls | None = None,
) -> None:
    """Serve these sources on a socket until told to stop; open answers get a few seconds.

    Raises: NotConfigured where the certificate cannot be read
    Holds: headers about who asks, and how, are believed of the named proxy alone
    """
    tls = tls or Tls()
    config = uvicorn.Config(
        create_app(sources),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        ssl_certfile=tls.certificate or None,
        ssl_keyfile=tls.key or None,
        proxy_headers=bool(tls.proxy),
        forwarded_allow_ips=tls.proxy or "",
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    await serve_until(config, listening, stop, ready, "工作台", "BENEFIT_LEDGER_WEB_CERTIFICATE")
