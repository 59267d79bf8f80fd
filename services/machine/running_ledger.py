"""Running ledger: a whole ledger on this one computer, servers and processes, as long as a context lasts.

In:   settings
Out:  settings that name the running servers; every process of the flow under a supervisor
Holds: what was written before is found again; nothing is left running at the end
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from services.banking.banks.of_cities import city_banks
from services.flow import PROCESSES
from services.machine.connections import migrated
from services.machine.current_books import await_current_books
from services.machine.store_consistency import require_consistent_stores
from services.machine.supervisor import Alarm, Supervisor
from services.runtime.city import policies_of
from services.runtime.embedded.home import free_port
from services.runtime.embedded.servers import Servers, embedded
from services.runtime.seals.key_files import make_keys
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics
from services.runtime.vault.keys import make_key_file


class RunningLedger(NamedTuple):
    """A running ledger."""

    settings: Settings
    servers: Servers
    supervisor: Supervisor

    @property
    def pages(self) -> str:
        """The address of the first page."""
        host = self.settings.web_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.web_port}/"


MakesCurrent = Callable[[Settings, Console], Awaitable[None]]
"""What is done about books of another version, before a process meets them."""


@asynccontextmanager
async def running_ledger(
    settings: Settings,
    console: Console,
    *,
    names: tuple[str, ...] | None = None,
    make_current: MakesCurrent = await_current_books,
) -> AsyncIterator[RunningLedger]:
    """Start Kafka, PostgreSQL and the processes; stop them all at the end.

    Books of another version are rebuilt by a person meanwhile, or by `make_current`.

    Raises: NotConfigured, BankUnreadable: nothing is started on a city's folder that does not check;
            as `services.runtime.embedded.servers.embedded` and `processes`
    """
    city_banks(policies_of(settings).cities)
    async with embedded(settings.data_dir, settings=settings, console=console) as servers:
        settings = settings.model_copy(
            update={
                "kafka_bootstrap": servers.kafka_bootstrap,
                "postgres_dsn": servers.postgres_dsn,
            }
        )
        with console.status("建主题与数据表 · topics and tables"):
            await create_topics(
                settings.kafka_bootstrap, settings.partitions, settings.replication, settings.topics
            )
            await migrated(settings.postgres_dsn)
            make_keys(settings.keys_dir)
            await require_consistent_stores(settings)
        await make_current(settings, console)
        async with running_processes(settings, alarms_to(console), names) as (settings, supervisor):
            yield RunningLedger(settings, servers, supervisor)


@asynccontextmanager
async def running_processes(
    settings: Settings, alarm: Alarm, names: tuple[str, ...] | None = None
) -> AsyncIterator[tuple[Settings, Supervisor]]:
    """Run the processes of the flow, or some of them, on servers that are there; one that is served
    on a port of its own only where that is set.

    Holds: the settings that come out name the pages' port, also where any free one was asked for
    """
    make_key_file(settings.vault_key_file)
    make_keys(settings.keys_dir)
    if not settings.web_port:
        settings = settings.model_copy(update={"web_port": free_port()})
    chosen = tuple(
        process.name
        for process in PROCESSES
        if (names is None or process.name in names)
        and (not process.only_with or getattr(settings, process.only_with))
    )
    async with Supervisor(settings, chosen, alarm) as supervisor:
        yield settings, supervisor


def alarms_to(console: Console) -> Alarm:
    """Print alarms where a person looks."""
    return lambda text: console.print(f"[bold red]报警 · alarm[/] {escape(text)}")
