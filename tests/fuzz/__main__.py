"""The long form: `python -m tests.fuzz [--seed N] [--messages N]`: 100 000 messages, 1 000 of them good."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from services.runtime.embedded.home import Home
from services.runtime.embedded.kafka_broker import KafkaBroker
from services.runtime.embedded.postgres_server import PostgresServer
from services.runtime.settings import Settings
from services.runtime.topic_admin import create_topics
from tests.fuzz.run import FuzzReport, run

PARTITIONS = 4
WAIT_SECONDS = 900.0


def main() -> int:
    """Run and show; 1 when anything is wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--seed", type=int, default=20220831)
    asked.add_argument("--messages", type=int, default=100_000)
    options = asked.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place, Home(Path(place)) as home:
        broker = KafkaBroker(home, Settings().cache_dir)
        database = PostgresServer(home)
        try:
            broker.start()
            database.start()
            report = asyncio.run(
                _run(broker.bootstrap, database, Path(place), options.seed, options.messages)
            )
        finally:
            database.stop()
            broker.stop()
    show(report, console)
    return 1 if report.wrong else 0


async def _run(
    bootstrap: str, database: PostgresServer, place: Path, seed: int, messages: int
) -> FuzzReport:
    settings = Settings(
        kafka_bootstrap=bootstrap,
        postgres_dsn=database.dsn(),
        partitions=PARTITIONS,
        data_dir=place / "data",
        web_port=0,
    )
    await create_topics(bootstrap, PARTITIONS)
    return await run(settings, seed, messages, WAIT_SECONDS)


def show(report: FuzzReport, console: Console) -> None:
    """Say what came of it."""
    console.print(
        f"{report.messages:,} messages in {report.seconds:.0f} s: {report.decided:,} of "
        f"{report.good:,} good ones decided; {report.letters:,} letters of {report.expected:,} "
        f"expected; processes started again: {report.restarts}"
    )
    console.print(", ".join(f"{code} {count:,}" for code, count in report.codes.most_common()))
    for line in report.wrong:
        console.print(f"WRONG: {line}", style="red")


if __name__ == "__main__":
    sys.exit(main())
