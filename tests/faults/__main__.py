"""The long run: `python -m tests.faults [--of town|desks] [--seed N] [--applications N] [--faults N]`.

`town` is the whole system from upstream's messages to the bank's answers, judged by an oracle that
knows nothing of the product; `desks` are desks alone, whose every decision is decided once more.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.settings import Settings
from tests.faults import town
from tests.faults.chaos import Report, Scale, run
from tests.faults.report import show, write
from tests.ledger_writer import use_own_keys

SIZES = {"town": (100_000, 200), "desks": (50_000, 60)}
"""Applications and faults of a long run."""

Told = Callable[[str, int, int], None]


def main() -> int:
    """Run, show, write; 1 when anything is wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--of", choices=[*SIZES, "both"], default="both")
    asked.add_argument("--seed", type=int, default=20220831)
    asked.add_argument("--applications", type=int, default=0)
    asked.add_argument("--faults", type=int, default=0)
    asked.add_argument("--report", type=Path, default=Path("build/faults"))
    options = asked.parse_args()
    use_own_keys()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what was started, as Ctrl-C
    console = Console()
    wrong = False
    for what in SIZES if options.of == "both" else (options.of,):
        size = (options.applications or SIZES[what][0], options.faults or SIZES[what][1])
        report = _of(what, options.seed, size, options.report, console)
        show(report, console)
        write(report, options.report)
        wrong = wrong or bool(report.wrong)
    return 1 if wrong else 0


def _of(
    what: str, seed: int, size: tuple[int, int], folder: Path, console: Console
) -> Report | town.TownReport:
    folder.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as place,
        Progress(*columns, TimeElapsedColumn(), console=console) as progress,
    ):
        bars = {}

        def told(stage: str, done: int, of: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=of)
            progress.update(bars[stage], completed=min(done, of), total=of)

        if what == "desks":
            return _of_desks(Scale(seed, *size), Path(place), folder, told)
        scale = town.TownScale(seed, *size)
        return asyncio.run(town.run(scale, Path(place) / "town", told))


def _of_desks(scale: Scale, place: Path, folder: Path, told: Told) -> Report:
    with Home(place) as home:
        broker = KafkaBroker(home, Settings().cache_dir)
        broker.start()
        try:
            return asyncio.run(run(scale, broker, folder, told))
        finally:
            broker.stop()


if __name__ == "__main__":
    sys.exit(main())
