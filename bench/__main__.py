"""`make bench`: everything in one run, with what a user would pick instead beside it.

Shape: a table, and build/bench/latest.json with the machine's facts; what docs/ cites stands in
       bench/results and is renewed by `make bench ARGS="--keep-as bench/results/latest.json"`
"""

import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path

import typer
from rich.console import Console

from bench import (
    claims,
    clerk,
    deciding,
    desk,
    evaluating,
    intake,
    latency,
    plain_postgres,
    projector,
)
from bench.report import Row, keep, machine, show
from projections.engine.migrate import migrate
from services.runtime.embedded.servers import embedded
from services.runtime.seals.key_files import make_keys
from services.runtime.settings import Settings
from services.runtime.vault.keys import make_key_file

RESULTS = Path(__file__).parents[1] / "build" / "bench"
OPPONENT = "普通 Postgres 服务，一件一事务"

console = Console()


async def _bench(applications: int, instalments: int, keep_as: Path) -> None:
    rows: list[Row] = []
    extra: dict[str, object] = {"fsync_ms": _fsync_ms()}
    facts = machine()
    console.print(f"{facts['cpu']}，{facts['cores']} 核，一次 fsync {extra['fsync_ms']:.2f} 毫秒")
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        settings = Settings(data_dir=Path(home) / "data")
        logs = RESULTS / "logs"
        async with embedded(settings.data_dir, settings=settings, console=console) as servers:
            settings = settings.model_copy(
                update={
                    "kafka_bootstrap": servers.kafka_bootstrap,
                    "postgres_dsn": servers.postgres_dsn,
                }
            )
            make_key_file(settings.vault_key_file)
            make_keys(settings.keys_dir)
            await migrate(settings.postgres_dsn)
            await claims.known(settings.postgres_dsn, applications)
            with console.status("测量中") as status:
                status.update("普通 Postgres 服务")
                rows += await plain_postgres.run(settings.postgres_dsn, applications // 2)
                status.update("政策评估")
                rows.append(await asyncio.to_thread(evaluating.run, 200_000))
                status.update("决定，内存")
                rows.append(await asyncio.to_thread(deciding.run, applications // 2))
                for size in (1, 100):
                    status.update(f"柜台，每条 {size} 件")
                    rows.append(await desk.run(settings, applications, size, logs))
                status.update("入库")
                rows.append(await projector.run(settings, "bench-desk-100.", logs))
                status.update("受理")
                rows.append(await intake.run(settings, applications, logs))
                status.update("到期分期")
                rows.append(await clerk.run(settings, instalments, logs))
                status.update("从发布到核准")
                extra["latency"] = await latency.run(settings, logs)
    show(console, rows, OPPONENT)
    console.print(extra["latency"])
    keep(keep_as, rows, extra)


def _fsync_ms() -> float:
    """Measure what a durable write costs on this disk."""
    with tempfile.NamedTemporaryFile() as file:
        times = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return sorted(times)[25] * 1000


def main(
    applications: int = 40_000,
    instalments: int = 200_000,
    keep_as: Path = RESULTS / "latest.json",
) -> None:
    """Measure the ledger beside a plain Postgres service, in one run."""
    # a topic that was made a moment ago has no leader yet, which the clients tell and get over
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    asyncio.run(_bench(applications, instalments, keep_as))


if __name__ == "__main__":
    typer.run(main)
