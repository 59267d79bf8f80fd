"""Report: what a run has shown, as a table on the screen, as JSON and as Markdown."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.chaos import Report

_SHOWN = (
    "applications",
    "repeats sent",
    "commands",
    "facts",
    "transactions",
    "streams",
    "ApprovalGranted",
    "ApprovalDenied",
    "ApprovalReferred",
    "waiting for money",
    "follow-ups implied",
    "facts replayed",
)


def rows(report: Report) -> list[tuple[str, str]]:
    """List what was done and what was found."""
    found = [(name, f"{report.figures.get(name, 0):,}") for name in _SHOWN]
    return [
        ("seed", str(report.scale.seed)),
        ("seconds", f"{report.seconds:.0f}"),
        *((f"fault: {kind}", str(count)) for kind, count in sorted(report.faults.items())),
        *((f"desks ended: {how}", str(count)) for how, count in sorted(report.ends.items())),
        *found,
        ("wrong", str(len(report.wrong))),
    ]


def show(report: Report, console: Console) -> None:
    """Print the table, and below it whatever is wrong."""
    table = Table(title="Faults", show_header=False)
    for name, figure in rows(report):
        table.add_row(name, figure)
    console.print(table)
    for what in report.wrong:
        console.print(f"[red]{what}[/red]")


def write(report: Report, folder: Path) -> None:
    """Write `faults.json` and `faults.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = report._asdict() | {"scale": report.scale._asdict()}
    (folder / "faults.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    lines = ["# Faults", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {figure} |" for name, figure in rows(report)]
    lines += ["", *(f"- {what}" for what in report.wrong)]
    (folder / "faults.md").write_text("\n".join(lines).rstrip() + "\n")
