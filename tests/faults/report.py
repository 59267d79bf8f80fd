"""Report: what a run has shown, as a table on the screen, as JSON and as Markdown."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.chaos import Report
from tests.faults.town import TownReport

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


def rows(report: Report | TownReport) -> list[tuple[str, str]]:
    """List what was done and what was found."""
    shown = _SHOWN if isinstance(report, Report) else sorted(report.figures)
    found = [(name, f"{report.figures.get(name, 0):,}") for name in shown]
    return [
        ("seed", str(report.scale.seed)),
        ("seconds", f"{report.seconds:.0f}"),
        *((f"fault: {kind}", str(count)) for kind, count in sorted(report.faults.items())),
        *((f"ended: {how}", str(count)) for how, count in sorted(report.ends.items())),
        *found,
        ("wrong", str(len(report.wrong))),
    ]


def show(report: Report | TownReport, console: Console) -> None:
    """Print the table, and below it whatever is wrong."""
    table = Table(title="Faults", show_header=False)
    for name, figure in rows(report):
        table.add_row(name, figure)
    console.print(table)
    for what in report.wrong:
        console.print(f"[red]{what}[/red]")


def write(report: Report | TownReport, folder: Path) -> None:
    """Write the figures as JSON and as Markdown."""
    name = "desks" if isinstance(report, Report) else "town"
    folder.mkdir(parents=True, exist_ok=True)
    whole = report._asdict() | {"scale": report.scale._asdict()}
    (folder / f"{name}.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    lines = ["# Faults", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {figure} |" for name, figure in rows(report)]
    lines += ["", *(f"- {what}" for what in report.wrong)]
    (folder / f"{name}.md").write_text("\n".join(lines).rstrip() + "\n")
