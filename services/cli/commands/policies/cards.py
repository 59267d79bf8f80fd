"""`benefit-ledger policies cards`: every version on a page of its own."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from services.cli.commands.policies.arguments import Parameters
from services.cli.screen import console


def cards(
    folder: Annotated[Path, typer.Argument(help="写到哪个目录", file_okay=False)],
    *,
    parameters: Parameters = None,
) -> None:
    """全部政策卡：每个版本一个网页、一个 PDF，附目录页。"""
    from services.cli.rules import rules
    from services.tools.authoring.cards import write_all

    policies = rules(parameters)
    with _bar() as bar:
        task = bar.add_task("政策卡", total=len(list(policies)))
        written = write_all(policies, folder, lambda done: bar.update(task, completed=done))
    console.print(f"已写 {len(written)} 个文件，目录页 {written[-1]}", highlight=False)


def _bar() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress("{task.description}", *columns, console=console)
