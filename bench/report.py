"""Report: a row a measurement, printed as a table and kept as JSON with the machine's facts."""

import os
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import orjson
from rich.console import Console
from rich.table import Table

_Asked = TypeVar("_Asked")


class Row(NamedTuple):
    """One measurement.

    Units: seconds; `cpu_seconds` is of the measured process alone, 0 where it is not known
    """

    name: str
    what: str
    done: int
    wall_seconds: float
    cpu_seconds: float
    note: str = ""

    @property
    def per_second(self) -> float:
        """Rate on the clock."""
        return self.done / self.wall_seconds

    @property
    def per_cpu_second(self) -> float:
        """Rate per second of the process's own CPU time."""
        return self.done / self.cpu_seconds if self.cpu_seconds else 0.0


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {
        "cpu": model or platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "load_before": os.getloadavg()[0],
    }


def show(console: Console, rows: list[Row], opponent: str) -> None:
    """Print the table; the last column compares with `opponent`."""
    base = next((row.per_second for row in rows if row.name == opponent), None)
    table = Table(title="bench")
    for column, justify in (
        ("测什么", "left"),
        ("件/条", "right"),
        ("每秒", "right"),
        ("每 CPU 秒", "right"),
        ("倍数", "right"),
        ("说明", "left"),
    ):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        ratio = f"{row.per_second / base:.2f}" if base else "—"
        cpu = f"{row.per_cpu_second:,.0f}" if row.cpu_seconds else "—"
        table.add_row(row.name, f"{row.done:,}", f"{row.per_second:,.0f}", cpu, ratio, row.note)
    console.print(table)


def keep(path: Path, rows: list[Row], extra: dict[str, object]) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = [
        row._asdict() | {"per_second": row.per_second, "per_cpu_second": row.per_cpu_second}
        for row in rows
    ]
    path.write_bytes(
        orjson.dumps(
            {"machine": machine(), "rows": figures, **extra},
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )
    )


class Milliseconds(NamedTuple):
    """How long questions took."""

    p50: float
    p95: float
    worst: float


async def milliseconds(
    ask: Callable[[_Asked], Awaitable[object]], of: Sequence[_Asked]
) -> tuple[Milliseconds, str]:
    """Ask once for each, and tell how long it took; the first one is asked before, unmeasured."""
    await ask(of[0])
    took = []
    for one in of:
        began = time.perf_counter()
        await ask(one)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    found = Milliseconds(statistics.median(took), took[-1 - len(took) // 20], took[-1])
    return found, f"p50 {found.p50:.0f} ms, p95 {found.p95:.0f} ms, max {found.worst:.0f} ms"
