"""The long run: `python -m tests.faults [--seed N] [--applications N] [--faults N]`."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.runtime.embedded_home import Home
from services.runtime.kafka_broker import KafkaBroker
from services.runtime.settings import Settings
from tests.faults.chaos import Report, Scale, run
from tests.faults.report import show, write


def main() -> int:
    """Run, show, write; 1 when anything is wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--seed", type=int, default=20220831)
    asked.add_argument("--applications", type=int, default=50_000)
    asked.add_argument("--faults", type=int, default=60)
    asked.add_argument("--report", type=Path, default=Path("build/faults"))
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what was started, as Ctrl-C
    console = Console()
    scale = Scale(options.seed, options.applications, options.faults)
    report = _with_bars(scale, options.report, console)
    show(report, console)
    write(report, options.report)
    return 1 if report.wrong else 0


def _with_bars(scale: Scale, folder: Path, console: Console) -> Report:
    folder.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as place,
        Home(Path(place)) as home,
        Progress(*columns, TimeElapsedColumn(), console=console) as progress,
    ):
        bars = {}

        def told(stage: str, done: int, of: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=of)
            progress.update(bars[stage], completed=min(done, of), total=of)

        broker = KafkaBroker(home, Settings().cache_dir)
        broker.start()
        try:
            return asyncio.run(run(scale, broker, folder, told))
        finally:
            broker.stop()


if __name__ == "__main__":
    sys.exit(main())
