"""Machine: a whole ledger on this one computer, servers and processes, as long as a context lasts.

In:   settings
Out:  settings that name the running servers; every process of the flow under a supervisor
Holds: what was written before is found again; nothing is left running at the end
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from rich.console import Console

from projections.migrate import migrate
from services.flow import PROCESSES
from services.main.supervisor import Alarm, Supervisor
from services.runtime.embedded import Servers, embedded
from services.runtime.settings import Settings
from services.runtime.topics import create_topics
from services.runtime.vault.keys import make_key_file


class Machine(NamedTuple):
    """A running ledger."""

    settings: Settings
    servers: Servers
    supervisor: Supervisor


@asynccontextmanager
async def machine(
    settings: Settings, console: Console, *, names: tuple[str, ...] | None = None
) -> AsyncIterator[Machine]:
    """Start Kafka, PostgreSQL and the processes; stop them all at the end.

    Raises: as `services.runtime.embedded.embedded`
    """
    async with embedded(settings.data_dir, settings=settings, console=console) as servers:
        settings = settings.model_copy(
            update={
                "kafka_bootstrap": servers.kafka_bootstrap,
                "postgres_dsn": servers.postgres_dsn,
            }
        )
        make_key_file(settings.vault_key_file)
        with console.status("建主题与数据表 · topics and tables"):
            await create_topics(
                settings.kafka_bootstrap, settings.partitions, settings.replication, settings.topics
            )
            await migrate(settings.postgres_dsn)
        chosen = names or tuple(process.name for process in PROCESSES)
        async with Supervisor(settings, chosen, _alarm(console)) as supervisor:
            yield Machine(settings, servers, supervisor)


def _alarm(console: Console) -> Alarm:
    return lambda text: console.print(f"[bold red]报警 · alarm[/] {text}")
