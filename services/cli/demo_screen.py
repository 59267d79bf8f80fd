"""Demo: a city's claims through the whole real system on this computer, and its books afterwards."""

import asyncio
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from projections.engine.books import ShapeDiffers
from services.cli.demo_accounts import show_accounts
from services.cli.demo_tables import tables
from services.demo.cast.city import PlayedCity
from services.demo.driver import end_rehearsal, rehearsal, run_demo
from services.flow import PROCESSES
from services.machine.current_books import require_current_books
from services.machine.running_ledger import alarms_to, running_ledger, running_processes
from services.runtime.errors import OperatingFailure
from services.runtime.settings import Settings
from services.tools.operations.rebuild import rebuild

_BESIDE_THE_CLERK = tuple(process.name for process in PROCESSES if process.name != "clerk")


class StoryBroken(OperatingFailure):
    """The books do not show what the demo has played."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__(
            "演示与账不符：\n" + "\n".join(f"· {one}" for one in wrong),
            "数据还在；`benefit-ledger up` 起来后在工作台逐项查看。",
        )


async def demo(
    settings: Settings,
    console: Console,
    city: PlayedCity,
    *,
    once: bool,
    applications: int,
    seed: int,
) -> None:
    """Play the demo; then show the books until Ctrl-C, or end at once.

    Raises: StoryBroken where a book does not balance or an event is not as told; as
            `services.machine.running_ledger.running_ledger` and `services.demo.driver.run_demo`
    """
    console.print(
        f"惠民补贴台账 · 演示 · {city.name}：真的 Kafka、Faust、PostgreSQL，虚构的人。",
        style="bold",
    )
    _log_beside(settings.data_dir / "logs")
    rehearsed = rehearsal(settings, city)
    async with running_ledger(
        rehearsed, console, names=_BESIDE_THE_CLERK, make_current=rebuild_if_needed
    ) as running:
        with _progress(console) as progress:
            summary, accounts = await run_demo(
                running.settings, progress, city, lines=applications, seed=seed
            )
        end_rehearsal(running.settings)
        for table in tables(summary, running.pages):
            console.print(table)
        show_accounts(accounts, console)
        if running.supervisor.restarts:
            console.print(f"进程重启 {running.supervisor.restarts} 次，见 {settings.data_dir}/logs")
        if not once and not summary.broken:
            today = running.settings.model_copy(update={"practice_clock": ""})
            async with running_processes(today, alarms_to(console), ("clerk",)):
                console.print(f"\n工作台 [bold]{running.pages}[/]   Ctrl-C 停止；数据保留。")
                ended = city.script.calendar.closes_on
                console.print(f"演完那天的账 [bold]{running.pages}?as_of={ended}[/]")
                await asyncio.Event().wait()
    if once:
        console.file.write(summary.model_dump_json() + "\n")
    if summary.broken:
        raise StoryBroken(summary.broken)


async def rebuild_if_needed(settings: Settings, console: Console) -> None:
    """Rebuild what an earlier version has played: nobody pays from a demo's books.

    Raises: ShapeDiffers where the rebuilt books did not take over; as the rebuild
    """
    try:
        await require_current_books(settings)
    except ShapeDiffers as differs:
        console.print(f"{differs.what}这是演示，现在就重建。", markup=False)
        if await rebuild(settings, console, swap=True):
            raise


def _log_beside(folder: Path) -> None:
    """Let the clerk, who makes his rounds in this process meanwhile, log where he always does."""
    folder.mkdir(parents=True, exist_ok=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory((folder / "clerk.log").open("a", buffering=1)),
    )


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
