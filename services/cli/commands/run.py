"""`benefit-ledger run`: one process of the flow, in the foreground."""

from typing import Annotated

import typer
from rich.table import Table

from services.cli.arguments import read_settings
from services.cli.screen import errors
from services.flow import BY_NAME, PROCESSES


def run(process: Annotated[str, typer.Argument(help="、".join(BY_NAME))]) -> None:
    """前台运行一个进程（compose 和 up 用它）。"""
    if process not in BY_NAME:
        table = Table("进程", "做什么", title="没有这个进程，可选：")
        for one in PROCESSES:
            table.add_row(one.name, one.does_zh)
        errors.print(table)
        raise typer.Exit(2)
    from services.machine.process import run_process

    raise typer.Exit(run_process(process, read_settings()))
